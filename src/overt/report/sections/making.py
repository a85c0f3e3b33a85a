"""Short ways to make figures and tables of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from overt.report.document.charts import Point
from overt.report.document.figures import Amount, Count, Figure, Grid, Moment, Part, Value
from overt.statistics.estimate import Rate
from overt.statistics.intervals import rate

__all__ = ["amount", "count", "grid", "moment", "part", "point", "share", "slug"]


def count(name: str, label: str, number: int, *, of: str, note: str = "") -> Figure:
    """Make a figure of a whole number."""
    return Figure(name, label, Count(number, of), note)


def amount(name: str, label: str, number: float, *, unit: str, note: str = "") -> Figure:
    """Make a figure of a number that needs no interval."""
    return Figure(name, label, Amount(number, unit), note)


def share(name: str, label: str, events: int, trials: int, *, of: str, note: str = "") -> Figure:
    """Make a figure of a proportion with its exact interval; `of` says what the trials are."""
    return Figure(name, label, rate(events, trials, of=of), note)


def part(name: str, label: str, number: int, whole: int, *, of: str, note: str = "") -> Figure:
    """Make a figure of so many of so many that were all counted; `of` says what the whole is."""
    return Figure(name, label, Part(number, whole, of), note)


def moment(name: str, label: str, time: datetime | None) -> Figure:
    """Make a figure of a time, to the second."""
    return Figure(name, label, Moment(time.isoformat(timespec="seconds") if time else ""))


def grid(
    name: str,
    title: str,
    columns: Sequence[str],
    rows: Mapping[str, Sequence[tuple[str, Value]]],
    *,
    note: str = "",
) -> Grid:
    """Make a table: each row a name and its cells, each a part of an id and a value."""
    taken: set[str] = set()
    made: list[tuple[str, tuple[Figure, ...]]] = []
    for row, cells in rows.items():
        part = unique(slug(row), taken)
        figures = [
            Figure(f"{name}.{part}.{cell}", f"{row}: {head}", value)
            for (cell, value), head in zip(cells, columns[1:], strict=True)
        ]
        made.append((row, tuple(figures)))
    return Grid(name, title, tuple(columns), tuple(made), note)


def point(at: str, events: int, trials: int) -> Point:
    """Make a point of a series of rates."""
    made = rate(events, trials, of="trials")
    if isinstance(made, Rate):
        return Point(at, made.value, made.low, made.high, events, trials)
    return Point(at, None, None, None, events, trials)


def slug(text: str) -> str:
    """Make a part of an id of any text.

    >>> slug("Oxford Street, W1"), slug("0.64"), slug("...")
    ('oxford-street-w1', '0-64', 'unnamed')
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "unnamed"


def unique(part: str, taken: set[str]) -> str:
    """Number a part of an id where another row has it already."""
    name, number = part, 2
    while name in taken:
        name, number = f"{part}-{number}", number + 1
    taken.add(name)
    return name
