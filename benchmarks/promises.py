"""What a benchmark promised, beside what it got."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rich.table import Table

__all__ = ["Promise", "all_kept", "table_of"]


class Promise(Protocol):
    """One figure; with a promise where there is one."""

    @property
    def what(self) -> str:
        """What was looked at."""
        ...

    @property
    def got(self) -> str:
        """What it came to."""
        ...

    @property
    def want(self) -> str:
        """What was promised; "": nothing."""
        ...

    @property
    def kept(self) -> bool:
        """Whether it was kept."""
        ...


def table_of(lines: Sequence[Promise]) -> Table:
    """Lay them out."""
    table = Table("what", "got", "want", "")
    for line in lines:
        said = ("kept" if line.kept else "NOT KEPT") if line.want else ""
        table.add_row(line.what, line.got, line.want, said)
    return table


def all_kept(lines: Sequence[Promise]) -> bool:
    """Say whether every promise is kept."""
    kept = all(line.kept for line in lines)
    print("every promise is kept" if kept else "a promise is NOT kept")
    return kept
