"""A face cut out of a frame, for people to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from overt.arrays import Boxes, Rgb, require
from overt.values.quality import Quality

__all__ = ["Crop"]


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """A face and what is around it, in the frame's own pixels. In memory only, unless it alerts."""

    track: int
    time: datetime  # UTC, of the frame
    pixels: Rgb  # (h, w, 3)
    origin: tuple[int, int]  # x y of the crop's first pixel in the full frame
    quality: Quality

    def __post_init__(self) -> None:
        require("pixels", self.pixels, shape=(None, None, 3), dtype=np.uint8)

    def to_frame(self, boxes: Boxes) -> Boxes:
        """Move boxes from this crop's pixels to the full frame's pixels."""
        return boxes + np.array([*self.origin, *self.origin], dtype=boxes.dtype)
