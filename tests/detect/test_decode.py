"""The steps that all detectors share, held to slow and obvious versions of themselves."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from overt.arrays import F32
from overt.colour import Colour
from overt.detect.decode import Candidates, grid, nms, to_faces
from overt.detect.picture import Picture
from overt.values.frame import Frame

# Whole corners: the IoU of the reference is then exact, and no tie hangs on rounding.
WHOLE = st.integers(0, 30)


def boxes_of(corners: list[tuple[int, int, int, int]]) -> F32:
    array = np.array(corners, dtype=np.float32).reshape(-1, 4)
    return np.concatenate(
        [np.minimum(array[:, :2], array[:, 2:]), np.maximum(array[:, :2], array[:, 2:])], axis=1
    )


def shared(a: F32, b: F32) -> float:
    """Count whole pixels: those in both, over those in one of them."""

    def pixels(box: F32) -> set[tuple[int, int]]:
        x1, y1, x2, y2 = (int(value) for value in box)
        return {(x, y) for x in range(x1, x2) for y in range(y1, y2)}

    one, other = pixels(a), pixels(b)
    return len(one & other) / len(one | other) if one | other else 0.0


def slow_nms(boxes: F32, scores: F32, threshold: float) -> list[int]:
    """Go through all boxes, best first; keep one if no kept one shares too much with it."""
    kept: list[int] = []
    for row in sorted(range(len(scores)), key=lambda i: (-scores[i], i)):
        if all(shared(boxes[row], boxes[other]) <= threshold for other in kept):
            kept.append(row)
    return kept


@given(
    st.lists(st.tuples(WHOLE, WHOLE, WHOLE, WHOLE), max_size=12),
    st.sampled_from([0.1, 0.3, 0.45, 0.7]),
    st.data(),
)
def test_nms_is_the_slow_one(
    corners: list[tuple[int, int, int, int]], threshold: float, data: st.DataObject
) -> None:
    boxes = boxes_of(corners)
    levels = st.sampled_from([0.25, 0.5, 0.75, 1.0])
    drawn = data.draw(st.lists(levels, min_size=len(boxes), max_size=len(boxes)))
    scores = np.array(drawn, dtype=np.float32)
    assert nms(boxes, scores, threshold=threshold).tolist() == slow_nms(boxes, scores, threshold)


def test_a_share_just_at_the_threshold_is_kept() -> None:
    boxes = np.array([[0, 0, 2, 1], [0, 0, 1, 1]], np.float32)  # one is half of the other
    scores = np.array([0.9, 0.8], np.float32)
    assert nms(boxes, scores, threshold=0.5).tolist() == [0, 1]
    assert nms(boxes, scores, threshold=0.49).tolist() == [0]


@given(hnp.arrays(np.float32, (6, 4)), hnp.arrays(np.float32, 6))
def test_nms_leaves_out_what_is_no_number(boxes: F32, scores: F32) -> None:
    sane = np.isfinite(boxes).all(axis=1) & (np.abs(boxes) < 1e6).all(axis=1)
    boxes[np.isfinite(boxes).all(axis=1) & ~sane] = 0
    kept = nms(boxes, scores, threshold=0.5)
    assert np.isfinite(boxes[kept]).all()
    assert np.isfinite(scores[kept]).all()
    sound = np.isfinite(boxes).all(axis=1) & np.isfinite(scores)
    assert len(kept) >= min(1, sound.sum())
    assert (np.diff(scores[kept]) <= 0).all()


def test_grid_goes_row_by_row() -> None:
    assert grid(2, 3).tolist() == [[0, 0], [1, 0], [2, 0], [0, 1], [1, 1], [2, 1]]
    assert grid(1, 2, each=2).tolist() == [[0, 0], [0, 0], [1, 0], [1, 0]]


def test_faces_are_in_pixels_of_the_frame() -> None:
    grey = np.zeros((100, 200), np.uint8)
    half = np.zeros((50, 100), np.uint8)
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    frame = Frame("c", 0, noon, 0.0, grey, half, half, Colour.BT709)
    picture = Picture(np.zeros((1, 3, 64, 96), np.float32), (0.4, 0.5))
    boxes = np.array(
        [[10, 10, 20, 20], [88, 10, 92, 20], [11, 10, 21, 20], [-9, 30, 5, 40]], np.float32
    )
    marks = np.tile(np.array([[12, 14]], np.float32), (4, 5, 1))
    scores = np.array([0.9, 0.8, 0.7, 0.6], np.float32)
    faces = to_faces(Candidates(boxes, marks, scores), picture=picture, frame=frame, nms_iou=0.3)
    # The second lies in what the input was filled up with, the third is the first once more, the
    # middle of the fourth is left of the frame.
    np.testing.assert_allclose(faces.boxes, [[25, 20, 50, 40]])
    np.testing.assert_allclose(faces.landmarks[0, 0], [30, 28])
    assert faces.scores.tolist() == [np.float32(0.9)]
