"""What a pipeline made of a clip: numbers, and neither a picture nor a template of anybody."""

from __future__ import annotations

from dataclasses import dataclass

from overt.arrays import F32, Boxes, TrackIds

__all__ = ["Ended", "Look", "Scored", "Seen", "Shot"]


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A frame in which faces were looked for."""

    frame: int  # counted from 0
    at_s: float  # since the first frame
    found: Boxes  # (n, 4) x1 y1 x2 y2, pixels, of the faces that the detector is sure of
    tracks: TrackIds  # (m,)
    boxes: Boxes  # (m, 4) of the faces that have a track; row i is that of track i


@dataclass(frozen=True, slots=True)
class Shot:
    """A face that was chosen to be compared."""

    frame: int
    track: int
    quality: float  # 0 to 1


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """A track's fused template, of shots enough for an alert, against every entry."""

    frame: int
    track: int
    scores: F32  # (listed,) the calibration's; most of a clip's memory: no wider than they came


@dataclass(frozen=True, slots=True)
class Ended:
    """A track that is over."""

    track: int
    is_seen: bool  # long enough to be a face seen; else it was brief
    unfit: str | None  # why it was not compared; None where it was


@dataclass(frozen=True, slots=True)
class Seen:
    """A whole clip."""

    frames: int
    width: int
    height: int
    looks: tuple[Look, ...]
    shots: tuple[Shot, ...]
    scored: tuple[Scored, ...]
    ended: tuple[Ended, ...]

    @property
    def faces_seen(self) -> int:
        """Tracks that were long enough to be a passage."""
        return sum(each.is_seen for each in self.ended)
