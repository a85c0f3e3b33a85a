"""Where a head is turned, roughly, from five landmarks.

The face is taken as a plane through eyes and mouth with the nose tip standing out of it. Turning
the head shortens the plane by a cosine and shifts the nose by a sine, so the nose's place between
the other four points gives the tangent of the angle. Good to about 10 degrees up to 45: enough to
tell a face that looks at the camera from one that does not, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from overt.arrays import F64, Landmarks

__all__ = ["Poses", "eye_distances", "face_scales", "poses"]

# Proportions of a face, in distances between the eyes. The mouth lies 1.16 below the eyes (the
# five-point alignment template of ArcFace, Deng et al., CVPR 2019: eyes at 51.6, mouth at 92.3,
# eyes 35.2 apart). That template has the nose tip at 0.49 of the way; two detectors put it at
# 0.54 on faces that look ahead, so that is level here. The tip stands out by about half the
# distance between the eyes (a round figure: 30 of 63 mm).
EYES_TO_MOUTH: Final = 1.16
NOSE_ON_WAY: Final = 0.54
NOSE_OUT: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Poses:
    """Angles of n heads, degrees, (n,) each."""

    yaw: F64  # + to the picture's right
    pitch: F64  # + down
    roll: F64  # + clockwise in the picture


def eye_distances(landmarks: Landmarks) -> F64:
    """Give the distance between the eyes of each face, (n,) pixels."""
    points = landmarks.astype(np.float64)
    return np.hypot(*(points[:, 1] - points[:, 0]).T)


def face_scales(landmarks: Landmarks) -> F64:
    """Give what the distance between the eyes would be if each face looked ahead, (n,) pixels.

    Turning to the side shortens the way from eye to eye, nodding that from eyes to mouth: the
    longer of the two, in proportion, is the one that was shortened less.
    """
    points = landmarks.astype(np.float64)
    fall = (points[:, 3] + points[:, 4] - points[:, 0] - points[:, 1]) / 2
    return np.maximum(eye_distances(landmarks), np.hypot(fall[:, 0], fall[:, 1]) / EYES_TO_MOUTH)


def poses(landmarks: Landmarks) -> Poses:
    """Estimate how each head of (n, 5, 2) is turned."""
    points = landmarks.astype(np.float64)
    across = points[:, 1] - points[:, 0]
    eyes = np.maximum(np.hypot(across[:, 0], across[:, 1]), 1e-6)
    right = across / eyes[:, None]
    down = np.stack([-right[:, 1], right[:, 0]], axis=1)
    middle = (points[:, 0] + points[:, 1]) / 2
    mouth = (points[:, 3] + points[:, 4]) / 2 - middle
    nose = points[:, 2] - middle
    height = np.maximum((mouth * down).sum(axis=1), 1e-6)
    on_way = (nose * down).sum(axis=1) / height
    # Where eyes and mouth are not in line the head leans: the nose is measured from the line
    # between their middles, not from the eyes alone.
    aside = (nose * right).sum(axis=1) - on_way * (mouth * right).sum(axis=1)
    return Poses(
        yaw=np.degrees(np.arctan2(aside, NOSE_OUT * eyes)),
        pitch=np.degrees(np.arctan((on_way - NOSE_ON_WAY) * EYES_TO_MOUTH / NOSE_OUT)),
        roll=np.degrees(np.arctan2(across[:, 1], across[:, 0])),
    )
