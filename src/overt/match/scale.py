"""The reference scale: one similarity that means the same false match rate for every model.

    s = 0.60 - 0.05 * log10(FMR / 1.67e-8)

FMR is the false match rate per comparison of the worst demographic group, from the bundle's
calibration. At 0.60 with 10,000 listed about 1 face in 6,000 raises a false alert: the operating
point that the National Physical Laboratory reported in 2023. Each 0.05 more is ten times rarer.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from overt.arrays import F32, F64
from overt.values.calibration import Calibration
from overt.values.operating import OperatingPoint

__all__ = ["ReferenceScale"]

ANCHOR: Final = 0.60
DECADE: Final = 0.05  # of similarity, for a false match rate ten times lower
ANCHOR_LOG10_FMR: Final = float(np.log10(1.67e-8))


class ReferenceScale:
    """Turns a recogniser's scores into similarities, and a threshold into what it promises."""

    def __init__(self, calibration: Calibration) -> None:
        self._scores = np.array(calibration.scores, np.float64)
        self._log10_fmr = np.array(calibration.log10_fmr, np.float64)
        self._extrapolated_above = calibration.extrapolated_above

    def similarity(self, scores: F32 | F64) -> F64:
        """Give the similarity of each score, any shape."""
        log10_fmr = _extended(scores.astype(np.float64), self._scores, self._log10_fmr)
        return ANCHOR - DECADE * (log10_fmr - ANCHOR_LOG10_FMR)

    def score(self, similarity: float) -> float:
        """Give the score at which this similarity is reached."""
        wanted = np.array([_log10_fmr(similarity)])
        return float(_extended(wanted, self._log10_fmr[::-1], self._scores[::-1])[0])

    def false_match_rate(self, threshold: float) -> float:
        """Give the false match rate per comparison at this threshold, worst group."""
        return float(min(10 ** _log10_fmr(threshold), 1.0))

    def threshold_for(self, rate: float, *, listed: int) -> float:
        """Give the lowest threshold at which no more than `rate` of comparisons alert falsely.

        Rounded up to a hundredth: a threshold is read aloud.
        """
        fmr = -np.expm1(np.log1p(-rate) / listed)
        exact = ANCHOR - DECADE * (float(np.log10(fmr)) - ANCHOR_LOG10_FMR)
        return float(np.ceil(exact * 100 - 1e-9) / 100)

    def operating_point(self, threshold: float, *, listed: int) -> OperatingPoint:
        """Tell what to expect at `threshold` with `listed` entries.

        False alerts per probe are 1 - (1 - FMR)^N, comparisons with different entries taken as
        independent.
        """
        score = self.score(threshold)
        rate = min(self.false_match_rate(threshold), 1 - 1e-12)
        return OperatingPoint(
            threshold=threshold,
            score=score,
            listed=listed,
            predicted_rate=float(-np.expm1(listed * np.log1p(-rate))),
            extrapolated=score > self._extrapolated_above,
        )


def _log10_fmr(similarity: float) -> float:
    return ANCHOR_LOG10_FMR - (similarity - ANCHOR) / DECADE


def _extended(x: F64, xs: F64, ys: F64) -> F64:
    """Interpolate linearly in a table with rising `xs`, going on straight beyond its ends."""
    inside = np.interp(x, xs, ys)
    first = (ys[1] - ys[0]) / (xs[1] - xs[0])
    last = (ys[-1] - ys[-2]) / (xs[-1] - xs[-2])
    below, above = np.minimum(x - xs[0], 0), np.maximum(x - xs[-1], 0)
    return np.asarray(inside + first * below + last * above, dtype=np.float64)
