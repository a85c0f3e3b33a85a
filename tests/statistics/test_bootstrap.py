"""The bootstrap of clusters holds to scipy's on the same draws, and to copying rows."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest
from scipy import stats

from overt.arrays import F64, I64
from overt.statistics.bootstrap import Resampled, Statistic, bca, percentile, ratio_of, resample

VALUES = np.random.default_rng(11).gamma(0.7, 3.0, size=37)


def mean_of(values: F64) -> Statistic:
    return ratio_of(values, np.ones_like(values))


def drawn(values: F64 = VALUES, *, times: int = 4000, seed: int = 3) -> Resampled:
    return resample(
        mean_of(values), clusters=len(values), times=times, random=np.random.default_rng(seed)
    )


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_intervals_agree_with_scipy_on_the_same_draws(level: float) -> None:
    ours = drawn()
    for method, interval in (("percentile", percentile), ("BCa", bca)):
        theirs = cast("Any", stats.bootstrap)(
            (VALUES,),
            np.mean,
            n_resamples=0,
            confidence_level=level,
            method=method,
            bootstrap_result=type("Result", (), {"bootstrap_distribution": ours.replicates})(),
        ).confidence_interval
        assert interval(ours, level=level) == pytest.approx((theirs.low, theirs.high), rel=1e-9)


def test_weights_are_copied_rows() -> None:
    """The same draws by repeating each cluster's rows as often as it was drawn."""
    random = np.random.default_rng(5)
    sizes = random.integers(1, 6, size=9)
    rows: list[I64] = [random.integers(0, 2, size=size) for size in sizes]
    above = np.array([row.sum() for row in rows], dtype=float)
    found = resample(
        ratio_of(above, sizes.astype(float)), clusters=9, times=200, random=np.random.default_rng(8)
    )
    again = np.random.default_rng(8).multinomial(9, np.full(9, 1 / 9), size=200)
    copied = [
        np.concatenate([row for row, times in zip(rows, line, strict=True) for _ in range(times)])
        for line in again
    ]
    assert found.replicates == pytest.approx(sorted(float(one.mean()) for one in copied))
    without = [np.concatenate(rows[:n] + rows[n + 1 :]).mean() for n in range(9)]
    assert found.left_out == pytest.approx(without)


def test_spread_is_that_of_the_mean() -> None:
    """The variance of the draws is known: the sum of squares over n, over n."""
    found = drawn(times=40_000)
    assert np.std(found.replicates) == pytest.approx(np.std(VALUES) / np.sqrt(37), rel=0.02)


def test_the_same_state_gives_the_same_draws() -> None:
    assert drawn(seed=4).replicates.tolist() == drawn(seed=4).replicates.tolist()
    assert drawn(seed=4).replicates.tolist() != drawn(seed=5).replicates.tolist()


def test_blocks_do_not_change_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = drawn(times=500)
    monkeypatch.setattr("overt.statistics.bootstrap.CELLS", 37 * 7)
    parts = drawn(times=500)
    assert parts.replicates == pytest.approx(whole.replicates, rel=1e-12)
    assert parts.left_out == pytest.approx(whole.left_out, rel=1e-12)


def test_draws_without_a_value_are_counted() -> None:
    above, below = np.array([1.0, 0.0, 0.0]), np.array([2.0, 0.0, 0.0])
    found = resample(
        ratio_of(above, below), clusters=3, times=3000, random=np.random.default_rng(1)
    )
    assert found.undefined / 3000 == pytest.approx((2 / 3) ** 3, abs=0.04)
    assert not found.varies
    assert bca(found, level=0.9) == percentile(found, level=0.9) == (0.5, 0.5)


@pytest.mark.parametrize(("clusters", "times"), [(1, 10), (0, 10), (5, 0)])
def test_too_few_are_refused(clusters: int, times: int) -> None:
    ones = np.ones(clusters)
    with pytest.raises(ValueError, match="want 2"):
        resample(
            ratio_of(ones, ones), clusters=clusters, times=times, random=np.random.default_rng(0)
        )


def test_a_statistic_without_a_value_is_refused() -> None:
    zero = np.zeros(3)
    with pytest.raises(ValueError, match="without a value"):
        resample(ratio_of(zero, zero), clusters=3, times=9, random=np.random.default_rng(0))
