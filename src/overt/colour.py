"""From video's luma and chroma to red, green and blue."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import numpy as np

from overt.arrays import F32, Plane, Rgb

__all__ = ["Colour", "black_level", "rgb_matrix", "to_rgb"]


class Colour(StrEnum):
    """Which matrix and range a video's luma and chroma are in (ITU-T H.273)."""

    BT601 = "bt601"  # standard definition, 16-235
    BT601_FULL = "bt601-full"  # JPEG, most webcams, 0-255
    BT709 = "bt709"  # high definition, 16-235
    BT709_FULL = "bt709-full"


# Weights of red and blue in luma: ITU-R BT.601-7 section 2.5.1 and BT.709-6 item 3.2.
WEIGHTS: Final = {
    Colour.BT601: (0.299, 0.114),
    Colour.BT601_FULL: (0.299, 0.114),
    Colour.BT709: (0.2126, 0.0722),
    Colour.BT709_FULL: (0.2126, 0.0722),
}
FULL: Final = frozenset({Colour.BT601_FULL, Colour.BT709_FULL})


def black_level(colour: Colour) -> int:
    """Give the luma of black."""
    return 0 if colour in FULL else 16


def to_rgb(luma: Plane, blue: Plane, red: Plane, colour: Colour) -> Rgb:
    """Convert planes of one size (h, w) to (h, w, 3), bytes."""
    red_weight, blue_weight = WEIGHTS[colour]
    y: F32 = luma.astype(np.float32)
    cb: F32 = blue.astype(np.float32) - 128
    cr: F32 = red.astype(np.float32) - 128
    if colour not in FULL:
        y, cb, cr = (y - 16) * (255 / 219), cb * (255 / 224), cr * (255 / 224)
    r = y + 2 * (1 - red_weight) * cr
    b = y + 2 * (1 - blue_weight) * cb
    g = (y - red_weight * r - blue_weight * b) / (1 - red_weight - blue_weight)
    return np.clip(np.rint(np.stack([r, g, b], axis=-1)), 0, 255).astype(np.uint8)


def rgb_matrix(colour: Colour) -> F32:
    """Give (3, 4) that brings (luma, blue, red, 1) to red, green, blue: `to_rgb` as one product."""
    red_weight, blue_weight = WEIGHTS[colour]
    green_weight = 1 - red_weight - blue_weight
    luma_gain, gain, black = (1.0, 1.0, 0.0) if colour in FULL else (255 / 219, 255 / 224, 16.0)
    red = 2 * (1 - red_weight) * gain
    blue = 2 * (1 - blue_weight) * gain
    rows = np.array(
        [
            [luma_gain, 0, red],
            [luma_gain, -blue * blue_weight / green_weight, -red * red_weight / green_weight],
            [luma_gain, blue, 0],
        ]
    )
    zero = rows @ np.array([black, 128, 128])
    return np.column_stack([rows, -zero]).astype(np.float32)
