"""Tests and ratios of two rates: scipy, statsmodels, and every table added up."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statistics_peers import risk_ratio_interval, scipy_p_value

from overt.statistics.estimate import Method
from overt.statistics.ratios import odds_ratio, ratio_of_rates, score_ratio
from overt.statistics.two_by_two import Table, fisher
from overt.statistics.unconditional import barnard, boschloo


def tables(most: int = 40) -> st.SearchStrategy[Table]:
    part = st.integers(1, most).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
    return st.tuples(part, part).map(lambda both: Table(*both[0], *both[1]))


def by_ways(table: Table, ratio: float = 1.0) -> dict[int, float]:
    """Give the chance of each count of the group's events, by counting ways."""
    n1, n0, m = table.trials, table.other_trials, table.all_events
    ways = {
        x: math.comb(n1, x) * math.comb(n0, m - x) * ratio**x
        for x in range(max(0, m - n0), min(n1, m) + 1)
    }
    return {x: way / math.fsum(ways.values()) for x, way in ways.items()}


@given(tables())
def test_fisher_by_counting_ways_and_by_scipy(table: Table) -> None:
    chances = by_ways(table)
    above = math.fsum(c for x, c in chances.items() if x >= table.events)
    below = math.fsum(c for x, c in chances.items() if x <= table.events)
    want = min(1.0, 2 * min(above, below))
    assert fisher(table).value == pytest.approx(want, rel=1e-9)
    cells = [
        [table.events, table.trials - table.events],
        [table.other_events, table.other_trials - table.other_events],
    ]
    likely = fisher(table, method=Method.FISHER_LIKELY).value
    assert likely == pytest.approx(scipy_p_value("fisher_exact", cells), rel=1e-6)


@given(tables(), st.sampled_from([0.8, 0.95]))
def test_the_exact_odds_ratio_ends_are_where_the_tails_are(table: Table, level: float) -> None:
    found, tail = odds_ratio(table, level=level), (1 - level) / 2
    if found.low:
        chances = by_ways(table, found.low)
        above = math.fsum(c for x, c in chances.items() if x >= table.events)
        assert above == pytest.approx(tail, rel=1e-6)
    if found.high < math.inf:
        chances = by_ways(table, found.high)
        below = math.fsum(c for x, c in chances.items() if x <= table.events)
        assert below == pytest.approx(tail, rel=1e-6)
    p = fisher(table).value
    if abs(p - 2 * tail) > 1e-9:
        assert (p <= 2 * tail) == (not found.low <= 1 <= found.high)


@given(tables())
def test_the_score_intervals_agree_with_statsmodels(table: Table) -> None:
    for method in (Method.KOOPMAN, Method.MIETTINEN_NURMINEN):
        ours = score_ratio(table, method=method)
        if not table.events or not table.other_events:
            continue  # theirs have no such case
        if table.events == table.trials or table.other_events == table.other_trials:
            continue  # theirs are another root there, or none
        theirs = risk_ratio_interval(
            table.events,
            table.trials,
            table.other_events,
            table.other_trials,
            corrected=method is Method.MIETTINEN_NURMINEN,
        )
        assert (ours.low, ours.high) == pytest.approx(theirs, rel=1e-4)


@settings(max_examples=30)
@given(tables(most=15))
def test_the_score_at_both_ends_by_going_through_the_rates(table: Table) -> None:
    """The rates that fit best under the ratio are looked for, not computed."""
    found = score_ratio(table)
    for end in (found.low, found.high):
        if not 0 < end < math.inf:
            continue
        y = np.linspace(0, min(1, 1 / end), 20_001)[1:-1]
        x = end * y
        fit = table.events * np.log(x) + (table.trials - table.events) * np.log1p(-x)
        fit += table.other_events * np.log(y)
        fit += (table.other_trials - table.other_events) * np.log1p(-y)
        x, y = x[fit.argmax()], y[fit.argmax()]
        away = table.events / table.trials - end * table.other_events / table.other_trials
        variance = x * (1 - x) / table.trials + end**2 * y * (1 - y) / table.other_trials
        assert away**2 / variance == pytest.approx(3.8415, rel=2e-2)


