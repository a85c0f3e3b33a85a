"""Identifiers: sortable by time, made by a function that is handed in."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeAlias

__all__ = ["NewId", "time_ordered_id"]

NewId: TypeAlias = Callable[[datetime], str]

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, lower case


def time_ordered_id(now: datetime) -> str:
    """Make an identifier of 26 characters: 48 bits of milliseconds, then 80 random bits (ULID)."""
    number = int(now.timestamp() * 1000) << 80 | secrets.randbits(80)
    return "".join(ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))
