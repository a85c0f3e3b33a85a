"""Where tables are printed."""

from __future__ import annotations

import sys

from rich.console import Console

__all__ = ["output_console"]

WIDE = 112  # columns, where nobody says how many there are


def output_console() -> Console:
    """Give stdout; wide enough for the tables where it is a file or a pipe."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
