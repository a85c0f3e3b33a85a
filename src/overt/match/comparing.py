"""How alike two templates are, on a score that means the same for everybody.

A network that saw few people of some kind in its training finds them all alike: at one score they
are confused fifty times as often as others. So a score is held against what each of its two
templates scores with faces of nobody that are near it, the `top` best of a cohort (adaptive
symmetric score normalisation; Matejka et al., "Analysis of score normalization in multilingual
speaker recognition", Interspeech 2017, equations 4 and 9):

    s' = ((s - m_probe) / d_probe + (s - m_listed) / d_listed) / 2

with m and d the mean and the standard deviation of those best scores. Where people are alike to
the network, m is high. Nobody's group is guessed: only where a template lies counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from overt.arrays import F32, Vectors
from overt.errors import ShapeError
from overt.match.metric import scores
from overt.values.cohort import Cohort
from overt.values.metric import Metric

__all__ = ["ROWS", "Compared", "Comparer", "Side"]

ROWS: Final = 1024  # templates held against the cohort at once: 24 MB with 6,000
LEAST_SPREAD: Final = np.float32(1e-6)  # a template that is the cohort's own would divide by 0


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """Templates ready to be compared, with how they score against the cohort."""

    vectors: Vectors  # (n, d)
    means: F32  # (n,) of the best scores; 0 without a cohort
    spreads: F32  # (n,) their standard deviation; 1 without

    def __len__(self) -> int:
        return len(self.vectors)

    def __getitem__(self, rows: slice) -> Side:
        return Side(self.vectors[rows], self.means[rows], self.spreads[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Every probe against every listed template, (n, m) each."""

    raw: F32  # the recogniser's own score
    scores: F32  # held against the cohort; the raw ones where there is none


class Comparer:
    """Compares the templates of one recogniser."""

    def __init__(self, metric: Metric, cohort: Cohort | None = None) -> None:
        self.metric = metric
        self._cohort = cohort

    def side(self, vectors: Vectors) -> Side:
        """Hold templates (n, d) against the cohort: once for a list, once for each probe.

        Raises:
            ShapeError: the templates come from another recogniser than the cohort.
        """
        ready = np.ascontiguousarray(vectors)
        if self._cohort is None:
            count = len(ready)
            return Side(ready, np.zeros(count, np.float32), np.ones(count, np.float32))
        if ready.shape[1] != self._cohort.vectors.shape[1]:
            raise ShapeError(
                f"templates: got {ready.shape[1]} numbers each, "
                f"want {self._cohort.vectors.shape[1]} as in the cohort"
            )
        means, spreads = np.empty(len(ready), np.float32), np.empty(len(ready), np.float32)
        for row in range(0, len(ready), ROWS):
            rows = slice(row, row + ROWS)
            best = self._best(ready[rows])  # holds all scores of these rows: kept no longer
            means[rows] = best.mean(axis=1)
            spreads[rows] = np.maximum(best.std(axis=1), LEAST_SPREAD)
        return Side(ready, means, spreads)

    def compare(self, probes: Side, listed: Side) -> Compared:
        """Compare each probe with each listed template."""
        raw = scores(probes.vectors, listed.vectors, metric=self.metric)
        if self._cohort is None:
            return Compared(raw, raw)
        ours = (raw - probes.means[:, None]) / probes.spreads[:, None]
        theirs = (raw - listed.means[None, :]) / listed.spreads[None, :]
        both: F32 = np.asarray((ours + theirs) / 2, np.float32)
        return Compared(raw, both)

    def score(self, one: F32, other: F32) -> float:
        """Compare two templates, (d,) each."""
        return float(self.compare(self.side(one[None]), self.side(other[None])).scores[0, 0])

    def _best(self, vectors: Vectors) -> F32:
        assert self._cohort is not None  # noqa: S101 - only `side` asks, where there is one
        found = scores(vectors, self._cohort.vectors, metric=self.metric)
        top = self._cohort.top
        return np.partition(found, found.shape[1] - top, axis=1)[:, -top:]
