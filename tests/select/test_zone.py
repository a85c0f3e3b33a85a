"""The zone against a slow reference."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from overt.select.zone import in_zone

share = st.integers(0, 20).map(lambda v: v / 20)
polygons = st.lists(st.tuples(share, share), min_size=3, max_size=8).map(tuple)


def winding(x: float, y: float, polygon: tuple[tuple[float, float], ...]) -> float:
    """Sum the signed angles under which the sides are seen from a point, in turns."""
    total = 0.0
    for (ax, ay), (bx, by) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        cross = (ax - x) * (by - y) - (ay - y) * (bx - x)
        dot = (ax - x) * (bx - x) + (ay - y) * (by - y)
        total += math.atan2(cross, dot)
    return total / (2 * math.pi)


def on_a_side(x: float, y: float, polygon: tuple[tuple[float, float], ...]) -> bool:
    for (ax, ay), (bx, by) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        length = math.hypot(bx - ax, by - ay)
        if length == 0:
            continue
        if abs((ax - x) * (by - y) - (ay - y) * (bx - x)) / length < 1e-6:
            return True
    return False


@given(polygons, st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=9))
def test_even_odd_is_an_odd_winding_number(
    polygon: tuple[tuple[float, float], ...], points: list[tuple[float, float]]
) -> None:
    """A closed line winds around a point an odd number of times where a ray crosses it oddly."""
    middles = np.array(points, np.float64) * [1280, 720]
    boxes = np.concatenate([middles - 8, middles + 8], axis=1).astype(np.float32)
    seen = (boxes[:, :2].astype(np.float64) + boxes[:, 2:]) / 2 / [1280, 720]
    assume(not any(on_a_side(x, y, polygon) for x, y in seen))
    got = in_zone(boxes, polygon, width=1280, height=720)
    assert got.tolist() == [round(winding(x, y, polygon)) % 2 == 1 for x, y in seen]


def test_no_polygon_is_the_whole_view() -> None:
    boxes = np.array([[-50, -50, -10, -10], [600, 300, 640, 340]], np.float32)
    assert in_zone(boxes, (), width=1280, height=720).all()


def test_the_middle_of_the_box_decides() -> None:
    left_half = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
    boxes = np.array([[600, 300, 670, 340], [620, 300, 670, 340]], np.float32)
    assert in_zone(boxes, left_half, width=1280, height=720).tolist() == [True, False]
    assert in_zone(boxes[:0], left_half, width=1280, height=720).shape == (0,)