def test_the_ratio_of_rare_rates_covers_at_least_what_it_says() -> None:
    """Every pair of Poisson counts enumerated, for some true ratios."""
    for ratio, mean in product((0.5, 1.0, 3.0), (1.0, 4.0)):
        covered = 0.0
        for x, y in product(range(40), repeat=2):
            found = ratio_of_rates(Table(x, 10**6, y, 2 * 10**6))
            if found.low <= ratio <= found.high:
                covered += float(
                    stats.poisson.pmf(x, mean * ratio) * stats.poisson.pmf(y, mean * 2)
                )
        assert covered >= 0.95 - 1e-9


def test_groups_without_events_are_their_own_case() -> None:
    for give in (ratio_of_rates, score_ratio, odds_ratio):
        none = give(Table(0, 100, 3, 100))
        assert (none.value, none.low) == (0, 0), give
        assert none.high < math.inf
        other = give(Table(3, 100, 0, 100))
        assert (other.value, other.high) == (math.inf, math.inf), give
        assert other.low > 0
        nothing = give(Table(0, 100, 0, 100))
        assert math.isnan(nothing.value)
        assert (nothing.low, nothing.high) == (0, math.inf)


@settings(max_examples=15, deadline=None)
@given(tables(most=12))
def test_boschloo_agrees_with_scipy_and_is_never_above_fisher(table: Table) -> None:
    ours = boschloo(table).value
    assert ours <= fisher(table).value * (1 + 1e-6)
    if table.informs:
        cells = [
            [table.events, table.other_events],
            [table.trials - table.events, table.other_trials - table.other_events],
        ]
        theirs = scipy_p_value("boschloo_exact", cells, n=64)
        assert ours == pytest.approx(min(1, theirs), rel=1e-3)


@settings(max_examples=15, deadline=None)
@given(tables(most=6))
def test_barnard_by_going_through_the_nuisance_rate(table: Table) -> None:
    """The largest chance, over common rates, of a score at least so far out."""

    def score(x: int, y: int) -> float:
        n, m = table.trials, table.other_trials
        pooled = (x + y) / (n + m)
        spread = pooled * (1 - pooled) * (1 / n + 1 / m)
        return abs(x / n - y / m) / math.sqrt(spread) if spread else 0.0

    far = [
        (x, y)
        for x, y in product(range(table.trials + 1), range(table.other_trials + 1))
        if score(x, y) >= score(table.events, table.other_events) - 1e-9
    ]
    worst = 0.0
    for step in range(1, 1000):
        rate = step / 1000
        chance = math.fsum(
            math.comb(table.trials, x)
            * math.comb(table.other_trials, y)
            * rate ** (x + y)
            * (1 - rate) ** (table.all_trials - x - y)
            for x, y in far
        )
        worst = max(worst, chance)
    assert barnard(table).value == pytest.approx(worst, abs=1e-4)


def test_more_outcomes_than_can_be_gone_through_are_refused() -> None:
    for test in (boschloo, barnard):
        with pytest.raises(ValueError, match=r"use fisher\(\)"):
            test(Table(8, 400_000, 2, 2_700_000))


def test_methods_and_counts_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="want one of Fisher's two"):
        fisher(Table(1, 2, 1, 2), method=Method.WILSON)
    with pytest.raises(ValueError, match="want one of the two"):
        score_ratio(Table(1, 2, 1, 2), method=Method.WILSON)
    with pytest.raises(ValueError, match="got 3 of 2"):
        Table(1, 2, 3, 2)
    with pytest.raises(ValueError, match="got 0 of 0"):
        Table(0, 0, 1, 2)
