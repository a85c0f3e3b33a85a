"""Rates by stratum, and what the rate would be in a stated mix of strata.

Two periods or sites may differ in their rate only because they saw another mix of strata. The
directly standardised rate holds the mix at a stated standard; it is shown beside the crude one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy.special import chdtri

from overt.statistics.estimate import Method, NoTrials, Rate, StandardisedRate
from overt.statistics.intervals import LEVEL, rate

__all__ = ["Standard", "Stratum", "by_stratum", "standardised"]


@dataclass(frozen=True, slots=True)
class Stratum:
    """Events and trials of one stratum: an hour of the day, a site, a kind of camera."""

    name: str
    events: int
    trials: int

    def __post_init__(self) -> None:
        if not 0 <= self.events <= self.trials:
            raise ValueError(
                f"stratum {self.name}: got {self.events} of {self.trials}, want 0 to as many"
            )


@dataclass(frozen=True, slots=True)
class Standard:
    """The mix of strata to standardise to."""

    name: str  # in words: "faces seen in 2024"
    weights: Mapping[str, float]  # size of each stratum in it; only their proportions count

    def __post_init__(self) -> None:
        wrong = [weight for weight in self.weights.values() if not 0 < weight < math.inf]
        if wrong or not self.weights:
            raise ValueError(f"standard {self.name}: got weights {wrong}, want all above 0")


def by_stratum(
    strata: Sequence[Stratum], *, of: str, level: float = LEVEL
) -> dict[str, Rate | NoTrials]:
    """Give the rate of each stratum; one without trials is there too, and says so."""
    check_names(strata)
    return {
        stratum.name: rate(stratum.events, stratum.trials, of=of, level=level) for stratum in strata
    }


def standardised(
    strata: Sequence[Stratum], standard: Standard, *, of: str, level: float = LEVEL
) -> StandardisedRate | NoTrials:
    """Give the directly standardised rate with the gamma interval of Fay and Feuer (1997).

    "Confidence intervals for directly standardized rates: a method based on the gamma
    distribution", Statistics in Medicine 16, 791-801: events are Poisson, and the upper end takes
    in one more event in the stratum where an event weighs most, so that it holds for rare events
    too. With one stratum it is Garwood's interval.

    Raises:
        ValueError: a stratum has trials that the standard has no weight for.
    """
    check_names(strata)
    counted = {stratum.name: stratum for stratum in strata if stratum.trials}
    strange = sorted(counted.keys() - standard.weights.keys())
    if strange:
        raise ValueError(
            f"standard {standard.name}: got no weight for {strange}, want one for each stratum "
            "with trials"
        )
    if not counted:
        return NoTrials(of)
    covered = sum(standard.weights[name] for name in counted)
    weights = {
        name: standard.weights[name] / covered / stratum.trials for name, stratum in counted.items()
    }
    value = sum(weight * counted[name].events for name, weight in weights.items())
    variance = sum(weight**2 * counted[name].events for name, weight in weights.items())
    low, high = fay_feuer(value, variance, max(weights.values()), level=level)
    crude = rate(
        sum(stratum.events for stratum in counted.values()),
        sum(stratum.trials for stratum in counted.values()),
        of=of,
        level=level,
    )
    if isinstance(crude, NoTrials):
        return crude
    return StandardisedRate(
        value=value,
        crude=crude,
        low=low,
        high=min(max(high, value), max(1.0, value)),  # it is a proportion
        level=level,
        method=Method.FAY_FEUER,
        standard=standard.name,
        covered=covered / sum(standard.weights.values()),
        without=tuple(name for name in standard.weights if name not in counted),
    )


def fay_feuer(value: float, variance: float, most: float, *, level: float) -> tuple[float, float]:
    """Give the gamma interval of a weighted sum of Poisson counts.

    Args:
        value: the sum of weight x count.
        variance: the sum of weight^2 x count.
        most: the largest weight.
        level: of confidence.
    """
    tail = (1 - level) / 2
    low = 0.0
    if value > 0:
        low = variance / (2 * value) * float(chdtri(2 * value**2 / variance, 1 - tail))
    value, variance = value + most, variance + most**2
    return low, variance / (2 * value) * float(chdtri(2 * value**2 / variance, tail))


def check_names(strata: Sequence[Stratum]) -> None:
    names = [stratum.name for stratum in strata]
    if len(set(names)) < len(names):
        raise ValueError(f"strata: got {names}, want each once")
