"""Whether a group has more than its share of the events, at every look at once.

Two questions. Of the false alerts so far, does a group have another share than of the faces seen
(`share_sequence`: the exposure is a share that is known or assumed)? Is one group's rate a
multiple of another's (`ratio_sequence`: the exposure was counted)? Both are about events as they
come, and hold however often anybody looks.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, expit, log_expit, xlog1py, xlogy

from overt.arrays import F64, I64, Mask
from overt.statistics.estimate import Method
from overt.statistics.intervals import LEVEL
from overt.statistics.sequences import ConfidenceSequence, crossing, log_sum, running

__all__ = ["ratio_sequence", "share_sequence"]

HALF: Final = 0.5  # of Beta(1/2, 1/2), Jeffreys' prior: it favours no share
LOG_RATIOS: Final = np.linspace(-math.log(1000), math.log(1000), 2001)
# Logistic in the logarithm of the ratio: even odds for within and outside 1/3 to 3 times.
LOG_WEIGHTS: Final = np.log(
    expit(LOG_RATIOS) * expit(-LOG_RATIOS) / np.sum(expit(LOG_RATIOS) * expit(-LOG_RATIOS))
)


def share_sequence(
    events: ArrayLike, trials: ArrayLike, *, against: float, level: float = LEVEL
) -> ConfidenceSequence:
    """Give a group's share at each look, such as its share of the false alerts so far.

    The mixture of likelihood ratios over Beta(1/2, 1/2) is compared with each share (Robbins,
    1970); shares against which it reached 1 / alpha are left out. It is a martingale where every
    event is of the group with the same probability, whatever was before.

    Args:
        events: of the group so far, at each look (looks,).
        trials: of anybody so far, at each look (looks,).
        against: the share to compare with, as the group's share of the faces seen; within (0, 1).
        level: of confidence, both ends and all looks together.

    Raises:
        ValueError: the counts fall or are negative, or there are more events than trials.
    """
    if not 0 < against < 1:
        raise ValueError(f"share: got {against} to compare with, want one within (0, 1)")
    x, n = running(events, trials)
    share = np.where(n > 0, x / np.maximum(n, 1), np.nan)
    enough = _enough(level)

    def out(at: F64) -> Mask:
        return _log_share_ratio(x, n, at) >= enough

    middle = np.where(n > 0, share, 0.5)
    low = crossing(np.zeros_like(middle), middle, out)
    high = crossing(np.ones_like(middle), middle, out)
    return ConfidenceSequence(
        events=x,
        trials=n,
        estimate=share,
        low=np.where(x > 0, low, 0.0),
        high=np.where(x < n, high, 1.0),
        log_e=_log_share_ratio(x, n, np.full(x.shape, against)),
        against=against,
        level=level,
        method=Method.BETA_BINOMIAL,
    )


def _log_share_ratio(x: I64, n: I64, at: F64) -> F64:
    """Give the log of the mixture over the likelihood of the shares `at`."""
    mixture = betaln(HALF + x, HALF + n - x) - betaln(HALF, HALF)
    return np.asarray(mixture - xlogy(x, at) - xlog1py(n - x, -at), np.float64)


def ratio_sequence(
    first: tuple[ArrayLike, ArrayLike],
    second: tuple[ArrayLike, ArrayLike],
    *,
    against: float = 1.0,
    level: float = LEVEL,
) -> ConfidenceSequence:
    """Give how many times the second group's rate the first's is, at each look.

    Of the events between two looks, those of the first group are binomial, with odds that are the
    ratio times the exposures' (exact for counts that are Poisson, and for the odds ratio where a
    look brings one event at most). Exposure may come unevenly: each block has its own odds.

    Args:
        first: events and exposure (such as faces) so far, at each look (looks,) each.
        second: likewise.
        against: the ratio to compare with.
        level: of confidence, both ends and all looks together.

    Returns:
        The sequence: `events` are the first group's, `trials` both groups'.

    Raises:
        ValueError: counts fall or are negative, events exceed exposure.
    """
    if not 0 < against < math.inf:
        raise ValueError(f"ratio: got {against} to compare with, want one above 0")
    (x, a), (y, b) = running(*first), running(*second)
    if x.shape != y.shape:
        raise ValueError(f"looks: got {len(x)} of the first, {len(y)} of the second, want as many")
    likelihood = _log_likelihood(x, y, a, b, LOG_RATIOS)
    mixture = log_sum(likelihood + LOG_WEIGHTS)
    low, high = _ratio_ends(mixture[:, np.newaxis] - likelihood < _enough(level))
    at = _log_likelihood(x, y, a, b, np.array([math.log(against)]))[:, 0]
    told = (x + y) > 0
    best = np.exp(LOG_RATIOS)[likelihood.argmax(axis=-1)]
    best = np.where(x == 0, 0.0, np.where(y == 0, np.inf, best))
    return ConfidenceSequence(
        events=x,
        trials=x + y,
        estimate=np.where(told, best, np.nan),
        low=np.where(told, low, 0.0),
        high=np.where(told, high, np.inf),
        log_e=mixture - at,
        against=against,
        level=level,
        method=Method.RATIO_MIXTURE,
    )


def _ratio_ends(kept: Mask) -> tuple[F64, F64]:
    """Give the ends of the ratios that are kept, (looks, ratios), out to the next of the grid.

    The end lies before that one. Past the grid there is none: 0, or without limit.
    """
    ratios = np.exp(LOG_RATIOS)
    low = np.concatenate([[0.0], ratios[:-1]])[kept.argmax(axis=-1)]
    high = np.concatenate([[np.inf], ratios[:0:-1]])[kept[:, ::-1].argmax(axis=-1)]
    return low, high


def _log_likelihood(x: I64, y: I64, a: I64, b: I64, log_ratios: F64) -> F64:
    """Give the log-likelihood so far of each ratio, (looks, ratios), from what each look brought.

    A block in which one group was not exposed tells nothing of the ratio.
    """
    x, y, a, b = (np.diff(each, prepend=0) for each in (x, y, a, b))
    if np.any(x > a) or np.any(y > b):
        raise ValueError("looks: got events before their faces were counted, want them together")
    told = (a > 0) & (b > 0)
    odds = np.log(np.where(told, a, 1)) - np.log(np.where(told, b, 1))
    odds = odds[:, np.newaxis] + log_ratios
    x, y = np.where(told, x, 0)[:, np.newaxis], np.where(told, y, 0)[:, np.newaxis]
    return np.cumsum(x * log_expit(odds) + y * log_expit(-odds), axis=0)


def _enough(level: float) -> float:
    if not 0 < level < 1:
        raise ValueError(f"level: got {level}, want one within (0, 1)")
    return -math.log(1 - level)
