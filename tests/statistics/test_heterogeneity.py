"""Heterogeneity of rare rates: against scipy, against every outcome, and against a known truth."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from scipy import stats

from overt.statistics.estimate import NoTrials
from overt.statistics.heterogeneity import DRAWS, Heterogeneity, heterogeneity
from overt.statistics.strata import Stratum


def found(events: list[int], trials: list[int]) -> Heterogeneity | NoTrials:
    strata = [Stratum(str(i), x, n) for i, (x, n) in enumerate(zip(events, trials, strict=True))]
    return heterogeneity(strata, of="faces", random=np.random.default_rng(1))


def test_many_events_are_scipys_chi_squared() -> None:
    events, trials = [30, 55, 80], [100_000, 200_000, 200_000]
    got = found(events, trials)
    assert isinstance(got, Heterogeneity)
    want: Any = stats.chisquare(events, np.array(trials) * sum(events) / sum(trials))
    assert got.statistic == pytest.approx(float(want.statistic))
    assert got.p.value == pytest.approx(float(want.pvalue))
    assert "chi-squared" in got.p.method


def test_few_events_are_every_outcome_counted() -> None:
    """The multinomial's probabilities of all outcomes that lie at least as far out."""
    events, trials = [4, 0, 1], [1000, 3000, 2000]
    shares = np.array(trials) / sum(trials)
    expected = sum(events) * shares

    def far(outcome: tuple[int, ...] | list[int]) -> float:
        return float(np.sum((np.array(outcome) - expected) ** 2 / expected))

    every = (o for o in itertools.product(range(6), repeat=3) if sum(o) == 5)
    exact = sum(
        float(stats.multinomial.pmf(o, 5, shares)) for o in every if far(o) >= far(events) - 1e-9
    )
    got = found(events, trials)
    assert isinstance(got, Heterogeneity)
    assert "simulation" in got.p.method
    assert got.p.value == pytest.approx(exact, abs=4 * np.sqrt(exact / DRAWS))


def test_equal_rates_are_seldom_called_different_and_a_spread_is_found() -> None:
    random = np.random.default_rng(7)
    trials = np.full(40, 1_000_000)
    calls, spreads = list[bool](), list[float]()
    for _ in range(200):
        same = found(random.poisson(20, 40).tolist(), trials.tolist())
        apart = found(random.poisson(20 * random.gamma(25, 1 / 25, 40)).tolist(), trials.tolist())
        assert isinstance(same, Heterogeneity)
        assert isinstance(apart, Heterogeneity)
        calls.append(same.p.value < 0.05)
        spreads.append(apart.spread**2)
    assert np.mean(calls) < 0.1
    assert np.sqrt(np.mean(spreads)) == pytest.approx(0.2, rel=0.1)  # gamma of shape 25


def test_nothing_to_compare_is_said() -> None:
    assert found([3, 0], [100, 0]) == NoTrials("faces")
    assert found([0, 0], [100, 200]) == NoTrials("faces")
