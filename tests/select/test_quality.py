"""Measures of faces: a public-domain portrait, and squares."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from drawn_faces import face_at, frame_of, texture, together
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from scipy.ndimage import (  # SciPy has no types
    gaussian_filter,  # pyright: ignore[reportUnknownVariableType]
    uniform_filter1d,  # pyright: ignore[reportUnknownVariableType]
)

from overt.arrays import F64, Plane
from overt.colour import Colour
from overt.select.quality import covered_shares, inside_shares, measure
from overt.select.sharpness import REBLUR, detail_lost, face_patch, sharpness

CENTRE, EYES_PX = np.array([226.0, 130.0]), 40.0  # of the face in the portrait, pixels


@pytest.fixture(scope="module")
def grey() -> F64:
    """Give the luma of a portrait of the astronaut Eileen Collins (NASA, public domain)."""
    picture = pytest.importorskip("skimage.data").astronaut()
    return np.asarray(Image.fromarray(picture).convert("L")).astype(np.float64)


def sharpness_of(luma: F64, scale: float = 1.0) -> float:
    plane = np.clip(np.rint(luma), 0, 255).astype(np.uint8)
    return sharpness(plane, CENTRE * scale, EYES_PX * scale)


def blurred(luma: F64, sigma: float) -> F64:
    return np.asarray(gaussian_filter(luma, sigma), np.float64)


def smeared(luma: F64, width: int, axis: int) -> F64:
    return np.asarray(uniform_filter1d(luma, width, axis=axis), np.float64)


def resized(luma: F64, scale: float) -> F64:
    size = round(luma.shape[1] * scale), round(luma.shape[0] * scale)
    plane = Image.fromarray(luma.astype(np.uint8)).resize(size, Image.Resampling.LANCZOS)
    return np.asarray(plane).astype(np.float64)


def test_sharpness_falls_as_a_portrait_is_blurred(grey: F64) -> None:
    got = [sharpness_of(blurred(grey, s)) for s in (0, 0.5, 1, 1.5, 2, 3, 4, 6, 8)]
    assert all(a > b + 0.005 for a, b in pairwise(got)), got
    assert got[0] > 0.4
    assert got[6] < 0.1


@pytest.mark.parametrize("axis", [0, 1])
def test_sharpness_falls_as_a_portrait_is_smeared_one_way(grey: F64, axis: int) -> None:
    widths = (1, 3, 5, 9, 13, 19, 25)
    got = [sharpness_of(smeared(grey, width, axis)) for width in widths]
    assert all(a > b + 0.005 for a, b in pairwise(got)), got
    assert got[-1] < 0.15


def test_sharpness_hardly_depends_on_size(grey: F64) -> None:
    """Between half and three times the size, it changes less than one pixel of blur changes it."""
    sharp = [sharpness_of(resized(grey, s), s) for s in (0.6, 0.8, 1, 1.5, 2, 3)]
    soft = blurred(grey, 2)
    dull = [sharpness_of(resized(soft, s), s) for s in (0.6, 0.8, 1, 1.5, 2, 3)]
    assert max(sharp) - min(sharp) < 0.1, sharp
    assert max(dull) - min(dull) < 0.1, dull
    assert min(sharp) > max(dull) + 0.1


def test_sharpness_does_not_depend_on_contrast_much(grey: F64) -> None:
    assert sharpness_of(grey * 0.5 + 40) == pytest.approx(sharpness_of(grey), abs=0.06)


def test_flat_is_not_sharp() -> None:
    assert sharpness(np.full((200, 200), 90, np.uint8), np.array([100.0, 100.0]), 30.0) == 0


def test_detail_lost_is_as_written_in_the_paper() -> None:
    patch = np.random.default_rng(2).integers(0, 255, (6, 20)).astype(np.float32)
    lost = total = count = 0.0
    half = REBLUR // 2
    for row in patch.astype(np.float64):
        soft = [row[i - half : i + half + 1].mean() for i in range(half, len(row) - half)]
        for i in range(half + 1, len(row) - half):
            step = abs(row[i] - row[i - 1])
            lost += max(0, step - abs(soft[i - half] - soft[i - half - 1]))
            total, count = total + step, count + 1
    assert detail_lost(patch) == pytest.approx(lost / (total + count), rel=1e-4)


@given(st.floats(-60, 700), st.floats(-60, 540), st.floats(0.5, 300))
def test_patch_and_sharpness_anywhere(x: float, y: float, eyes_px: float) -> None:
    patch = face_patch(TEXTURE, np.array([x, y]), eyes_px)
    assert patch.dtype == np.float32
    assert patch.min() >= 59
    assert patch.max() <= 201
    assert 0 <= sharpness(TEXTURE, np.array([x, y]), eyes_px) <= 1


TEXTURE: Plane = texture()


def test_patch_is_centred_and_to_scale() -> None:
    """A ramp stays a ramp: its value at the centre, and its slope by the scale."""
    ramp = np.tile(np.arange(250, dtype=np.uint8), (250, 1))
    for eyes_px in (12.0, 24.0, 36.0, 60.0):
        patch = face_patch(ramp, np.array([120.0, 120.0]), eyes_px)
        assert patch.mean() == pytest.approx(120, abs=0.3)
        assert np.diff(patch, axis=1).mean() == pytest.approx(eyes_px / 24, rel=0.01)


@pytest.mark.parametrize(
    ("colour", "luma", "want"),
    [
        (Colour.BT601_FULL, 255, 1.0),
        (Colour.BT709, 235, 1.0),
        (Colour.BT709, 16, 0.0),
        (Colour.BT601, 5, 0.0),
        (Colour.BT709_FULL, 51, 0.2),
    ],
)
def test_brightness(colour: Colour, luma: int, want: float) -> None:
    frame = frame_of(np.full((200, 300), luma, np.uint8), colour=colour)
    (quality,) = measure(frame, face_at(150, 100, 30))
    assert quality.brightness == pytest.approx(want, abs=0.005)


def test_face_outside_the_frame_can_be_measured() -> None:
    (quality,) = measure(frame_of(TEXTURE), face_at(-300, -300, 30))
    assert (quality.inside, quality.score) == (0, 0)


def test_measures_of_one_frame() -> None:
    faces = together(face_at(300, 200, 40), face_at(305, 215, 20), face_at(600, 200, 30, yaw=30))
    large, hidden, turned = measure(frame_of(TEXTURE), faces)
    assert large.eyes_px == pytest.approx(40, rel=1e-3)
    assert large.covered == 0
    assert hidden.covered == 1
    assert hidden.score == 0
    assert turned.yaw == pytest.approx(30, abs=1)
    assert turned.inside == pytest.approx(1)
    assert 0 < turned.score < large.score <= 1
    assert measure(frame_of(TEXTURE), faces[:0]) == ()


def test_face_is_covered_by_one_that_is_not_measured() -> None:
    both = together(face_at(300, 200, 40), face_at(305, 215, 20))
    small = both[np.array([1])]
    assert measure(frame_of(TEXTURE), small)[0].covered == 0
    assert measure(frame_of(TEXTURE), small, among=both.boxes)[0].covered == 1


sides = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 40), st.integers(1, 40))


@given(st.lists(sides, min_size=1, max_size=5))
def test_shares_against_counted_pixels(rows: list[tuple[int, int, int, int]]) -> None:
    boxes = np.array([(x - 20, y - 20, x - 20 + w, y - 20 + h) for x, y, w, h in rows], np.float32)
    canvas = np.zeros((len(rows), 120, 120), np.int64)
    for i, (x, y, w, h) in enumerate(rows):
        canvas[i, y : y + h, x : x + w] = 1
    whole = canvas.sum(axis=(1, 2))
    within = canvas[:, 20:60, 20:50].sum(axis=(1, 2))
    np.testing.assert_allclose(inside_shares(boxes, width=30, height=40), within / whole, rtol=1e-5)
    got = covered_shares(boxes, boxes)
    for i in range(len(rows)):
        nearer = [j for j in range(len(rows)) if whole[j] > whole[i]]
        shared = sum(int((canvas[i] * canvas[j]).sum()) for j in nearer)
        assert got[i] == pytest.approx(min(shared / whole[i], 1), rel=1e-5)
