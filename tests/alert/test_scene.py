"""Of everybody else nothing is left that could be recognised."""

from __future__ import annotations

import numpy as np
import pytest
from builders import make_boxes, make_frame, noise
from hypothesis import given
from hypothesis import strategies as st

from overt.alert.scene import (
    BLOCKS,
    FACE_BLOCKS,
    LONGEST,
    MARGIN,
    NEAR_BLOCKS,
    masked_scene,
    masked_view,
)
from overt.arrays import Boxes, Mask, Rgb
from overt.colour import to_rgb
from overt.geometry import clip, widen
from overt.values.frame import Frame

FACE = (400.0, 200.0, 480.0, 300.0)


def sampled(frame: Frame, step: int) -> Rgb:
    """Read the frame every `step` pixels, one by one."""
    rows, columns = range(0, frame.height, step), range(0, frame.width, step)
    picked = [
        np.array([[plane[y // by, x // by] for x in columns] for y in rows], np.uint8)
        for plane, by in ((frame.luma, 1), (frame.blue, 2), (frame.red, 2))
    ]
    return to_rgb(picked[0], picked[1], picked[2], frame.colour)


def step_of(frame: Frame) -> int:
    return max(2, -(-max(frame.width, frame.height) // LONGEST))


def scaled(frame: Frame, boxes: Boxes) -> Boxes:
    step = step_of(frame)
    height, width = -(-frame.height // step), -(-frame.width // step)
    return widen(clip(boxes / np.float32(step), width=width, height=height), MARGIN)


def inside(box: Boxes, shape: tuple[int, ...], *, grow: float = 0) -> Mask:
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    x1, y1, x2, y2 = box
    return (x >= x1 - grow) & (x < x2 + grow) & (y >= y1 - grow) & (y < y2 + grow)


def changes(scene: Rgb, mask: Mask) -> int:
    """Count the columns and rows within `mask` at which the picture changes."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    part = scene[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(int)
    across = (np.diff(part, axis=1) != 0).any(axis=(0, 2)).sum()
    down = (np.diff(part, axis=0) != 0).any(axis=(1, 2)).sum()
    return int(max(across, down))


@pytest.mark.parametrize("size", [(720, 1280), (721, 1279), (1280, 720), (2160, 3840)])
def test_without_the_clear_face_there_is_no_detail(size: tuple[int, int]) -> None:
    frame = make_frame(noise(*size))
    boxes = make_boxes(FACE)
    scene = masked_scene(frame, boxes, clear=0)
    shown = inside(scaled(frame, boxes)[0], scene.shape, grow=1)
    rest = scene.astype(int)
    rest[shown] = -1
    block = max(scene.shape) // BLOCKS
    # Every pixel that is not at the edge of a block has its neighbours' colour.
    same = (rest[:, 1:] == rest[:, :-1]).all(axis=2)
    edges = np.array([column % block == 0 for column in range(1, scene.shape[1])], np.bool_)
    hidden = ~(shown[:, 1:] | shown[:, :-1])
    assert (same | edges[None, :])[hidden].all()
    assert max(scene.shape) <= LONGEST


def test_the_clear_face_is_the_frames_own() -> None:
    frame = make_frame(noise(720, 1280))
    boxes = make_boxes(FACE)
    scene = masked_scene(frame, boxes, clear=0)
    x1, y1, x2, y2 = scaled(frame, boxes)[0]
    y, x = np.mgrid[0 : scene.shape[0], 0 : scene.shape[1]] + 0.5
    oval = ((x - (x1 + x2) / 2) / (x2 - x1)) ** 2 + ((y - (y1 + y2) / 2) / (y2 - y1)) ** 2 <= 0.25
    assert oval.sum() > 1000
    assert (scene[oval] == sampled(frame, step_of(frame))[oval]).all()
    # In the corners of the box there may be somebody else.
    corner = scene[int(y1) : int(y1) + 5, int(x1) : int(x1) + 5]
    assert (corner != sampled(frame, 2)[int(y1) : int(y1) + 5, int(x1) : int(x1) + 5]).any()


@pytest.mark.parametrize("other", [(700, 100, 1100, 500), (600, 300, 700, 400), (10, 10, 50, 60)])
def test_another_face_has_few_blocks(other: tuple[float, ...]) -> None:
    frame = make_frame(noise(720, 1280))
    boxes = make_boxes(FACE, other)
    scene = masked_scene(frame, boxes, clear=0)
    # Three blocks are two changes; the face may lie across the edge of one more on each side.
    assert changes(scene, inside(scaled(frame, boxes)[1], scene.shape)) <= FACE_BLOCKS + 1


def test_a_face_found_twice_is_not_finer() -> None:
    """A small box within a large one, as when a nose is taken for a face."""
    frame = make_frame(noise(720, 1280))
    large = (700.0, 100.0, 1100.0, 500.0)
    within = [
        (750.0 + 60 * i, 150.0 + 60 * j, 800.0 + 60 * i, 200.0 + 60 * j)
        for i, j in np.ndindex(5, 5)
    ]
    boxes = make_boxes(FACE, large, *within)
    scene = masked_scene(frame, boxes, clear=0)
    assert changes(scene, inside(scaled(frame, boxes)[1], scene.shape)) <= FACE_BLOCKS + 1


@pytest.mark.parametrize(
    "other",
    [
        (440.0, 200.0, 540.0, 320.0),  # over a half
        (470.0, 180.0, 560.0, 300.0),  # beside, and a little over
        (484.0, 180.0, 560.0, 300.0),  # beside: its hair and ears are in the margin
        (430.0, 230.0, 450.0, 250.0),  # within
        (300.0, 100.0, 600.0, 500.0),  # around
    ],
)
def test_a_face_over_the_clear_one_stays_masked(other: tuple[float, ...]) -> None:
    frame = make_frame(noise(720, 1280))
    boxes = make_boxes(FACE, other)
    scene = masked_scene(frame, boxes, clear=0)
    hidden = inside(scaled(frame, boxes)[1], scene.shape)
    assert changes(scene, hidden) <= FACE_BLOCKS + 1


@pytest.mark.parametrize("side", [50.0, 100.0, 300.0, 600.0])
def test_a_missed_face_as_near_as_the_clear_one_has_few_blocks(side: float) -> None:
    frame = make_frame(noise(720, 1280))
    boxes = make_boxes((0, 0, side, side))
    scene = masked_scene(frame, boxes, clear=0)
    near = scaled(frame, boxes)[0]
    as_large = int(near[2] - near[0])
    below: Rgb = scene[-1, :as_large]  # a row below the clear face
    blocks = 1 + int((np.diff(below.astype(int), axis=0) != 0).any(axis=1).sum())
    assert blocks <= NEAR_BLOCKS + 1


sides = st.integers(2, 60)
place = st.floats(-80, 140, width=32)
span = st.floats(0, 150, width=32)


@given(
    sides,
    sides,
    st.lists(st.tuples(place, place, span, span), min_size=1, max_size=4),
    st.integers(0, 3),
)
def test_any_size_and_any_box(
    height: int, width: int, drawn: list[tuple[float, ...]], clear: int
) -> None:
    frame = make_frame(noise(height, width))
    boxes = make_boxes(*[(x, y, x + w, y + h) for x, y, w, h in drawn])
    scene = masked_scene(frame, boxes, clear=clear % len(boxes))
    assert scene.dtype == np.uint8
    assert scene.shape == (-(-height // 2), -(-width // 2), 3)


def test_a_scene_is_its_own() -> None:
    frame = make_frame(noise(720, 1280))
    before = frame.luma.copy()
    masked_scene(frame, make_boxes(FACE), clear=0)
    assert (frame.luma == before).all()


@pytest.mark.parametrize("largest", [0.0, 80.0, 400.0])
def test_a_view_has_no_detail_anywhere(largest: float) -> None:
    frame = make_frame(noise(720, 1280))
    view = masked_view(frame, make_boxes(), largest_px=largest)
    whole = np.ones(view.shape[:2], np.bool_)
    assert changes(view, whole) <= BLOCKS + 1  # the last block may be cut off
    # Who is as near as the largest, and was missed, has few blocks too.
    across = int(largest / step_of(frame))
    if across:
        assert changes(view, inside(np.array([0, 0, across, across]), view.shape)) <= NEAR_BLOCKS


def test_nobody_is_clear_in_a_view() -> None:
    frame = make_frame(noise(720, 1280))
    boxes = make_boxes(FACE, (700, 100, 1100, 500))
    view = masked_view(frame, boxes, largest_px=0)
    for box in scaled(frame, boxes):
        assert changes(view, inside(box, view.shape)) <= FACE_BLOCKS + 1


def test_a_view_is_a_scene_but_for_its_face() -> None:
    frame = make_frame(noise(720, 1280))
    boxes = make_boxes(FACE, (700, 100, 800, 200))
    scene, view = masked_scene(frame, boxes, clear=0), masked_view(frame, boxes, largest_px=0)
    outside = ~inside(scaled(frame, boxes)[0], scene.shape, grow=1)
    assert (scene[outside] == view[outside]).all()
    assert (scene != view).any()
