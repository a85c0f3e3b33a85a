"""Text of a file as one line that is safe to show."""

from __future__ import annotations

from overt.table import Table
from overt.text import printable

__all__ = ["line"]


def line(table: Table, key: str) -> str:
    """Give text as one line: breaks and runs of blanks are no part of what it says."""
    return printable(" ".join(table.text(key).split()))
