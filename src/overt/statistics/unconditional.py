"""Exact tests of two rates that do not hold the number of events: Boschloo's and Barnard's.

They find a difference of small counts somewhat more often than Fisher's and keep their level too.
Each orders the possible outcomes in its way; the p-value is the chance of those at least as
extreme as the observed one, at the common rate that makes it largest.

Given the sum of both counts the outcomes are hypergeometric and do not depend on the rate. So each
sum adds (its binomial chance) x (the part of its outcomes that is extreme), and the common rate is
searched with as many terms as there are sums, not as there are outcomes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlog1py, xlogy

from overt.statistics.conditional import Conditional, cell
from overt.statistics.estimate import Method, PValue
from overt.statistics.two_by_two import EQUAL, Table

__all__ = ["barnard", "boschloo"]

MOST_TRIALS: Final = 3_000  # of both groups; about a second
# Outcomes as extreme as the observed one but for rounding count as extreme.
TIE: Final = 1e-7


def boschloo(table: Table) -> PValue:
    """Test whether two rates are equal (Boschloo, 1970): Fisher's p-value orders the outcomes.

    Never less powerful than Fisher's. Two-sided is twice the smaller of both sides, as in scipy.

    Raises:
        ValueError: too many trials; Fisher's takes any number.
    """
    check(table)
    observed = table.conditional()
    x = table.events - observed.first
    from_above = float(observed.chances[x:].sum()) * (1 + TIE)
    from_below = float(observed.chances[: x + 1].sum()) * (1 + TIE)

    def upper(of: Conditional, _: int) -> NDArray[np.bool_]:
        return np.cumsum(of.chances[::-1])[::-1] <= from_above

    def lower(of: Conditional, _: int) -> NDArray[np.bool_]:
        return np.cumsum(of.chances) <= from_below

    smaller = min(largest_chance(extreme_parts(table, side)) for side in (upper, lower))
    return PValue(min(1.0, 2 * smaller), Method.BOSCHLOO, EQUAL)


def barnard(table: Table) -> PValue:
    """Test whether two rates are equal (Barnard, 1945): the pooled score orders the outcomes.

    Outcomes of the same score on the other side count, also where rounding tears them apart.

    Raises:
        ValueError: too many trials; Fisher's takes any number.
    """
    check(table)
    n1, n0 = table.trials, table.other_trials

    def score(x: NDArray[np.float64], events: int) -> NDArray[np.float64]:
        pooled = events / (n1 + n0)
        variance = pooled * (1 - pooled) * (1 / n1 + 1 / n0)
        away = np.abs(x / n1 - (events - x) / n0)
        return away / math.sqrt(variance) if variance else np.zeros_like(away)

    bound = score(np.array([float(table.events)]), table.all_events)[0] * (1 - TIE)

    def extreme(of: Conditional, events: int) -> NDArray[np.bool_]:
        x = np.arange(of.first, of.last + 1, dtype=np.float64)
        return score(x, events) >= bound

    return PValue(largest_chance(extreme_parts(table, extreme)), Method.BARNARD, EQUAL)


def extreme_parts(
    table: Table, extreme: Callable[[Conditional, int], NDArray[np.bool_]]
) -> NDArray[np.float64]:
    """Give, for each sum of both counts from 0 on, which part of its outcomes is extreme."""
    parts = np.zeros(table.all_trials + 1)
    for events in range(len(parts)):
        of = cell(table.trials, table.other_trials, events)
        parts[events] = of.chances[extreme(of, events)].sum()
    return parts


def largest_chance(parts: NDArray[np.float64]) -> float:
    """Give the largest chance of an extreme outcome over all common rates.

    On a grid of equal steps of arcsin(sqrt(rate)), eight to a standard deviation of the sum, and
    then ever closer around the best three.
    """
    n = len(parts) - 1
    sums = np.flatnonzero(parts).astype(np.float64)
    if not sums.size:
        return 0.0
    logs = gammaln(n + 1.0) - gammaln(sums + 1) - gammaln(n - sums + 1) + np.log(parts[parts > 0])

    def chance(angles: NDArray[np.float64]) -> NDArray[np.float64]:
        rates = np.sin(angles) ** 2
        found = [np.exp(logs + xlogy(sums, r) + xlog1py(n - sums, -r)).sum() for r in rates]
        return np.array(found, dtype=np.float64)

    step = 1 / (16 * math.sqrt(n))
    grid = np.linspace(0, math.pi / 2, math.ceil(math.pi / 2 / step) + 1)
    found = chance(grid)
    best = float(found.max())
    for start in grid[np.argsort(found)[-3:]]:
        middle, width = float(start), step
        for _ in range(8):
            close = np.clip(np.linspace(middle - width, middle + width, 9), 0, math.pi / 2)
            values = chance(close)
            middle, width = float(close[values.argmax()]), width / 4
            best = max(best, float(values.max()))
    return min(1.0, best)


def check(table: Table) -> None:
    """Check that the sums can be gone through.

    Raises:
        ValueError: there are too many.
    """
    if table.all_trials > MOST_TRIALS:
        raise ValueError(
            f"table: got {table.all_trials:,} trials, want {MOST_TRIALS:,} at most; use fisher()"
        )
