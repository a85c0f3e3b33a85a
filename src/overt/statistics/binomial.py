"""One group's part of the events against its share of the exposure: exact binomial tests.

Of n events, k concern the group. Were the rates of the group and of everybody else equal, each
event would concern it with probability `share`, its share of the exposure (of the faces seen).

There are two exact two-sided tests. They differ in what counts as "at least so far" on the
other side:

- **twice the smaller tail** (central, `tails_test`). Its inversion is the Clopper-Pearson
  interval, it says in which direction, and its p-value rises and falls with the share once.
- **outcomes no more likely** (`likely_test`), as R's `binom.test` gives it. Its p-value jumps
  with the share, and the shares that it does not reject need not be one interval.

Everything that decides here (`break_even_share`, intervals, power, verdicts) is of the first: a
p-value and an interval that are printed together then never contradict each other (Fay, 2010,
"Two-sided exact tests and matching confidence intervals for discrete data", R Journal 2/1). The
second is for comparison with figures that others publish.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc, gammaln

from overt.statistics.estimate import Method, PValue, Ratio
from overt.statistics.intervals import LEVEL, clopper_pearson
from overt.statistics.roots import odds, passes_zero

__all__ = [
    "BreakEven",
    "SensitivityCurve",
    "SharePoint",
    "break_even_share",
    "likely_test",
    "risk_ratio",
    "sensitivity",
    "tails_test",
]

# Outcomes as likely as the observed one but for rounding count as no more likely, as in R.
TIE: Final = 1e-7


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The shares of the exposure at which a difference stops being significant.

    It is significant where the group's share is below `low` (the group then has more than its
    part) or above `high` (fewer), and at no share between them.
    """

    low: float  # 0 where no share is small enough
    high: float  # 1 where none is large enough
    alpha: float
    method: str


@dataclass(frozen=True, slots=True)
class SharePoint:
    """What the counts say if the group's share of the exposure was `share`."""

    share: float
    p: PValue  # twice the smaller tail: what decides
    likely: PValue  # outcomes no more likely: what R prints
    ratio: Ratio


@dataclass(frozen=True, slots=True)
class SensitivityCurve:
    """The p-value and the risk ratio of `events` of `total` over assumed shares."""

    events: int
    total: int
    points: tuple[SharePoint, ...]


def tails_test(events: int, total: int, share: float) -> PValue:
    """Test `events` of `total` against `share`: twice the smaller of both tails, 1 at most.

    Fay (2010), section 2: the central method, which matches the Clopper-Pearson interval.
    """
    check(events, total, share)
    at_least, at_most = tails(events, total, share)
    return PValue(min(1.0, 2 * min(at_least, at_most)), Method.BINOMIAL_TAILS, same_rates(share))


def likely_test(events: int, total: int, share: float) -> PValue:
    """Test `events` of `total` against `share`: all outcomes no more likely than the observed.

    As R's `binom.test`, with its relative tolerance of 1e-7 for ties; Fay (2010), section 2: the
    minimum likelihood method.
    """
    check(events, total, share)
    # A share of 0 or 1 leaves one outcome; then nothing else is possible.
    certain = share in (0.0, 1.0)
    value = float(events == total * share) if certain else likely(events, total, share)
    return PValue(min(1.0, value), Method.BINOMIAL_LIKELY, same_rates(share))


def risk_ratio(events: int, total: int, share: float, *, level: float = LEVEL) -> Ratio:
    """Give the group's rate divided by everybody else's, given its share of the exposure.

    Given their sum, two rare counts split as a binomial whose odds are the risk ratio times the
    odds of the exposure (Przyborowski and Wilenski, 1940); the ends are the Clopper-Pearson
    interval's, turned into odds. Exact for Poisson counts, and so for rare events.
    """
    check(events, total, share)
    if not 0 < share < 1:
        raise ValueError(f"share: got {share}, want one within (0, 1): both groups were seen")
    low, high = clopper_pearson(events, total, level=level)
    value, low, high = (odds(part) / odds(share) for part in (events / total, low, high))
    return Ratio(value, low, high, level, Method.SPLIT)


def break_even_share(
    events: int, total: int, *, alpha: float, method: Method = Method.BINOMIAL_TAILS
) -> BreakEven:
    """Give the shares between which a difference is not significant at `alpha`.

    By twice the smaller tail they are the ends of the Clopper-Pearson interval at 1 - alpha: that
    is how the interval is defined. By outcomes no more likely they are the smallest and the
    largest share that the test does not reject; it may reject some between them.

    >>> found = break_even_share(8, 10, alpha=0.05)
    >>> f"{found.low:.4f} to {found.high:.4f}"
    '0.4439 to 0.9748'
    """
    check(events, total, 0.5)
    if method is Method.BINOMIAL_TAILS:
        low, high = clopper_pearson(events, total, level=1 - alpha)
    elif method is Method.BINOMIAL_LIKELY:
        low = lowest_likely(events, total, alpha)
        high = 1 - lowest_likely(total - events, total, alpha)
    else:
        raise ValueError(f"break-even share: got method {method}, want an exact binomial one")
    return BreakEven(low, high, alpha, method)


