"""Faces as points of a head in space, frames to see them in, and measures to choose by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from overt.arrays import Plane
from overt.colour import Colour
from overt.values.faces import Faces
from overt.values.frame import Frame
from overt.values.quality import Quality
from overt.values.tracks import EndedTrack, Tracks

START = datetime(2026, 3, 1, 10, tzinfo=UTC)
# A head that looks at the camera, in distances between the eyes: x to the right, y down, z away.
HEAD = np.array(
    [[-0.5, 0, 0], [0.5, 0, 0], [0, 0.6264, -0.5], [-0.4, 1.16, 0], [0.4, 1.16, 0]], np.float64
)


def landmarks_at(
    x: float, y: float, eyes_px: float, *, yaw: float = 0, pitch: float = 0, roll: float = 0
) -> np.ndarray:
    """Project a turned head, seen from afar, to (1, 5, 2) pixels; angles as in `Quality`."""
    a, b, c = np.radians([yaw, pitch, roll])
    turn = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    nod = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    lean = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    points = HEAD @ (lean @ nod @ turn).T
    return (points[None, :, :2] * eyes_px + [x, y]).astype(np.float32)


def face_at(x: float, y: float, eyes_px: float, *, yaw: float = 0) -> Faces:
    """Make one face with its eyes around `x`, `y`."""
    box = np.array([[x - 1.1, y - 1.2, x + 1.1, y + 1.9]], np.float32)
    box = np.array([[x, y, x, y]], np.float32) + (box - [x, y, x, y]) * eyes_px
    marks = landmarks_at(x, y, eyes_px, yaw=yaw)
    return Faces(box.astype(np.float32), marks, np.full(1, 0.9, np.float32))


def together(*faces: Faces) -> Faces:
    """Put faces into one frame."""
    return Faces(
        np.concatenate([f.boxes for f in faces]),
        np.concatenate([f.landmarks for f in faces]),
        np.concatenate([f.scores for f in faces]),
    )


def frame_of(luma: Plane, *, media_s: float = 0.0, colour: Colour = Colour.BT601_FULL) -> Frame:
    """Make a frame of a plane of luma, without colour."""
    half = np.full(((luma.shape[0] + 1) // 2, (luma.shape[1] + 1) // 2), 128, np.uint8)
    time = START + timedelta(seconds=media_s)
    return Frame("c", 0, time, media_s, luma, half, half, colour)


def texture(width: int = 640, height: int = 480) -> Plane:
    """Make a sharp picture of nothing: blocks of 3 px of chance."""
    blocks = np.random.default_rng(5).integers(60, 200, (height // 3 + 1, width // 3 + 1))
    return np.kron(blocks, np.ones((3, 3)))[:height, :width].astype(np.uint8)


def tracks_of(faces: Faces, *ids: int) -> Tracks:
    """Give each face a track."""
    return Tracks(np.array(ids, dtype=np.int64), faces)


def ended(track: int) -> EndedTrack:
    """End a track."""
    return EndedTrack(track, 5, START, START + timedelta(seconds=1))


def quality_of(
    *,
    eyes_px: float = 40.0,
    sharpness: float = 0.4,
    brightness: float = 0.5,
    yaw: float = 0.0,
    pitch: float = 0.0,
    inside: float = 1.0,
    covered: float = 0.0,
) -> Quality:
    """Make the measures of a good face, but for those given."""
    return Quality(eyes_px, sharpness, brightness, yaw, pitch, 0.0, inside, covered, 0.5)
