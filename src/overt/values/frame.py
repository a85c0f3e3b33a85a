"""One picture of one camera, as planes of luma and chroma."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from overt.arrays import Plane, require
from overt.colour import Colour
from overt.errors import ShapeError

__all__ = ["Frame"]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture, upright, as 4:2:0 planes.

    Video is decoded to planes, and stays so: the detector scales the planes down before it
    converts colour, and the embedder converts only the faces it cuts out.
    """

    camera: str
    index: int  # counted since the source was opened, frames that were dropped included
    time: datetime  # UTC: when the light fell in, as near as the source can know
    media_s: float  # seconds since the first frame, by the source's own time stamps
    luma: Plane  # (h, w)
    blue: Plane  # (ceil(h / 2), ceil(w / 2)), Cb
    red: Plane  # (ceil(h / 2), ceil(w / 2)), Cr
    colour: Colour

    def __post_init__(self) -> None:
        require("luma", self.luma, shape=(None, None), dtype=np.uint8)
        half = ((self.height + 1) // 2, (self.width + 1) // 2)
        require("blue", self.blue, shape=half, dtype=np.uint8)
        require("red", self.red, shape=half, dtype=np.uint8)
        if self.width < 2 or self.height < 2:
            raise ShapeError(f"frame: got {self.width} x {self.height} px, want at least 2 x 2")

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self.luma.shape[1]

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self.luma.shape[0]
