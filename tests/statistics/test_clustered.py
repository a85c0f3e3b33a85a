"""A proportion in clusters holds to a cluster-robust regression, and to what it promises."""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statistics_peers import peer

from overt.statistics.clustered import clustered_rate, resampled_rate
from overt.statistics.estimate import ClusteredRate, Method, NoInterval, NoTrials
from overt.statistics.intervals import wilson

cluster = st.integers(1, 12).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
clusters = st.lists(cluster, min_size=2, max_size=30)


def counted(found: object) -> ClusteredRate:
    assert isinstance(found, ClusteredRate)
    return found


@settings(max_examples=40)
@given(clusters)
def test_effect_is_that_of_a_cluster_robust_regression(given_: list[tuple[int, int]]) -> None:
    """Least squares on a constant, by row, with statsmodels' robust variance over clusters."""
    found = counted(clustered_rate(given_, of="passages"))
    if found.value in (0, 1):
        assert found.design_effect is None
        return
    rows = np.concatenate([np.repeat([1.0, 0.0], [x, n - x]) for x, n in given_])
    groups = np.repeat(np.arange(len(given_)), [n for _, n in given_])
    model = cast("Any", peer("statsmodels.api", "OLS")(rows, np.ones_like(rows)))
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False})
    c = len(given_)
    variance = float(fit.bse[0]) ** 2 * c / (c - 1)
    singly = found.value * (1 - found.value) / len(rows)
    assert found.design_effect == pytest.approx(variance / singly, rel=1e-6, abs=1e-9)


@given(clusters)
def test_clusters_never_narrow_the_interval(given_: list[tuple[int, int]]) -> None:
    found = counted(clustered_rate(given_, of="passages"))
    low, high = wilson(found.events, found.trials)
    assert found.low <= low + 1e-12
    assert found.high >= high - 1e-12
    assert found.effective_trials <= found.trials + 1e-9


def test_copies_of_one_passage_say_nothing_more() -> None:
    """Ten passages that always end alike are one: the interval is that of the people."""
    people = [1] * 16 + [0] * 4
    once = counted(clustered_rate([(x, 1) for x in people], of="passages"))
    ten = counted(clustered_rate([(10 * x, 10) for x in people], of="passages"))
    assert (ten.low, ten.high) == pytest.approx((once.low, once.high))
    assert once.design_effect is not None
    assert ten.design_effect == pytest.approx(10 * once.design_effect)


def test_wilson_with_t_solves_its_equation() -> None:
    """Each end is where |p - end| is t standard errors of the end itself."""
    found = counted(clustered_rate([(3, 8), (8, 8), (5, 9), (7, 7), (6, 10)], of="passages"))
    t = stats.t.ppf(0.975, 4)
    for end in (found.low, found.high):
        error = math.sqrt(end * (1 - end) / found.effective_trials)
        assert abs(found.value - end) == pytest.approx(t * error)


def test_one_person_is_no_interval() -> None:
    assert clustered_rate([(7, 9), (0, 0)], of="passages") == NoInterval(
        7, 9, "all trials are of one cluster"
    )
    assert clustered_rate([(0, 0)], of="passages") == NoTrials("passages")
    random = np.random.default_rng(0)
    for given_, kind in (([(7, 9)], NoInterval), ([(3, 3), (4, 4)], NoInterval), ([], NoTrials)):
        found = resampled_rate(given_, of="passages", times=50, random=random)
        assert isinstance(found, kind)


def test_where_all_end_alike_each_person_counts_once() -> None:
    found = counted(clustered_rate([(9, 9)] * 12, of="passages"))
    assert found.effective_trials == 12
    assert found.high == 1.0
    t2 = stats.t.ppf(0.975, 11) ** 2
    assert found.low == pytest.approx(12 / (12 + t2))


def simulated(people: int, random: np.random.Generator) -> list[tuple[int, int]]:
    """Passages of volunteers whose own rates are beta with mean 0.85, correlation 0.25."""
    own = random.beta(0.85 * 3, 0.15 * 3, size=people)
    passages = random.integers(4, 13, size=people)
    return list(zip(random.binomial(passages, own).tolist(), passages.tolist(), strict=True))


def test_coverage_is_what_it_says_and_wilson_alone_is_not() -> None:
    random = np.random.default_rng(20260302)
    held, naive = 0, 0
    for _ in range(1500):
        found = counted(clustered_rate(simulated(30, random), of="passages"))
        held += found.low <= 0.85 <= found.high
        low, high = wilson(found.events, found.trials)
        naive += low <= 0.85 <= high
    assert 0.935 <= held / 1500 <= 0.975
    assert naive / 1500 < 0.85


def test_coverage_of_the_bootstrap() -> None:
    random = np.random.default_rng(20260303)
    held = 0
    for _ in range(400):
        found = counted(
            resampled_rate(simulated(50, random), of="passages", times=500, random=random)
        )
        assert found.method == Method.CLUSTER_BCA
        held += found.low <= 0.85 <= found.high
    assert 0.91 <= held / 400 <= 0.975


@pytest.mark.parametrize("wrong", [(3, 2), (-1, 2)])
def test_counts_that_cannot_be_are_refused(wrong: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="want 0 to as many"):
        clustered_rate([wrong], of="passages")
