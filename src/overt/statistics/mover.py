"""The ratio of two rates whose own intervals are known, however they were found."""

from __future__ import annotations

import math
from typing import Final

__all__ = ["ratio_interval"]

TINY: Final = 1e-9


def ratio_interval(
    first: tuple[float, float, float], second: tuple[float, float, float]
) -> tuple[float, float]:
    """Give the ends of first / second, of two independent rates that are not negative.

    The method of variance estimates recovery, Donner and Zou (2012), "Closed-form confidence
    intervals for functions of the normal mean and standard deviation", Statistical Methods in
    Medical Research 21, equation 5: each end is as far from the ratio as the two ends that lead
    there are from their rates. So the intervals may be those of a bootstrap of people.

    Args:
        first: value, low end and high end.
        second: likewise; the interval comes out at the level that both have.

    Returns:
        Low and high end; the high one is infinite where the second rate may be 0.
    """
    (one, one_low, one_high), (other, other_low, other_high) = first, second
    upper = other_low * (2 * other - other_low)
    high = math.inf if upper <= 0 else (one * other + _root(one, one_high, other, upper)) / upper
    lower = other_high * (2 * other - other_high)  # below 0 where the high end is far away
    if abs(lower) > TINY * other_high**2:
        low = (one * other - _root(one, one_low, other, lower)) / lower
    else:  # the limit of it
        low = one_low * (2 * one - one_low) / (2 * one * other) if one and other else 0.0
    return max(low, 0.0), high


def _root(one: float, end: float, other: float, below: float) -> float:
    return math.sqrt(max((one * other) ** 2 - end * (2 * one - end) * below, 0.0))