def sensitivity(
    events: int, total: int, shares: Iterable[float], *, level: float = LEVEL
) -> SensitivityCurve:
    """Give both p-values and the risk ratio for each assumed share, in order."""
    points = tuple(
        SharePoint(
            share,
            tails_test(events, total, share),
            likely_test(events, total, share),
            risk_ratio(events, total, share, level=level),
        )
        for share in sorted(shares)
    )
    return SensitivityCurve(events, total, points)


def tails(events: int, total: int, share: float) -> tuple[float, float]:
    """Give the probabilities of so many events or more, and of so many or fewer."""
    at_least = 1.0 if events <= 0 else float(bdtrc(events - 1, total, share))
    at_most = 1.0 if events >= total else float(bdtr(events, total, share))
    return at_least, at_most


def likely(events: int, total: int, share: float) -> float:
    """Give the probability of outcomes no more likely than `events`, for 0 < share < 1."""
    if events > total * share:  # look at it from the side where the observed count is low
        events, share = total - events, 1 - share
    mode = math.floor((total + 1) * share)
    slope = math.log(share) - math.log1p(-share)
    bound = log_ways(total, events) + events * slope + math.log1p(TIE)
    if log_ways(total, mode) + mode * slope <= bound:  # the likeliest outcome, or as likely
        return 1.0
    below, above = mode, total + 1  # beyond the mode outcomes only get less likely
    while above - below > 1:
        middle = (below + above) // 2
        if log_ways(total, middle) + middle * slope <= bound:
            above = middle
        else:
            below = middle
    beyond = 0.0 if above > total else float(bdtrc(above - 1, total, share))
    return float(bdtr(events, total, share)) + beyond


def log_ways(total: int, events: int) -> float:
    """Give the logarithm of how many ways there are to choose `events` of `total`."""
    parts = math.lgamma(events + 1) + math.lgamma(total - events + 1)
    return math.lgamma(total + 1) - parts


def lowest_likely(events: int, total: int, alpha: float) -> float:
    """Give the smallest share that `likely_test` does not reject.

    As the share rises towards events / total the outcomes 0, 1, 2, ... of the other side become
    "no more likely" one after the other, each with a jump of the p-value. Between two jumps the
    p-value is the probability of both tails, which falls and then rises or does only one of both.
    So the p-value passes alpha first either at a jump or, rising, before the next.
    """
    if not events:
        return 0.0
    jumps = likely_jumps(events, total)
    others = np.arange(len(jumps), dtype=np.float64)  # outcomes 0 ... j count from jump j on
    at_jump = bdtrc(events - 1, total, jumps) + bdtr(others, total, jumps)
    starts, counted = np.concatenate([[0.0], jumps[:-1]]), others - 1
    before = bdtrc(events - 1, total, jumps)
    before[1:] += bdtr(counted[1:], total, jumps[1:])
    # Segment j ends before jump j; the first of the segments and jumps that passes alpha.
    for j in np.flatnonzero((before > alpha) | (at_jump > alpha))[:1]:
        if before[j] <= alpha:
            return float(jumps[j])
        below = int(counted[j])

        def over(share: float, below: int = below) -> float:
            lower = float(bdtr(below, total, share)) if below >= 0 else 0.0
            return float(bdtrc(events - 1, total, share)) + lower - alpha

        return passes_zero(over, float(starts[j]), float(jumps[j]))
    return events / total  # where the observed count is the likeliest


def likely_jumps(events: int, total: int) -> NDArray[np.float64]:
    """Give the shares from which outcome j is no more likely than `events`, for j below it."""
    j = np.arange(events, dtype=np.float64)
    log_ratio = (
        gammaln(events + 1.0)
        + gammaln(total - events + 1.0)
        - gammaln(j + 1)
        - gammaln(total - j + 1)
        - math.log1p(TIE)
    )
    log_odds = log_ratio / (events - j)
    return np.maximum.accumulate(1 / (1 + np.exp(-log_odds)))


def same_rates(share: float) -> str:
    return f"equal rates, with a share of {share:.6g} of the exposure"


def check(events: int, total: int, share: float) -> None:
    """Check counts and a share.

    Raises:
        ValueError: no event at all, a part larger than the whole, a share outside 0 to 1.
    """
    if not 0 <= events <= total or not total:
        raise ValueError(f"events: got {events} of {total}, want 0 to as many, of 1 or more")
    if not 0 <= share <= 1:
        raise ValueError(f"share: got {share}, want 0 to 1")
