"""How often somebody of a group alerts falsely, over every list that could be drawn.

Of the m people a list may be drawn from, k reach the threshold with a probe: a list of N of them
holds none of these k in C(m - k, N) of C(m, N) cases. So no draw of a list is in the rate. Its
interval is a bootstrap of people, as probes and on the list at once; where fewer than ten pairs
reach the threshold, drawn people would seldom hold one, and the exact interval of the pairs counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import gammaln

from overt.arrays import F64, I64, Mask
from overt.evaluation.error_rates import predicted_fpir
from overt.statistics.intervals import LEVEL, clopper_pearson

__all__ = ["EXACT", "FEW", "RESAMPLED", "ListedRate", "drawn", "listed_rate", "over_all_lists"]

TIMES: Final = 1000  # draws of the bootstrap
FEW: Final = 10  # pairs: fewer, and drawn people would seldom hold one
RESAMPLED: Final = "bootstrap of people, both sides, percentile"
EXACT: Final = "exact, pairs taken as independent"


@dataclass(frozen=True, slots=True)
class ListedRate:
    """False alerts of one group's probes, with lists of one length."""

    people: int  # probes
    pairs: int
    reached: int  # of the pairs
    value: float
    low: float
    high: float
    method: str


def listed_rate(reached: I64, *, inside: Mask, pool: Mask, listed: int, weights: F64) -> ListedRate:
    """Measure the rate of a group with lists of N people.

    Args:
        reached: (r, 2) numbers of the two people of each pair that reaches the threshold, once.
        inside: (n,) the probes.
        pool: (n,) of whom lists are drawn; all probes are among them.
        listed: N, of others than the probe: fewer than the pool has.
        weights: (t, n) how often each person was drawn.
    """
    count, others = int(inside.sum()), int(pool.sum()) - 1
    one, other = reached[:, 0], reached[:, 1]
    hits = int(((inside[one] & pool[other]) | (inside[other] & pool[one])).sum())
    pairs = count * others - count * (count - 1) // 2
    table = _symmetric(reached, len(inside))
    everyone = np.ones((1, len(inside)))
    value = float(over_all_lists(table, inside, pool, everyone, listed)[0])
    if hits < FEW:
        ends = clopper_pearson(hits, pairs, level=LEVEL)
        low, high = (predicted_fpir(end, listed) for end in ends)
        method = EXACT
    else:
        found = over_all_lists(table, inside, pool, weights, listed)
        low, high = (float(end) for end in np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
        method = RESAMPLED
    return ListedRate(count, pairs, hits, value, min(low, value), max(high, value), method)


def over_all_lists(
    table: sparse.csr_array, inside: Mask, pool: Mask, weights: F64, listed: int
) -> F64:
    """Give the FPIR over every list that could be drawn, for each draw of people: (t,).

    Whoever was drawn several times is not compared with himself; where so few others were drawn
    that no list is so long, all of them are on it.
    """
    here = weights[:, inside]
    whole = weights[:, pool].sum(axis=1, keepdims=True) - here
    hits = np.asarray(table[inside][:, pool] @ weights[:, pool].T, np.float64).T
    rest = whole - hits
    taken = np.minimum(listed, whole)
    share = _log_choose(np.maximum(rest, taken), taken) - _log_choose(whole, taken)
    missed = np.where(rest >= taken, np.exp(share), 0)
    return np.asarray(((1 - missed) * here).sum(axis=1) / here.sum(axis=1), np.float64)


def drawn(names: NDArray[np.str_] | I64 | Mask, *, times: int = TIMES) -> F64:
    """Draw people with replacement, as many of each group as it has: (t, n) how often each."""
    random = np.random.default_rng(1)
    weights = np.zeros((times, len(names)))
    for name in np.unique(names):
        rows = np.flatnonzero(names == name)
        weights[:, rows] = random.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), times)
    return weights


def _symmetric(reached: I64, people: int) -> sparse.csr_array:
    both = np.concatenate([reached, reached[:, ::-1]])
    return sparse.csr_array((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(people, people))


def _log_choose(of: F64, taken: F64) -> F64:
    return gammaln(of + 1) - gammaln(taken + 1) - gammaln(of - taken + 1)
