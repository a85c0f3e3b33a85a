"""Cut faces out upright and at one size, as the recogniser saw them in its training."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from overt.arrays import F32, F64, Landmarks, Plane, Rgb
from overt.colour import black_level, to_rgb
from overt.geometry import similarity_transform
from overt.values.frame import Frame

__all__ = ["align"]

# A chroma sample covers two by two luma samples: chroma (u, v) lies at luma (2u + 0.5, 2v + 0.5).
CHROMA_TO_LUMA: Final = np.array([[2, 0, 0.5], [0, 2, 0.5], [0, 0, 1]], dtype=np.float64)


def align(frame: Frame, landmarks: Landmarks, *, template: F32, size: int) -> Rgb:
    """Bring each face's five points onto `template`, and cut out.

    Args:
        frame: where the faces are.
        landmarks: (n, 5, 2) pixels of the full frame.
        template: (5, 2) where the points shall lie, pixels of the chip.
        size: side of the chip in pixels.

    Returns:
        (n, size, size, 3) chips, black where the frame ends.
    """
    chips = np.empty((len(landmarks), size, size, 3), np.uint8)
    for chip, points in zip(chips, landmarks, strict=True):
        matrix = similarity_transform(points, template)
        half = matrix @ CHROMA_TO_LUMA
        chip[:] = to_rgb(
            _warp(frame.luma, matrix, size, outside=black_level(frame.colour)),
            _warp(frame.blue, half, size, outside=128),
            _warp(frame.red, half, size, outside=128),
            frame.colour,
        )
    return chips


def _warp(plane: Plane, matrix: F64, size: int, *, outside: int) -> Plane:
    """Warp a plane; a face larger than the chip is averaged down first, against aliasing."""
    scale = max(float(np.sqrt(abs(np.linalg.det(matrix[:, :2])))), 1e-6)
    shrink = int(1 / scale + 1e-3)  # 3.9999 is 4
    if shrink >= 2:
        plane, matrix = _shrink(plane, matrix, size, shrink)
    warped = cv2.warpAffine(
        plane, matrix, (size, size), flags=cv2.INTER_LINEAR, borderValue=(outside,)
    )
    return np.asarray(warped, dtype=np.uint8)


def _shrink(plane: Plane, matrix: F64, size: int, by: int) -> tuple[Plane, F64]:
    """Average the part of the plane that the chip shows by `by` times, and adapt the matrix."""
    corners = np.array([[0, 0], [size, 0], [0, size], [size, size]], dtype=np.float64)
    inverse = np.linalg.inv(matrix[:, :2])
    places = (corners - matrix[:, 2]) @ inverse.T
    limits = np.array([plane.shape[1], plane.shape[0]])
    low = np.clip(np.floor(places.min(axis=0)).astype(int) - by, 0, limits - 1)
    high = np.clip(np.ceil(places.max(axis=0)).astype(int) + by, low + 1, limits)
    count = np.maximum((high - low) // by, 1)
    part = plane[low[1] : low[1] + count[1] * by, low[0] : low[0] + count[0] * by]
    small = cv2.resize(part, (int(count[0]), int(count[1])), interpolation=cv2.INTER_AREA)
    # Pixel centres: x = low + by * u + (by - 1) / 2.
    to_plane = np.array(
        [[by, 0, low[0] + (by - 1) / 2], [0, by, low[1] + (by - 1) / 2], [0, 0, 1]], np.float64
    )
    return np.asarray(small, dtype=np.uint8), matrix @ to_plane
