"""What is known of a group's share of the exposure, and what its counts say under that.

Nobody counts the ethnicity of people who pass a camera, and overt guesses none. So the share of
the faces seen that were of a group is an assumption, and it is written down as what it is:
unknown, between two bounds, a figure, a belief, or a survey by people with its own sampling error.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc, betainc, betaincinv, betaln, gammaln

from overt.statistics.binomial import (
    BreakEven,
    SensitivityCurve,
    break_even_share,
    risk_ratio,
    sensitivity,
    tails,
    tails_test,
)
from overt.statistics.estimate import Method, NoTrials, PValue, Ratio
from overt.statistics.intervals import LEVEL
from overt.statistics.ratios import odds_ratio
from overt.statistics.roots import odds, passes_zero_from
from overt.statistics.two_by_two import Table, fisher

__all__ = [
    "Assessment",
    "Exposure",
    "Known",
    "Prior",
    "Range",
    "Settled",
    "Spanned",
    "Survey",
    "Unknown",
    "Unsettled",
    "assess",
    "chance_significant",
]

GRID: Final = tuple(i / 100 for i in range(1, 100))  # the shares of a whole curve
NODES: Final = 128  # of the average over a prior


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody knows, or nobody says; the reason stands in the verdict's sentence."""

    why: str = "that share is not known"


@dataclass(frozen=True, slots=True)
class Range:
    """Somewhere from `low` to `high`, both within (0, 1)."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0 < self.low <= self.high < 1:
            raise ValueError(
                f"range of the share: got {self.low} to {self.high}, want bounds within (0, 1), "
                "in order"
            )


@dataclass(frozen=True, slots=True)
class Known:
    """A figure that is taken as it is, such as a census's."""

    share: float

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise ValueError(f"share: got {self.share}, want one within (0, 1)")


@dataclass(frozen=True, slots=True)
class Prior:
    """A belief about the share before these events: Beta(alpha, beta), with mean a / (a + b)."""

    alpha: float
    beta: float

    def __post_init__(self) -> None:
        if not (0 < self.alpha < math.inf and 0 < self.beta < math.inf):
            raise ValueError(f"prior: got {self.alpha}, {self.beta}, want both above 0")


@dataclass(frozen=True, slots=True)
class Survey:
    """People counted passers-by by hand: `counted` of `of` were of the group."""

    counted: int
    of: int

    def __post_init__(self) -> None:
        if not 0 <= self.counted <= self.of or not self.of:
            raise ValueError(
                f"survey: got {self.counted} of {self.of}, want 0 to as many, of 1 or more"
            )


Exposure: TypeAlias = Unknown | Range | Known | Prior | Survey


@dataclass(frozen=True, slots=True)
class Unsettled:
    """The share is unknown: what the counts say for each share that it could be."""

    events: int
    total: int
    exposure: Unknown
    break_even: BreakEven
    curve: SensitivityCurve


@dataclass(frozen=True, slots=True)
class Spanned:
    """The share lies between bounds: what the counts say at worst and at best."""

    events: int
    total: int
    exposure: Range
    break_even: BreakEven
    curve: SensitivityCurve  # over the range, its bounds first and last
    least: PValue  # the smallest p-value within the range
    most: PValue  # the largest
    ratio: Ratio  # the interval holds those of every share; the value is at the middle share


@dataclass(frozen=True, slots=True)
class Settled:
    """The share is a figure, a belief or a survey: one p-value and one ratio."""

    events: int
    total: int
    exposure: Known | Prior | Survey
    break_even: BreakEven
    p: PValue
    ratio: Ratio


Assessment: TypeAlias = Unsettled | Spanned | Settled


def assess(
    events: int, total: int, exposure: Exposure, *, of: str, level: float = LEVEL
) -> Assessment | NoTrials:
    """Say what `events` of `total` mean for a group under what is known of its exposure.

    Args:
        events: how many concerned the group.
        total: how many there were.
        exposure: what is known of the group's share of the exposure.
        of: what the events are, in words; used where there were none.
        level: of confidence; a difference is significant at 1 - level.

    Raises:
        ValueError: counts below 0, or a part larger than the whole.
    """
    if events == total == 0:
        return NoTrials(of)
    even = break_even_share(events, total, alpha=1 - level)
    match exposure:
        case Unknown():
            curve = sensitivity(events, total, GRID, level=level)
            return Unsettled(events, total, exposure, even, curve)
        case Range():
            return spanned(events, total, exposure, even, level)
        case Known(share):
            p = tails_test(events, total, share)
            ratio = risk_ratio(events, total, share, level=level)
        case Prior():
            p = predictive_test(events, total, exposure)
            ratio = averaged_ratio(events, total, exposure, level)
        case Survey(counted, surveyed):
            table = Table(events, total, counted, surveyed)
            p, ratio = fisher(table), odds_ratio(table, level=level)
    return Settled(events, total, exposure, even, p, ratio)


