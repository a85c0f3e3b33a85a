"""What counts say under what is known of the exposure."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from overt.statistics.binomial import break_even_share, risk_ratio, tails_test
from overt.statistics.estimate import NoTrials
from overt.statistics.exposure import (
    Exposure,
    Known,
    Prior,
    Range,
    Settled,
    Spanned,
    Survey,
    Unknown,
    Unsettled,
    assess,
    chance_significant,
)

counts = st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
shares = st.floats(0.01, 0.99)
sizes = st.floats(0.5, 60)


def settled(events: int, total: int, exposure: Exposure) -> Settled:
    found = assess(events, total, exposure, of="false alerts")
    assert isinstance(found, Settled)
    return found


def test_unknown_gives_the_whole_curve() -> None:
    found = assess(8, 10, Unknown(), of="false alerts")
    assert isinstance(found, Unsettled)
    assert len(found.curve.points) == 99
    assert round(found.break_even.low, 3) == 0.444
    significant = [point.share for point in found.curve.points if point.p.value <= 0.05]
    assert significant == [i / 100 for i in range(1, 45)] + [0.98, 0.99]


@given(counts, st.tuples(shares, shares))
def test_a_range_holds_the_worst_and_the_best(
    count: tuple[int, int], ends: tuple[float, float]
) -> None:
    low, high = sorted(ends)
    found = assess(*count, Range(low, high), of="false alerts")
    assert isinstance(found, Spanned)
    for share in np.linspace(low, high, 60):
        p = tails_test(*count, float(share)).value
        assert found.least.value * (1 - 1e-9) <= p <= found.most.value * (1 + 1e-9)
        ratio = risk_ratio(*count, float(share))
        assert found.ratio.low * (1 - 1e-9) <= ratio.low
        assert ratio.high <= found.ratio.high * (1 + 1e-9)


def test_a_range_of_one_share_is_that_share() -> None:
    spanned = assess(8, 10, Range(0.3, 0.3), of="false alerts")
    assert isinstance(spanned, Spanned)
    known = settled(8, 10, Known(0.3))
    assert (spanned.least.value, spanned.most.value) == (known.p.value, known.p.value)
    assert spanned.ratio == known.ratio


@given(counts, sizes, sizes)
def test_the_prior_predictive_is_beta_binomial(count: tuple[int, int], a: float, b: float) -> None:
    events, total = count
    found = settled(events, total, Prior(a, b))
    above = float(stats.betabinom.sf(events - 1, total, a, b))
    below = float(stats.betabinom.cdf(events, total, a, b))
    assert found.p.value == pytest.approx(min(1, 2 * min(above, below)), rel=1e-6, abs=1e-12)


@settings(max_examples=50)
@given(counts, sizes, sizes)
def test_the_averaged_interval_matches_the_p_value(
    count: tuple[int, int], a: float, b: float
) -> None:
    """Two ways to the same: a quadrature over the prior, and the beta-binomial."""
    found = settled(*count, Prior(a, b))
    if abs(found.p.value - 0.05) > 1e-3:
        assert (found.p.value <= 0.05) == (not found.ratio.low <= 1 <= found.ratio.high)


def test_a_firm_prior_and_a_large_survey_are_a_known_share() -> None:
    known = settled(8, 10, Known(0.135))
    for sure in (Prior(1.35e6, 8.65e6), Survey(1_350_000, 10_000_000)):
        found = settled(8, 10, sure)
        assert found.p.value == pytest.approx(known.p.value, rel=1e-3)
        assert found.ratio.low == pytest.approx(known.ratio.low, rel=1e-3)
        assert found.ratio.value == pytest.approx(known.ratio.value)


def test_a_small_survey_says_less_than_its_share() -> None:
    """8 of 10 against 3 of 10 counted is not 8 of 10 against a known 30 %."""
    assert settled(8, 10, Known(0.3)).p.value < 0.01
    small = settled(8, 10, Survey(3, 10))
    assert small.p.value > 0.05
    assert small.ratio.low < 1 < small.ratio.high


def test_a_survey_keeps_its_level() -> None:
    """Every outcome of 12 events and 15 surveyed at equal rates: 5 % at most are found."""
    found = [
        (x, y)
        for x in range(13)
        for y in range(16)
        if settled(x, 12, Survey(y, 15)).p.value <= 0.05
    ]
    x, y = np.array(found).T
    for share in np.linspace(0.02, 0.98, 49):
        chances = stats.binom.pmf(x, 12, share) * stats.binom.pmf(y, 15, share)
        assert chances.sum() <= 0.05


def test_the_chance_of_a_significant_share_is_the_prior_outside_the_break_even() -> None:
    even = break_even_share(8, 10, alpha=0.05)
    want = stats.beta.cdf(even.low, 13.5, 20) + stats.beta.sf(even.high, 13.5, 20)
    assert chance_significant(Prior(13.5, 20), even) == pytest.approx(float(want))


def test_no_event_is_no_figure() -> None:
    assert assess(0, 0, Known(0.3), of="false alerts") == NoTrials("false alerts")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Range(0.4, 0.3),
        lambda: Range(0.0, 0.3),
        lambda: Known(1.0),
        lambda: Prior(0.0, 1.0),
        lambda: Survey(3, 2),
        lambda: Survey(0, 0),
    ],
)
def test_an_exposure_that_cannot_be_is_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match="want"):
        make()


def test_ten_thousand_events_take_well_under_a_second() -> None:
    every = (Unknown(), Range(0.3, 0.5), Known(0.3), Prior(30, 70), Survey(3000, 10_000))
    assess(1, 2, Prior(1, 1), of="false alerts")  # nodes are made once
    began = time.process_time()
    for exposure in every:
        assess(3500, 10_000, exposure, of="false alerts")
    assert time.process_time() - began < 1
