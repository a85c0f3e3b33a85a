"""Boxes against counting pixels, and the similarity against what it must recover."""

from __future__ import annotations

import math

import numpy as np
import pytest
from builders import make_boxes
from hypothesis import given
from hypothesis import strategies as st

from overt.arrays import F64, Boxes
from overt.geometry import area, clip, intersection, iou, similarity_transform, widen

SIDE = 12
whole = st.integers(-3, SIDE + 3)
some_boxes = st.lists(st.tuples(whole, whole, whole, whole), max_size=5).map(
    lambda rows: make_boxes(*rows)
)


def pixels(box: Boxes) -> set[tuple[int, int]]:
    """List the unit squares of a box with whole corners; an inverted box has none."""
    x1, y1, x2, y2 = (int(value) for value in box)
    return {(x, y) for x in range(x1, x2) for y in range(y1, y2)}


@given(some_boxes)
def test_area_counts_pixels(boxes: Boxes) -> None:
    assert area(boxes).tolist() == [len(pixels(box)) for box in boxes]


@given(some_boxes, some_boxes)
def test_intersection_counts_shared_pixels(a: Boxes, b: Boxes) -> None:
    want = [[len(pixels(one) & pixels(other)) for other in b] for one in a]
    assert intersection(a, b).shape == (len(a), len(b))
    assert intersection(a, b).tolist() == want


@given(some_boxes, some_boxes)
def test_iou_counts_pixels(a: Boxes, b: Boxes) -> None:
    got = iou(a, b)
    assert got.dtype == np.float32
    for i, one in enumerate(a):
        for j, other in enumerate(b):
            union = len(pixels(one) | pixels(other))
            want = len(pixels(one) & pixels(other)) / union if union else 0.0
            assert got[i, j] == pytest.approx(want, abs=1e-6)


def test_iou_of_a_box_with_itself_is_one() -> None:
    box = make_boxes((1.5, 2.25, 7.75, 9))
    assert iou(box, box)[0, 0] == 1


@given(some_boxes)
def test_clip_keeps_the_pixels_within(boxes: Boxes) -> None:
    frame = pixels(make_boxes((0, 0, SIDE, SIDE - 4))[0])
    cut = clip(boxes, width=SIDE, height=SIDE - 4)
    assert cut.dtype == np.float32
    assert [pixels(box) for box in cut] == [pixels(box) & frame for box in boxes]


def test_widen_grows_every_side_by_its_own_length() -> None:
    assert widen(make_boxes((10, 20, 14, 30)), 0.5).tolist() == [[8, 15, 16, 35]]
    assert widen(make_boxes((10, 20, 14, 30)), -0.25).tolist() == [[11, 22.5, 13, 27.5]]


def similarity(scale: float, angle: float, shift: tuple[float, float]) -> F64:
    a, b = scale * math.cos(angle), scale * math.sin(angle)
    return np.array([[a, -b, shift[0]], [b, a, shift[1]]])


def moved(matrix: F64, points: F64) -> F64:
    return points @ matrix[:, :2].T + matrix[:, 2]


def squares(matrix: F64, source: F64, target: F64) -> float:
    return float(((moved(matrix, source) - target) ** 2).sum())


shifts = st.tuples(st.floats(-500, 500), st.floats(-500, 500))
seeds = st.integers(0, 2**32 - 1)


@given(st.floats(0.05, 20), st.floats(-math.pi, math.pi), shifts, seeds)
def test_a_similarity_is_recovered(
    scale: float, angle: float, shift: tuple[float, float], seed: int
) -> None:
    source = np.random.default_rng(seed).normal(scale=50, size=(5, 2)).astype(np.float32)
    known = similarity(scale, angle, shift)
    target = moved(known, source.astype(np.float64)).astype(np.float32)
    got = similarity_transform(source, target)
    np.testing.assert_allclose(
        moved(got, source.astype(np.float64)), target, atol=1e-3 * max(scale, 1)
    )


@given(seeds)
def test_no_similarity_near_it_is_better(seed: int) -> None:
    random = np.random.default_rng(seed)
    source = random.normal(scale=30, size=(5, 2)).astype(np.float32)
    target = random.normal(scale=30, size=(5, 2)).astype(np.float32)
    best = similarity_transform(source, target)
    least = squares(best, source.astype(np.float64), target.astype(np.float64))
    for _ in range(30):
        da, db, dx, dy = random.normal(scale=0.05, size=4)
        other = best + np.array([[da, -db, dx], [db, da, dy]])
        assert squares(other, source.astype(np.float64), target.astype(np.float64)) >= least - 1e-6


@given(seeds)
def test_it_never_reflects(seed: int) -> None:
    random = np.random.default_rng(seed)
    source = random.normal(scale=30, size=(5, 2)).astype(np.float32)
    mirrored = (source * [-1, 1]).astype(np.float32)
    matrix = similarity_transform(source, mirrored)[:, :2]
    assert np.linalg.det(matrix) >= 0
    assert matrix[0, 0] == pytest.approx(matrix[1, 1])
    assert matrix[0, 1] == pytest.approx(-matrix[1, 0])


def test_points_in_one_place_are_only_shifted() -> None:
    source = np.full((5, 2), 7, np.float32)
    target = np.full((5, 2), 9, np.float32)
    matrix = similarity_transform(source, target)
    assert np.isfinite(matrix).all()
    np.testing.assert_allclose(moved(matrix, source.astype(np.float64)), target)
