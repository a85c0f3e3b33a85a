"""What chooses the faces that are worth comparing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from overt.select.selector import Compared
from overt.values.frame import Frame
from overt.values.quality import Unfit
from overt.values.shots import Shots
from overt.values.tracks import EndedTrack, Tracks

__all__ = ["Chooser"]


class Chooser(Protocol):
    """Chooses shots for one camera, and says of every track that ended what became of it."""

    def select(self, frame: Frame, tracks: Tracks, /) -> Shots: ...

    def begin_anew(self, tracks: Iterable[int], /) -> None:
        """Note that the last shot of these tracks is the first one of another person."""
        ...

    def verdict(self, ended: EndedTrack, /) -> Compared | Unfit:
        """Tell whether an ended track was compared or else why not, and forget it."""
        ...
