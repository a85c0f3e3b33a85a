"""Whether rates of rare events differ between strata more than chance makes them differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import chdtrc

from overt.arrays import F64
from overt.statistics.estimate import NoTrials, PValue
from overt.statistics.strata import Stratum

__all__ = ["DRAWS", "Heterogeneity", "heterogeneity"]

DRAWS: Final = 20_000
FEWEST_EXPECTED: Final = 5.0  # below it chi-squared is no good approximation (Cochran, 1954)
HYPOTHESIS: Final = "the rate is the same in every stratum"
CHI_SQUARED: Final = "Poisson dispersion test, chi-squared"
MULTINOMIAL: Final = "Poisson dispersion test, given the total, by simulation"


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """How far the rates of strata lie apart."""

    p: PValue
    statistic: float  # chi-squared
    degrees: int  # of freedom: strata - 1
    strata: int  # with trials
    excess: float  # share of the variation beyond chance, 0 to 1 (I squared)
    spread: float  # standard deviation of the true rates, as a share of their mean


def heterogeneity(
    strata: Sequence[Stratum], *, of: str, random: np.random.Generator
) -> Heterogeneity | NoTrials:
    """Compare the events of strata with what one common rate would give.

    The index of dispersion of Poisson counts with exposures (Fisher, 1950; Cochran, 1954). Where
    a stratum expects fewer than 5 events, the p-value comes from draws of the multinomial that
    the counts are, given their total. `excess` is I squared (Higgins and Thompson, 2002), `spread`
    the moment estimate: what the variance of the counts has beyond Poisson's.

    Args:
        strata: rare events and their trials; one without trials says nothing.
        of: what the trials are, in words.
        random: what draws are made with: the same gives the same p-value.
    """
    told = [stratum for stratum in strata if stratum.trials]
    events = np.array([stratum.events for stratum in told], dtype=float)
    trials = np.array([stratum.trials for stratum in told], dtype=float)
    if len(told) < 2 or not events.sum():
        return NoTrials(of)
    shares = trials / trials.sum()
    expected = events.sum() * shares
    statistic = float(np.sum((events - expected) ** 2 / expected))
    degrees = len(told) - 1
    if expected.min() >= FEWEST_EXPECTED:
        p = PValue(float(chdtrc(degrees, statistic)), CHI_SQUARED, HYPOTHESIS)
    else:
        p = PValue(_drawn(statistic, int(events.sum()), shares, random), MULTINOMIAL, HYPOTHESIS)
    beyond = max(0.0, statistic - degrees)
    weight = float(expected.sum() - np.sum(expected**2) / expected.sum())
    return Heterogeneity(
        p,
        statistic,
        degrees,
        len(told),
        beyond / statistic if statistic else 0.0,
        float(np.sqrt(beyond / weight)),
    )


def _drawn(statistic: float, total: int, shares: F64, random: np.random.Generator) -> float:
    """Give the share of draws at least as far out; the observed one counts as a draw."""
    expected = total * shares
    drawn = random.multinomial(total, shares, size=DRAWS)
    far = np.sum((drawn - expected) ** 2 / expected, axis=1) >= statistic * (1 - 1e-12)
    return float((1 + np.count_nonzero(far)) / (1 + DRAWS))
