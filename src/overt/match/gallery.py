"""Every probe against every listed template: exact, so that nobody is missed by a short cut."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from overt.arrays import F32, Vectors
from overt.errors import ShapeError
from overt.match.metric import scores
from overt.match.scale import ReferenceScale
from overt.values.embeddings import Probes
from overt.values.match import Match
from overt.values.metric import Metric
from overt.values.operating import OperatingPoint
from overt.values.watchlist import Watchlist

__all__ = ["Gallery"]


class Gallery:
    """The watchlist as a matrix."""

    def __init__(self, watchlist: Watchlist, *, scale: ReferenceScale, metric: Metric) -> None:
        self.watchlist = watchlist
        self._entries = watchlist.entries
        # One row an entry, as they lie: BLAS multiplies by the transpose without a copy.
        self._matrix: Vectors = np.ascontiguousarray(watchlist.embeddings.vectors)
        self._scale = scale
        self._metric = metric

    def __len__(self) -> int:
        return len(self._matrix)

    def operating_point(self, threshold: float) -> OperatingPoint:
        """Tell what to expect of this list at a threshold."""
        return self._scale.operating_point(threshold, listed=len(self))

    def search(self, probes: Probes, *, point: OperatingPoint, at: datetime) -> tuple[Match, ...]:
        """Give the comparisons at or above the point's threshold, best first for each probe.

        An entry that has expired by `at` is not matched. All other comparisons are forgotten here.

        Raises:
            ShapeError: the probes come from another recogniser than the watchlist.
        """
        if not len(probes):
            return ()
        vectors = probes.embeddings.vectors
        if vectors.shape[1] != self._matrix.shape[1]:
            raise ShapeError(
                f"probe: got {vectors.shape[1]} numbers a template, "
                f"want {self._matrix.shape[1]} as in the watchlist"
            )
        found = scores(vectors, self._matrix, metric=self._metric)
        # In float64: against a Python float numpy would round the threshold to float32 first.
        reached = np.argwhere(found >= np.float64(point.score))
        matches = [
            self._match(probes, int(probe), int(row), found, point)
            for probe, row in reached
            if self._listed(int(row), at)
        ]
        return tuple(sorted(matches, key=lambda match: (match.track, -match.score, match.row)))

    def _listed(self, row: int, at: datetime) -> bool:
        expires = self._entries[row].expires
        return expires is None or at < expires

    def _match(
        self, probes: Probes, probe: int, row: int, found: F32, point: OperatingPoint
    ) -> Match:
        score = found[probe, row]
        return Match(
            track=int(probes.tracks[probe]),
            row=row,
            score=float(score),
            similarity=float(self._scale.similarity(np.asarray(score))),
            point=point,
            shots=int(probes.shots[probe]),
        )
