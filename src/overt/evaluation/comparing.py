"""What compares probes with a list: the same for an evaluation as for the live path."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

import numpy as np

from overt.arrays import F32, F64, I64, Vectors
from overt.match.comparing import Comparer

__all__ = ["ComparedList", "Enlist", "Listed", "Searched", "blocks", "search"]

BLOCK: Final = 512  # probes compared at once


class Listed(Protocol):
    """Templates that probes are compared with."""

    def __len__(self) -> int: ...

    def scores(self, probes: Vectors, /) -> F32:
        """Compare each probe (n, d) with each entry: (n, m), on the calibration's score."""
        ...


Enlist: TypeAlias = Callable[[Vectors], Listed]  # templates (m, d) to a list of them


class ComparedList:
    """Templates compared as the search of a deployment does."""

    def __init__(self, vectors: Vectors, *, comparer: Comparer) -> None:
        self._comparer = comparer
        self._listed = comparer.side(vectors)

    def __len__(self) -> int:
        return len(self._listed)

    def scores(self, probes: Vectors, /) -> F32:
        return self._comparer.compare(self._comparer.side(probes), self._listed).scores


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """Each probe against the whole list: row i of every array is the same probe."""

    own: F64  # (n,) score with the own entry; nan for who is not listed
    ranks: I64  # (n,) of the own entry, 1 the best; 0 for who is not listed
    best: F64  # (n, sizes) highest score with the entry of anybody else, for each list size
    sizes: tuple[int, ...]  # rising; each list is the first entries of the next


def blocks(probes: Vectors, listed: Listed) -> Iterator[tuple[slice, F32]]:
    """Compare probes with a list, some probes at a time: the rows, and their scores."""
    for start in range(0, len(probes), BLOCK):
        rows = slice(start, min(start + BLOCK, len(probes)))
        yield rows, listed.scores(probes[rows])


def search(
    probes: Vectors,
    listed: Listed,
    *,
    own: I64,
    sizes: tuple[int, ...],
    told: Callable[[F32], None] = lambda _: None,
) -> Searched:
    """Search probes (n, d) in a list.

    Args:
        probes: one a row.
        listed: the list.
        own: (n,) the row of each probe's own entry; -1 for who is not listed.
        sizes: of lists to search, rising, the last one the whole list.
        told: is told the scores of different people, a block at a time.
    """
    count = len(probes)
    mine, ranks = np.full(count, np.nan), np.zeros(count, np.int64)
    best = np.full((count, len(sizes)), -np.inf)
    for rows, found in blocks(probes, listed):
        entry = own[rows]
        mated = np.flatnonzero(entry >= 0)
        kept = found[mated, entry[mated]].astype(np.float64)
        others = found.copy()
        others[mated, entry[mated]] = -np.inf
        mine[rows.start + mated] = kept
        ranks[rows.start + mated] = 1 + (others[mated] > kept[:, None]).sum(axis=1)
        for place, size in enumerate(sizes):
            best[rows, place] = others[:, :size].max(axis=1, initial=-np.inf)
        told(others[others > -np.inf])
    return Searched(mine, ranks, best, sizes)
