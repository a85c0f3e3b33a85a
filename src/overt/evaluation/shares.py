"""Rates of probes and of pairs, with intervals that allow for several trials of one person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy import sparse

from overt.arrays import F64, I64, Mask
from overt.statistics.bootstrap import percentile, resample
from overt.statistics.clustered import Cluster, clustered_rate, resampled_rate
from overt.statistics.estimate import ClusteredRate, NoInterval, NoTrials, Rate
from overt.statistics.intervals import LEVEL, rate
from overt.values.evaluation import Share

__all__ = ["Share", "clusters_of", "counted", "numbered", "pair_draws", "pair_share", "share"]

TIMES: Final = 2000  # draws of a bootstrap
FEW: Final = 10  # events, or trials without one: fewer say nothing of how people differ
PAIRS: Final = "bootstrap of people, both sides of a pair, percentile"


def clusters_of(events: Mask, subjects: I64) -> list[Cluster]:
    """Count events and trials of each person."""
    _, rows = np.unique(subjects, return_inverse=True)
    trials = np.bincount(rows)
    hits = np.bincount(rows, weights=events.astype(np.float64))
    return [(int(hit), int(of)) for hit, of in zip(hits, trials, strict=True)]


def share(events: Mask, subjects: I64, *, of: str, seed: int = 1) -> Share | None:
    """Give the share of trials with an event; people are drawn anew, with all of their trials.

    Where fewer than ten trials had an event, or had none, draws say too little of how people
    differ: the interval is then Wilson's of as many independent trials as these are worth.

    Returns:
        None where there was no trial.
    """
    clusters = clusters_of(events, subjects)
    total, hits = len(events), int(events.sum())
    found: ClusteredRate | NoInterval | NoTrials = NoTrials(of)
    if FEW <= hits <= total - FEW:
        random = np.random.default_rng(seed)
        found = resampled_rate(clusters, of=of, times=TIMES, random=random)
    if not isinstance(found, ClusteredRate):
        found = clustered_rate(clusters, of=of)
    return _written(found, people=len(clusters))


def counted(events: int, trials: int, *, of: str, people: int) -> Share | None:
    """Give a share of trials that are taken as independent, with the exact interval."""
    return _written(rate(events, trials, of=of), people=people)


def pair_share(pairs: I64, people: int, *, trials: int) -> Share | None:
    """Give the share of pairs of different people, each person once, that were a false match.

    Args:
        pairs: (n, 2) numbers of the two people of each false match.
        people: how many there are; every two of them were compared.
        trials: pairs in all.
    """
    if not trials or people < 2:
        return None
    if len(pairs) < FEW:  # drawn people would seldom hold one: exact, and told as such
        found = rate(len(pairs), trials, of="pairs of different people")
        return _written(found, people=people)
    drawn = resample(
        lambda weights: pair_draws(pairs, weights),
        clusters=people,
        times=TIMES,
        random=np.random.default_rng(1),
    )
    low, high = percentile(drawn, level=LEVEL)
    value = len(pairs) / trials
    ends = min(low, value), max(high, value)
    return Share(len(pairs), trials, people, value, *ends, LEVEL, PAIRS)


def pair_draws(pairs: I64, weights: F64) -> F64:
    """Give the false match rate of drawn people, (t,), for how often each was drawn, (t, people).

    A person who was drawn twice is not compared with himself.
    """
    people = weights.shape[1]
    ones = np.ones(len(pairs))
    matched = sparse.csr_matrix((ones, (pairs[:, 0], pairs[:, 1])), shape=(people, people))
    hits = np.asarray(((weights @ matched) * weights).sum(axis=1), np.float64)
    whole = weights.sum(axis=1) ** 2 - (weights**2).sum(axis=1)
    return np.divide(2 * hits, whole, out=np.full(len(weights), np.nan), where=whole > 0)


def _written(found: Rate | ClusteredRate | NoInterval | NoTrials, *, people: int) -> Share | None:
    match found:
        case NoTrials():
            return None
        case NoInterval(events=events, trials=trials, reason=reason):
            return Share(events, trials, people, found.value, 0.0, 1.0, LEVEL, f"none: {reason}")
        case _:
            return Share(
                found.events,
                found.trials,
                people,
                found.value,
                found.low,
                found.high,
                found.level,
                str(found.method),
            )


def numbered(names: Sequence[str]) -> I64:
    """Give each name a number, the same for the same name."""
    return np.unique(np.array(names, dtype=object).astype(str), return_inverse=True)[1].astype(
        np.int64
    )
