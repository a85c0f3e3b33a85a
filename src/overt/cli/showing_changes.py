"""Printing what became of error rates between two evaluations."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.table import Table

from overt.cli.plain import plain_console
from overt.text import printable
from overt.values.comparison import Change, Gap, is_worse

__all__ = ["print_changes", "print_gaps"]


def print_changes(changes: Sequence[Change], *, limits: Callable[[str], float]) -> None:
    """Print what changed, a line for each rate, point and group; `limits` by measure."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for head in ("rate", "at", "who", "before", "after", "better", "worse", "change", "p", ""):
        table.add_column(head)
    for change in changes:
        told = _told(change, limits)
        table.add_row(
            change.measure,
            change.at,
            printable(change.group),
            f"{change.before:.2%}",
            f"{change.after:.2%}",
            str(change.better),
            str(change.worse),
            f"{change.difference:+.2%} ({change.low:+.2%} to {change.high:+.2%})",
            f"{change.p:.2g}",
            told,
        )
    plain_console(stderr=False).print(table)


def print_gaps(gaps: Sequence[Gap], *, limits: Callable[[str], float]) -> None:
    """Print what became of the gap between the worst and the best group, where there are groups."""
    if not gaps:
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for head in ("rate", "gap between groups of", "before", "after", "change", ""):
        table.add_column(head)
    for gap in gaps:
        table.add_row(
            gap.measure,
            printable(gap.column),
            f"{gap.before:.2%}",
            f"{gap.after:.2%}",
            f"{gap.difference:+.2%} ({gap.low:+.2%} to {gap.high:+.2%})",
            _told(gap, limits),
        )
    plain_console(stderr=False).print(table)


def _told(change: Change | Gap, limits: Callable[[str], float]) -> str:
    if is_worse(change, limit=limits(change.measure)):
        return "worse"
    return "better" if change.high < 0 else ""
