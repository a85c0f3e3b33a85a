"""Cuts are the frame's own pixels, but for the faces of others."""

from __future__ import annotations

import numpy as np
import pytest
from builders import make_boxes, make_frame, make_shots, noise
from hypothesis import given
from hypothesis import strategies as st

from overt.arrays import Boxes, Rgb
from overt.colour import Colour, to_rgb
from overt.embed.cut import MARGIN, Cut, cut_shots
from overt.values.frame import Frame


def cut_one(frame: Frame, box: tuple[float, ...], *others: tuple[float, ...]) -> Cut:
    shots = make_shots(box, ids=[7])
    (cut,) = cut_shots(frame, shots, faces=make_boxes(box, *others))
    return cut


def whole(frame: Frame) -> Rgb:
    """Convert the whole frame, chroma repeated."""
    blue, red = (
        plane.repeat(2, axis=0).repeat(2, axis=1)[: frame.height, : frame.width]
        for plane in (frame.blue, frame.red)
    )
    return to_rgb(frame.luma, blue, red, frame.colour)


sides = st.integers(2, 41)
places = st.floats(-30, 70, width=32)


@given(sides, sides, st.tuples(places, places, places, places), st.sampled_from(Colour))
def test_a_crop_is_its_part_of_the_frame(
    height: int, width: int, box: tuple[float, ...], colour: Colour
) -> None:
    frame = make_frame(noise(height, width), colour=colour)
    crop = cut_one(frame, box).crop()
    x, y = crop.origin
    h, w = crop.pixels.shape[:2]
    assert (x % 2, y % 2) == (0, 0)
    assert h >= 1
    assert w >= 1
    assert (crop.pixels == whole(frame)[y : y + h, x : x + w]).all()


def test_it_shows_the_face_and_a_margin() -> None:
    frame = make_frame(noise(201, 301))
    crop = cut_one(frame, (100, 80, 140, 130)).crop()
    x, y = crop.origin
    h, w = crop.pixels.shape[:2]
    assert (x, y) == (82, 56)  # 100 - 18, then 80 - 22.5 down to an even number
    assert x + w == pytest.approx(140 + 40 * MARGIN, abs=1)
    assert y + h == pytest.approx(130 + 50 * MARGIN, abs=1)
    assert (crop.track, crop.time) == (7, frame.time)


def test_it_is_a_copy() -> None:
    frame = make_frame(noise(60, 60))
    cut = cut_one(frame, (10, 10, 40, 40))
    for plane in (cut.luma, cut.blue, cut.red):
        assert plane.base is None
    assert not np.shares_memory(cut.luma, frame.luma)


def inner(crop_of: Cut, box: tuple[float, ...]) -> Rgb:
    crop = crop_of.crop()
    x1, y1, x2, y2 = (int(value) for value in box)
    x, y = crop.origin
    return crop.pixels[max(y1 - y, 0) : max(y2 - y, 0), max(x1 - x, 0) : max(x2 - x, 0)]


def spread(pixels: Rgb) -> int:
    return int(np.ptp(pixels.reshape(-1, 3).astype(int), axis=0).max())


FACE = (100.0, 100.0, 160.0, 160.0)


@pytest.mark.parametrize(
    "other",
    [
        (166.0, 100.0, 226.0, 160.0),
        (166.0, 110.0, 190.0, 134.0),
        (100.0, 166.0, 150.0, 226.0),
        (60.0, 60.0, 96.0, 96.0),
        (165.0, 20.0, 400.0, 260.0),
    ],
)
def test_the_face_of_another_is_flat(other: tuple[float, ...]) -> None:
    frame = make_frame(noise(300, 400))
    cut = cut_one(frame, FACE, other)
    hidden = inner(cut, other)
    assert hidden.size
    assert spread(hidden) == 0
    # The face itself is all there; one chroma sample may reach over its edge.
    shown, plain = inner(cut, FACE)[:-4, :-4][4:, 4:], inner(cut_one(frame, FACE), FACE)
    assert (shown == plain[:-4, :-4][4:, 4:]).all()


def test_a_nearer_face_hides_what_it_covers() -> None:
    frame = make_frame(noise(300, 400))
    nearer = (140.0, 90.0, 230.0, 190.0)
    cut = cut_one(frame, FACE, nearer)
    assert spread(inner(cut, nearer)) == 0


def test_a_farther_face_hides_nothing_of_the_face() -> None:
    frame = make_frame(noise(300, 400))
    cut = cut_one(frame, FACE, (150.0, 110.0, 190.0, 150.0))
    assert (inner(cut, FACE) == inner(cut_one(frame, FACE), FACE)).all()
    assert spread(inner(cut, (161.0, 111.0, 186.0, 149.0))) == 0


def test_one_shot_does_not_change_the_frame_or_the_next() -> None:
    frame = make_frame(noise(300, 400))
    before = frame.luma.copy()
    other = (166.0, 100.0, 226.0, 160.0)
    shots = make_shots(FACE, other)
    boxes: Boxes = shots.faces.boxes
    first, second = cut_shots(frame, shots, faces=boxes)
    assert (frame.luma == before).all()
    assert spread(inner(first, other)) == 0
    assert spread(inner(second, FACE)) == 0
    assert spread(inner(second, other)) > 100


def test_no_shot_no_cut() -> None:
    frame = make_frame(noise(30, 40))
    assert cut_shots(frame, make_shots(), faces=make_boxes(FACE)) == ()
