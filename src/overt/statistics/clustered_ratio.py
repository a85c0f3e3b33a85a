"""How many times one group's proportion is another's, where trials come in clusters."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy.special import stdtr, stdtrit

from overt.statistics.clustered import Cluster, clustered_rate
from overt.statistics.estimate import ClusteredRate, Method, NoInterval, NoTrials, PValue, Ratio
from overt.statistics.intervals import LEVEL

__all__ = ["clustered_ratio"]

EQUAL = "both groups are recognised equally often"


def clustered_ratio(
    first: Sequence[Cluster], second: Sequence[Cluster], *, of: str, level: float = LEVEL
) -> tuple[Ratio, PValue] | NoInterval | NoTrials:
    """Give the first proportion over the second, with its interval, and test whether it is 1.

    Each group's counts are divided by its design effect, and the usual interval of a ratio is
    taken of these (Rao and Scott, 1992, "A simple method for the analysis of clustered binary
    data", Biometrics 48): the logarithm's variance is the sum of (1 - p) / (n p). In place of the
    normal quantile stands that of t with as many degrees of freedom as both have clusters less 2.
    Where a group's trials all ended alike half an event is added to each side of it.

    Args:
        first: events and trials of each person of the group.
        second: likewise of everybody else; nobody is in both.
        of: what the trials are, in words.
        level: of confidence.
    """
    rates = [clustered_rate(clusters, of=of, level=level) for clusters in (first, second)]
    for rate in rates:
        if not isinstance(rate, ClusteredRate):
            return rate
    one, other = (rate for rate in rates if isinstance(rate, ClusteredRate))
    value = one.value / other.value if other.events else (math.inf if one.events else math.nan)
    shares, variances = zip(*(_worth(rate) for rate in (one, other)), strict=True)
    middle = math.log(shares[0] / shares[1])
    spread = math.sqrt(sum(variances))
    degrees = one.clusters + other.clusters - 2
    half = float(stdtrit(degrees, 1 - (1 - level) / 2)) * spread
    p = 2 * float(stdtr(degrees, -abs(middle) / spread))
    ratio = Ratio(value, math.exp(middle - half), math.exp(middle + half), level, Method.RAO_SCOTT)
    return ratio, PValue(min(1.0, p), Method.RAO_SCOTT, EQUAL)


def _worth(rate: ClusteredRate) -> tuple[float, float]:
    """Give the share of as many independent trials as these are worth, and its log's variance."""
    trials, events = rate.effective_trials, rate.effective_trials * rate.value
    if rate.events in (0, rate.trials):
        trials, events = trials + 1, events + 0.5
    share = events / trials
    return share, (1 - share) / (trials * share)
