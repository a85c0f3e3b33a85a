"""Quantiles against numpy, within what is promised."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overt.engine.timing import BUCKETS, LOWEST_S, STEPS_PER_DOUBLING, Histogram, StageTimes

FACTOR = 2 ** (1 / STEPS_PER_DOUBLING)
durations = st.lists(st.floats(LOWEST_S, 100), min_size=1, max_size=200)


@given(durations, st.floats(0, 1))
def test_a_quantile_is_right_to_9_percent(counted: list[float], share: float) -> None:
    histogram = Histogram()
    for seconds in counted:
        histogram.add(seconds)
    want = float(np.quantile(counted, share, method="inverted_cdf"))
    # The upper edge of its bucket; a rounding of the logarithm may take the one below.
    assert want * (1 - 1e-9) <= histogram.quantile(share) <= want * FACTOR * (1 + 1e-9)
    assert FACTOR < 1.091
    assert histogram.count == len(counted)
    assert histogram.total_s == pytest.approx(sum(counted))


def test_random_data() -> None:
    drawn = np.random.default_rng(1).lognormal(-4, 1, 5000)
    histogram = Histogram()
    for seconds in drawn:
        histogram.add(float(seconds))
    for share in (0.05, 0.5, 0.95, 0.99):
        assert histogram.quantile(share) == pytest.approx(np.quantile(drawn, share), rel=0.092)


def test_nothing_counted_is_0() -> None:
    assert Histogram().quantile(0.5) == 0.0


@pytest.mark.parametrize("seconds", [0.0, -1.0, LOWEST_S / 2])
def test_what_is_too_short_is_counted(seconds: float) -> None:
    histogram = Histogram()
    histogram.add(seconds)
    assert histogram.quantile(1) <= LOWEST_S * FACTOR * 1.001


def test_what_is_too_long_is_counted() -> None:
    histogram = Histogram()
    histogram.add(1e6)
    assert histogram.quantile(0.5) == pytest.approx(LOWEST_S * 2 ** (BUCKETS / STEPS_PER_DOUBLING))


def test_stages_are_timed_apart_also_when_they_fail() -> None:
    times = StageTimes()
    with times.of("detect"):
        time.sleep(0.002)
    with pytest.raises(KeyError), times.of("track"):
        raise KeyError
    times.add("latency", 0.5)
    assert set(times.stages) == {"detect", "track", "latency"}
    assert 0.002 <= times.stages["detect"].total_s < 60
    assert times.stages["track"].count == 1
    assert times.stages["latency"].quantile(0.5) == pytest.approx(0.5, rel=0.1)
