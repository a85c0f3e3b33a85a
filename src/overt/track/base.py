"""What joins faces over time."""

from __future__ import annotations

from typing import Protocol

from overt.arrays import Boxes
from overt.values.faces import Faces
from overt.values.frame import Frame
from overt.values.tracks import EndedTrack, Tracks

__all__ = ["Tracker"]


class Tracker(Protocol):
    """Follows faces through one camera's view, within one passage and no further."""

    def update(self, frame: Frame, faces: Faces, /) -> Tracks:
        """Give each face of `frame` its track, and tell which tracks are given up at this frame.

        To be called for the frames in which faces were looked for, in order; no faces means that
        none were found. Faces that neither belong to a track nor may start one are left out.
        """
        ...

    def expected(self, media_s: float, /) -> Boxes:
        """Give where each open track's face may be at a time, (n, 4), pixels of the frame."""
        ...

    def finish(self) -> tuple[EndedTrack, ...]:
        """End every track that is open: the source has ended."""
        ...
