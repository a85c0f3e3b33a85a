"""What a figure is: a number that carries its counts, its interval and its method.

No bare float leaves this package for a report. Where nothing was counted there is no figure, and
`NoTrials` says so: it is never written as 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

__all__ = ["Estimate", "Intensity", "Method", "NoTrials", "PValue", "Rate", "Ratio"]


class Method(StrEnum):
    """How an interval or a probability was found; the words that a report prints."""

    CLOPPER_PEARSON = "Clopper-Pearson (exact)"
    WILSON = "Wilson score"
    GARWOOD = "Garwood (exact Poisson)"
    COUNT_MIXTURE = "mixture of count bets (anytime-valid)"
    BETA_BINOMIAL = "beta-binomial mixture (anytime-valid)"
    RATIO_MIXTURE = "conditional binomial mixture (anytime-valid)"
    BINOMIAL_TAILS = "exact binomial, twice the smaller tail"
    BINOMIAL_LIKELY = "exact binomial, outcomes no more likely"
    FISHER_TAILS = "Fisher's exact, twice the smaller tail"
    FISHER_LIKELY = "Fisher's exact, outcomes no more likely"
    BOSCHLOO = "Boschloo's exact"
    BARNARD = "Barnard's exact"
    SPLIT = "exact, given the sum of both counts"
    KOOPMAN = "Koopman score"
    MIETTINEN_NURMINEN = "Miettinen-Nurminen score"
    CONDITIONAL_ODDS = "exact conditional odds ratio"
    PRIOR_PREDICTIVE = "prior predictive, twice the smaller tail"
    STRATIFIED = "exact conditional over strata, outcomes no more likely"
    GREENLAND_ROBINS = "Mantel-Haenszel, Greenland-Robins"
    ROBINS_BRESLOW_GREENLAND = "Mantel-Haenszel, Robins-Breslow-Greenland"
    BRESLOW_DAY = "Breslow-Day, Tarone's correction"


@dataclass(frozen=True, slots=True)
class Rate:
    """A proportion: `events` of `trials`, with its interval."""

    events: int
    trials: int
    low: float  # of the interval, 0 to 1
    high: float
    level: float  # of confidence, such as 0.95
    method: str

    def __post_init__(self) -> None:
        if not 0 <= self.events <= self.trials or not self.trials:
            raise ValueError(
                f"rate: got {self.events} of {self.trials}, want 0 to as many, of 1 or more"
            )
        check_interval(self.low, self.value, self.high, self.level)

    @property
    def value(self) -> float:
        """The proportion, 0 to 1."""
        return self.events / self.trials

    @property
    def one_in(self) -> float:
        """One event in so many trials; infinite where there was none."""
        return self.trials / self.events if self.events else math.inf


@dataclass(frozen=True, slots=True)
class Intensity:
    """Events per unit of exposure, such as arrests an hour, with its interval."""

    events: int
    exposure: float  # in `unit`s, above 0
    unit: str
    low: float  # events per unit
    high: float
    level: float
    method: str

    def __post_init__(self) -> None:
        if self.events < 0 or not self.exposure > 0:
            raise ValueError(
                f"intensity: got {self.events} in {self.exposure} {self.unit}, want 0 or more "
                "in more than 0"
            )
        check_interval(self.low, self.value, self.high, self.level)

    @property
    def value(self) -> float:
        """Events per unit of exposure."""
        return self.events / self.exposure


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times one rate is another, with its interval; either end may be without limit."""

    value: float  # 0 or more; infinite where the rate below is 0; nan where both are
    low: float
    high: float  # may be infinite
    level: float
    method: str

    def __post_init__(self) -> None:
        if not (self.low >= 0 and self.low <= self.high and 0 < self.level < 1):
            raise ValueError(
                f"ratio: got {self.low} to {self.high} at {self.level}, want ends of 0 or more, "
                "in order, and a level within (0, 1)"
            )


@dataclass(frozen=True, slots=True)
class PValue:
    """How often data at least so far from the hypothesis would come, if the hypothesis held."""

    value: float  # 0 to 1
    method: str
    hypothesis: str  # in words

    def __post_init__(self) -> None:
        if not 0 <= self.value <= 1:
            raise ValueError(f"p-value: got {self.value}, want 0 to 1")


@dataclass(frozen=True, slots=True)
class NoTrials:
    """There is no figure: nothing was counted that it could be a share of."""

    of: str  # what there was none of, in words: "faces seen"


Estimate: TypeAlias = Rate | Intensity | Ratio | PValue | NoTrials


def check_interval(low: float, value: float, high: float, level: float) -> None:
    """Check that a value lies within its interval.

    Raises:
        ValueError: it does not, or the level is none.
    """
    # An end that was computed may miss the value by a last digit where both are the same.
    near = 1e-9 * max(1.0, abs(value))
    if not (low - near <= value <= high + near and 0 < level < 1):
        raise ValueError(
            f"interval: got {low} to {high} for {value} at level {level}, want one that holds it"
        )
