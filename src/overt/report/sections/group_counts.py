"""Alerts by group, as recorded after an engagement; and how many have no group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from overt.facts.facts import Facts
from overt.report.groups import NOT_KNOWN, Dimension, Group, of_dimension

__all__ = ["GroupCounts", "count_groups", "count_strata"]


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """So many of each group of one dimension, and those of whom it is not known."""

    dimension: Dimension
    of: dict[str, int]  # by the group's name; every group of the dimension
    not_known: int

    @property
    def known(self) -> int:
        """Those whose group is recorded: what a group's share is of."""
        return sum(self.of.values())

    @property
    def all(self) -> int:
        """Everybody."""
        return self.known + self.not_known


def count_groups(facts: Facts, dimension: Dimension, *, which: pl.Expr) -> GroupCounts:
    """Count the alerts that `which` holds for, by group."""
    groups = of_dimension(dimension)
    column = groups[0].column
    rows = facts.alerts.filter(which).group_by(column).agg(pl.len()).collect().iter_rows()
    found = {str(value): int(alerts) for value, alerts in rows}
    return GroupCounts(
        dimension,
        {group.name: found.get(group.value, 0) for group in groups},
        sum(found.get(value, 0) for value in {*NOT_KNOWN, "None"}),
    )


def count_strata(
    facts: Facts, group: Group, faces: Mapping[tuple[str, str], int], *, which: pl.Expr
) -> dict[tuple[str, str], tuple[int, int, int]]:
    """Count each place and threshold: the group's alerts, all whose group is known, faces seen."""
    keys = ["force", "deployment"]
    places = facts.deployments.select(*keys, "place")
    threshold = pl.col("threshold").round(4).alias("at")
    known = which & pl.col(group.column).is_not_null() & ~pl.col(group.column).is_in(NOT_KNOWN)
    alerts = (
        facts.alerts.filter(known)
        .join(places, on=keys)
        .group_by("place", threshold)
        .agg((pl.col(group.column) == group.value).sum().cast(pl.Int64).alias("of"), pl.len())
        .collect()
    )
    counted = {(str(p), f"{at:g}"): (int(of), int(n)) for p, at, of, n in alerts.iter_rows()}
    return {
        key: (*counted.get(key, (0, 0)), faces.get(key, 0)) for key in sorted({*counted, *faces})
    }
