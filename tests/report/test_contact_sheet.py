"""The sheet holds whatever an alert brings, and each part has its place."""

from __future__ import annotations

import stat
from pathlib import Path

import numpy as np
import pytest
from builders import make_alert, make_crop, make_entry, noise
from PIL import Image

from overt.arrays import Rgb
from overt.report import contact_sheet
from overt.report.contact_sheet import draw_sheet, write_sheet

RED = (255, 0, 0)


def plain(height: int, width: int, colour: tuple[int, int, int]) -> Rgb:
    return np.full((height, width, 3), colour, np.uint8)


def found(sheet: Image.Image, colour: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """Give the box (x1 y1 x2 y2) of all pixels of about this colour."""
    pixels = np.asarray(sheet).astype(int)
    rows, columns = np.nonzero((np.abs(pixels - colour) <= 8).all(axis=2))
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def apart(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    return a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


GREY = plain(54, 96, (99, 99, 99))
SIZES = [(1, 1), (2, 300), (300, 2), (3000, 2000), (77, 51), (1, 4000)]


@pytest.mark.parametrize("size", SIZES)
def test_each_picture_has_its_place(size: tuple[int, int]) -> None:
    colours = [(255, 0, 0), (0, 0, 255), (0, 160, 0), (160, 0, 160), (0, 150, 150)]
    crops = (
        make_crop(plain(*size, colours[0])),
        *[make_crop(plain(*size, c)) for c in colours[3:]],
    )
    alert = make_alert(crops=crops, scene=plain(*size, colours[2]))
    sheet = draw_sheet(alert, plain(*size, colours[1]))
    boxes = [found(sheet, colour) for colour in colours]
    for i, box in enumerate(boxes):
        assert all(apart(box, other) for other in boxes[:i])
        assert 0 <= box[0] < box[2] <= sheet.width
        assert 0 <= box[1] < box[3] <= sheet.height


@pytest.mark.parametrize("size", [(10, 10), (400, 300), (50, 700)])
def test_probe_and_listed_photo_have_one_size(size: tuple[int, int]) -> None:
    sheet = draw_sheet(
        make_alert(crops=(make_crop(plain(*size, RED)),), scene=GREY), plain(*size, (0, 0, 255))
    )
    probe, listed = found(sheet, RED), found(sheet, (0, 0, 255))
    assert probe[2] - probe[0] == listed[2] - listed[0]
    assert probe[1] == listed[1]
    assert probe[3] == listed[3]


def test_proportions_are_kept() -> None:
    left, top, right, bottom = found(
        draw_sheet(make_alert(crops=(make_crop(plain(100, 50, RED)),), scene=GREY), GREY), RED
    )
    assert (bottom - top) / (right - left) == pytest.approx(2, rel=0.02)


NAMES = [
    "A" * 400,
    "name " * 200,
    "Zoë Ólafsdóttir-Łukaszewicz",
    "a\nb\r\tc\x1b[31m",
    "李小龍",
    "\u202eesrever",
]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_stays_on_the_sheet(name: str) -> None:
    alert = make_alert(entry=make_entry(name=name), flags=tuple(name.split()), camera=name)
    sheet = draw_sheet(alert, noise(40, 30))
    # The letters end before the edge: the margin stays paper.
    pixels = np.asarray(sheet)
    margin = contact_sheet.MARGIN // 2
    for edge in (pixels[:, -margin:], pixels[-margin:], pixels[:, :margin], pixels[:margin]):
        assert (edge == 255).all()


def test_many_shots_stay_on_the_sheet() -> None:
    crops = tuple(make_crop(plain(30, 30, RED)) for _ in range(16))
    pixels = np.asarray(draw_sheet(make_alert(crops=crops), noise(9, 9)))
    assert (pixels[:, -contact_sheet.MARGIN // 2 :] == 255).all()


def test_it_is_written_whole_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "sheet.png"
    path.write_bytes(b"an older one")
    write_sheet(make_alert(), noise(40, 30), path)
    with Image.open(path) as image:
        image.load()
        assert image.width == contact_sheet.WIDTH
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["sheet.png"]


def test_half_a_sheet_is_not_left(tmp_path: Path) -> None:
    target = tmp_path / "a folder"
    target.mkdir()
    with pytest.raises(OSError, match="directory"):
        write_sheet(make_alert(), noise(40, 30), target)
    assert [file.name for file in tmp_path.iterdir()] == ["a folder"]
