"""Values that are named by the hash of what they say."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import TYPE_CHECKING, Any

import rfc8785

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["hash_of", "plain", "sha256_of"]


def plain(value: DataclassInstance) -> Any:
    """Give a frozen value as JSON has it."""
    # Through JSON, as RFC 8785 has no tuples; a float that is a whole number stays what it is.
    return json.loads(json.dumps(dataclasses.asdict(value)))


def sha256_of(value: DataclassInstance) -> str:
    """Hash the canonical form (RFC 8785) of a value."""
    return hash_of(plain(value))


def hash_of(written: Any) -> str:
    """Hash the canonical form (RFC 8785) of what JSON can hold."""
    return hashlib.sha256(rfc8785.dumps(written)).hexdigest()
