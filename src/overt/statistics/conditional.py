"""The distribution of one cell of 2 x 2 tables whose margins are held: Fisher's, and over strata.

With margins held, the group's count x in one table has a probability in proportion to
C(n1, x) C(n0, m - x) psi^x, with psi the odds ratio (Fisher's noncentral hypergeometric
distribution; Fisher, 1935; Cornfield, 1956). Over strata the counts add up, so their
distributions are convolved (Mantel and Gart; Gart, 1970; Agresti, 1992, section 3).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overt.statistics.roots import passes_zero_from

__all__ = ["Conditional", "cell", "convolved", "odds_ends"]

# Outcomes as likely as the observed one but for rounding count as no more likely, as in R.
TIE = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Conditional:
    """The group's count given all margins, at an odds ratio of exp(`log_odds`)."""

    first: int  # the smallest count that the margins allow
    chances: NDArray[np.float64]  # of first, first + 1, ...; they add up to 1
    log_odds: float

    @property
    def last(self) -> int:
        """The largest count that the margins allow."""
        return self.first + len(self.chances) - 1

    def at(self, log_odds: float) -> NDArray[np.float64]:
        """Give the chances at another odds ratio."""
        counts = np.arange(len(self.chances), dtype=np.float64)
        with np.errstate(divide="ignore"):  # a chance too small for a float is 0
            logs = np.log(self.chances) + counts * (log_odds - self.log_odds)
        chances = np.exp(logs - logs.max())
        return chances / chances.sum()

    def tails(self, count: int, log_odds: float) -> tuple[float, float]:
        """Give the probabilities of `count` or more, and of `count` or fewer."""
        chances, i = self.at(log_odds), count - self.first
        return float(min(1.0, chances[i:].sum())), float(min(1.0, chances[: i + 1].sum()))

    def twice_smaller_tail(self, count: int) -> float:
        """Give the p-value of no association that matches `odds_ends`."""
        return min(1.0, 2 * min(self.tails(count, 0.0)))

    def no_more_likely(self, count: int) -> float:
        """Give the p-value of no association by outcomes no more likely than `count`."""
        chances = self.at(0.0)
        bound = chances[count - self.first] * (1 + TIE)
        return float(min(1.0, chances[chances <= bound].sum()))


def cell(trials: int, other_trials: int, events: int, *, log_odds: float = 0.0) -> Conditional:
    """Give the distribution of the group's part of `events`, of two groups of trials.

    From one count to the next the chance changes by (n1 - x)(m - x) / ((x + 1)(n0 - m + x + 1)).
    """
    first, last = max(0, events - other_trials), min(trials, events)
    x = np.arange(first, last, dtype=np.float64)
    steps = (
        np.log(trials - x)
        + np.log(events - x)
        - np.log(x + 1)
        - np.log(other_trials - events + x + 1)
        + log_odds
    )
    logs = np.concatenate([[0.0], np.cumsum(steps)])
    chances = np.exp(logs - logs.max())
    return Conditional(first, chances / chances.sum(), log_odds)


def convolved(cells: Iterable[Conditional], *, log_odds: float) -> Conditional:
    """Give the distribution of the sum of counts, all at the same odds ratio."""
    first, chances = 0, np.ones(1)
    for one in cells:
        first += one.first
        chances = np.convolve(chances, one.chances)
    return Conditional(first, chances / chances.sum(), log_odds)


def odds_ends(of: Conditional, count: int, *, level: float) -> tuple[float, float]:
    """Give the exact interval of the odds ratio (Cornfield, 1956), equal tails.

    At each end the tail towards the other end is (1 - level) / 2. A count at the end of what the
    margins allow has no limit on that side.
    """
    tail = (1 - level) / 2

    def over_low(log_odds: float) -> float:
        return of.tails(count, log_odds)[0] - tail

    def over_high(log_odds: float) -> float:
        return of.tails(count, log_odds)[1] - tail

    low = math.exp(passes_zero_from(over_low, of.log_odds)) if count > of.first else 0.0
    high = math.exp(passes_zero_from(over_high, of.log_odds)) if count < of.last else math.inf
    return low, high
