"""How good a face is for comparison, and why one is not compared."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Quality", "Reason", "Unfit"]


class Reason(StrEnum):
    """Why a face was not compared."""

    TOO_SMALL = "too small"
    TURNED_AWAY = "turned away"
    CUT_BY_EDGE = "cut by the frame's edge"
    COVERED = "covered by a nearer face"
    TOO_DARK = "too dark"
    TOO_BRIGHT = "too bright"
    BLURRED = "blurred"
    OUTSIDE_ZONE = "outside the zone of recognition"
    TOO_FEW_SHOTS = "too few good frames to compare"


@dataclass(frozen=True, slots=True)
class Quality:
    """Measures of one face in one frame."""

    eyes_px: float  # distance between the eyes, pixels of the full frame
    sharpness: float  # 0 (flat) to 1: share of fine detail that is left; see select/quality.py
    brightness: float  # mean luma of the face, 0 (black) to 1 (white)
    yaw: float  # head turned to the side, degrees from landmarks, rough; + to picture's right
    pitch: float  # head up or down, degrees from landmarks, rough; + down
    roll: float  # head tilted, degrees; + clockwise in the picture
    inside: float  # share of the box that lies within the frame, 0 to 1
    covered: float  # share of the box that a nearer face covers, 0 to 1
    score: float  # 0 (useless) to 1: all of the above in one figure, to choose the best shots


@dataclass(frozen=True, slots=True)
class Unfit:
    """A face that was not compared, and why; counted in every report."""

    track: int
    reason: Reason
