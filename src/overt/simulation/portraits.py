"""Openly licensed portraits that other packages carry as data files.

The files are found through the packages' metadata and read as bytes: scikit-image and matplotlib
are never imported, which would take seconds. Each file is pinned by its sha256, so that a clip
made from it is the same everywhere.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from overt.arrays import F64, Plane, Rgb, require
from overt.errors import SourceError

__all__ = [
    "ASTRONAUT",
    "CROWD",
    "GRACE_HOPPER",
    "DataFile",
    "Portrait",
    "astronaut",
    "astronaut_photo",
    "crowd",
    "grace_hopper",
    "read",
]

Point = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file that lies in another package's wheel."""

    package: str  # as installed
    path: str  # within the wheel
    sha256: str
    licence: str
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """One person's face from the front, and where in the picture it is."""

    name: str
    pixels: Rgb  # (h, w, 3)
    licence: str
    source: str
    face: Box  # x1 y1 x2 y2, pixels: brow to chin, cheek to cheek, as detectors frame it
    outline: tuple[Point, ...]  # x y, pixels: what to cut out, clockwise
    whole: bool  # whether the outline holds the whole head with its hair, or the face alone

    def __post_init__(self) -> None:
        require("portrait", self.pixels, shape=(None, None, 3), dtype=np.uint8)
        height, width = self.pixels.shape[:2]
        x1, y1, x2, y2 = self.face
        if not (0 <= x1 < x2 <= width and 0 <= y1 < y2 <= height):
            raise SourceError(
                f"portrait {self.name!r}: got face {self.face}, want a box in {width} x {height} px"
            )


ASTRONAUT: Final = DataFile(
    package="scikit-image",
    path="skimage/data/astronaut.png",
    sha256="88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
    licence="public domain (work of the United States government)",
    source="NASA portrait of Eileen Collins, NASA Great Images",
)
GRACE_HOPPER: Final = DataFile(
    package="matplotlib",
    path="matplotlib/mpl-data/sample_data/grace_hopper.jpg",
    sha256="a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130",
    licence="public domain (work of the United States government)",
    source="United States Navy portrait of Grace Hopper",
)
CROWD: Final = DataFile(
    package="scikit-image",
    path="skimage/data/lfw_subset.npy",
    sha256="9560ec2f5edfac01973f63a8a99d00053fecd11e21877e18038fbe500f8e872c",
    licence="as distributed with scikit-image (BSD-3-Clause) for research",
    source="a sample of Labeled Faces in the Wild (Huang et al., 2007), 25 x 25 px, without names",
)

CROWD_FACES: Final = 100  # the first rows are faces, the others are not
CROWD_SIDE_PX: Final = 200
# Grey pictures get one and the same warm tint, whoever they show: nothing about anyone is guessed.
TINT: Final = (1.10, 0.95, 0.83)

# Cut-outs, found once by eye in the pinned pictures, whose pixels cannot change.
ASTRONAUT_OUTLINE: Final[tuple[Point, ...]] = (
    (192, 37), (197, 29), (210, 21), (231, 17), (255, 21), (275, 32), (287, 44), (294, 60),
    (298, 80), (296, 100), (289, 115), (279, 125), (272, 130), (266, 135), (263, 147), (257, 161),
    (253, 172), (252, 180), (235, 184), (205, 182), (190, 177), (187, 165), (185, 150), (183, 133),
    (178, 130), (173, 124), (170, 116), (161, 107), (156, 95), (154, 75), (156, 61), (166, 49),
    (180, 41),
)  # fmt: skip
GRACE_HOPPER_OUTLINE: Final[tuple[Point, ...]] = (
    (176, 84), (181, 67), (196, 51), (216, 41), (224, 33), (245, 26), (258, 24), (284, 29),
    (299, 41), (320, 47), (339, 61), (347, 80), (353, 89), (363, 88), (367, 100), (370, 130),
    (367, 165), (366, 178), (371, 188), (374, 196), (371, 215), (364, 250), (360, 264), (360, 278),
    (352, 294), (340, 302), (332, 312), (324, 328), (318, 342), (300, 348), (230, 348), (212, 344),
    (208, 330), (203, 310), (198, 292), (186, 284), (166, 270), (162, 260), (163, 248), (158, 230),
    (154, 200), (156, 188), (161, 180), (163, 163), (156, 140), (154, 112), (161, 97),
)  # fmt: skip


