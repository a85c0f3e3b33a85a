"""Quantiles of durations, with intervals that assume nothing of how durations are spread."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.stats import binom

from overt.statistics.estimate import Method, NoTrials, Quantile
from overt.statistics.intervals import LEVEL

__all__ = ["median", "quantile"]

ROUNDING: Final = 1e-12  # relative: a chance that is half of alpha but for rounding is half of it


def median(
    values: Sequence[float], *, of: str, unit: str, level: float = LEVEL
) -> Quantile | NoTrials:
    """Give the median with its interval; see `quantile`."""
    return quantile(values, at=0.5, of=of, unit=unit, level=level)


def quantile(
    values: Sequence[float], *, at: float, of: str, unit: str, level: float = LEVEL
) -> Quantile | NoTrials:
    """Give a quantile with its interval between two order statistics, or say there was no value.

    How many of n values lie below the true quantile is binomial(n, at), whatever the values
    (David and Nagaraja, 2003, "Order Statistics", section 7.1): the low end is the highest
    value with at most half of alpha below, the high end likewise. Where n is too small for an end
    it is infinite: 5 values bound no median at 95 %, 6 do. The value is the mean of
    the lowest and the highest that have the quantile's share at or below (Hyndman and Fan, 1996,
    type 2), which is always within.

    Args:
        values: in any order; equal ones may be among them.
        at: which quantile, within (0, 1).
        of: what the values are, in words; used where there are none.
        unit: of the values, such as "seconds".
        level: of confidence, 0.5 or more.

    Raises:
        ValueError: a value that is not finite; a quantile or level that is none.
    """
    if not (0 < at < 1 and 0.5 <= level < 1):
        raise ValueError(f"{of}: got quantile {at} at level {level}, want (0, 1) at [0.5, 1)")
    if not all(math.isfinite(value) for value in values):
        raise ValueError(f"{of}: got a value that is not finite, want {unit}")
    if not values:
        return NoTrials(of)
    ordered = np.sort(np.asarray(values, dtype=float))
    below, above = _places(ordered.size, at, level)
    low = float(ordered[below - 1]) if below else -math.inf
    high = float(ordered[above - 1]) if above <= ordered.size else math.inf
    held = float(binom.cdf(above - 1, ordered.size, at) - binom.cdf(below - 1, ordered.size, at))
    value = float(np.quantile(ordered, at, method="averaged_inverted_cdf"))
    return Quantile(value, at, ordered.size, unit, low, high, level, held, Method.ORDER_STATISTICS)


def _places(count: int, at: float, level: float) -> tuple[int, int]:
    """Give which values, counted from 1, bound the quantile; 0 and count + 1 are no value."""
    tail = (1 - level) / 2 * (1 + ROUNDING)  # 1 - 0.8 falls short of 0.2 by its last digit
    chances = binom.cdf(np.arange(-1, count + 1), count, at)  # [k] is of k - 1 values or fewer
    # The k-th value is above the quantile only if k - 1 or fewer lie below it.
    below = int(np.searchsorted(chances, tail, "right")) - 1
    above = int(np.searchsorted(chances, 1 - tail, "left"))
    return below, above
