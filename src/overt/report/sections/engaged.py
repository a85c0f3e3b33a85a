"""Who was spoken to, by group: every engagement, not false alerts alone."""

from __future__ import annotations

import polars as pl

from overt.facts.facts import Facts
from overt.report.document.figures import Count, Grid, Value, Withheld
from overt.report.groups import GROUPS, Dimension
from overt.report.sections.group_counts import count_groups
from overt.report.sections.making import grid
from overt.report.tally import IS_BLUE
from overt.report.withholding import withheld_rows
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
    hidden = withheld_rows(list(columns.values()), fewest=suppress_below)
    rows: dict[str, list[tuple[str, Value]]] = {
        row: [
            (
                name,
                Withheld(suppress_below, "people")
                if row in hidden
                else Count(columns[name][row], "people"),
            )
            for name in columns
        ]
        for row in columns["engaged"]
    }
    title = f"Engagements by {dimension}"
    heads = (str(dimension), *(head for head, _ in COLUMNS.values()))
    note = "Alerts of listed people: who is listed decides most of it."
    if hidden:
        note += (
            f" Where a number is below {suppress_below}, its row is withheld, and others by which "
            "it could be found."
        )
    return grid(f"differences.engaged-by-{dimension}", title, heads, rows, note=note)
