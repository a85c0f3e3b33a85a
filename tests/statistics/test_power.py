"""Power: FACTS to the digit, and every outcome added up."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from overt.statistics.binomial import tails_test
from overt.statistics.power import (
    chance_with_ratio,
    critical,
    events_needed,
    power_of,
    smallest_ratio,
    smallest_rise,
)

NEEDED = {
    0.5: {1.5: 210, 2: 77, 3: 35, 5: 17, 10: 12},
    0.135: {1.5: 380, 2: 125, 3: 45, 5: 20, 10: 8},
}
shares = st.floats(0.02, 0.98)
ratios = st.one_of(st.floats(1.3, 20), st.floats(0.05, 0.75))


def slow_power(events: int, share: float, ratio: float, alpha: float) -> float:
    """Add up the outcomes that are significant and point the true way."""
    chance = chance_with_ratio(share, ratio)
    return math.fsum(
        float(stats.binom.pmf(x, events, chance))
        for x in range(events + 1)
        if tails_test(x, events, share).value <= alpha and (x > events * share) == (ratio > 1)
    )


@pytest.mark.parametrize("share", NEEDED)
def test_reference_table(share: float) -> None:
    for ratio, want in NEEDED[share].items():
        assert events_needed(share=share, ratio=ratio, power=0.8, alpha=0.05).events == want


def test_seven_events_show_a_ratio_of_two_six_times_in_a_hundred() -> None:
    for share in NEEDED:
        assert round(power_of(7, share=share, ratio=2, alpha=0.05).value, 2) == 0.06


@given(st.integers(1, 60), shares, ratios, st.sampled_from([0.01, 0.05, 0.1]))
def test_power_by_adding_up(events: int, share: float, ratio: float, alpha: float) -> None:
    got = power_of(events, share=share, ratio=ratio, alpha=alpha).value
    assert got == pytest.approx(slow_power(events, share, ratio, alpha), abs=1e-9)


@given(shares, st.sampled_from([2.0, 4.0, 0.25]), st.sampled_from([0.5, 0.8, 0.9]))
def test_power_stays_from_the_number_needed_on(share: float, ratio: float, power: float) -> None:
    need = events_needed(share=share, ratio=ratio, power=power, alpha=0.05).events
    ahead = [need + i for i in [*range(60), 100, 200, 500, 1000]]
    assert all(power_of(n, share=share, ratio=ratio, alpha=0.05).value >= power for n in ahead)
    assert power_of(need - 1, share=share, ratio=ratio, alpha=0.05).value < power


@given(st.integers(1, 300), shares)
def test_the_smallest_ratio_has_just_the_power(events: int, share: float) -> None:
    found = smallest_ratio(events, share=share, power=0.8, alpha=0.05).ratio
    if math.isinf(found):
        assert power_of(events, share=share, ratio=1e9, alpha=0.05).value < 0.8
    else:
        reached = power_of(events, share=share, ratio=found, alpha=0.05).value
        assert reached == pytest.approx(0.8, abs=1e-6)


@settings(max_examples=30)
@given(st.integers(1, 100))
def test_no_share_does_better_than_the_most_favourable(events: int) -> None:
    best = smallest_ratio(events, share=None, power=0.8, alpha=0.05).ratio
    grid = [
        smallest_ratio(events, share=float(s), power=0.8, alpha=0.05).ratio
        for s in np.linspace(0.01, 0.99, 50)
    ]
    assert best <= min(grid) * (1 + 1e-9)


@given(st.integers(0, 200), shares, st.sampled_from([0.01, 0.05]))
def test_the_critical_count_is_the_first_that_is_rare(
    events: int, share: float, alpha: float
) -> None:
    rare = [x for x in range(events + 1) if stats.binom.sf(x - 1, events, share) <= alpha / 2]
    want = rare[0] if rare else events + 1
    assert int(critical(np.array([events]), share, alpha)[0]) == want


def test_without_events_nothing_could_be_shown() -> None:
    assert smallest_ratio(0, share=None, power=0.8, alpha=0.05).ratio == math.inf
    assert power_of(0, share=0.5, ratio=2, alpha=0.05).value == 0


@pytest.mark.parametrize(
    ("share", "ratio", "match"),
    [(0, 2, "share"), (0.5, 1, "ratio"), (0.5, 0, "ratio"), (0.5, 1.0001, "further from 1")],
)
def test_what_cannot_be_asked(share: float, ratio: float, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        events_needed(share=share, ratio=ratio, power=0.8, alpha=0.05)


@pytest.mark.parametrize("probes", [6, 20, 400, 5000])
def test_the_smallest_rise_is_shown_as_often_as_is_said(probes: int) -> None:
    """Held to the test itself: every number of probes that became worse, with its probability."""
    rise = smallest_rise(probes, power=0.8, alpha=0.05)
    sure = [n for n in range(1, min(probes, 80) + 1) if tails_test(n, n, 0.5).value < 0.05]
    found = math.fsum(float(stats.binom.pmf(n, probes, rise)) for n in sure)
    found += float(stats.binom.sf(80, probes, rise))
    assert found == pytest.approx(0.8, abs=1e-6)
    assert math.isinf(smallest_rise(5, power=0.8, alpha=0.05))
