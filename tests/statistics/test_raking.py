"""Raked weights fit, are the nearest that do, and say so where they cannot."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overt.errors import SurveyError
from overt.statistics.raking import Margin, kish_effect, rake

people = st.integers(0, 2**31).map(np.random.default_rng)
AGES = [("young", 0.3), ("old", 0.7)]
PLACES = [("a", 0.2), ("b", 0.3), ("c", 0.5)]


def drawn(random: np.random.Generator, count: int = 120) -> tuple[list[str], list[str]]:
    ages = ["young", "old", "young", "old", "young", "old"]
    places = ["a", "a", "b", "b", "c", "c"]  # every pair is there
    ages += [str(each) for each in random.choice(["young", "old"], count)]
    return ages, places + [str(each) for each in random.choice(["a", "b", "c"], count)]


def margins(ages: list[str], places: list[str]) -> list[Margin]:
    return [Margin.of("age", ages, AGES), Margin.of("place", places, PLACES)]


@given(people)
def test_every_margin_fits(random: np.random.Generator) -> None:
    ages, places = drawn(random)
    before = random.uniform(0.2, 3, len(ages))
    raked = rake(before, margins(ages, places), most=None)
    for column, shares in ((ages, AGES), (places, PLACES)):
        for name, share in shares:
            mine = raked.weights[np.array(column) == name].sum()
            assert mine / raked.weights.sum() == pytest.approx(share, rel=1e-8)
    assert raked.weights.mean() == pytest.approx(1)
    assert raked.trimmed == 0


@given(people)
def test_the_answer_is_that_of_raking(random: np.random.Generator) -> None:
    """What defines it: a weight is the one before times a factor for each category."""
    ages, places = drawn(random)
    before = random.uniform(0.2, 3, len(ages))
    factor = np.log(rake(before, margins(ages, places), most=None).weights / before)
    by = dict(zip(zip(ages, places, strict=True), factor.tolist(), strict=True))
    for pair, value in zip(zip(ages, places, strict=True), factor, strict=True):
        assert value == pytest.approx(by[pair])
    for place in "bc":  # the difference of ages is the same in every place
        here = by["young", place] - by["old", place]
        assert here == pytest.approx(by["young", "a"] - by["old", "a"], abs=1e-7)


def test_one_margin_is_post_stratification() -> None:
    raked = rake(np.ones(4), [Margin.of("age", ["young", "old", "old", "old"], AGES)], most=None)
    assert raked.weights == pytest.approx([1.2, 0.7 * 4 / 3, 0.7 * 4 / 3, 0.7 * 4 / 3])
    assert raked.passes == 1


def test_weights_are_held_at_the_most() -> None:
    random = np.random.default_rng(4)
    ages, places = drawn(random)
    before = random.lognormal(0, 1, len(ages))
    free = rake(before, margins(ages, places), most=None)
    held = rake(before, margins(ages, places), most=2.5)
    assert free.weights.max() > 2.5
    assert held.weights.max() <= 2.5 * (1 + 1e-6)
    assert held.trimmed == np.sum(held.weights > 2.4999)
    assert held.furthest < 1e-8
    assert kish_effect(held.weights) < kish_effect(free.weights)


def test_what_cannot_fit_is_refused() -> None:
    # All the young are in place a, which is to be smaller than the young are.
    ages = ["young"] * 5 + ["old"] * 10
    places = ["a"] * 5 + ["b"] * 5 + ["c"] * 5
    with pytest.raises(SurveyError, match="still off by"):
        rake(np.ones(15), margins(ages, places), most=None)
    with pytest.raises(SurveyError, match=r"no weight above 1\.01"):
        rake(np.ones(15), [Margin.of("age", ages[3:] + ["old"] * 3, AGES)], most=1.01)


@pytest.mark.parametrize(
    ("answers", "shares", "says"),
    [
        (["young", "old", "teen"], AGES, "got respondents in 'teen'"),
        (["young"], AGES, "got no respondent in 'old'"),
        (["young", "old"], [("young", 0.3), ("old", 0.6)], "sum to 0.9"),
        (["young", "old"], [("young", 0.0), ("old", 1.0)], "within"),
    ],
)
def test_margins_that_do_not_match_are_refused(
    answers: list[str], shares: list[tuple[str, float]], says: str
) -> None:
    with pytest.raises(SurveyError, match=says):
        Margin.of("age", answers, shares)


def test_rounded_shares_are_scaled() -> None:
    margin = Margin.of("age", ["young", "old"], [("young", 0.333), ("old", 0.668)])
    assert margin.shares.sum() == pytest.approx(1)


def test_equal_weights_have_no_effect() -> None:
    assert kish_effect(np.full(9, 3.3)) == pytest.approx(1)
    assert kish_effect(np.array([1.0, 3.0])) == pytest.approx(1 + 0.25)  # 1 + (sd / mean)^2
