"""Intervals for a proportion and for a count, and the figures that carry them."""

from __future__ import annotations

import math
from typing import Final

from scipy.special import betaincinv, chdtri, ndtri

from overt.statistics.estimate import Intensity, Method, NoTrials, Rate

__all__ = ["LEVEL", "clopper_pearson", "garwood", "intensity", "rate", "rule_of_three", "wilson"]

LEVEL: Final = 0.95


def rate(
    events: int,
    trials: int,
    *,
    of: str,
    level: float = LEVEL,
    method: Method = Method.CLOPPER_PEARSON,
) -> Rate | NoTrials:
    """Give a proportion with its interval, or say that there was nothing to count.

    Args:
        events: how many had the property.
        trials: of how many.
        of: what the trials are, in words; used where there were none.
        level: of confidence.
        method: Clopper-Pearson (never covers less than it says) or Wilson (closer on average).

    Raises:
        ValueError: counts below 0, more events than trials, a method that is none of the two.
    """
    if events < 0 or trials < 0 or events > trials:
        raise ValueError(f"{of}: got {events} of {trials}, want 0 to as many as there are")
    if not trials:
        return NoTrials(of)
    if method is Method.CLOPPER_PEARSON:
        low, high = clopper_pearson(events, trials, level=level)
    elif method is Method.WILSON:
        low, high = wilson(events, trials, level=level)
    else:
        raise ValueError(f"{of}: got method {method}, want Clopper-Pearson or Wilson")
    return Rate(events, trials, low, high, level, str(method))


def intensity(
    events: int, exposure: float, *, unit: str, level: float = LEVEL
) -> Intensity | NoTrials:
    """Give events per unit of exposure with the exact Poisson interval, or say there was none."""
    if not exposure > 0:
        return NoTrials(unit)
    low, high = garwood(events, level=level)
    return Intensity(
        events, exposure, unit, low / exposure, high / exposure, level, str(Method.GARWOOD)
    )


def clopper_pearson(events: int, trials: int, *, level: float = LEVEL) -> tuple[float, float]:
    """Give the exact interval of a proportion (Clopper and Pearson, 1934), equal tails.

    Its ends are quantiles of beta distributions: Beta(x, n - x + 1) and Beta(x + 1, n - x).
    """
    tail = (1 - level) / 2
    low = float(betaincinv(events, trials - events + 1, tail)) if events else 0.0
    high = float(betaincinv(events + 1, trials - events, 1 - tail)) if events < trials else 1.0
    return low, high


def wilson(events: int, trials: int, *, level: float = LEVEL) -> tuple[float, float]:
    """Give the score interval of a proportion (Wilson, 1927), without continuity correction."""
    z2 = float(ndtri(1 - (1 - level) / 2)) ** 2
    share = events / trials
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = math.sqrt(z2 * (share * (1 - share) / trials + z2 / (4 * trials**2))) / (1 + z2 / trials)
    low = 0.0 if not events else max(0.0, centre - half)
    high = 1.0 if events == trials else min(1.0, centre + half)
    return low, high


def garwood(events: int, *, level: float = LEVEL) -> tuple[float, float]:
    """Give the exact interval of a Poisson mean from one count (Garwood, 1936), equal tails.

    Its ends are half of chi-squared quantiles with 2x and 2x + 2 degrees of freedom.
    """
    tail = (1 - level) / 2
    low = float(chdtri(2 * events, 1 - tail)) / 2 if events else 0.0
    return low, float(chdtri(2 * events + 2, tail)) / 2


def rule_of_three(trials: int, *, level: float = LEVEL) -> float:
    """Give the upper bound of a rate of which no event came in `trials`: 3 / n for 95 %.

    Exactly 1 - alpha^(1/n), one-sided; close to -ln(alpha) / n (Hanley and Lippman-Hand, 1983).
    """
    if trials < 1:
        raise ValueError(f"trials: got {trials}, want 1 or more")
    return -math.expm1(math.log1p(-level) / trials)
