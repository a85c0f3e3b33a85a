"""Where a function of one number that only rises or only falls passes zero."""

from __future__ import annotations

import math
from collections.abc import Callable

__all__ = ["passes_zero", "passes_zero_from"]


def passes_zero(function: Callable[[float], float], low: float, high: float) -> float:
    """Give where `function` changes its sign between `low` and `high`, to the last digits.

    By halving: slower than Brent's method, and nothing that it could get wrong. Where the sign
    is the same at both ends the answer is one of the ends.
    """
    falls = function(low) > 0
    for _ in range(200):
        middle = (low + high) / 2
        if not low < middle < high or high - low <= 1e-15 * abs(middle):
            break
        if (function(middle) > 0) == falls:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def passes_zero_from(function: Callable[[float], float], start: float) -> float:
    """Give where `function` changes its sign, looking outwards from `start` both ways.

    Raises:
        ValueError: it keeps its sign as far as 1,000 from there.
    """
    step = 1.0
    while step < 1000:
        low, high = start - step, start + step
        if (function(low) > 0) != (function(high) > 0):
            return passes_zero(function, low, high)
        step *= 2
    raise ValueError(f"got no change of sign within {step:.0f} of {start}, want one")


def odds(share: float) -> float:
    """Give share / (1 - share); infinite for a share of 1."""
    return share / (1 - share) if share < 1 else math.inf
