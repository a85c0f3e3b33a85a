"""What a figure is: a number that carries its counts, its interval and its method.

No bare float leaves this package for a report. Where nothing was counted there is no figure, and
`NoTrials` says so: it is never written as 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

__all__ = [
    "ClusteredRate",
    "Difference",
    "Estimate",
    "Intensity",
    "Method",
    "NoInterval",
    "NoTrials",
    "PValue",
    "Quantile",
    "Rate",
    "Ratio",
    "StandardisedRate",
    "WeightedShare",
]


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
    ORDER_STATISTICS = "order statistics (exact binomial)"
    FAY_FEUER = "directly standardised, Fay-Feuer (gamma)"
    CLUSTERED_WILSON = "Wilson score, effective trials, t of clusters - 1"
    CLUSTER_PERCENTILE = "bootstrap of clusters, percentile"
    CLUSTER_BCA = "bootstrap of clusters, BCa"
    RAO_SCOTT = "log ratio of effective trials, Rao-Scott, t"
    SURVEY_LOGIT = "logit, Taylor linearisation, t"
    SURVEY_EXACT = "Korn-Graubard (Clopper-Pearson, effective respondents)"
    SURVEY_DIFFERENCE = "Taylor linearisation of the difference, t"


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
class Quantile:
    """A quantile of measured values, such as the median seconds until an alert was judged."""

    value: float  # in `unit`s
    at: float  # which quantile, within (0, 1): 0.5 is the median
    count: int  # values
    unit: str
    low: float  # minus infinite where so few values bound it nowhere below
    high: float  # infinite where they bound it nowhere above
    level: float  # asked for
    coverage: float  # what this interval holds at least, computed exactly
    method: str

    def __post_init__(self) -> None:
        if self.count < 1 or not 0 < self.at < 1:
            raise ValueError(
                f"quantile: got {self.at} of {self.count} values, want one within (0, 1) of 1 "
                "or more"
            )
        check_interval(self.low, self.value, self.high, self.level)


@dataclass(frozen=True, slots=True)
class StandardisedRate:
    """What the rate would be if strata had the shares of a stated standard; the crude one beside.

    Where strata had no trials their rates are not known: they are named in `without`, and the
    figure is standardised to the rest of the standard, of which `covered` is the share.
    """

    value: float
    crude: Rate
    low: float
    high: float
    level: float
    method: str
    standard: str  # in words: "faces seen in 2024"
    covered: float  # share of the standard whose strata had trials, (0, 1]
    without: tuple[str, ...]  # strata of the standard that had none

    def __post_init__(self) -> None:
        if not 0 < self.covered <= 1 + 1e-9:
            raise ValueError(f"standardised rate: got {self.covered} covered, want within (0, 1]")
        check_interval(self.low, self.value, self.high, self.level)


@dataclass(frozen=True, slots=True)
class ClusteredRate:
    """A proportion whose trials come in clusters, such as several passages of each volunteer."""

    events: int
    trials: int
    clusters: int
    low: float
    high: float
    level: float
    design_effect: float | None  # variance over that of independent trials; None if not known
    effective_trials: float  # independent trials that would say as much
    method: str

    def __post_init__(self) -> None:
        if not 0 <= self.events <= self.trials or not 2 <= self.clusters <= self.trials:
            raise ValueError(
                f"clustered rate: got {self.events} of {self.trials} in {self.clusters} clusters, "
                "want 2 clusters or more, each with a trial"
            )
        check_interval(self.low, self.value, self.high, self.level)

    @property
    def value(self) -> float:
        """The proportion, 0 to 1."""
        return self.events / self.trials


@dataclass(frozen=True, slots=True)
class WeightedShare:
    """A share of a population, from weighted answers of a survey."""

    value: float  # 0 to 1
    count: int  # respondents, unweighted
    effective: float  # respondents of equal weight that would say as much (Kish)
    weighting_effect: float  # Kish: 1 + squared variation of the weights
    design_effect: float | None  # variance over that of as many drawn singly; None if not known
    degrees: int  # of freedom: clusters - strata
    low: float
    high: float
    level: float
    method: str

    def __post_init__(self) -> None:
        if self.count < 1 or self.degrees < 1:
            raise ValueError(
                f"weighted share: got {self.count} respondents, {self.degrees} degrees of "
                "freedom, want 1 or more"
            )
        check_interval(self.low, self.value, self.high, self.level)


@dataclass(frozen=True, slots=True)
class Difference:
    """How far one share is from another, as a fraction: 0.05 is 5 percentage points."""

    value: float
    low: float
    high: float
    level: float
    p: PValue
    method: str

    def __post_init__(self) -> None:
        check_interval(self.low, self.value, self.high, self.level)


@dataclass(frozen=True, slots=True)
class NoTrials:
    """There is no figure: nothing was counted that it could be a share of."""

    of: str  # what there was none of, in words: "faces seen"


@dataclass(frozen=True, slots=True)
class NoInterval:
    """A proportion that was counted, of which the counts cannot say how sure it is."""

    events: int
    trials: int
    reason: str  # in words: "all trials are of one cluster"

    def __post_init__(self) -> None:
        if not 0 <= self.events <= self.trials or not self.trials:
            raise ValueError(
                f"proportion: got {self.events} of {self.trials}, want 0 to as many, of 1 or more"
            )

    @property
    def value(self) -> float:
        """The proportion, 0 to 1."""
        return self.events / self.trials


Estimate: TypeAlias = (
    Rate
    | Intensity
    | Ratio
    | PValue
    | Quantile
    | StandardisedRate
    | ClusteredRate
    | WeightedShare
    | Difference
    | NoTrials
    | NoInterval
)


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
