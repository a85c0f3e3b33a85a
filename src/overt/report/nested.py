"""Small numbers that reports within each other would give away, and what is withheld for them.

A year's report less those on its months, or a month's less those on its deployments, tells what
one of them withholds. What is published cannot be taken back, so the report on the whole withholds
the number too. It asks only what lies within the period: every month and every year of it counts
as published, whether it is or not. So the answer follows from the record, and whoever computes a
report again finds the same (docs/decisions/0029-reports-within-reports.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import polars as pl

from overt.facts.facts import Facts
from overt.report.withholding import withheld_rows
from overt.statistics.differencing import Equations, Unknown

__all__ = [
    "MONTH",
    "Part",
    "Path",
    "nested_number",
    "nested_rows",
    "people_of",
    "tells_small",
    "with_month",
]

Path: TypeAlias = tuple[str, ...]  # force, year, month; and a deployment
MONTH: Final = ("force", "year", "month")
DEPTHS: Final = {0: 2, 2: 3, 3: 4}  # of the paths next within: years, months, deployments
FEWEST: Final = 2  # numbers that a sum must have in it to tell none of them


@dataclass(frozen=True, slots=True)
class Part:
    """The table of a month: numbers by row in each column, each column with the same rows."""

    columns: tuple[Mapping[str, int], ...]  # the rows of each make up a published whole
    who: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    # where one person is in several numbers: who is in which row; else each number is of people


def with_month(facts: Facts, table: pl.LazyFrame) -> pl.LazyFrame:
    """Say of each row in which month its deployment's window starts, UTC, as a path has it."""
    start = pl.col("start").dt
    months = facts.deployments.select(
        "force",
        "deployment",
        start.strftime("%Y").alias("year"),
        start.strftime("%m").alias("month"),
    )
    return table.join(months, on=["force", "deployment"])


def nested_rows(months: Mapping[Path, Part], *, fewest: int) -> frozenset[str]:
    """Say which rows the table over some months withholds, so that no month's can be worked out.

    Args:
        months: the tables of the months, each by force, year and month.
        fewest: people that a published number must have behind it; 0: nothing is withheld.
    """
    if not fewest or not months:
        return frozenset()
    nest = Nest(months, fewest)
    years = sorted({path[:-1] for path in months})
    if len(years) > 1:  # one alone is the period itself
        for year in years:
            nest.close(year, [path for path in months if path[:-1] == year])
    return nest.close((), list(months))


def nested_number(parts: Mapping[Path, int], *, fewest: int) -> bool:
    """Tell whether the sum over a period is withheld, so that no part's number can be worked out.

    Every number from 1 to `fewest` - 1 is withheld in its own report; 0 points at nobody.

    Args:
        parts: the number of each deployment, by force, year, month and deployment.
        fewest: the smallest that is published.
    """
    return len(parts) > 1 and bool(inside(parts, (), fewest=fewest))


def inside(parts: Mapping[Path, int], whole: Path, *, fewest: int) -> tuple[int, ...]:
    """Give the numbers that a report over a part of the period leaves unknown; none if it is shown.

    Those of a report that is shown are in one sum with it, and in no other.
    """
    if whole in parts:
        return (parts[whole],) if 0 < parts[whole] < fewest else ()
    below = {path[: DEPTHS[len(whole)]] for path in parts if path[: len(whole)] == whole}
    unknown = [one for part in sorted(below) for one in inside(parts, part, fewest=fewest)]
    return tuple(unknown) if tells_small(unknown, fewest=fewest) else ()


def tells_small(numbers: Sequence[int], *, fewest: int) -> bool:
    """Tell whether the sum of withheld numbers, each from 1 to `fewest` - 1, points at one.

    It does where there is one alone, where so few people are in all of them, and where only one
    way of adding up leads to it: all of them are 1, or all are `fewest` - 1.
    """
    many, people = len(numbers), sum(numbers)
    return bool(many) and (
        many < FEWEST or people < fewest or not many < people < many * (fewest - 1)
    )


