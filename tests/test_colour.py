"""Colours by the standards' own figures, and against FFmpeg's conversion."""

from __future__ import annotations

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from overt.colour import Colour, black_level, rgb_matrix, to_rgb

ALL = pytest.mark.parametrize("colour", list(Colour))

# Y Cb Cr of red, green, blue, white, black as bytes: BT.601-7 and BT.709-6 rounded (8 bit), and
# JFIF for the full range of BT.601.
TEXTBOOK = {
    Colour.BT601: [(81, 90, 240), (145, 54, 34), (41, 240, 110), (235, 128, 128), (16, 128, 128)],
    Colour.BT709: [(63, 102, 240), (173, 42, 26), (32, 240, 118), (235, 128, 128), (16, 128, 128)],
    Colour.BT601_FULL: [
        (76, 85, 255),
        (150, 44, 21),
        (29, 255, 107),
        (255, 128, 128),
        (0, 128, 128),
    ],
    Colour.BT709_FULL: [
        (54, 99, 255),
        (182, 30, 12),
        (18, 255, 116),
        (255, 128, 128),
        (0, 128, 128),
    ],
}
PURE = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)]


@ALL
def test_pure_colours_have_their_textbook_values(colour: Colour) -> None:
    luma, blue, red = np.array([TEXTBOOK[colour]], np.uint8).transpose(2, 0, 1)
    got = to_rgb(luma, blue, red, colour)[0].astype(int)
    # A byte of luma or chroma stands for up to 2 of a colour.
    assert np.abs(got - PURE).max() <= 2


@ALL
def test_grey_stays_grey(colour: Colour) -> None:
    luma = np.arange(256, dtype=np.uint8)[None]
    middle = np.full_like(luma, 128)
    rgb = to_rgb(luma, middle, middle, colour)
    assert (rgb == rgb[..., :1]).all()
    assert (np.diff(rgb[0, :, 0].astype(int)) >= 0).all()
    assert rgb[0, black_level(colour)].tolist() == [0, 0, 0]
    if black_level(colour) < 255:
        assert rgb[0, black_level(colour) + 2, 0] > 0


@ALL
def test_the_matrix_is_the_same_conversion(colour: Colour) -> None:
    drawn = np.random.default_rng(1).integers(0, 256, (3, 40, 30), np.uint8)
    product = np.einsum("ij,jhw->hwi", rgb_matrix(colour)[:, :3], drawn.astype(np.float32))
    want = to_rgb(drawn[0], drawn[1], drawn[2], colour)
    got = np.clip(product + rgb_matrix(colour)[:, 3], 0, 255)
    assert np.abs(got - want).max() <= 0.51


@ALL
def test_ffmpeg_converts_alike(colour: Colour) -> None:
    height, width = 32, 48
    luma, blue, red = np.random.default_rng(2).integers(60, 196, (3, height, width), np.uint8)
    frame = av.VideoFrame(width, height, "yuv444p")
    for plane, content in zip(frame.planes, (luma, blue, red), strict=True):
        padded = np.zeros((height, plane.line_size), np.uint8)
        padded[:, :width] = content
        plane.update(padded.tobytes())
    full = colour in {Colour.BT601_FULL, Colour.BT709_FULL}
    space = Colorspace.ITU601 if colour.startswith("bt601") else Colorspace.ITU709
    theirs = frame.reformat(
        format="rgb24",
        src_colorspace=space,
        dst_colorspace=space,
        src_color_range=ColorRange.JPEG if full else ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
    ).to_ndarray()
    ours = to_rgb(luma, blue, red, colour)
    difference = np.abs(theirs.astype(int) - ours.astype(int))
    assert difference.mean() < 1  # FFmpeg calculates in whole numbers
    assert difference.max() <= 3
