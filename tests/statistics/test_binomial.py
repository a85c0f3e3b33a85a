"""Exact tests against an assumed share: FACTS, scipy, and every outcome added up."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from overt.statistics.binomial import (
    break_even_share,
    likely_test,
    risk_ratio,
    sensitivity,
    tails_test,
)
from overt.statistics.estimate import Method

counts = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
shares = st.floats(0.001, 0.999)


@pytest.mark.parametrize(
    ("share", "want"), [(0.135, 3.8e-6), (0.30, 0.0016), (0.40, 0.018), (0.50, 0.109)]
)
def test_reference_case(share: float, want: float) -> None:
    """FACTS: 8 of 10, by the assumed share of faces seen that were Black."""
    value = likely_test(8, 10, share).value
    assert float(f"{value:.{3 if share == 0.5 else 2}g}") == want


def test_the_reference_case_breaks_even_at_44_4_percent() -> None:
    tails = break_even_share(8, 10, alpha=0.05)
    assert (round(tails.low, 4), round(tails.high, 4)) == (0.4439, 0.9748)
    likely = break_even_share(8, 10, alpha=0.05, method=Method.BINOMIAL_LIKELY)
    assert (round(likely.low, 4), round(likely.high, 4)) == (0.4465, 0.9632)


@given(counts, shares)
def test_p_values_by_adding_up_every_outcome(count: tuple[int, int], share: float) -> None:
    events, total = count
    chances = [
        math.comb(total, x) * share**x * (1 - share) ** (total - x) for x in range(total + 1)
    ]
    smaller = min(math.fsum(chances[events:]), math.fsum(chances[: events + 1]))
    assert tails_test(events, total, share).value == pytest.approx(min(1, 2 * smaller), rel=1e-9)
    likely = math.fsum(c for c in chances if c <= chances[events] * (1 + 1e-7))
    assert likely_test(events, total, share).value == pytest.approx(min(1, likely), rel=1e-9)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), shares)
def test_outcomes_no_more_likely_agree_with_scipy(count: tuple[int, int], share: float) -> None:
    want = float(stats.binomtest(*count, share).pvalue)
    assert likely_test(*count, share).value == pytest.approx(want, rel=1e-6, abs=1e-300)


@given(counts, st.sampled_from([0.01, 0.05, 0.2]))
def test_a_difference_is_significant_outside_the_break_even_shares_alone(
    count: tuple[int, int], alpha: float
) -> None:
    found = break_even_share(*count, alpha=alpha)
    for share in np.linspace(0.0005, 0.9995, 200):
        rejected = tails_test(*count, float(share)).value < alpha
        outside = not found.low - 1e-9 <= share <= found.high + 1e-9
        assert rejected == outside or min(abs(share - found.low), abs(share - found.high)) < 1e-6


@given(counts, st.sampled_from([0.01, 0.05, 0.2]))
def test_likely_break_even_is_the_first_share_that_is_not_rejected(
    count: tuple[int, int], alpha: float
) -> None:
    """Against a fine grid: every share outside is rejected, one just inside is not."""
    found = break_even_share(*count, alpha=alpha, method=Method.BINOMIAL_LIKELY)
    for share in np.linspace(0.001, 0.999, 300):
        if not found.low - 1e-9 <= share <= found.high + 1e-9:
            assert likely_test(*count, float(share)).value <= alpha * (1 + 1e-6)
    for end, inwards in ((found.low, 1e-9), (found.high, -1e-9)):
        if 0 < end < 1:
            assert likely_test(*count, end + inwards).value >= alpha * (1 - 1e-5)


@given(counts, shares, st.sampled_from([0.8, 0.95]))
def test_the_interval_and_the_p_value_never_contradict(
    count: tuple[int, int], share: float, level: float
) -> None:
    ratio = risk_ratio(*count, share, level=level)
    p = tails_test(*count, share).value
    if abs(p - (1 - level)) > 1e-9:
        assert (p <= 1 - level) == (not ratio.low <= 1 <= ratio.high)


def test_a_group_with_no_event_or_all_of_them_has_a_ratio_without_an_end() -> None:
    none, all_of_them = risk_ratio(0, 10, 0.3), risk_ratio(10, 10, 0.3)
    assert (none.value, none.low) == (0, 0)
    assert math.isfinite(none.high)
    assert (all_of_them.value, all_of_them.high) == (math.inf, math.inf)
    assert all_of_them.low > 1


def test_a_share_of_all_or_nothing_leaves_one_outcome() -> None:
    for test in (tails_test, likely_test):
        assert [test(k, 3, 0.0).value for k in range(4)] == [1, 0, 0, 0]
        assert [test(k, 3, 1.0).value for k in range(4)] == [0, 0, 0, 1]


def test_the_curve_is_in_order_and_falls_in_ratio() -> None:
    curve = sensitivity(8, 10, [0.5, 0.1, 0.3])
    assert [point.share for point in curve.points] == [0.1, 0.3, 0.5]
    ratios = [point.ratio.value for point in curve.points]
    assert ratios == sorted(ratios, reverse=True)
    assert curve.points[1].likely == likely_test(8, 10, 0.3)


@pytest.mark.parametrize(("events", "total", "share"), [(3, 2, 0.5), (0, 0, 0.5), (1, 2, 1.5)])
def test_what_cannot_be_is_refused(events: int, total: int, share: float) -> None:
    with pytest.raises(ValueError, match="want 0 to"):
        likely_test(events, total, share)


def test_a_method_that_is_no_binomial_one_is_refused() -> None:
    with pytest.raises(ValueError, match="want an exact binomial one"):
        break_even_share(1, 2, alpha=0.05, method=Method.WILSON)
    with pytest.raises(ValueError, match="both groups were seen"):
        risk_ratio(1, 2, 1.0)
