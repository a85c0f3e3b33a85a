"""0.60 means one false match rate for every model."""

from __future__ import annotations

import math

import numpy as np
import pytest
from builders import make_calibration
from hypothesis import given
from hypothesis import strategies as st

from overt.match.scale import ReferenceScale
from overt.values.calibration import Calibration


@st.composite
def calibrations(draw: st.DrawFn) -> Calibration:
    count = draw(st.integers(2, 8))
    steps = st.lists(st.floats(0.01, 3), min_size=count, max_size=count)
    scores = np.cumsum(draw(steps)) - 2
    rates = -np.cumsum(draw(steps))
    return make_calibration(
        scores=tuple(scores.tolist()),
        log10_fmr=tuple(rates.tolist()),
        extrapolated_above=float(scores[-2]),
    )


@given(calibrations())
def test_at_0_60_the_false_match_rate_is_the_anchor(calibration: Calibration) -> None:
    scale = ReferenceScale(calibration)
    assert scale.false_match_rate(0.60) == pytest.approx(1.67e-8, rel=1e-9)
    point = scale.operating_point(0.60, listed=10_000)
    # National Physical Laboratory, 2023: 1 in 6,000 with 10,000 listed, 1 in 60,000 with 1,000.
    assert 1 / point.predicted_rate == pytest.approx(6000, rel=0.005)
    assert 1 / scale.operating_point(0.60, listed=1000).predicted_rate == pytest.approx(
        60_000, rel=0.005
    )


@given(st.floats(0.3, 0.9))
def test_0_05_more_is_ten_times_rarer(similarity: float) -> None:
    scale = ReferenceScale(make_calibration())
    ratio = scale.false_match_rate(similarity) / scale.false_match_rate(similarity + 0.05)
    assert ratio == pytest.approx(10, rel=1e-6)


@given(calibrations(), st.floats(0.05, 0.95))
def test_score_and_similarity_are_each_others_inverse(
    calibration: Calibration, similarity: float
) -> None:
    scale = ReferenceScale(calibration)
    back = float(scale.similarity(np.array(scale.score(similarity))))
    assert back == pytest.approx(similarity, abs=1e-9)


@given(calibrations(), st.lists(st.floats(-5, 5), min_size=2, max_size=20))
def test_more_alike_is_more_similar(calibration: Calibration, scores: list[float]) -> None:
    ordered = np.array(sorted(scores))
    similarities = ReferenceScale(calibration).similarity(ordered)
    assert similarities.shape == ordered.shape
    apart = np.diff(ordered) > 1e-9
    assert (np.diff(similarities)[apart] > 0).all()


@given(calibrations())
def test_the_table_is_met_at_its_points(calibration: Calibration) -> None:
    scale = ReferenceScale(calibration)
    for score, log10_fmr in zip(calibration.scores, calibration.log10_fmr, strict=True):
        want = 0.60 - 0.05 * (log10_fmr - math.log10(1.67e-8))
        assert float(scale.similarity(np.array(score))) == pytest.approx(want, abs=1e-9)


def test_beyond_the_table_it_goes_on_straight() -> None:
    calibration = make_calibration(
        scores=(0.0, 1.0, 2.0), log10_fmr=(-1.0, -2.0, -4.0), extrapolated_above=2.0
    )
    scale = ReferenceScale(calibration)

    def log10_fmr(score: float) -> float:
        similarity = float(scale.similarity(np.array(score)))
        return math.log10(scale.false_match_rate(similarity))

    assert log10_fmr(0.5) == pytest.approx(-1.5)
    assert log10_fmr(3.0) == pytest.approx(-6)
    assert log10_fmr(-0.5) == pytest.approx(-0.5)
    assert log10_fmr(-9.0) == 0  # a rate is never above 1


def test_what_was_not_measured_is_marked() -> None:
    calibration = make_calibration(
        scores=(0.0, 1.0), log10_fmr=(-1.0, -10.0), extrapolated_above=0.5
    )
    scale = ReferenceScale(calibration)
    measured = float(scale.similarity(np.array(0.49)))
    beyond = float(scale.similarity(np.array(0.51)))
    assert not scale.operating_point(measured, listed=5).extrapolated
    assert scale.operating_point(beyond, listed=5).extrapolated


@given(st.floats(0.05, 0.95), st.integers(1, 10**6))
def test_the_predicted_rate_is_that_of_any_entry(threshold: float, listed: int) -> None:
    scale = ReferenceScale(make_calibration())
    point = scale.operating_point(threshold, listed=listed)
    rate = scale.false_match_rate(threshold)
    assert 0 < point.predicted_rate <= 1
    assert point.predicted_rate <= listed * rate * (1 + 1e-9)
    if listed * rate < 1e-3:
        assert point.predicted_rate == pytest.approx(listed * rate, rel=1e-3)
    assert (point.threshold, point.listed) == (threshold, listed)
    assert point.score == scale.score(threshold)


@given(calibrations(), st.floats(1e-6, 0.5), st.integers(1, 10**6))
def test_the_lowest_threshold_keeps_a_rate(
    calibration: Calibration, rate: float, listed: int
) -> None:
    scale = ReferenceScale(calibration)
    threshold = scale.threshold_for(rate, listed=listed)
    assert threshold == pytest.approx(round(threshold, 2), abs=1e-12)
    assert scale.operating_point(threshold, listed=listed).predicted_rate <= rate * (1 + 1e-7)
    if scale.false_match_rate(threshold - 0.0101) < 1:
        lower = scale.operating_point(threshold - 0.0101, listed=listed)
        assert lower.predicted_rate > rate * (1 - 1e-7)
