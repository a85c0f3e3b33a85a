"""The rates against their slow definitions, and against scikit-learn on the same scores."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overt.arrays import F64
from overt.evaluation.error_rates import (
    cmc,
    equal_error_rate,
    error_curve,
    predicted_fpir,
    thinned,
    threshold_at,
)

metrics: Any = importlib.import_module("sklearn.metrics")  # has no types
scores = st.lists(st.integers(-20, 20).map(float), min_size=1, max_size=40)


@given(scores, scores)
def test_rates_are_what_their_definitions_say(different: list[float], same: list[float]) -> None:
    curve = error_curve(np.array(different), np.array(same))
    for t, false, missed in zip(
        curve.thresholds, curve.false_positives, curve.false_negatives, strict=True
    ):
        assert false == sum(score >= t for score in different) / len(different)
        assert missed == sum(score < t for score in same) / len(same)


@given(scores, st.floats(0.01, 0.99))
def test_the_threshold_keeps_the_rate_and_none_lower_does(
    different: list[float], rate: float
) -> None:
    threshold = threshold_at(np.array(different), rate)
    allowed = rate * len(different)
    assert sum(score >= threshold for score in different) <= allowed + 1e-9
    lower = max((score for score in different if score < threshold), default=None)
    if lower is not None:
        assert sum(score >= lower for score in different) > allowed - 1e-9


def drawn(count: int, *, seed: int = 1) -> tuple[F64, F64]:
    random = np.random.default_rng(seed)
    return random.normal(0, 1, count), random.normal(2, 1, count)


def test_the_det_is_that_of_scikit_learn() -> None:
    different, same = drawn(5000)
    truth = np.concatenate([np.zeros(5000), np.ones(5000)])
    false, missed, thresholds = metrics.det_curve(truth, np.concatenate([different, same]))
    curve = error_curve(different, same, thresholds=np.asarray(thresholds))
    assert curve.false_positives == pytest.approx(false)
    assert curve.false_negatives == pytest.approx(missed)


def test_the_equal_error_rate_lies_on_the_roc_of_scikit_learn() -> None:
    different, same = drawn(5000)
    truth = np.concatenate([np.zeros(5000), np.ones(5000)])
    false, true, _ = metrics.roc_curve(truth, np.concatenate([different, same]))
    near = int(np.argmin(np.abs(false - (1 - true))))
    assert equal_error_rate(error_curve(different, same)) == pytest.approx(false[near], abs=2e-4)


def test_a_thinned_curve_keeps_points_of_the_whole_one() -> None:
    whole = error_curve(*drawn(5000))
    thin = thinned(whole, points=50)
    assert 20 <= len(thin.thresholds) <= 50
    assert set(thin.thresholds) <= set(whole.thresholds)


def test_the_cumulative_match_counts_ranks() -> None:
    assert cmc([1, 1, 3, 7], most=4) == pytest.approx([0.5, 0.5, 0.75, 0.75])


def test_the_predicted_rate_is_one_minus_no_match_at_all() -> None:
    assert predicted_fpir(0.01, 3) == pytest.approx(1 - 0.99**3)
    assert predicted_fpir(0.0, 1000) == 0