class Nest:
    """The tables of a period's months, and what each table over them withholds."""

    def __init__(self, months: Mapping[Path, Part], fewest: int) -> None:
        """Withhold in each month what its own report does."""
        self._months = months
        self._fewest = fewest
        self._hidden: dict[Path, frozenset[str]] = {
            path: withheld_rows(people_of([part]), fewest=fewest) for path, part in months.items()
        }
        self._above: dict[Path, tuple[Path, ...]] = dict.fromkeys(months, ())

    def close(self, whole: Path, months: Sequence[Path]) -> frozenset[str]:
        """Find what the table over these months withholds, beside those that were closed."""
        counts = people_of([self._months[path] for path in months])
        self._hidden[whole] = withheld_rows(counts, fewest=self._fewest)
        for path in months:
            self._above[path] += (whole,)
        order = sorted(counts[0], key=lambda row: (counts[0][row], row))
        while (row := self._told(whole, months, counts, order)) is not None:
            self._hidden[whole] |= {row}
        return self._hidden[whole]

    def _told(
        self,
        whole: Path,
        months: Sequence[Path],
        counts: Sequence[Mapping[str, int]],
        order: Sequence[str],
    ) -> str | None:
        """Give the next row that must be withheld; None: nothing can be worked out."""
        edges = list(self._unknown(months))
        hidden = self._hidden[whole]
        inside = [row for row in order if any(row == at[1] for column in edges for at in column)]
        others = [row for row in inside if row not in hidden]
        for row in others:
            among = {
                at[0] for column in edges for at, to in column.items() if to.total == (whole, row)
            }
            if among and not self._enough(row, among):
                return row
        kept = [row for row in inside if row in hidden]
        few = kept and (
            len(kept) < FEWEST or any(sum(of[row] for row in kept) < self._fewest for of in counts)
        )
        if others and (few or any(map(self._follows, edges))):
            return others[0]
        return None

    def _unknown(self, months: Sequence[Path]) -> Iterator[dict[tuple[Path, str], Unknown]]:
        """Give each column's numbers that months withhold, unless all of a month's are none."""
        seen: list[set[tuple[Path, str]]] = []
        for column in range(len(self._months[months[0]].columns)):
            found: dict[tuple[Path, str], Unknown] = {}
            for path in months:
                of, rows = self._months[path].columns[column], sorted(self._hidden[path])
                if sum(of[row] for row in rows):
                    found |= {(path, row): Unknown(path, self._total(path, row)) for row in rows}
            if set(found) not in seen:  # the same equations need be looked at once
                seen.append(set(found))
                yield found

    def _total(self, path: Path, row: str) -> tuple[Path, str] | None:
        """Give the first table over a month that shows a row."""
        shown = (above for above in self._above[path] if row not in self._hidden[above])
        return next(((above, row) for above in shown), None)

    def _enough(self, row: str, among: Collection[Path]) -> bool:
        together = people_of([self._months[path] for path in sorted(among)])
        return len(among) >= FEWEST and all(of[row] >= self._fewest for of in together)

    def _follows(self, column: Mapping[tuple[Path, str], Unknown]) -> bool:
        """Tell whether a number that a month or a table over months withholds follows."""
        equations = Equations(list(column.values()))
        sums: dict[tuple[Path, str], set[int]] = {}
        for place, (path, row) in enumerate(column):
            for table in (path, *self._above[path]):
                if row in self._hidden[table]:
                    sums.setdefault((table, row), set()).add(place)
        return any(equations.give(wanted) for wanted in sums.values())


def people_of(parts: Sequence[Part]) -> list[dict[str, int]]:
    """Count the people of each row in some tables together, in each column."""
    if parts[0].who:
        return [{row: len({*()}.union(*(one.who[row] for one in parts))) for row in parts[0].who}]
    columns = zip(*(part.columns for part in parts), strict=True)
    return [{row: sum(of[row] for of in column) for row in column[0]} for column in columns]
