"""Faces come out upright, where the template says, and in the right colours."""

from __future__ import annotations

import math

import numpy as np
import pytest
from builders import FACE_POINTS, make_frame

from overt.arrays import F32, F64, Landmarks, Rgb
from overt.colour import Colour
from overt.embed.align import align
from overt.geometry import similarity_transform

SIZE = 64
TEMPLATE: F32 = np.array(FACE_POINTS, np.float32) * SIZE
HEIGHT, WIDTH = 300, 400
ALL = pytest.mark.parametrize("colour", list(Colour))


def smooth(x: F64, y: F64) -> F64:
    """Give a picture without fine detail: (..., 3) at x y in pixels."""
    red = 128 + 70 * np.sin(x / 17) * np.cos(y / 23)
    green = 128 + 60 * np.cos(x / 29 + y / 19)
    blue = 120 + 50 * np.sin(y / 31 - x / 37)
    return np.stack([red, green, blue], axis=-1)


def drawn(height: int = HEIGHT, width: int = WIDTH) -> Rgb:
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    return np.rint(smooth(x, y)).astype(np.uint8)


def landmarks(scale: float, angle: float, middle: tuple[float, float]) -> Landmarks:
    """Place the template's points in the frame, `scale` times as large, turned by `angle`."""
    turn = scale * np.array(
        [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
    )
    points = (TEMPLATE - SIZE / 2) @ turn.T + middle
    return points.astype(np.float32)[None]


def wanted(points: Landmarks) -> F64:
    """Read the drawn picture where each pixel of the chip comes from."""
    matrix = similarity_transform(TEMPLATE, points[0])
    v, u = np.mgrid[0:SIZE, 0:SIZE].astype(np.float64)
    x = matrix[0, 0] * u + matrix[0, 1] * v + matrix[0, 2]
    y = matrix[1, 0] * u + matrix[1, 1] * v + matrix[1, 2]
    return smooth(x, y)


PLACES = [
    (1.0, 0.0, (200.0, 150.0)),
    (1.0, 0.6, (190.5, 140.25)),
    (0.5, -0.3, (60.0, 250.0)),
    (1.7, 0.2, (200.0, 150.0)),
    (2.6, 0.1, (210.0, 150.0)),
    (4.2, -0.05, (200.0, 150.0)),
    (1.0, math.pi, (200.0, 150.0)),
]


@ALL
@pytest.mark.parametrize(("scale", "angle", "middle"), PLACES)
def test_a_face_comes_out_at_the_template(
    colour: Colour, scale: float, angle: float, middle: tuple[float, float]
) -> None:
    points = landmarks(scale, angle, middle)
    (chip,) = align(make_frame(drawn(), colour=colour), points, template=TEMPLATE, size=SIZE)
    error = np.abs(chip.astype(np.float64) - wanted(points))
    assert error.mean() < 2
    assert error.max() < 8  # bytes of luma and chroma, chroma of half the size


def test_a_shift_of_half_a_pixel_is_seen() -> None:
    """So that the test above can fail: the same picture read half a pixel beside."""
    points = landmarks(1.0, 0.0, (200.0, 150.0))
    (chip,) = align(make_frame(drawn()), points + np.float32(4), template=TEMPLATE, size=SIZE)
    assert np.abs(chip.astype(np.float64) - wanted(points)).mean() > 4


@pytest.mark.parametrize(("scale", "at_most"), [(2.0, 2), (2.9, 2), (3.5, 45), (4.0, 2)])
def test_a_large_face_is_averaged(scale: float, at_most: int) -> None:
    stripes = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    stripes[:, ::2] = 255  # finer than the chip can show: grey, not a pattern that is not there
    (chip,) = align(
        make_frame(stripes), landmarks(scale, 0.0, (200.0, 150.0)), template=TEMPLATE, size=SIZE
    )
    assert np.abs(chip.astype(int) - 127).max() <= at_most


@ALL
def test_outside_the_frame_is_black(colour: Colour) -> None:
    white = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    points = landmarks(1.0, 0.0, (0.0, 150.0))
    (chip,) = align(make_frame(white, colour=colour), points, template=TEMPLATE, size=SIZE)
    assert chip[:, : SIZE // 2 - 3].max() == 0
    assert chip[:, SIZE // 2 + 3 :].min() >= 253


@ALL
def test_a_face_beside_the_frame_is_black(colour: Colour) -> None:
    frame = make_frame(drawn(), colour=colour)
    for scale in (1.0, 5.0):
        for middle in ((-900.0, 150.0), (200.0, 2000.0)):
            points = landmarks(scale, 0.3, middle)
            assert align(frame, points, template=TEMPLATE, size=SIZE).max() == 0


@pytest.mark.parametrize("scale", [3.0, 5.0])
def test_a_large_face_at_the_edge_keeps_what_is_in_the_frame(scale: float) -> None:
    white = np.full((HEIGHT + 1, WIDTH - 1, 3), 255, np.uint8)
    points = landmarks(scale, 0.0, (WIDTH - 1.0, 150.0))
    (chip,) = align(make_frame(white), points, template=TEMPLATE, size=SIZE)
    rows = slice(SIZE // 2 - 8, SIZE // 2 + 8)
    assert chip[rows, : SIZE // 2 - 2].min() >= 250
    assert chip[:, SIZE // 2 + 3 :].max() == 0


def test_each_face_has_its_chip() -> None:
    frame = make_frame(drawn())
    one, other = landmarks(1.0, 0.0, (100.0, 100.0)), landmarks(1.5, 0.4, (300.0, 200.0))
    both = align(frame, np.concatenate([one, other]), template=TEMPLATE, size=SIZE)
    assert both.shape == (2, SIZE, SIZE, 3)
    assert (both[0] == align(frame, one, template=TEMPLATE, size=SIZE)[0]).all()
    assert (both[1] == align(frame, other, template=TEMPLATE, size=SIZE)[0]).all()
    assert align(frame, one[:0], template=TEMPLATE, size=SIZE).shape == (0, SIZE, SIZE, 3)


def test_points_in_one_place_do_no_harm() -> None:
    points = np.full((1, 5, 2), 50, np.float32)
    assert align(make_frame(drawn()), points, template=TEMPLATE, size=SIZE).shape[0] == 1
