"""The faces of one frame that are good enough to be embedded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overt.arrays import TrackIds, require
from overt.errors import ShapeError
from overt.values.faces import Faces
from overt.values.quality import Quality

__all__ = ["Shots"]


@dataclass(frozen=True, slots=True, eq=False)
class Shots:
    """Faces chosen from one frame: row i of every column is the same face, of one track each."""

    tracks: TrackIds  # (n,)
    faces: Faces
    qualities: tuple[Quality, ...]  # n

    def __post_init__(self) -> None:
        require("shot tracks", self.tracks, shape=(len(self.faces),), dtype=np.int64)
        if len(self.qualities) != len(self.faces):
            raise ShapeError(f"qualities: got {len(self.qualities)}, want {len(self.faces)}")

    def __len__(self) -> int:
        return len(self.faces)
