"""The table of a calibration beside made-up scores whose rates are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from overt.arrays import F64
from overt.errors import InputError
from overt.evaluation.calibrating import Calibrated, calibrate
from overt.evaluation.nonmated import GroupScores

PAIRS = 8000
SHIFT = 0.5  # by which the worse group scores higher


def group_scores(name: str, people: int, scores: F64) -> GroupScores:
    """Make a group of whom nobody has two photographs."""
    return GroupScores(name, people, scores, np.empty(0), np.empty(0, np.int64))


def group(name: str, scores: F64) -> GroupScores:
    return group_scores(name, 127, np.sort(scores))


def calibrated(*groups: GroupScores) -> Calibrated:
    return calibrate(groups, script="a test", datasets=("made up",))


def exponential(pairs: int = PAIRS, *, seed: int = 5) -> tuple[GroupScores, GroupScores]:
    random = np.random.default_rng(seed)
    return (
        group("better", random.exponential(size=pairs)),
        group("worse", random.exponential(size=pairs) + SHIFT),
    )


@pytest.fixture(scope="module")
def falling() -> Calibrated:
    return calibrated(*exponential())


def test_the_rates_are_the_worse_groups(falling: Calibrated) -> None:
    made = falling.calibration
    assert (made.group, made.pairs) == ("worse", PAIRS)
    assert (made.script, made.datasets) == ("a test", ("made up",))
    known = [
        (score, rate)
        for score, rate in zip(made.scores, made.log10_fmr, strict=True)
        if score < made.extrapolated_above
    ]
    assert len(known) >= 6
    for score, log10_rate in known:
        true = math.exp(-(score - SHIFT))
        error = math.sqrt(true * (1 - true) / PAIRS)
        assert 10**log10_rate == pytest.approx(true, abs=4 * error)


def test_beyond_what_was_measured_the_tail_goes_on(falling: Calibrated) -> None:
    made, tail = falling.calibration, falling.calibration.tail
    assert made.extrapolated_above == pytest.approx(tail.threshold, abs=1e-5)
    # One in a hundred of all pairs lie beyond, more of the worse group.
    assert tail.threshold == pytest.approx(math.log((1 + math.exp(SHIFT)) / 2 / 0.01), abs=0.3)
    assert tail.rate == pytest.approx(math.exp(-(tail.threshold - SHIFT)), rel=0.4)
    assert tail.scale == pytest.approx(1, abs=0.3)
    assert falling.shape_low <= falling.shape <= falling.shape_high
    beyond = [
        (score, rate)
        for score, rate in zip(made.scores, made.log10_fmr, strict=True)
        if score > made.extrapolated_above
    ]
    assert len(beyond) > 30
    for score, log10_rate in beyond:
        sf = stats.genpareto.sf(score - tail.threshold, tail.shape, scale=tail.scale)
        assert log10_rate == pytest.approx(math.log10(tail.rate * float(sf)), abs=3e-3)
    at_1e4 = SHIFT + math.log(1e4)
    assert np.interp(at_1e4, made.scores, made.log10_fmr) == pytest.approx(-4, abs=0.6)


def test_the_table_reaches_far_and_can_be_read(falling: Calibrated) -> None:
    made = falling.calibration
    assert all(np.diff(made.scores) > 0)
    assert all(np.diff(made.log10_fmr) < 0)
    assert -0.4 < made.log10_fmr[0] <= -0.3
    assert made.log10_fmr[-1] == pytest.approx(-10, abs=0.01)


def test_each_group_is_shown_at_the_worsts_rates(falling: Calibrated) -> None:
    (better, pairs, low), (worse, _, high) = falling.shown
    assert (better, worse, pairs) == ("better", "worse", PAIRS)
    np.testing.assert_allclose(high, [-1, -2, -3, -4, -5], atol=0.01)
    np.testing.assert_allclose(high - low, SHIFT / math.log(10), atol=0.2)


def test_scores_with_an_end_get_a_tail_without_one() -> None:
    """A shape below 0 says that no two people ever score more: nobody can know that."""
    random = np.random.default_rng(2)
    made = calibrated(group("one", random.uniform(size=2000)))
    assert made.shape < -0.5
    assert made.shape_high < 0
    tail = made.calibration.tail
    assert tail.shape == 0
    assert max(made.calibration.scores) > 1.05
    beyond = np.array([0.999, 1.0, 1.05])
    rates = np.interp(beyond, made.calibration.scores, made.calibration.log10_fmr)
    assert (10**rates > np.maximum(1 - beyond, 0)).all()  # errs to the safe side


def test_a_heavy_tail_is_kept() -> None:
    random = np.random.default_rng(2)
    # By inversion: the distribution's own draws have no types.
    scores = (random.uniform(size=20_000) ** -0.4 - 1) / 0.4
    made = calibrated(group("one", scores))
    assert made.calibration.tail.shape == made.shape
    assert made.shape == pytest.approx(0.4, abs=0.25)


def test_scores_of_few_values_give_a_table_that_can_be_read() -> None:
    random = np.random.default_rng(4)
    made = calibrated(group("one", np.round(random.exponential(size=2000), 1))).calibration
    assert all(np.diff(made.scores) > 0)
    assert all(np.diff(made.log10_fmr) < 0)


def test_too_little_is_refused() -> None:
    with pytest.raises(InputError, match="calibration: got no group, want one or more"):
        calibrated()
    better, worse = exponential(1000)
    few = group_scores("worse", 45, worse.scores[1:])
    message = r"'worse': got 999 pairs of different people, want 1,000 or more \(46 people\)"
    with pytest.raises(InputError, match=message) as caught:
        calibrated(better, few)
    assert caught.value.hint == "more photographs of that group, or coarser groups"