def read(file: DataFile) -> bytes:
    """Give the bytes of `file`.

    Raises:
        SourceError: the package is not installed, or its file is not the pinned one.
    """
    path = _locate(file)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: got {error.strerror}, want a file of {file.package}") from error
    got = hashlib.sha256(data).hexdigest()
    if got != file.sha256:
        raise SourceError(
            f"{path}: got sha256 {got}, want {file.sha256}",
            hint=f"install the {file.package} that requirements/ pins",
        )
    return data


def astronaut() -> Portrait:
    """Give the portrait of Eileen Collins, cut to head and neck; raises `SourceError`."""
    return _cut(
        "Eileen Collins",
        ASTRONAUT,
        window=(135, 0, 315, 200),
        face=(181, 58, 270, 178),
        outline=ASTRONAUT_OUTLINE,
    )


def astronaut_photo() -> bytes:
    """Give the whole original picture of the astronaut as a PNG file; raises `SourceError`."""
    return read(ASTRONAUT)


def grace_hopper() -> Portrait:
    """Give the portrait of Grace Hopper, cut to head and neck; raises `SourceError`."""
    return _cut(
        "Grace Hopper",
        GRACE_HOPPER,
        window=(130, 0, 400, 365),
        face=(175, 132, 357, 336),
        outline=GRACE_HOPPER_OUTLINE,
    )


def crowd(rows: Sequence[int]) -> tuple[Portrait, ...]:
    """Give faces without names, enlarged from 25 x 25 px; `rows` lie in 0 to 99.

    Raises:
        SourceError: a row is out of range, or the file cannot be had.
    """
    wrong = [row for row in rows if not 0 <= row < CROWD_FACES]
    if wrong:
        raise SourceError(f"crowd: got rows {wrong}, want 0 to {CROWD_FACES - 1}")
    faces: F64 = np.load(io.BytesIO(read(CROWD)), allow_pickle=False)
    return tuple(_enlarge(f"Passer-by {row:02d}", faces[row]) for row in rows)


def _locate(file: DataFile) -> Path:
    """Find the file without importing its package."""
    try:
        distribution = importlib.metadata.distribution(file.package)
    except importlib.metadata.PackageNotFoundError as error:
        raise SourceError(
            f"{file.path}: got no package {file.package}, want it for the demo's faces",
            hint='pip install "overt[demo]"',
        ) from error
    return Path(str(distribution.locate_file(file.path)))


def _cut(
    name: str, file: DataFile, *, window: tuple[int, int, int, int], face: Box,
    outline: tuple[Point, ...],
) -> Portrait:  # fmt: skip
    """Cut `window` out of a picture; `face` and `outline` are in the whole picture's pixels."""
    with Image.open(io.BytesIO(read(file))) as picture:
        pixels: Rgb = np.asarray(picture.convert("RGB").crop(window))
    left, top = window[:2]
    return Portrait(
        name=name,
        pixels=pixels,
        licence=file.licence,
        source=file.source,
        face=(face[0] - left, face[1] - top, face[2] - left, face[3] - top),
        outline=tuple((x - left, y - top) for x, y in outline),
        whole=True,
    )


def _enlarge(name: str, grey: F64) -> Portrait:
    """Enlarge and tint one grey face (25, 25) in [0, 1]."""
    small: Plane = np.rint(np.clip(grey, 0, 1) * 255).astype(np.uint8)
    side = CROWD_SIDE_PX
    large = np.asarray(Image.fromarray(small).resize((side, side), Image.Resampling.LANCZOS))
    tinted = np.clip(large[..., None].astype(np.float32) * np.asarray(TINT, np.float32), 0, 255)
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    outline = zip(
        (0.44 + 0.385 * np.sin(angles)) * side, (0.49 - 0.47 * np.cos(angles)) * side, strict=True
    )
    return Portrait(
        name=name,
        pixels=np.rint(tinted).astype(np.uint8),
        licence=CROWD.licence,
        source=CROWD.source,
        face=(0.06 * side, 0.045 * side, 0.83 * side, 0.955 * side),
        outline=tuple((float(x), float(y)) for x, y in outline),
        whole=False,
    )
