"""The faces found in one frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from overt.arrays import I64, Boxes, Landmarks, Mask, Scores, require

__all__ = ["Faces"]


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """The faces found in one frame: row i of every array is the same face."""

    boxes: Boxes  # (n, 4) x1 y1 x2 y2, pixels of the full frame; may reach over its edge
    landmarks: Landmarks  # (n, 5, 2) x y of: eye on the left of the picture, eye on its right,
    #                       nose tip, mouth corner on the left, on the right; pixels, full frame
    scores: Scores  # (n,) detector confidence in [0, 1]

    def __post_init__(self) -> None:
        n = len(self.scores)
        require("scores", self.scores, shape=(n,), dtype=np.float32)
        require("boxes", self.boxes, shape=(n, 4), dtype=np.float32)
        require("landmarks", self.landmarks, shape=(n, 5, 2), dtype=np.float32)

    def __len__(self) -> int:
        return len(self.scores)

    def __getitem__(self, rows: Mask | I64 | slice) -> Faces:
        return Faces(self.boxes[rows], self.landmarks[rows], self.scores[rows])

    @classmethod
    def none(cls) -> Self:
        """Make the answer for a frame without a face."""
        return cls(
            np.empty((0, 4), np.float32), np.empty((0, 5, 2), np.float32), np.empty(0, np.float32)
        )
