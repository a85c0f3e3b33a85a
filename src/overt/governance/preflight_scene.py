"""What a camera's picture is like where no face is: its light, and whether it is in focus."""

from __future__ import annotations

from typing import Final

import numpy as np

from overt.arrays import F32, F64, I64, Mask, Plane
from overt.colour import FULL
from overt.select.sharpness import sharpness
from overt.select.zone import Zone, in_zone
from overt.values.frame import Frame

__all__ = ["Light", "face_focus", "picture_focus"]

ROWS, COLUMNS = 90, 160  # pixels of a frame that are read for its light
BLACK: Final = 0.03  # luma, 0 to 1: what is darker has no detail left
WHITE: Final = 0.985  # what is brighter is cut off
# Noise of the sensor comes after the lens, and looks like detail. By the selector's 1 level, faces
# blurred by 2 px at 23 px between the eyes came out at 0.13 without noise, at 0.18 with noise of
# 2.2 levels; with 3 levels at 0.08 and 0.12, where sharp ones came out at 0.19 and 0.20.
NOISE: Final = 3.0  # levels of 255
BLOCK_PX: Final = 52  # what `sharpness` reads around a centre at 24 px between the eyes
AS_EYES_PX: Final = 24.0
READ: Final = 8  # blocks, those of most contrast
LEAST_CONTRAST: Final = 12.0  # standard deviation of luma in a block: less is wall, sky or noise


class Light:
    """How much of the picture has no detail because it is black or white, over many frames."""

    def __init__(self) -> None:
        self._black: F64 = np.zeros((ROWS, COLUMNS))
        self._white: F64 = np.zeros((ROWS, COLUMNS))
        self._frames = 0

    def add(self, frame: Frame) -> None:
        """Read a frame."""
        rows, columns = _spread(ROWS, frame.height), _spread(COLUMNS, frame.width)
        luma: F32 = frame.luma[np.ix_(rows, columns)].astype(np.float32)
        level = luma / 255 if frame.colour in FULL else (luma - 16) / 219
        self._black += level <= BLACK
        self._white += level >= WHITE
        self._frames += 1

    def clipped(self, zone: Zone) -> tuple[float, float]:
        """Give the shares, 0 to 1, of a zone's pixels that were black, and that were white."""
        inside = _inside(zone)
        pixels = max(int(inside.sum()) * self._frames, 1)
        return float(self._black[inside].sum()) / pixels, float(self._white[inside].sum()) / pixels


def _spread(count: int, of: int) -> I64:
    """Give `count` of `of` rows or columns, evenly; some more than once, where there are fewer."""
    return ((np.arange(count) + 0.5) / count * of).astype(np.int64)


def _inside(zone: Zone) -> Mask:
    """Tell which of the pixels that are read lie in a zone, (ROWS, COLUMNS)."""
    y, x = np.mgrid[0:ROWS, 0:COLUMNS] + 0.5
    places = np.stack([x, y, x, y], axis=-1).reshape(-1, 4).astype(np.float32)
    return in_zone(places, zone, width=COLUMNS, height=ROWS).reshape(ROWS, COLUMNS)


def face_focus(luma: Plane, centre: F64, eyes_px: float) -> float:
    """Measure the sharpness of the face at `centre` (x, y) with noise left out, 0 to 1."""
    return sharpness(luma, centre, eyes_px, noise=NOISE)


def picture_focus(luma: Plane) -> float | None:
    """Measure the sharpness of the blocks of most contrast, 0 to 1; None where all is flat.

    The measure is that of faces in passing, read at one pixel for one. Edges stand far above the
    noise, and what is drawn softly would be left out with it.
    """
    height, width = (side // BLOCK_PX for side in luma.shape)
    if not height or not width:
        return None
    whole = luma[: height * BLOCK_PX, : width * BLOCK_PX]
    blocks = whole.reshape(height, BLOCK_PX, width, BLOCK_PX)[:, ::2, :, ::2]
    contrast: F64 = blocks.astype(np.float32).std(axis=(1, 3), dtype=np.float64)
    best: I64 = np.argsort(contrast, axis=None)[::-1][:READ]
    told = best[contrast.ravel()[best] >= LEAST_CONTRAST]
    if not len(told):
        return None
    rows, columns = np.unravel_index(told, contrast.shape)
    centres = (np.stack([columns, rows], axis=-1) + 0.5) * BLOCK_PX
    return float(np.median([sharpness(luma, centre, AS_EYES_PX) for centre in centres]))
