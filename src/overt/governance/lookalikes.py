"""Entries that look alike, for people to know before an alert: look-alikes and duplicates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from overt.arrays import Vectors
from overt.match.metric import scores
from overt.match.scale import ReferenceScale
from overt.values.metric import Metric
from overt.values.watchlist import Entry

__all__ = ["Alike", "find_alike", "with_warnings"]

ALIKE: Final = 0.50  # similarity: two in a million pairs of different people, in the worst group
SAME: Final = 0.64  # the operated threshold: the system could not tell the two apart
ROWS: Final = 1024  # of the matrix at once


@dataclass(frozen=True, slots=True)
class Alike:
    """Two entries that look alike to the recogniser."""

    first: str  # reference
    second: str
    similarity: float

    @property
    def same(self) -> bool:
        """Whether the system could not tell them apart: one person twice, or twins."""
        return self.similarity >= SAME


def find_alike(
    entries: tuple[Entry, ...], vectors: Vectors, *, scale: ReferenceScale, metric: Metric
) -> Iterator[Alike]:
    """Compare every two entries; pairs that are alike, in the list's order."""
    least = scale.score(ALIKE)
    for start in range(0, len(entries), ROWS):
        found = scores(vectors[start : start + ROWS], vectors, metric=metric)
        for row, column in np.argwhere(found >= least):
            i, j = start + int(row), int(column)
            if i < j:
                similarity = float(scale.similarity(np.asarray(found[row, column])))
                yield Alike(entries[i].reference, entries[j].reference, similarity)


def with_warnings(entries: Iterable[Entry], alike: Iterable[Alike]) -> tuple[Entry, ...]:
    """Write on each entry whom it looks like."""
    others: dict[str, list[str]] = {}
    for pair in alike:
        for one, other in ((pair.first, pair.second), (pair.second, pair.first)):
            others.setdefault(one, []).append(f"looks like {other} on this list")
    return tuple(
        replace(entry, warnings=(*entry.warnings, *others.get(entry.reference, ())))
        for entry in entries
    )
