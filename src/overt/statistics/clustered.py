"""A proportion whose trials come in clusters: several passages of each volunteer.

Ten passages of one person say less than one passage of each of ten: who is hard to recognise once
is hard to recognise again. Intervals that count passages as independent are too narrow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

import numpy as np
from scipy.special import stdtrit

from overt.arrays import F64
from overt.statistics.bootstrap import bca, percentile, ratio_of, resample
from overt.statistics.estimate import ClusteredRate, Method, NoInterval, NoTrials
from overt.statistics.intervals import LEVEL

__all__ = ["Cluster", "clustered_rate", "resampled_rate"]

Cluster: TypeAlias = tuple[int, int]  # events and trials of one person
ONE: Final = "all trials are of one cluster"
SAME: Final = "every draw of clusters gives the same"


def clustered_rate(
    clusters: Sequence[Cluster], *, of: str, level: float = LEVEL
) -> ClusteredRate | NoInterval | NoTrials:
    """Give the proportion over all trials, with an interval that allows for clusters.

    The variance is that of a ratio of sums over clusters (Cochran, 1977, section 3.12; Rao and
    Scott, 1992): c / (c - 1) x sum of (events - p x trials)^2 / (all trials)^2. It says how many
    independent trials these are worth, and Wilson's interval is taken of so many, with the t
    quantile of c - 1 degrees of freedom in place of the normal one (Korn and Graubard, 1998;
    Dean and Pagano, 2015; Franco, Little, Louis and Slud, 2019).

    Clusters never count for more than their trials. Where all trials ended alike nothing can be
    seen of how clusters differ, and each is taken as one trial: the most careful reading.

    Args:
        clusters: events and trials of each; one without trials says nothing and is left out.
        of: what the trials are, in words.
        level: of confidence.

    Raises:
        ValueError: a cluster has more events than trials, or fewer than 0.
    """
    counted = _counted(clusters, of=of)
    events, trials = int(counted[:, 0].sum()), int(counted[:, 1].sum())
    if not trials:
        return NoTrials(of)
    if len(counted) < 2:
        return NoInterval(events, trials, ONE)
    effect = design_effect(counted)
    worth = float(len(counted)) if effect is None else trials / max(effect, 1.0)
    low, high = wilson_t(events / trials, worth, degrees=len(counted) - 1, level=level)
    return ClusteredRate(
        events, trials, len(counted), low, high, level, effect, worth, Method.CLUSTERED_WILSON
    )


def resampled_rate(
    clusters: Sequence[Cluster],
    *,
    of: str,
    times: int,
    random: np.random.Generator,
    level: float = LEVEL,
    interval: Literal["percentile", "bca"] = "bca",
) -> ClusteredRate | NoInterval | NoTrials:
    """Give the same proportion with the bootstrap of clusters; see `overt.statistics.bootstrap`.

    Where every draw gives the same there is no interval: use `clustered_rate`.
    """
    counted = _counted(clusters, of=of)
    events, trials = int(counted[:, 0].sum()), int(counted[:, 1].sum())
    if not trials:
        return NoTrials(of)
    if len(counted) < 2:
        return NoInterval(events, trials, ONE)
    statistic = ratio_of(counted[:, 0], counted[:, 1])
    drawn = resample(statistic, clusters=len(counted), times=times, random=random)
    if not drawn.varies:
        return NoInterval(events, trials, SAME)
    ends = bca(drawn, level=level) if interval == "bca" else percentile(drawn, level=level)
    effect = design_effect(counted)
    worth = float(len(counted)) if effect is None else trials / max(effect, 1.0)
    # With few clusters the quantiles of the draws can pass the value by.
    low, high = min(ends[0], events / trials), max(ends[1], events / trials)
    method = Method.CLUSTER_BCA if interval == "bca" else Method.CLUSTER_PERCENTILE
    return ClusteredRate(events, trials, len(counted), low, high, level, effect, worth, method)


def design_effect(counted: F64) -> float | None:
    """Give the variance over that of as many independent trials; None where all ended alike.

    Args:
        counted: (clusters, 2) events and trials.
    """
    events, trials = counted.sum(axis=0)
    share = events / trials
    if share in (0, 1):
        return None
    clusters = len(counted)
    apart = counted[:, 0] - share * counted[:, 1]
    variance = clusters / (clusters - 1) * float(np.sum(apart**2)) / trials**2
    return float(variance / (share * (1 - share) / trials))


def wilson_t(share: float, trials: float, *, degrees: int, level: float) -> tuple[float, float]:
    """Give Wilson's interval of so many trials, which need be no whole number, with t."""
    t2 = float(stdtrit(degrees, 1 - (1 - level) / 2)) ** 2
    centre = (share + t2 / (2 * trials)) / (1 + t2 / trials)
    spread = t2 * (share * (1 - share) / trials + t2 / (4 * trials**2))
    half = math.sqrt(spread) / (1 + t2 / trials)
    low = 0.0 if share == 0 else max(0.0, centre - half)
    return low, 1.0 if share == 1 else min(1.0, centre + half)


def _counted(clusters: Sequence[Cluster], *, of: str) -> F64:
    for events, trials in clusters:
        if not 0 <= events <= trials:
            raise ValueError(f"{of}: got {events} of {trials}, want 0 to as many as there are")
    counted = np.array([pair for pair in clusters if pair[1]], dtype=float)
    return counted.reshape(-1, 2)
