"""What opens the commitments of an event: kept apart from it, so that it can be erased.

    sha256:HEX      HEX = sha256(salt || text in UTF-8), the salt 32 random bytes for each field

An event's openings are one canonical JSON array of {"path":...,"salt":HEX,"text":...}.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final, NamedTuple, cast

import rfc8785

from overt.errors import RecordsError
from overt.records.shapes import PrivateText, Text, as_object, wrong
from overt.vault.sealed import commitment

__all__ = ["Opening", "is_commitment", "read_openings", "write_openings"]

COMMITMENT: Final = re.compile(r"sha256:[0-9a-f]{64}")
SALT: Final = re.compile(r"[0-9a-f]{64}")
WHERE: Final = "openings"


class Opening(NamedTuple):
    """One private text of an event, and the salt that it was committed to with."""

    path: str  # names of fields from the body down, with dots
    salt: bytes
    text: str

    @property
    def commitment(self) -> str:
        """What stands in the event for the text."""
        return f"sha256:{commitment(self.salt, self.text.encode())}"


def is_commitment(got: object) -> bool:
    """Tell whether it is what stands for a private text."""
    return isinstance(got, str) and COMMITMENT.fullmatch(got) is not None


def write_openings(openings: Sequence[Opening]) -> bytes:
    """Write openings as canonical bytes."""
    return rfc8785.dumps([{"path": o.path, "salt": o.salt.hex(), "text": o.text} for o in openings])


def read_openings(data: bytes) -> dict[str, Opening]:
    """Read an event's openings, by path.

    Raises:
        RecordsError: the bytes are no openings. No error shows a text.
    """
    try:
        found: object = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise RecordsError(f"{WHERE}: got bytes that are no JSON, want an array") from None
    if not isinstance(found, list):
        raise wrong(WHERE, type(found).__name__, "an array")
    openings = [read_opening(item) for item in cast("list[object]", found)]
    if write_openings(openings) != data:
        raise RecordsError(f"{WHERE}: got other bytes than the canonical ones, want RFC 8785")
    by_path = {opening.path: opening for opening in openings}
    if len(by_path) != len(openings):
        raise RecordsError(f"{WHERE}: got a field twice, want each once")
    return by_path


def read_opening(item: object) -> Opening:
    """Read one opening."""
    if not isinstance(item, dict) or item.keys() != {"path", "salt", "text"}:
        raise RecordsError(f"{WHERE}: got another item, want path, salt and text")
    values = as_object(cast("object", item), WHERE)
    salt = values["salt"]
    if not isinstance(salt, str) or not SALT.fullmatch(salt):
        raise RecordsError(f"{WHERE}: got no salt, want 64 hexadecimal digits")
    path = Text().read(values["path"], f"{WHERE}.path")
    text = PrivateText().read(values["text"], f"{WHERE}.text")
    return Opening(path, bytes.fromhex(salt), text)
