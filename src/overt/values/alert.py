"""A listed person may have been seen: for a person to judge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from overt.arrays import Rgb
from overt.values.crop import Crop
from overt.values.operating import OperatingPoint
from overt.values.watchlist import Entry

__all__ = ["Alert"]


@dataclass(frozen=True, slots=True, eq=False)
class Alert:
    """A probe that scored at or above the threshold over enough shots.

    It proposes; a person decides. One alert is raised for each passage and listed person.
    """

    id: str
    camera: str
    track: int
    time: datetime  # UTC, of the frame that made it an alert
    entry: Entry
    score: float  # the recogniser's own score (cosine, -1 to 1)
    similarity: float  # on the reference scale
    point: OperatingPoint  # threshold, list size, and the false alerts to expect
    shots: int  # how many shots are fused in the probe
    flags: tuple[str, ...]  # what makes the comparison weaker: quality, a look-alike on the list
    crops: tuple[Crop, ...]  # the shots, best first; in memory until they are sealed
    scene: Rgb  # (h, w, 3) the view when it was raised, all but this face made unrecognisable

    @property
    def best(self) -> Crop:
        """The shot to look at first."""
        return self.crops[0]
