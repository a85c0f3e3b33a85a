"""Intervals of a rate that hold at every look at once, however often anybody looks.

An interval for a fixed sample keeps its promise for one look. A deployment is looked at after
every minute and every alert. These hold for all looks together (a confidence sequence).

How. Whoever bets that faces give r times as many false alerts as a ceiling c allows, and stakes 1,
holds r^x exp(-(r - 1) c n) after x false alerts in n faces. While no face has a rate above c, this
does not grow on average: with a face's rate p, a step multiplies it by
(1 + p (r - 1)) exp(-(r - 1) c) <= exp((p - c)(r - 1)) <= 1. Nor does the mean over many r, the
mixture (Robbins, 1970). It ever reaches 1 / alpha with probability alpha at most (Ville, 1939).
Ceilings at which it did are left out of the interval; the mirror image bounds a rate from above.

The faces' rates need not be the same: the interval is about their mean so far. Only counts enter,
so that a minute's faces at once and one after another give the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from overt.arrays import F64, I64, Mask
from overt.statistics.estimate import Method
from overt.statistics.intervals import LEVEL

__all__ = [
    "ConfidenceSequence",
    "Side",
    "count_ends",
    "log_e_above",
    "log_e_below",
    "rate_sequence",
]

# Bets, evenly over the doublings from 1 to 50 times: what false alerts out of hand would be. Their
# mean, 12.5, keeps one false alert from ever being evidence enough for 95 % (20) by itself.
MOST: Final = 50.0
BETS: Final = 256
LOG_RATIOS: Final = np.log(MOST) * (np.arange(BETS) + 0.5) / BETS
HALVINGS: Final = 60  # of a bracket, to the last digits


class Side(StrEnum):
    """On which side of a value a rate lies, as far as can be told."""

    BELOW = "below"
    CANNOT_TELL = "cannot tell"
    ABOVE = "above"


@dataclass(frozen=True, slots=True, eq=False)
class ConfidenceSequence:
    """A figure at each look, with intervals that hold at all looks at once; all arrays (looks,)."""

    events: I64  # so far
    trials: I64  # so far
    estimate: F64  # nan where there is none
    low: F64
    high: F64  # may be infinite for a ratio
    # Natural logarithm of the evidence that a rate is above `against`, or another share or ratio.
    log_e: F64
    against: float  # the value that the figure is compared with
    level: float  # of confidence, of all looks together
    method: str

    def __post_init__(self) -> None:
        shapes = {each.shape for each in self._columns}
        if len(shapes) != 1 or self.events.ndim != 1:
            raise ValueError(f"sequence: got arrays of shapes {shapes}, want one, of looks")
        if not np.all(self.low <= self.high):
            raise ValueError("sequence: got a low end above the high one, want them in order")
        for each in self._columns:
            each.setflags(write=False)

    @property
    def _columns(self) -> tuple[I64 | F64, ...]:
        return self.events, self.trials, self.estimate, self.low, self.high, self.log_e

    def __len__(self) -> int:
        """Give how many looks there were."""
        return len(self.events)

    @property
    def first_above(self) -> int | None:
        """The first look whose low end lay above `against`; None: none did."""
        found = np.flatnonzero(self.low > self.against)
        return int(found[0]) if len(found) else None

    @property
    def side(self) -> Side:
        """Where the figure lies at the last look; `side_at` says more."""
        return self.side_at(len(self) - 1)

    def side_at(self, look: int) -> Side:
        """Tell where the figure lies: above once any look told so, for the promise is of all."""
        first = self.first_above
        if first is not None and first <= look:
            return Side.ABOVE
        told = look >= 0 and bool(self.high[look] < self.against)
        return Side.BELOW if told else Side.CANNOT_TELL


def rate_sequence(
    events: ArrayLike,
    trials: ArrayLike,
    *,
    against: float,
    level: float = LEVEL,
    open_events: ArrayLike = 0,
) -> ConfidenceSequence:
    """Give a rare rate at each look, such as false alerts per face seen, against a ceiling.

    Each end alone keeps half of what `level` leaves: with 95 %, the low end lies above the true
    mean rate at any look with a probability of 2.5 % at most.

    Args:
        events: so far, at each look (looks,); never falling.
        trials: so far, at each look (looks,); never falling.
        against: the ceiling, within (0, 1].
        level: of confidence, both ends and all looks together.
        open_events: further ones at each look of which it is not known whether they count. The
            low end takes none of them, the high end all.

    Raises:
        ValueError: the counts fall or are negative, or there are more events than trials.
    """
    if not 0 < against <= 1:
        raise ValueError(f"ceiling: got {against}, want one within (0, 1]")
    x, n = running(events, trials)
    most = x + np.asarray(open_events, np.int64)
    if np.any(most < x) or np.any(most > n):
        raise ValueError("open events: got fewer than 0 or more than trials, want 0 to as many")
    low = count_ends(x, level=level)[0]
    high = count_ends(most, level=level)[1]
    faces = np.maximum(n, 1)
    return ConfidenceSequence(
        events=x,
        trials=n,
        estimate=np.where(n > 0, x / faces, np.nan),
        low=np.where(n > 0, low / faces, 0.0),
        high=np.where(n > 0, np.minimum(high / faces, 1.0), 1.0),
        log_e=log_e_above(x, against * n),
        against=against,
        level=level,
        method=Method.COUNT_MIXTURE,
    )


def log_e_above(events: ArrayLike, expected: ArrayLike) -> F64:
    """Give the log of the evidence that more events came than were to be expected at most.

    It ever reaches log(1 / alpha) with probability alpha at most, where no trial has a higher
    rate than `expected` was reckoned with, or where the rates' sum is never above `expected`.
    """
    x, rate = _spread(events, expected)
    return _mean(x * LOG_RATIOS - np.expm1(LOG_RATIOS) * rate)


def log_e_below(events: ArrayLike, expected: ArrayLike) -> F64:
    """Give the log of the evidence that fewer events came than were to be expected at least."""
    x, rate = _spread(events, expected)
    return _mean(-x * LOG_RATIOS - np.expm1(-LOG_RATIOS) * rate)


def count_ends(events: ArrayLike, *, level: float = LEVEL) -> tuple[F64, F64]:
    """Give the ends of the expected number of events, from how many came, at every look at once.

    They depend on the count alone: what Garwood's interval is for one look. Each is where the
    evidence crosses 1 / alpha, with alpha half of what the level leaves; evidence is monotone in
    the expected number, so that it does so once.
    """
    if not 0 < level < 1:
        raise ValueError(f"level: got {level}, want one within (0, 1)")
    enough = -math.log((1 - level) / 2)
    counts, places = np.unique(np.asarray(events, np.int64), return_inverse=True)
    x = counts.astype(np.float64)
    low = crossing(np.zeros_like(x), x, lambda at: log_e_above(x, at) >= enough)
    far = x + 1
    while not np.all(told := log_e_below(x, far) >= enough):
        far = np.where(told, far, 2 * far)
    high = crossing(x, far, lambda at: log_e_below(x, at) < enough)
    return low[places], high[places]


def running(events: ArrayLike, trials: ArrayLike) -> tuple[I64, I64]:
    """Check counts so far, (looks,) each, and give them as whole numbers."""
    x, n = np.atleast_1d(np.asarray(events)), np.atleast_1d(np.asarray(trials))
    whole = all(each.size == 0 or np.issubdtype(each.dtype, np.integer) for each in (x, n))
    if x.shape != n.shape or x.ndim != 1 or not whole:
        raise ValueError(
            f"counts: got {x.dtype} {x.shape} and {n.dtype} {n.shape}, want whole numbers (looks,)"
        )
    falls = np.any(np.diff(x, prepend=0) < 0) or np.any(np.diff(n, prepend=0) < 0)
    if falls or np.any(x > n):
        raise ValueError("counts: got some that fall or exceed their trials, want running totals")
    return x.astype(np.int64), n.astype(np.int64)


def _spread(events: ArrayLike, expected: ArrayLike) -> tuple[F64, F64]:
    """Add a last axis, for the bets."""
    return (
        np.asarray(events, np.float64)[..., np.newaxis],
        np.asarray(expected, np.float64)[..., np.newaxis],
    )


def _mean(logs: F64) -> F64:
    return log_sum(logs) - math.log(logs.shape[-1])


def log_sum(logs: F64) -> F64:
    """Give the log of the sum over the last axis, of finite logs."""
    top = logs.max(axis=-1)
    return top + np.log(np.exp(logs - top[..., np.newaxis]).sum(axis=-1))


def crossing(low: F64, high: F64, holds: Callable[[F64], Mask]) -> F64:
    """Find the last places, each from `low` on towards `high`, up to which something holds."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        up = holds(middle)
        low, high = np.where(up, middle, low), np.where(up, high, middle)
    return low
