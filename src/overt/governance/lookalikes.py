"""Entries that look alike, for people to know before an alert: look-alikes and duplicates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from overt.arrays import Vectors
from overt.match.comparing import Comparer
from overt.match.scale import ReferenceScale
from overt.values.watchlist import Entry

__all__ = ["Alike", "alike_from", "find_alike", "with_warnings"]

MOST_COMMON: Final = 1e-3  # of pairs: however short the list, a rarer likeness is worth knowing
SAME: Final = 0.10  # similarity beyond that: a hundred times rarer
ROWS: Final = 1024  # of the matrix at once


@dataclass(frozen=True, slots=True)
class Alike:
    """Two entries that look alike to the recogniser."""

    first: str  # reference
    second: str
    similarity: float

    same: bool  # so alike that it may be one person twice, or twins


def find_alike(
    entries: tuple[Entry, ...], vectors: Vectors, *, scale: ReferenceScale, comparer: Comparer
) -> Iterator[Alike]:
    """Compare every two entries; pairs that are alike, in the list's order."""
    alike = alike_from(len(entries), scale=scale)
    least = scale.score(alike)
    every = comparer.side(vectors)
    for start in range(0, len(entries), ROWS):
        found = comparer.compare(every[start : start + ROWS], every).scores
        for row, column in np.argwhere(found >= least):
            i, j = start + int(row), int(column)
            if i < j:
                similarity = float(scale.similarity(np.asarray(found[row, column])))
                same = similarity >= alike + SAME
                yield Alike(entries[i].reference, entries[j].reference, similarity, same)


def alike_from(listed: int, *, scale: ReferenceScale) -> float:
    """Give the similarity from which a pair on a list of this length is worth knowing.

    At most one pair of a list, or one in 1,000, gets there by chance in the worst group.
    """
    pairs = max(listed * (listed - 1) / 2, 1)
    return scale.threshold_for(min(MOST_COMMON, 1 / pairs), listed=1)


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
