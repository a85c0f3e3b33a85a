"""Pairing against every pairing there is."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from overt.arrays import F64
from overt.track.assign import APART, assign, costs
from overt.track.kalman import predict, start
from overt.values.faces import Faces

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


BOX = [100.0, 100.0, 140.0, 140.0]


def cost_of(
    predicted: list[float], found: list[float], *, score: float = 0.9, unseen_s: float = 0.0
) -> float:
    motion = predict(start(np.array([predicted], np.float32)), unseen_s)
    marks = np.zeros((1, 5, 2), np.float32)
    faces = Faces(np.array([found], np.float32), marks, np.array([score], np.float32))
    return float(costs(motion, faces, reach=0.5, size_ratio=1.45)[0, 0])


def moved(by: float) -> list[float]:
    return [BOX[0] + by, BOX[1], BOX[2] + by, BOX[3]]


def test_gates() -> None:
    assert cost_of(BOX, BOX) < 0.25 * APART
    assert cost_of(BOX, moved(8)) < APART
    assert cost_of(BOX, moved(25), score=0.5) == APART, "too far"
    assert cost_of(BOX, moved(25), unseen_s=0.4) < APART, "uncertain, so near"
    assert cost_of(BOX, [90.0, 90.0, 150.0, 150.0], score=0.4) == APART, "too large"
    assert cost_of([90.0, 90.0, 150.0, 150.0], BOX, score=0.4) == APART, "too small"


def test_a_sure_box_must_fit_better_than_one_of_half_a_face() -> None:
    assert cost_of(BOX, moved(16), score=0.95) == APART
    assert cost_of(BOX, moved(16), score=0.5) < APART
    smaller = [104.0, 104.0, 136.0, 136.0]  # whoever was behind
    assert cost_of(BOX, smaller, score=0.95) > 1.5 * cost_of(BOX, smaller, score=0.6)


def test_where_both_fit_the_track_seen_last_is_the_likelier() -> None:
    """An expectation that has spread out is near everything."""
    assert cost_of(BOX, moved(4)) < cost_of(BOX, moved(4), unseen_s=0.5)
    assert cost_of(BOX, BOX) < cost_of(BOX, BOX, unseen_s=0.5)


@given(st.floats(0, 19), st.floats(0.1, 5), st.floats(0.4, 1))
def test_cost_grows_with_distance(near: float, more: float, score: float) -> None:
    farther = cost_of(BOX, moved(near + more), score=score)
    assert cost_of(BOX, moved(near), score=score) <= farther + 1e-6
