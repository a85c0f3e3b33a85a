"""What is told of realised and predicted false alerts, held to lists that are drawn one by one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from benchmarks.realised import cell, drawn, placed, realised
from overt.arrays import Mask
from overt.match.scale import ReferenceScale
from tests.builders import make_calibration


def some_pairs(people: int, *, share: float) -> Mask:
    upper = np.triu(np.random.default_rng(3).random((people, people)) < share, 1)
    return upper | upper.T


def by_every_list(reached: Mask, probes: list[int], pool: list[int], listed: int) -> float:
    """The obvious way: every probe, and every list of the others."""
    shares = [
        np.mean([reached[probe, list(on)].any() for on in lists])
        for probe in probes
        if (lists := list(itertools.combinations([p for p in pool if p != probe], listed)))
    ]
    return float(np.mean(shares))


@pytest.mark.parametrize("listed", [1, 3, 5])
def test_the_rate_is_that_of_all_lists_that_could_be_drawn(listed: int) -> None:
    reached = some_pairs(9, share=0.3)
    inside = np.arange(9) < 6
    found = realised(reached, inside, np.ones(9, np.bool_), np.ones((1, 9)), listed)
    assert found[0] == pytest.approx(by_every_list(reached, [*range(6)], [*range(9)], listed))


def test_who_is_drawn_twice_is_no_false_alert_of_himself() -> None:
    reached = some_pairs(6, share=0.4)
    twice = [0, 0, 1, 2, 4, 5]
    weights = np.bincount(twice, minlength=6)[None, :].astype(float)
    everybody = np.ones(6, np.bool_)
    shares = [np.mean([reached[one, who] for who in twice if who != one]) for one in twice]
    assert realised(reached, everybody, everybody, weights, 1)[0] == pytest.approx(np.mean(shares))


def test_people_are_drawn_within_their_group() -> None:
    names = np.array(["a"] * 5 + ["b"] * 3)
    weights = drawn(names)
    assert set(weights[:, :5].sum(axis=1)) == {5.0}
    assert set(weights[:, 5:].sum(axis=1)) == {3.0}


def test_a_group_without_a_pair_has_an_upper_end() -> None:
    names = np.array(["a"] * 12)
    everybody = np.ones(12, np.bool_)
    found = cell(
        ("own group", "a", 0.4, 3),
        reached=np.zeros((12, 12), np.bool_),
        inside=everybody,
        pool=everybody,
        weights=drawn(names),
        scale=ReferenceScale(make_calibration()),
    )
    assert (found.reached, found.pairs, found.realised, found.low) == (0, 66, 0.0, 0.0)
    assert 0 < found.high < 1


@pytest.mark.parametrize(
    ("predicted", "where"), [(0.05, "above"), (0.1, "inside"), (0.2, "inside"), (0.21, "below")]
)
def test_below_is_where_fewer_alert_than_predicted(predicted: float, where: str) -> None:
    assert placed(predicted, 0.1, 0.2) == where
