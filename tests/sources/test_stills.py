"""Stills: every kind of photograph, upright, and as planes."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from compose_media import corners, smooth
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from overt.arrays import Plane, Rgb
from overt.colour import Colour, to_rgb
from overt.errors import SourceError
from overt.sources.stills import BAND, Stills, planes_of, read_still, still_rgb

STARTED = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def save(path: Path, picture: Rgb | Image.Image, *, exif: Image.Exif | None = None) -> Path:
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(path, exif=exif or Image.Exif())
    return path


def transposed(picture: Rgb) -> Rgb:
    return np.transpose(picture, (1, 0, 2))


def twice(plane: Plane, shape: tuple[int, ...]) -> Plane:
    return np.repeat(np.repeat(plane, 2, axis=0), 2, axis=1)[: shape[0], : shape[1]]


def back(rgb: Rgb) -> Rgb:
    luma, blue, red = planes_of(rgb)
    return to_rgb(luma, twice(blue, rgb.shape), twice(red, rgb.shape), Colour.BT601_FULL)


@given(st.integers(2, 40), st.integers(2, 40), st.tuples(*[st.integers(0, 255)] * 3))
def test_one_colour_comes_back(width: int, height: int, colour: tuple[int, int, int]) -> None:
    rgb = np.full((height, width, 3), colour, np.uint8)
    assert np.abs(back(rgb).astype(int) - rgb).max() <= 2


@pytest.mark.parametrize("size", [(64, 48), (65, 47), (33, 2 * BAND + 3), (40, BAND), (2, 2)])
def test_smooth_pictures_come_back(size: tuple[int, int]) -> None:
    rgb = smooth(*size) if min(size) > 2 else np.full((2, 2, 3), 99, np.uint8)
    difference = np.abs(back(rgb).astype(int) - rgb)
    assert difference.mean() < 2
    assert difference.max() <= 8


@settings(max_examples=25)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**31))
def test_planes_are_the_mean_of_two_by_two(width: int, height: int, seed: int) -> None:
    """Hold it to Pillow's YCbCr, pixel by pixel (ITU-T T.871)."""
    rgb = np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)
    luma, blue, red = planes_of(rgb)
    y, cb, cr = (np.asarray(c).astype(float) for c in Image.fromarray(rgb).convert("YCbCr").split())
    assert np.abs(luma - y).max() <= 1
    for got, whole in ((blue, cb), (red, cr)):
        for (i, j), value in np.ndenumerate(got):
            rows, columns = whole[2 * i : 2 * i + 2], slice(2 * j, 2 * j + 2)
            assert abs(float(value) - rows[:, columns].mean()) <= 1.6


# What a camera that was held so stores, for a picture that is seen upright (Exif 2.32, table 6).
STORED: dict[int, Callable[[Rgb], Rgb]] = {
    1: np.copy,
    2: np.fliplr,
    3: partial(np.rot90, k=2),
    4: np.flipud,
    5: transposed,
    6: partial(np.rot90, k=1),
    7: lambda seen: transposed(np.rot90(seen, 2)),
    8: partial(np.rot90, k=-1),
}


@pytest.mark.parametrize("orientation", [*STORED, 0, 9, 77])
def test_upright_by_exif(tmp_path: Path, orientation: int) -> None:
    seen = corners(41, 30)
    stored = STORED.get(orientation, STORED[1])(seen)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = save(tmp_path / "a.png", np.ascontiguousarray(stored), exif=exif)
    assert np.array_equal(still_rgb(path), seen)
    frame = read_still(path, camera="list")
    assert frame.luma.shape == (30, 41)
    assert (frame.camera, frame.colour) == ("list", Colour.BT601_FULL)


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "bmp", "tiff", "gif"])
def test_every_kind_of_file(tmp_path: Path, suffix: str) -> None:
    picture = smooth(60, 44)
    got = still_rgb(save(tmp_path / f"a.{suffix}", picture))
    assert got.shape == picture.shape
    assert np.abs(got.astype(int) - picture).mean() < (8 if suffix == "gif" else 4)


