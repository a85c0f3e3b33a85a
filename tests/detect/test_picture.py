"""A frame becomes a network's input: right size, right colours, right way back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overt.arrays import Rgb
from overt.colour import Colour, rgb_matrix, to_rgb
from overt.detect.picture import Scaling, small_rgb, take_picture, to_input
from overt.errors import SettingsError
from overt.inference.bundle import Channels, Normalisation
from overt.values.frame import Frame

PLAIN = Normalisation(Channels.RGB, (0.0, 0.0, 0.0), 1.0)


def even(width: int, height: int, value: tuple[int, int, int], colour: Colour) -> Frame:
    luma = np.full((height, width), value[0], np.uint8)
    blue, red = (np.full(((height + 1) // 2, (width + 1) // 2), v, np.uint8) for v in value[1:])
    return Frame("c", 0, datetime(2026, 6, 1, tzinfo=UTC), 0.0, luma, blue, red, colour)


@given(st.sampled_from(Colour), st.tuples(*[st.integers(0, 255)] * 3))
def test_the_matrix_is_the_conversion(colour: Colour, value: tuple[int, int, int]) -> None:
    planes = [np.full((1, 1), v, np.uint8) for v in value]
    want = to_rgb(planes[0], planes[1], planes[2], colour)[0, 0]
    got = np.clip(rgb_matrix(colour) @ np.array([*value, 1], np.float32), 0, 255)
    np.testing.assert_allclose(got, want, atol=0.51)


@given(
    st.integers(2, 70),
    st.integers(2, 70),
    st.floats(0.05, 1.0),
    st.sampled_from([1, 8, 32]),
    st.sampled_from(Colour),
    st.tuples(*[st.integers(0, 255)] * 3),
)
def test_an_even_frame_stays_even(
    width: int, height: int, factor: float, stride: int, colour: Colour, value: tuple[int, int, int]
) -> None:
    frame = even(width, height, value, colour)
    picture = take_picture(frame, factor=factor, stride=stride, normalisation=PLAIN)
    _, channels, rows, columns = picture.pixels.shape
    assert channels == 3
    assert rows % stride == 0
    assert columns % stride == 0
    inner_w, inner_h = (round(s * n) for s, n in zip(picture.scale, (width, height), strict=True))
    assert columns - stride < inner_w <= columns
    assert rows - stride < inner_h <= rows
    assert abs(inner_w - width * factor) <= 1
    one = [np.full((1, 1), v, np.uint8) for v in value]
    want = to_rgb(one[0], one[1], one[2], colour)[0, 0]
    inner = picture.pixels[0, :, :inner_h, :inner_w]
    assert np.abs(inner - want[:, None, None].astype(np.float32)).max() <= 1
    filled = picture.pixels.copy()
    filled[0, :, :inner_h, :inner_w] = 0
    assert not filled.any()


@pytest.mark.parametrize("way", [1.0, 0.5, 0.37])
def test_small_first_is_nearly_colour_first(
    portrait: Rgb, as_frame: Callable[[Rgb], Frame], way: float
) -> None:
    image = pytest.importorskip("PIL.Image")
    side = round(512 * way)
    want = np.array(image.fromarray(portrait).resize((side, side), image.Resampling.BOX))
    got = small_rgb(as_frame(portrait), width=side, height=side)
    assert np.abs(got.astype(int) - want).mean() < 3.5
    mirrored = want[:, ::-1]
    assert np.abs(got.astype(int) - mirrored).mean() > 30  # the test could fail


def test_normalisation_and_order() -> None:
    rgb = np.array([[[10, 20, 30]]], np.uint8)
    got = to_input(rgb, Normalisation(Channels.BGR, (1.0, 2.0, 3.0), 0.5))
    assert got.reshape(3).tolist() == [(30 - 1) / 2, (20 - 2) / 2, (10 - 3) / 2]
    assert to_input(rgb, PLAIN).reshape(3).tolist() == [10, 20, 30]


def test_scale_follows_the_smallest_face() -> None:
    assert Scaling(40.0).factor(20.0) == 0.5
    assert Scaling(10.0).factor(20.0) == 1.0  # a frame is never enlarged
    for wrong in (0.0, -1.0, float("nan"), 1e9):
        with pytest.raises(SettingsError, match="min_face_px: got"):
            Scaling(wrong)
