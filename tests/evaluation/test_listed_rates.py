"""The rate over all lists, held to lists that are drawn one by one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import sparse

from overt.arrays import I64, Mask
from overt.evaluation.listed_rates import EXACT, RESAMPLED, drawn, listed_rate, over_all_lists


def some_pairs(people: int, *, share: float) -> Mask:
    upper = np.triu(np.random.default_rng(3).random((people, people)) < share, 1)
    return upper | upper.T


def table_of(reached: Mask) -> sparse.csr_array:
    return sparse.csr_array(reached.astype(float))


def pairs_of(reached: Mask) -> I64:
    return np.argwhere(np.triu(reached, 1)).astype(np.int64)


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
    inside, everybody = np.arange(9) < 6, np.ones(9, np.bool_)
    want = by_every_list(reached, [*range(6)], [*range(9)], listed)
    found = over_all_lists(table_of(reached), inside, everybody, np.ones((1, 9)), listed)
    assert found[0] == pytest.approx(want)
    told = listed_rate(
        pairs_of(reached), inside=inside, pool=everybody, listed=listed, weights=drawn(inside)
    )
    assert told.value == pytest.approx(want)
    assert told.low <= want <= told.high


def test_who_is_drawn_twice_is_no_false_alert_of_himself() -> None:
    reached = some_pairs(6, share=0.4)
    twice = [0, 0, 1, 2, 4, 5]
    weights = np.bincount(twice, minlength=6)[None, :].astype(float)
    everybody = np.ones(6, np.bool_)
    shares = [np.mean([reached[one, who] for who in twice if who != one]) for one in twice]
    found = over_all_lists(table_of(reached), everybody, everybody, weights, 1)
    assert found[0] == pytest.approx(np.mean(shares))


def test_a_list_of_all_who_were_drawn_is_no_false_alert_by_itself() -> None:
    """Who is drawn three times has fewer others than the list is long: nobody is like them."""
    nobody, everybody = np.zeros((6, 6), np.bool_), np.ones(6, np.bool_)
    weights = np.array([[3.0, 1, 1, 1, 0, 0]])
    assert over_all_lists(table_of(nobody), everybody, everybody, weights, 5)[0] == 0
    one = nobody.copy()
    one[0, 1] = one[1, 0] = True  # on every such list, of the one and of the other
    found = over_all_lists(table_of(one), everybody, everybody, weights, 5)
    assert found[0] == pytest.approx(4 / 6)


def test_people_are_drawn_within_their_group() -> None:
    names = np.array(["a"] * 5 + ["b"] * 3)
    weights = drawn(names)
    assert set(weights[:, :5].sum(axis=1)) == {5.0}
    assert set(weights[:, 5:].sum(axis=1)) == {3.0}


def test_pairs_are_counted_once_whoever_the_list_is_of() -> None:
    reached = np.zeros((6, 6), np.bool_)
    for one, other in ((0, 1), (0, 4), (3, 5)):  # within, across, and of nobody of the group
        reached[one, other] = reached[other, one] = True
    inside, everybody = np.arange(6) < 3, np.ones(6, np.bool_)
    weights = drawn(inside)
    own = listed_rate(pairs_of(reached), inside=inside, pool=inside, listed=1, weights=weights)
    assert (own.reached, own.pairs, own.value) == (1, 3, pytest.approx(2 / 6))
    every = listed_rate(pairs_of(reached), inside=inside, pool=everybody, listed=1, weights=weights)
    assert (every.reached, every.pairs, every.value) == (2, 12, pytest.approx(3 / 15))


def test_few_pairs_have_the_exact_interval_and_many_the_bootstrap() -> None:
    everybody = np.ones(40, np.bool_)
    for share, method in ((0.0, EXACT), (0.05, RESAMPLED)):
        found = listed_rate(
            pairs_of(some_pairs(40, share=share)),
            inside=everybody,
            pool=everybody,
            listed=3,
            weights=drawn(everybody),
        )
        assert found.method == method
        assert found.low <= found.value < found.high < 1
