"""Intervals of quantiles hold to the binomial distribution, to scipy, and to what they promise."""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from overt.statistics.estimate import NoTrials, Quantile
from overt.statistics.quantiles import median, quantile

durations = st.lists(st.integers(0, 60).map(float), min_size=1, max_size=60)
places = st.sampled_from([0.1, 0.25, 0.5, 0.9, 0.95])
levels = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99])


def ends_by_counting(values: list[float], at: float, level: float) -> tuple[float, float]:
    """The slow way: try every order statistic, with each tail summed term by term."""
    ordered, n = sorted(values), len(values)
    tail = (1 - level) / 2
    chances = [math.comb(n, k) * at**k * (1 - at) ** (n - k) for k in range(n + 1)]
    low, high = -math.inf, math.inf
    for k in range(1, n + 1):  # the k-th value is above the quantile: k - 1 or fewer below it
        if sum(chances[:k]) <= tail * (1 + 1e-12):
            low = ordered[k - 1]
    for k in range(n, 0, -1):  # the k-th value is below the quantile: k or more below it
        if sum(chances[k:]) <= tail * (1 + 1e-12):
            high = ordered[k - 1]
    return low, high


def type_two(values: list[float], at: float) -> float:
    """Hyndman and Fan (1996), definition 2."""
    ordered, n = sorted(values), len(values)
    place = round(n * at, 9)
    lower = ordered[max(0, math.ceil(place) - 1)]
    return (lower + ordered[min(n - 1, int(place))]) / 2 if place == int(place) else lower


@given(durations, places, levels)
@example([0.0], 0.9, 0.8)  # one value: its chance of being above is 1 - 0.9, which is half of 0.2
@example([0.0], 0.1, 0.8)
def test_ends_are_those_found_by_counting(values: list[float], at: float, level: float) -> None:
    found = quantile(values, at=at, of="alerts", unit="seconds", level=level)
    assert isinstance(found, Quantile)
    assert (found.low, found.high) == ends_by_counting(values, at, level)
    assert found.coverage >= level - 1e-12
    assert found.count == len(values)
    assert found.value == type_two(values, at)


@given(durations, places)
def test_ends_agree_with_scipy(values: list[float], at: float) -> None:
    found = quantile(values, at=at, of="alerts", unit="seconds")
    theirs = cast("Any", stats.quantile_test)(np.array(values), p=at).confidence_interval(0.95)
    assert isinstance(found, Quantile)
    for ours, end in ((found.low, theirs.low), (found.high, theirs.high)):
        assert math.isinf(ours) if math.isnan(end) else ours == end


def test_five_values_bound_no_median_and_six_do() -> None:
    """2 x 0.5^5 = 6.25 % is more than 5 %; 2 x 0.5^6 = 3.1 % is not."""
    few = median([1, 2, 3, 4, 5], of="alerts", unit="seconds")
    assert isinstance(few, Quantile)
    assert (few.low, few.value, few.high) == (-math.inf, 3, math.inf)
    six = median([1, 2, 3, 4, 5, 6], of="alerts", unit="seconds")
    assert isinstance(six, Quantile)
    assert (six.low, six.high) == (1, 6)
    assert six.coverage == pytest.approx(1 - 2 * 0.5**6)


def test_a_ninetieth_of_thirty_has_no_upper_end() -> None:
    found = quantile(list(range(30)), at=0.9, of="alerts", unit="seconds")
    assert isinstance(found, Quantile)
    assert math.isinf(found.high)
    assert found.low > 15


@pytest.mark.parametrize("at", [0.5, 0.9])
def test_coverage_is_what_it_says(at: float) -> None:
    random = np.random.default_rng(20260301)
    true = float(stats.lognorm.ppf(at, 1.2))
    draws = random.lognormal(0, 1.2, size=(1500, 45))
    found = [quantile(list(row), at=at, of="alerts", unit="seconds") for row in draws]
    held = [isinstance(one, Quantile) and one.low <= true <= one.high for one in found]
    assert 0.945 <= np.mean(held) <= 0.99


def test_no_value_is_no_quantile() -> None:
    assert median([], of="alerts judged", unit="seconds") == NoTrials("alerts judged")


@pytest.mark.parametrize(
    ("values", "at", "level"),
    [([1.0], 0.0, 0.95), ([1.0], 1.0, 0.95), ([1.0], 0.5, 1.0), ([math.nan], 0.5, 0.95)],
)
def test_what_cannot_be_is_refused(values: list[float], at: float, level: float) -> None:
    with pytest.raises(ValueError, match="got"):
        quantile(values, at=at, of="alerts", unit="seconds", level=level)
