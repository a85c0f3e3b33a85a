"""Who was spoken to, by group: every engagement, not false alerts alone."""

from __future__ import annotations

import polars as pl

from overt.facts.facts import Facts
from overt.report.document.figures import Count, Grid, Value, Withheld
from overt.report.groups import GROUPS, Dimension, of_dimension
from overt.report.nested import MONTH, Part, Path, nested_rows, with_month
from overt.report.sections.group_counts import count_groups
from overt.report.sections.making import grid
from overt.report.tally import IS_BLUE
from overt.report.withholding import withheld_note
from overt.values.review import Disposal, Finding

__all__ = ["engaged_grids"]

COLUMNS = {
    "engaged": ("engaged", pl.col("engaged").is_not_null()),
    "true": ("confirmed true", pl.col("finding") == Finding.TRUE.value),
    "arrests": ("arrested", pl.col("disposal") == Disposal.ARREST.value),
}
UNKNOWN = "not stated or not recorded"


def engaged_grids(facts: Facts, *, suppress_below: int) -> tuple[Grid, ...]:
    """Count engagements by group; small numbers are withheld, and so are those that tell them."""
    return tuple(_grid(facts, dimension, suppress_below) for dimension in Dimension)


def _grid(facts: Facts, dimension: Dimension, suppress_below: int) -> Grid:
    columns: dict[str, dict[str, int]] = {}
    for name, (_, which) in COLUMNS.items():
        counted = count_groups(facts, dimension, which=which & ~IS_BLUE)
        columns[name] = {
            **{GROUPS[group].value: people for group, people in counted.of.items()},
            UNKNOWN: counted.not_known,
        }
    months = _by_month(facts, dimension) if suppress_below else {}
    hidden = nested_rows(months, fewest=suppress_below)
    rows: dict[str, list[tuple[str, Value]]] = {
        row: [
            (
                name,
                Withheld(0, "people") if row in hidden else Count(columns[name][row], "people"),
            )
            for name in columns
        ]
        for row in columns["engaged"]
    }
    title = f"Engagements by {dimension}"
    heads = (str(dimension), *(head for head, _ in COLUMNS.values()))
    note = "Alerts of listed people: who is listed decides most of it."
    note += withheld_note(list(columns.values()), hidden, fewest=suppress_below)
    return grid(f"differences.engaged-by-{dimension}", title, heads, rows, note=note)


def _by_month(facts: Facts, dimension: Dimension) -> dict[Path, Part]:
    """Count each month by group, as its own report does."""
    groups = of_dimension(dimension)
    column = groups[0].column
    sums = [
        (which & ~IS_BLUE).cast(pl.Int64).sum().alias(name) for name, (_, which) in COLUMNS.items()
    ]
    counted = (
        with_month(facts, facts.alerts).group_by(*MONTH, column).agg(sums).sort(*MONTH).collect()
    )
    rows = [*(group.value for group in groups), UNKNOWN]
    made: dict[Path, list[dict[str, int]]] = {}
    for force, year, month, value, *numbers in counted.iter_rows():
        path = (force, year, month)
        of = made.setdefault(path, [dict.fromkeys(rows, 0) for _ in COLUMNS])
        row = str(value) if str(value) in of[0] else UNKNOWN
        for count, number in zip(of, numbers, strict=True):
            count[row] += int(number)
    return {path: Part(tuple(of)) for path, of in made.items()}
