"""Who walks where, and when."""

from __future__ import annotations

from dataclasses import dataclass

from overt.errors import ShapeError
from overt.simulation.portraits import Portrait

__all__ = ["Spot", "Walker"]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the middle of a face is, and how large it is."""

    x: float  # share of the frame's width; may lie outside 0 to 1
    y: float  # share of the frame's height
    face_px: float  # height of the face


@dataclass(frozen=True, slots=True)
class Walker:
    """One walk of one person through the frame, at a steady pace."""

    portrait: Portrait | None  # None: somebody seen from behind, without a face to find
    enters_s: float  # since the first frame; may lie before it
    leaves_s: float
    path: tuple[Spot, Spot]  # first and last
    gain: float = 1.0  # how much lighter (over 1) or darker than the portrait
    blur_px: float = 0.6  # standard deviation of the blur of the face
    layer: int = 0  # drawn over all lower ones; within one, the larger over the smaller
    listed: bool = False  # for the truth only

    def __post_init__(self) -> None:
        if self.leaves_s <= self.enters_s or min(spot.face_px for spot in self.path) <= 0:
            raise ShapeError(
                f"walker: got {self.enters_s} to {self.leaves_s} s, faces of "
                f"{[spot.face_px for spot in self.path]} px, want time and sizes that are positive"
            )

    def phase(self, t_s: float) -> float:
        """Give how much of the walk is done; under 0 or over 1: not there."""
        return (t_s - self.enters_s) / (self.leaves_s - self.enters_s)

    def spot(self, t_s: float) -> Spot:
        """Give the place at that time.

        At a steady pace the distance, so the inverse of the size, changes evenly; the place in
        the picture lies on a straight line and goes with the size.
        """
        first, last = self.path
        done = self.phase(t_s)
        size = 1 / (1 / first.face_px + done * (1 / last.face_px - 1 / first.face_px))
        change = last.face_px - first.face_px
        along = (size - first.face_px) / change if abs(change) > 1e-6 else done
        return Spot(
            first.x + along * (last.x - first.x), first.y + along * (last.y - first.y), size
        )
