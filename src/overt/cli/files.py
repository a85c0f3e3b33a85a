"""Small files that a command is given, or is to write."""

from __future__ import annotations

from pathlib import Path

from overt.errors import InputError
from overt.text import printable

__all__ = ["read_file", "write_file"]


def read_file(path: Path, *, want: str) -> bytes:
    """Read a file whole.

    Raises:
        InputError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{printable(str(path))}: got {error.strerror}, want {want}") from error


def write_file(path: Path, data: bytes) -> None:
    """Write a file.

    Raises:
        InputError: it cannot be written.
    """
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InputError(
            f"{printable(str(path))}: got {error.strerror}, want to write it"
        ) from error