def chance_significant(prior: Prior, even: BreakEven) -> float:
    """Give how probable it is, under the prior, that the share is one of a significant difference.

    The probability of a share below `even.low` or above `even.high`.
    """
    a, b = prior.alpha, prior.beta
    below, above = float(betainc(a, b, even.low)), float(betainc(b, a, 1 - even.high))
    return min(1.0, below + above)


def spanned(events: int, total: int, within: Range, even: BreakEven, level: float) -> Spanned:
    """Give the worst and the best over a range.

    Twice the smaller tail rises with the share to 1 and then falls: its least value is at a bound,
    its largest too unless 1 lies between them.
    """
    low, high = within.low, within.high
    steps = np.linspace(low, high, 101) if high > low else np.array([low])
    curve = sensitivity(events, total, (float(share) for share in steps), level=level)
    first, last = curve.points[0], curve.points[-1]
    least, most = sorted((first.p, last.p), key=lambda p: p.value)
    rising, falling = (tails(events, total, share) for share in (low, high))
    if (rising[0] < rising[1]) != (falling[0] < falling[1]):  # both tails are equal between them
        most = PValue(1.0, Method.BINOMIAL_TAILS, "equal rates, with a share within the range")
    middle = risk_ratio(events, total, (low + high) / 2, level=level).value
    ratio = Ratio(middle, last.ratio.low, first.ratio.high, level, Method.SPLIT)
    return Spanned(events, total, within, even, curve, least, most, ratio)


def predictive_test(events: int, total: int, prior: Prior) -> PValue:
    """Give the p-value of equal rates, averaged over the prior of the share.

    Were the rates equal and the share a draw from the prior, the count would be beta-binomial.
    Twice the smaller tail of it: the prior predictive p-value (Box, 1980, JRSS A 143/4). A tail of
    it is the tail of the binomial averaged over the prior, no more and no less.
    """
    j = np.arange(total + 1, dtype=np.float64)
    a, b = prior.alpha, prior.beta
    ways = gammaln(total + 1.0) - gammaln(j + 1) - gammaln(total - j + 1)
    chances = np.exp(ways + betaln(j + a, total - j + b) - betaln(a, b))
    smaller = min(float(chances[events:].sum()), float(chances[: events + 1].sum()))
    held = f"equal rates, with a share of the exposure drawn from Beta({a:g}, {b:g})"
    return PValue(min(1.0, 2 * smaller), Method.PRIOR_PREDICTIVE, held)


def averaged_ratio(events: int, total: int, prior: Prior, level: float) -> Ratio:
    """Give the risk ratio at the prior's mean, with the interval that matches the p-value.

    It holds the ratios that the same test does not reject: at each end a tail of the count,
    averaged over the prior, is (1 - level) / 2. The average is by Gauss-Legendre over the prior's
    quantiles.
    """
    points, weights = nodes()
    shares = betaincinv(prior.alpha, prior.beta, (points + 1) / 2)
    tail = (1 - level) / 2

    def chances(log_ratio: float) -> NDArray[np.float64]:
        grown = math.exp(log_ratio) * shares
        return grown / (grown + 1 - shares)

    def over_low(log_ratio: float) -> float:
        return float(weights @ bdtrc(events - 1, total, chances(log_ratio))) / 2 - tail

    def over_high(log_ratio: float) -> float:
        return float(weights @ bdtr(events, total, chances(log_ratio))) / 2 - tail

    value = odds(events / total) * prior.beta / prior.alpha
    low = math.exp(passes_zero_from(over_low, 0.0)) if events else 0.0
    high = math.exp(passes_zero_from(over_high, 0.0)) if events < total else math.inf
    return Ratio(value, low, high, level, Method.PRIOR_PREDICTIVE)


@cache
def nodes() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the points in (-1, 1) and the weights of a Gauss-Legendre average."""
    points, weights = leggauss(NODES)
    return points, weights
