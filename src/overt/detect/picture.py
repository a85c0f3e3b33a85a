"""From a frame's planes to a network's input: made small first, coloured after.

Scaling three planes of 4:2:0 moves half the bytes that a picture in colour has, and converting
the small picture costs a fraction of converting the large one.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from overt.arrays import F32, Plane, Rgb
from overt.colour import rgb_matrix
from overt.errors import SettingsError
from overt.inference.bundle import Channels, Normalisation
from overt.values.frame import Frame

__all__ = ["Picture", "Scaling", "small_rgb", "take_picture", "to_input"]


@dataclass(frozen=True, slots=True)
class Scaling:
    """How small a face must still be found."""

    min_face_px: float  # height of a face in the frame, pixels

    def __post_init__(self) -> None:
        if not 4 <= self.min_face_px <= 4096:
            raise SettingsError(f"min_face_px: got {self.min_face_px}, want 4 to 4096")

    def factor(self, detector_min_px: float) -> float:
        """Give the scale from frame to input; a frame is never enlarged."""
        return min(1.0, detector_min_px / self.min_face_px)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A network's input, and the way back to the frame."""

    pixels: F32  # (1, 3, h, w), normalised; filled with black on the right and at the bottom
    scale: tuple[float, float]  # frame pixels to input pixels, in x and in y


def take_picture(
    frame: Frame, *, factor: float, stride: int, normalisation: Normalisation
) -> Picture:
    """Make a frame into an input whose height and width are multiples of `stride`."""
    width = max(1, round(frame.width * factor))
    height = max(1, round(frame.height * factor))
    rgb = small_rgb(frame, width=width, height=height)
    padded: Rgb = cv2.copyMakeBorder(
        rgb, 0, -height % stride, 0, -width % stride, cv2.BORDER_CONSTANT, value=(0, 0, 0)
    )  # pyright: ignore[reportAssignmentType]: bytes in, bytes out
    return Picture(to_input(padded, normalisation), (width / frame.width, height / frame.height))


def small_rgb(frame: Frame, *, width: int, height: int) -> Rgb:
    """Give the frame in colour at a size: (height, width, 3), bytes."""
    luma, blue, red = (_resize(p, width, height) for p in (frame.luma, frame.blue, frame.red))
    merged = cv2.merge([luma, blue, red])
    return cv2.transform(merged, rgb_matrix(frame.colour))  # pyright: ignore[reportReturnType]: bytes in, bytes out


def to_input(rgb: Rgb, normalisation: Normalisation) -> F32:
    """Give (1, 3, h, w) of (p - mean) * scale in the channel order that the network wants."""
    order = (0, 1, 2) if normalisation.channels is Channels.RGB else (2, 1, 0)
    planes: F32 = np.empty((1, 3, *rgb.shape[:2]), dtype=np.float32)
    for target, (channel, mean) in enumerate(zip(order, normalisation.mean, strict=True)):
        np.subtract(rgb[..., channel], np.float32(mean), out=planes[0, target])
    if normalisation.scale != 1:
        planes *= np.float32(normalisation.scale)
    return planes


def _resize(plane: Plane, width: int, height: int) -> Plane:
    if plane.shape == (height, width):
        return plane
    shrinks = width <= plane.shape[1] and height <= plane.shape[0]
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(plane, (width, height), interpolation=way)  # pyright: ignore[reportReturnType]: bytes in, bytes out
