"""The bootstrap of clusters: whole people are drawn again, never one passage alone.

A statistic is handed in as a function of how often each cluster was drawn: (times, clusters)
weights in, (times,) values out. So no row is copied, and all resamples are one matrix product.

Efron and Tibshirani (1993), "An Introduction to the Bootstrap", chapters 13 and 14; clusters as
the units that are drawn: Davison and Hinkley (1997), section 3.8.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from scipy.special import ndtr, ndtri

from overt.arrays import F64

__all__ = ["Resampled", "Statistic", "bca", "percentile", "ratio_of", "resample"]

Statistic: TypeAlias = Callable[[F64], F64]  # (t, clusters) weights to (t,) values
CELLS: Final = 4_000_000  # of one block of weights: 32 MB


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """A statistic of all clusters, and of many draws of as many clusters with replacement."""

    value: float
    replicates: F64  # (t,) sorted
    left_out: F64  # (clusters,) the statistic without each cluster in turn
    undefined: int  # draws in which it had no value, such as 0 of 0

    @property
    def varies(self) -> bool:
        """Whether the draws differ; if not, they say nothing of how sure the value is."""
        return bool(self.replicates[0] < self.replicates[-1])


def resample(
    statistic: Statistic, *, clusters: int, times: int, random: np.random.Generator
) -> Resampled:
    """Draw clusters with replacement, many times.

    Args:
        statistic: of weights, one row a draw; nan where it has no value.
        clusters: how many there are.
        times: how many draws; the more, the less the interval depends on the generator.
        random: makes the draws; the same state gives the same draws.

    Raises:
        ValueError: fewer than 2 clusters, no draw, or no value of all clusters or of any draw.
    """
    if clusters < 2 or times < 1:
        raise ValueError(f"bootstrap: got {clusters} clusters {times} times, want 2, once or more")
    value = float(statistic(np.ones((1, clusters)))[0])
    rows = max(1, CELLS // clusters)
    equal = np.full(clusters, 1 / clusters)
    blocks = [
        statistic(random.multinomial(clusters, equal, size=min(rows, times - at)).astype(float))
        for at in range(0, times, rows)
    ]
    drawn = np.concatenate(blocks)
    replicates = np.sort(drawn[~np.isnan(drawn)])
    if np.isnan(value) or not replicates.size:
        raise ValueError("bootstrap: got a statistic without a value, want one of all clusters")
    replicates.setflags(write=False)
    left_out = _left_out(statistic, clusters, rows)
    return Resampled(value, replicates, left_out, times - replicates.size)


def percentile(resampled: Resampled, *, level: float) -> tuple[float, float]:
    """Give the interval between quantiles of the draws, equal tails."""
    tail = (1 - level) / 2
    drawn = resampled.replicates
    return float(np.quantile(drawn, tail)), float(np.quantile(drawn, 1 - tail))


def bca(resampled: Resampled, *, level: float) -> tuple[float, float]:
    """Give the bias-corrected and accelerated interval (Efron, 1987).

    The acceleration is of the jackknife over clusters. Where the draws say nothing of it (all on
    one side of the value, or no value without some cluster) the interval is the percentile one.
    """
    drawn, value = resampled.replicates, resampled.value
    below = (np.searchsorted(drawn, value, "left") + np.searchsorted(drawn, value, "right")) / 2
    apart = np.mean(resampled.left_out) - resampled.left_out
    squares = float(np.sum(apart**2))
    if not 0 < below < drawn.size or not squares > 0:  # nan is not above 0
        return percentile(resampled, level=level)
    bias = float(ndtri(below / drawn.size))
    acceleration = float(np.sum(apart**3)) / (6 * squares**1.5)
    tail = (1 - level) / 2
    moved = [bias + float(ndtri(end)) for end in (tail, 1 - tail)]
    places = [float(ndtr(bias + z / (1 - acceleration * z))) for z in moved]
    return float(np.quantile(drawn, places[0])), float(np.quantile(drawn, places[1]))


def ratio_of(above: F64, below: F64) -> Statistic:
    """Give the statistic that is a sum over clusters divided by another; nan where that is 0."""

    def ratio(weights: F64) -> F64:
        over, under = weights @ above, weights @ below
        return np.divide(over, under, out=np.full(len(weights), np.nan), where=under != 0)

    return ratio


def _left_out(statistic: Statistic, clusters: int, rows: int) -> F64:
    """Give the statistic without each cluster in turn."""
    values: list[F64] = []
    for at in range(0, clusters, rows):
        weights = np.ones((min(rows, clusters - at), clusters))
        weights[np.arange(len(weights)), at + np.arange(len(weights))] = 0
        values.append(statistic(weights))
    left_out = np.concatenate(values)
    left_out.setflags(write=False)
    return left_out
