"""Every probe against every listed template: exact, so that nobody is missed by a short cut."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from overt.errors import ShapeError
from overt.match.comparing import Compared, Comparer, Side
from overt.match.scale import ReferenceScale
from overt.values.embeddings import Probes
from overt.values.match import Match
from overt.values.operating import OperatingPoint
from overt.values.watchlist import Watchlist

__all__ = ["Gallery"]


class Gallery:
    """The watchlist as a matrix."""

    def __init__(
        self,
        watchlist: Watchlist,
        *,
        scale: ReferenceScale,
        comparer: Comparer,
        listed: Side | None = None,
    ) -> None:
        """Take a list, and hold it against the cohort unless `listed` is that already.

        Raises:
            ShapeError: `listed` are not the list's own templates, one row an entry.
        """
        vectors = watchlist.embeddings.vectors
        if listed is not None and listed.vectors is not vectors:
            raise ShapeError(f"listed: got other templates, want those of list {watchlist.name}")
        self.watchlist = watchlist
        self._entries = watchlist.entries
        # One row an entry, as they lie: BLAS multiplies by the transpose without a copy.
        self._listed = listed if listed is not None else comparer.side(vectors)
        self._scale = scale
        self._comparer = comparer

    def __len__(self) -> int:
        return len(self._listed)

    @property
    def listed(self) -> Side:
        """The list's templates, held against the cohort."""
        return self._listed

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
        wanted = self._listed.vectors.shape[1]
        if vectors.shape[1] != wanted:
            raise ShapeError(
                f"probe: got {vectors.shape[1]} numbers a template, "
                f"want {wanted} as in the watchlist"
            )
        found = self._comparer.compare(self._comparer.side(vectors), self._listed)
        # In float64: against a Python float numpy would round the threshold to float32 first.
        reached = np.argwhere(found.scores >= np.float64(point.score))
        matches = [
            self._match(probes, int(probe), int(row), found, point)
            for probe, row in reached
            if self._is_listed(int(row), at)
        ]
        return tuple(sorted(matches, key=lambda match: (match.track, -match.similarity, match.row)))

    def _is_listed(self, row: int, at: datetime) -> bool:
        expires = self._entries[row].expires
        return expires is None or at < expires

    def _match(
        self, probes: Probes, probe: int, row: int, found: Compared, point: OperatingPoint
    ) -> Match:
        return Match(
            track=int(probes.tracks[probe]),
            row=row,
            score=float(found.raw[probe, row]),
            similarity=float(self._scale.similarity(np.asarray(found.scores[probe, row]))),
            point=point,
            shots=int(probes.shots[probe]),
        )
