"""Known passages of volunteers, put together by person: what recognition is counted from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from overt.facts.facts import Facts
from overt.report.groups import Dimension, of_dimension
from overt.report.nested import MONTH, Part, Path, with_month
from overt.statistics.clustered import Cluster

__all__ = ["Walked", "by_group", "by_month", "by_threshold", "walked"]

PERSON: Final = ("force", "volunteer")
UNKNOWN: Final = "not known"  # the group of a volunteer


@dataclass(frozen=True, slots=True)
class Walked:
    """The passages of some volunteers: recognised and all, a pair a person."""

    people: tuple[Cluster, ...]

    @property
    def recognised(self) -> int:
        """Passages in which the person was recognised."""
        return sum(events for events, _ in self.people)

    @property
    def passages(self) -> int:
        """All passages."""
        return sum(trials for _, trials in self.people)


def walked(facts: Facts) -> Walked:
    """Put all passages together."""
    return _by(facts, pl.lit("all")).get("all", Walked(()))


def by_threshold(facts: Facts) -> Mapping[str, Walked]:
    """Put the passages at each threshold together."""
    return _by(facts, pl.col("threshold").round(4).cast(pl.String))


def by_group(facts: Facts, dimension: Dimension) -> Mapping[str, Walked]:
    """Put the passages of each group together, by the group's name; every group is there."""
    groups = of_dimension(dimension)
    found = _by(facts, pl.col(groups[0].column))
    return {group.name: found.get(group.value, Walked(())) for group in groups}


def by_month(facts: Facts, dimension: Dimension) -> dict[Path, Part]:
    """Count the passages of each month by group, as its own report does, and who walked."""
    groups = of_dimension(dimension)
    names = {group.value: group.name for group in groups}
    counted = (
        with_month(facts, facts.passages)
        .group_by(*MONTH, "volunteer", groups[0].column)
        .agg(pl.len().cast(pl.Int64), pl.col("recognised").sum().cast(pl.Int64).alias("found"))
        .collect()
    )
    rows = [*names.values(), UNKNOWN]
    columns: dict[Path, tuple[dict[str, int], dict[str, int]]] = {}
    who: dict[Path, dict[str, frozenset[str]]] = {}
    for force, year, month, volunteer, value, passages, found in counted.iter_rows():
        path = (force, year, month)
        of = columns.setdefault(path, (dict.fromkeys(rows, 0), dict.fromkeys(rows, 0)))
        row = names.get(str(value), UNKNOWN)
        of[0][row] += int(passages)
        of[1][row] += int(found)
        there = who.setdefault(path, dict.fromkeys(rows, frozenset[str]()))
        there[row] |= {f"{force}\n{volunteer}"}
    return {path: Part(of, who[path]) for path, of in columns.items()}


def _by(facts: Facts, key: pl.Expr) -> Mapping[str, Walked]:
    table = (
        facts.passages.group_by(*PERSON, key.alias("key"))
        .agg(pl.col("recognised").sum().cast(pl.Int64), pl.len().cast(pl.Int64).alias("passages"))
        .sort("key", *PERSON)
        .collect()
    )
    found: dict[str, list[Cluster]] = {}
    for key_of, recognised, passages in table.select("key", "recognised", "passages").iter_rows():
        found.setdefault(str(key_of), []).append((int(recognised), int(passages)))
    return {name: Walked(tuple(people)) for name, people in found.items()}
