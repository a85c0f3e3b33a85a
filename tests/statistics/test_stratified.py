"""Tests over strata: statsmodels, and every combination of tables gone through."""

from __future__ import annotations

import math
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statistics_peers import stratified

from overt.statistics.estimate import Method, NoTrials
from overt.statistics.stratified import (
    common_odds_ratio,
    exact_test,
    homogeneity,
    mantel_haenszel_odds,
    mantel_haenszel_risk,
)
from overt.statistics.two_by_two import Table, fisher

small = st.integers(1, 7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
small_tables = st.tuples(small, small).map(lambda both: Table(*both[0], *both[1]))
strata = st.lists(small_tables, min_size=1, max_size=4)
cells = st.integers(1, 30)
full_tables = st.tuples(cells, cells, cells, cells).map(
    lambda four: Table(four[0], four[0] + four[1], four[2], four[2] + four[3])
)
full = st.lists(full_tables, min_size=2, max_size=6)


def by_enumeration(tables: list[Table], ratio: float = 1.0) -> dict[int, float]:
    """Give the chance of each sum of the group's events, by going through all combinations."""
    weights: dict[int, float] = {}
    ranges = [
        range(max(0, t.all_events - t.other_trials), min(t.trials, t.all_events) + 1)
        for t in tables
    ]
    for counts in product(*ranges):
        ways = math.prod(
            math.comb(t.trials, x) * math.comb(t.other_trials, t.all_events - x)
            for t, x in zip(tables, counts, strict=True)
        )
        weights[sum(counts)] = weights.get(sum(counts), 0.0) + ways * ratio ** sum(counts)
    total = math.fsum(weights.values())
    return {count: weight / total for count, weight in weights.items()}


@given(strata)
def test_the_exact_test_by_enumeration(tables: list[Table]) -> None:
    chances = by_enumeration(tables)
    seen = chances[sum(t.events for t in tables)]
    want = math.fsum(c for c in chances.values() if c <= seen * (1 + 1e-7))
    assert exact_test(tables).value == pytest.approx(min(1, want), rel=1e-9)


@given(strata)
def test_the_exact_interval_by_enumeration(tables: list[Table]) -> None:
    found, events = common_odds_ratio(tables), sum(t.events for t in tables)
    if found.low:
        chances = by_enumeration(tables, found.low)
        above = math.fsum(c for x, c in chances.items() if x >= events)
        assert above == pytest.approx(0.025, rel=1e-6)
    if found.high < math.inf:
        chances = by_enumeration(tables, found.high)
        below = math.fsum(c for x, c in chances.items() if x <= events)
        assert below == pytest.approx(0.025, rel=1e-6)


@given(full)
def test_the_figures_agree_with_statsmodels(tables: list[Table]) -> None:
    assume(not math.isclose(mantel_haenszel_odds(tables).value, 1))  # theirs divides by 0 there
    want = stratified(
        [
            [[t.events, t.trials - t.events], [t.other_events, t.other_trials - t.other_events]]
            for t in tables
        ]
    )
    odds = mantel_haenszel_odds(tables)
    assert odds.value == pytest.approx(want.odds)
    assert (odds.low, odds.high) == pytest.approx(want.odds_interval)
    assert mantel_haenszel_risk(tables).value == pytest.approx(want.risk)
    same = homogeneity(tables)
    assert not isinstance(same, NoTrials)
    assert same.statistic == pytest.approx(want.homogeneity[0], rel=1e-6, abs=1e-9)
    assert same.p.value == pytest.approx(want.homogeneity[1], rel=1e-6, abs=1e-9)


@given(full_tables)
def test_one_stratum_is_one_table(table: Table) -> None:
    """The interval of Greenland and Robins is then the usual one of a logarithm (Katz, 1978)."""
    found = mantel_haenszel_risk([table])
    value = (table.events / table.trials) / (table.other_events / table.other_trials)
    error = math.sqrt(
        1 / table.events - 1 / table.trials + 1 / table.other_events - 1 / table.other_trials
    )
    assert found.value == pytest.approx(value)
    assert found.high == pytest.approx(value * math.exp(1.959964 * error), rel=1e-5)
    exact = exact_test([table]).value
    assert exact == pytest.approx(fisher(table, method=Method.FISHER_LIKELY).value)


def test_strata_undo_a_difference_that_their_sum_would_make() -> None:
    """Both sites treat both groups alike, but one has ten times the rate and more of the group."""
    busy, quiet = Table(80, 8_000, 20, 2_000), Table(2, 2_000, 8, 8_000)
    thrown_together = Table(82, 10_000, 28, 10_000)
    assert fisher(thrown_together).value < 1e-6
    assert exact_test([busy, quiet]).value > 0.9
    assert mantel_haenszel_risk([busy, quiet]).value == pytest.approx(1)


def test_groups_without_events_are_their_own_case() -> None:
    none, every = [Table(0, 50, 2, 40)] * 3, [Table(2, 50, 0, 40)] * 3
    nothing = [Table(0, 50, 0, 40)] * 2
    for give in (common_odds_ratio, mantel_haenszel_odds, mantel_haenszel_risk):
        assert give(none).value == 0
        assert give(every).value == math.inf
        assert math.isnan(give(nothing).value)
        assert (give(nothing).low, give(nothing).high) == (0, math.inf)
    assert common_odds_ratio(none).high < math.inf
    assert common_odds_ratio(every).low > 0
    assert exact_test(nothing).value == 1
    assert isinstance(homogeneity(nothing), NoTrials)


def test_ten_thousand_events_over_two_hundred_strata_keep_their_tails() -> None:
    """Far ends of the distribution underflow; the interval must not."""
    tables = [Table(20 + i % 7, 10_000 + i, 30, 20_000) for i in range(200)]
    exact, near = common_odds_ratio(tables), mantel_haenszel_odds(tables)
    assert exact.low == pytest.approx(near.low, rel=5e-3)
    assert exact.high == pytest.approx(near.high, rel=5e-3)


def test_no_stratum_is_refused() -> None:
    with pytest.raises(ValueError, match="strata: got none"):
        exact_test([])
