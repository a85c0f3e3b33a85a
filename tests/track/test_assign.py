"""Pairing against every pairing there is."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from overt.arrays import F64
from overt.track.assign import APART, assign, costs

tables = st.tuples(st.integers(0, 4), st.integers(0, 4)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.floats(0, 1.3).map(lambda v: min(v, APART)))
)


def cheapest(cost: F64) -> float:
    """Try every set of pairs; a row or a column left alone costs half of APART."""
    rows, columns = cost.shape
    best = (rows + columns) * APART / 2
    for count in range(1, min(rows, columns) + 1):
        for some in combinations(range(rows), count):
            for others in permutations(range(columns), count):
                total = sum(cost[pair] for pair in zip(some, others, strict=True))
                best = min(best, total + (rows + columns - 2 * count) * APART / 2)
    return float(best)


@given(tables)
def test_pairing_is_the_cheapest(cost: F64) -> None:
    rows, columns = assign(cost)
    assert len(set(rows.tolist())) == len(rows) == len(set(columns.tolist())) == len(columns)
    assert (cost[rows, columns] < APART).all()
    alone = sum(cost.shape) - 2 * len(rows)
    assert np.isclose(cost[rows, columns].sum() + alone * APART / 2, cheapest(cost))


def test_one_good_pair_beats_two_bad_ones() -> None:
    rows, columns = assign(np.array([[0.1, 0.9], [0.9, APART]]))
    assert (rows.tolist(), columns.tolist()) == ([0], [0])


def cost_of(predicted: list[float], found: list[float], spread: float = 0.0) -> float:
    return float(
        costs(
            np.array([predicted], np.float32),
            np.array([found], np.float32),
            spread=np.array([spread]),
            unseen=np.zeros(1),
            reach=0.5,
            size_ratio=1.45,
        )[0, 0]
    )


def test_gates() -> None:
    box = [100.0, 100.0, 140.0, 140.0]
    assert cost_of(box, box) == 0
    assert cost_of(box, [115.0, 100.0, 155.0, 140.0]) < APART
    assert cost_of(box, [125.0, 100.0, 165.0, 140.0]) == APART, "too far"
    assert cost_of(box, [125.0, 100.0, 165.0, 140.0], spread=10) < APART, "uncertain, so near"
    assert cost_of(box, [90.0, 90.0, 150.0, 150.0]) == APART, "too large"
    assert cost_of([90.0, 90.0, 150.0, 150.0], box) == APART, "too small"


@given(st.floats(0, 19), st.floats(0.1, 5))
def test_cost_grows_with_distance(near: float, more: float) -> None:
    box = [100.0, 100.0, 140.0, 140.0]
    moved = [[100 + d, 100.0, 140 + d, 140.0] for d in (near, near + more)]
    assert cost_of(box, moved[0]) <= cost_of(box, moved[1]) + 1e-6
