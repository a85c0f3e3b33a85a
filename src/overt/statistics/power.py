"""What a number of events could have shown: power, the events that are needed, the least ratio.

All of the exact binomial test with equal tails (`overt.statistics.binomial`): an excess is found
when the probability of so many of the group's events or more, at equal rates, is alpha / 2 or
less. If the risk ratio is R and the group's share of the exposure s, an event concerns the group
with probability R s / (R s + 1 - s). The power is the probability that the excess is found **in
its true direction**: finding the opposite is no success.

Exact power does not rise steadily with the number of events: one more event may lower it. The
number needed is the smallest **from which on the power stays** at the target, not the first that
reaches it by luck of the steps. (Chernick and Liu, 2002, "The saw-toothed behavior of power
versus sample size", American Statistician 56/2.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrc, betaincinv

from overt.statistics.roots import odds, passes_zero

__all__ = [
    "EventsNeeded",
    "Power",
    "SmallestRatio",
    "chance_with_ratio",
    "events_needed",
    "power_of",
    "smallest_ratio",
    "smallest_rise",
]

MOST_EVENTS: Final = 1_000_000  # beyond these no search: about 10 s of it
BLOCK: Final = 8192


@dataclass(frozen=True, slots=True)
class Power:
    """How often `events` events would show a risk ratio of `ratio`, in its true direction."""

    value: float  # 0 to 1
    events: int
    share: float  # of the exposure
    ratio: float
    alpha: float  # two-sided


@dataclass(frozen=True, slots=True)
class EventsNeeded:
    """How many events it takes to show a risk ratio with the power asked for, and keep it."""

    events: int
    share: float
    ratio: float
    power: float
    alpha: float


@dataclass(frozen=True, slots=True)
class SmallestRatio:
    """The smallest excess that so many events show with the power asked for."""

    ratio: float  # above 1; infinite where no ratio could have been shown
    events: int
    share: float | None  # of the exposure; None: the most favourable share there is
    power: float
    alpha: float


def power_of(events: int, *, share: float, ratio: float, alpha: float) -> Power:
    """Give the power of `events` events to show a risk ratio of `ratio`.

    >>> f"{power_of(7, share=0.5, ratio=2, alpha=0.05).value:.2f}"
    '0.06'
    """
    check(share=share, ratio=ratio, alpha=alpha)
    if events < 0:
        raise ValueError(f"events: got {events}, want 0 or more")
    value = found(np.array([events]), *upwards(share, ratio), alpha)[0]
    return Power(float(value), events, share, ratio, alpha)


def events_needed(*, share: float, ratio: float, power: float, alpha: float) -> EventsNeeded:
    """Give the smallest number of events from which on the power stays at `power` or above.

    From the bound of `enough` it counts down to the last number that falls short.

    >>> events_needed(share=0.5, ratio=2, power=0.8, alpha=0.05).events
    77
    """
    check(share=share, ratio=ratio, alpha=alpha, power=power)
    base, chance = upwards(share, ratio)
    top = enough(base, chance, power=power, alpha=alpha)
    while top > 0:
        counts = np.arange(max(0, top - BLOCK), top)
        short = np.flatnonzero(found(counts, base, chance, alpha) < power)
        if short.size:
            return EventsNeeded(int(counts[short[-1]]) + 1, share, ratio, power, alpha)
        top = int(counts[0])
    return EventsNeeded(0, share, ratio, power, alpha)


def smallest_ratio(
    events: int, *, share: float | None, power: float, alpha: float
) -> SmallestRatio:
    """Give the smallest excess that `events` events would have shown with power `power`.

    The excess is found from c of the group's events on; its chance q then solves P(X >= c) =
    power, a quantile of Beta(c, n - c + 1), and the ratio is the odds of q over those of the
    share. Where nobody knows the share (None) it is the least over all shares: for each c the
    best share is the largest at which c is still significant, the Clopper-Pearson end.

    For a group with fewer events than its part ask with everybody else's share, 1 - share.
    """
    check(share=0.5 if share is None else share, ratio=2, alpha=alpha, power=power)
    if share is None:
        c = np.arange(1, events + 1, dtype=np.float64)
        shares = betaincinv(c, events - c + 1, alpha / 2)
    else:
        c = critical(np.array([events]), share, alpha).astype(np.float64)
        c, shares = c[c <= events], np.array([share])
    if not c.size:
        return SmallestRatio(math.inf, events, share, power, alpha)
    chance = betaincinv(c, events - c + 1, power)
    ratios = chance / (1 - chance) * (1 - shares) / shares
    return SmallestRatio(float(ratios.min()), events, share, power, alpha)


def smallest_rise(probes: int, *, power: float, alpha: float) -> float:
    """Give the smallest rise of a rate that the paired test of so many probes would have shown.

    It is that of the case in which most is shown: nobody becomes better. The exact test of McNemar
    (1947) is then surer than alpha where c probes or more become worse, c the smallest number with
    2 * 0.5^c < alpha. Their number is binomial, so the rise d solves P(X >= c) = power: a quantile
    of Beta(c, probes - c + 1) (Clopper and Pearson, 1934). Where some become better, or several
    probes are of one person, less is shown. Infinite where so few could have shown none.

    >>> f"{smallest_rise(400, power=0.8, alpha=0.05):.4f}"
    '0.0197'
    """
    check(share=0.5, ratio=2, alpha=alpha, power=power)
    c = math.floor(math.log2(2 / alpha)) + 1
    return float(betaincinv(c, probes - c + 1, power)) if probes >= c else math.inf


def chance_with_ratio(share: float, ratio: float) -> float:
    """Give the chance that an event concerns the group: R s / (R s + 1 - s)."""
    return ratio * share / (ratio * share + 1 - share)


def upwards(share: float, ratio: float) -> tuple[float, float]:
    """Give the group's chances at equal rates and at `ratio`; a deficit as the others' excess."""
    chance = chance_with_ratio(share, ratio)
    return (share, chance) if ratio > 1 else (1 - share, 1 - chance)


def found(
    counts: NDArray[np.int64], base: float, chance: float, alpha: float
) -> NDArray[np.float64]:
    """Give the probability, for each number of events, that the excess is significant."""
    needed = critical(counts, base, alpha)
    # More than all of the events cannot be: such a number of events shows nothing.
    return np.where(needed > counts, 0.0, bdtrc(needed - 1.0, np.maximum(counts, 1), chance))


def critical(counts: NDArray[np.int64], share: float, alpha: float) -> NDArray[np.int64]:
    """Give the smallest c with P(X >= c) <= alpha / 2; one more than the count where none is."""
    low, high = np.zeros_like(counts), counts + 1  # c lies above low, at high or below
    while np.any(high - low > 1):
        middle = (low + high) // 2
        middle = np.where(high - low > 1, middle, high)
        tail = np.where(middle > counts, 0.0, bdtrc(middle - 1.0, np.maximum(counts, 1), share))
        rare = tail <= alpha / 2
        low, high = np.where(rare, low, middle), np.where(rare, middle, high)
    return high


def enough(base: float, chance: float, *, power: float, alpha: float) -> int:
    """Give a number of events from which on the power is surely at the target.

    For a cut x between both chances P(X >= n x) <= exp(-n KL(x, base)) at equal rates and
    P(X < n x) <= exp(-n KL(x, chance)) otherwise (Chernoff, 1952), for every n: so both errors
    are small enough once n KL is. The best cut makes both demands equal.
    """
    first, second = math.log(2 / alpha), -math.log1p(-power)

    def gap(cut: float) -> float:
        return first * divergence(cut, chance) - second * divergence(cut, base)

    cut = passes_zero(gap, base, chance)
    n = max(first / divergence(cut, base), second / divergence(cut, chance))
    if n > MOST_EVENTS:
        raise ValueError(
            f"ratio: got one that takes up to {n:.0f} events to show, want one further from 1 "
            f"(at most {MOST_EVENTS:,})"
        )
    return math.ceil(n) + 1


def divergence(x: float, y: float) -> float:
    """Give the Kullback-Leibler divergence of Bernoulli(x) from Bernoulli(y), in nats."""
    return x * math.log(x / y) + (1 - x) * math.log((1 - x) / (1 - y))


def check(*, share: float, ratio: float, alpha: float, power: float = 0.5) -> None:
    """Check what is asked.

    Raises:
        ValueError: a share, level or power outside (0, 1), a ratio of 1 or none.
    """
    for name, value in (("share", share), ("alpha", alpha), ("power", power)):
        if not 0 < value < 1:
            raise ValueError(f"{name}: got {value}, want one within (0, 1)")
    if not (0 < ratio < math.inf) or ratio == 1 or odds(share) == 0:
        raise ValueError(f"ratio: got {ratio}, want one above 0 that is not 1")
