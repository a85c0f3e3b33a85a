"""Faces that belong together over time, within one camera's view and one passage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from overt.arrays import I64, Mask, TrackIds, require
from overt.values.faces import Faces

__all__ = ["EndedTrack", "Tracks"]


@dataclass(frozen=True, slots=True)
class EndedTrack:
    """A passage that is over, or too brief to be one."""

    track: int
    detections: int  # frames in which the face was found
    first: datetime
    last: datetime  # when the face was last found, not when it was given up


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """The faces found in one frame, each with its track; row i of every array is the same face."""

    ids: TrackIds  # (n,) counted from 1 for each camera; never used again
    faces: Faces
    ended: tuple[EndedTrack, ...] = ()  # tracks given up at this frame; none of their ids is above

    def __post_init__(self) -> None:
        require("ids", self.ids, shape=(len(self.faces),), dtype=np.int64)

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, rows: Mask | I64 | slice) -> Tracks:
        return Tracks(self.ids[rows], self.faces[rows], self.ended)