def test_grey_of_16_bits_keeps_its_range(tmp_path: Path) -> None:
    deep = np.linspace(0, 65535, 64 * 48).reshape(48, 64).astype(np.uint16)
    got = still_rgb(save(tmp_path / "deep.png", Image.fromarray(deep)))
    assert np.abs(got[..., 1].astype(int) - deep // 257).max() <= 1


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "YCbCr", "RGBA", "LA"])
def test_every_kind_of_pixel(tmp_path: Path, mode: str) -> None:
    picture = Image.fromarray(smooth(60, 44))
    suffix = "tiff" if mode in ("CMYK", "YCbCr") else "png"
    got = still_rgb(save(tmp_path / f"a.{suffix}", picture.convert(mode)))
    want = np.asarray(picture.convert("L" if mode in ("L", "1", "LA") else "RGB").convert("RGB"))
    assert np.abs(got.astype(int).mean(axis=(0, 1)) - want.mean(axis=(0, 1))).max() < 6


def test_what_is_seen_through_is_white(tmp_path: Path) -> None:
    layers = np.zeros((10, 10, 4), np.uint8)
    layers[:5] = (200, 10, 10, 255)
    got = still_rgb(save(tmp_path / "a.png", Image.fromarray(layers)))
    assert got[0, 0].tolist() == [200, 10, 10]
    assert got[9, 9].tolist() == [255, 255, 255]


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "bomb.png", Image.new("1", (8000, 7000)))
    with pytest.raises(SourceError, match=r"8000 x 7000 = 56,000,000 pixels, want at most 50,000"):
        still_rgb(path)
    path = save(tmp_path / "large.png", Image.new("1", (20000, 15000)))
    with pytest.raises(SourceError, match="want at most 50,000,000"):
        still_rgb(path)


def test_what_is_not_an_image(tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("hello")
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "run.eps").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    for name in ("text.jpg", "empty.jpg", "run.eps"):
        with pytest.raises(SourceError, match="not an image"):
            read_still(tmp_path / name)
    for name, want in (("none.jpg", "no such file"), (".", "a folder")):
        with pytest.raises(SourceError, match=f"{want}, want a photograph"):
            read_still(tmp_path / name)


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tiff", "bmp"])
def test_cut_off_anywhere(tmp_path: Path, suffix: str) -> None:
    whole = save(tmp_path / f"a.{suffix}", smooth(60, 44)).read_bytes()
    for end in range(1, len(whole) - 40, max(1, len(whole) // 25)):
        path = tmp_path / f"cut.{suffix}"
        path.write_bytes(whole[:end])
        with pytest.raises(SourceError):
            still_rgb(path)


# Pillow warns of damaged Exif, and goes on.
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP"]), st.data())
def test_damage_is_a_picture_or_a_named_error(
    tmp_path_factory: pytest.TempPathFactory, kind: str, data: st.DataObject
) -> None:
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(smooth(30, 20)).save(buffer, kind, exif=exif)
    content = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(content)
    with suppress(SourceError):
        assert still_rgb(path).ndim == 3


def test_tiny_stills_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="1 x 5 px, want at least 2 x 2"):
        read_still(save(tmp_path / "a.png", np.zeros((5, 1, 3), np.uint8)))


def test_a_folder_of_stills(tmp_path: Path) -> None:
    for name, level in (("b.png", 100), ("a.JPG", 0), ("c.png", 200)):
        image = Image.fromarray(smooth(40, 30, level=level))
        image.save(tmp_path / name, format="JPEG" if name.endswith("JPG") else "PNG")
    (tmp_path / "b2.png").write_text("broken")
    (tmp_path / "notes.txt").write_text("no still")
    (tmp_path / "folder.png").mkdir()
    stills = Stills(tmp_path, camera="east", started=STARTED, interval_s=0.5)
    frames = list(stills.frames())
    assert [frame.index for frame in frames] == [0, 1, 2]
    assert [frame.media_s for frame in frames] == [0, 0.5, 1.5]
    assert frames[2].time == STARTED + timedelta(seconds=1.5)
    assert frames[0].luma.mean() < frames[1].luma.mean() < frames[2].luma.mean()
    assert (stills.length, stills.corrupt, stills.dropped, stills.live) == (4, 1, 0, False)
    stills.close()
    assert list(stills.frames()) == []


def test_folders_that_give_nothing(tmp_path: Path) -> None:
    def frames(folder: Path) -> list[object]:
        return list(Stills(folder, camera="c", started=STARTED).frames())

    with pytest.raises(SourceError, match="without an image"):
        frames(tmp_path)
    with pytest.raises(SourceError, match="cannot be read"):
        frames(tmp_path / "none")
    (tmp_path / "a.png").write_text("broken")
    with pytest.raises(SourceError, match=r"a\.png.*not an image"):
        frames(tmp_path)
    with pytest.raises(SourceError, match="want above 0"):
        Stills(tmp_path, camera="c", started=STARTED, interval_s=0)
