"""Measures of a face in a frame: what decides whether it is worth comparing."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from overt.arrays import F64, Boxes
from overt.colour import FULL
from overt.geometry import area, clip, intersection
from overt.select.pose import eye_distances, face_scales, poses
from overt.select.sharpness import sharpness
from overt.values.faces import Faces
from overt.values.frame import Frame
from overt.values.quality import Quality

__all__ = ["covered_shares", "inside_shares", "measure"]

# Where more of a measure no longer helps a comparison.
ENOUGH_EYES_PX: Final = 48.0  # about what a recogniser's input of 112 to 150 px holds
ENOUGH_SHARPNESS: Final = 0.4  # a portrait in focus, in good light
GOOD_LIGHT: Final = (0.25, 0.75)  # mean luma; below and above, the score falls to 0 in a line
SAMPLES: Final = 12  # pixels a side that are read for the brightness, about


def measure(frame: Frame, faces: Faces, *, among: Boxes | None = None) -> tuple[Quality, ...]:
    """Measure each face of a frame.

    Args:
        frame: where the faces were found.
        faces: those to measure.
        among: (m, 4) every box of the frame, when `faces` are but some of them: a nearer face
            covers whether it is to be measured or not.
    """
    eyes, scales = eye_distances(faces.landmarks), face_scales(faces.landmarks)
    turned = poses(faces.landmarks)
    middles: F64 = faces.landmarks.astype(np.float64).mean(axis=1)
    inside = inside_shares(faces.boxes, width=frame.width, height=frame.height)
    covered = covered_shares(faces.boxes, faces.boxes if among is None else among)
    return tuple(
        quality(
            eyes_px=float(eyes[i]),
            sharpness=sharpness(frame.luma, middles[i], float(scales[i])),
            brightness=brightness(frame, middles[i], float(scales[i])),
            angles=(float(turned.yaw[i]), float(turned.pitch[i]), float(turned.roll[i])),
            inside=float(inside[i]),
            covered=float(covered[i]),
        )
        for i in range(len(faces))
    )


def quality(
    *,
    eyes_px: float,
    sharpness: float,
    brightness: float,
    angles: tuple[float, float, float],
    inside: float,
    covered: float,
) -> Quality:
    """Put measures together with their score, 0 to 1: to rank shots of one face, no more.

    The score is a product, as one bad measure spoils a shot that is good otherwise: of size and
    sharpness, each a share of what is enough; the cosines of yaw and pitch, squared; light; and
    the share of the face that shows. Roll is left out: alignment turns the face upright.
    """
    yaw, pitch, roll = angles
    dark, bright = GOOD_LIGHT
    light = min(brightness / dark, (1 - brightness) / (1 - bright), 1)
    ahead = (math.cos(math.radians(yaw)) * math.cos(math.radians(pitch))) ** 2
    detail = min(eyes_px / ENOUGH_EYES_PX, 1) * min(sharpness / ENOUGH_SHARPNESS, 1)
    score = detail * ahead * max(light, 0) * inside * (1 - covered)
    return Quality(eyes_px, sharpness, brightness, yaw, pitch, roll, inside, covered, score)


def inside_shares(boxes: Boxes, *, width: int, height: int) -> F64:
    """Give the share of each box that lies within a frame of `width` x `height` pixels, (n,)."""
    whole = np.maximum(area(boxes), np.float32(1e-6))
    shares = area(clip(boxes, width=width, height=height)) / whole
    return np.clip(shares, 0, 1).astype(np.float64)


def covered_shares(boxes: Boxes, among: Boxes) -> F64:
    """Give the share of each of `boxes` (n, 4) that nearer ones `among` (m, 4) cover, (n,).

    Heads are of one size, so the larger is the nearer. Where two nearer ones overlap each other,
    what both cover counts twice, up to the whole.
    """
    mine = area(boxes)
    nearer = area(among)[None, :] > mine[:, None]
    shared = np.where(nearer, intersection(boxes, among), 0).sum(axis=1, dtype=np.float64)
    return np.minimum(shared / np.maximum(mine, 1e-6), 1)


def brightness(frame: Frame, middle: F64, eyes_px: float) -> float:
    """Give the mean luma of the face around `middle` (x, y), 0 (black) to 1 (white).

    Read over a square of two distances between the eyes, within the frame; of a video in limited
    range, 16 is black and 235 white (ITU-R BT.709-6, item 4.6).
    """
    step = max(int(2 * eyes_px / SAMPLES), 1)
    x0, y0 = (max(int(v - eyes_px), 0) for v in middle)
    x1, y1 = (max(int(v + eyes_px), 0) + 1 for v in middle)
    patch = frame.luma[y0:y1:step, x0:x1:step]
    if not patch.size:
        return 0.0
    mean = float(patch.mean())
    share = mean / 255 if frame.colour in FULL else (mean - 16) / 219
    return min(max(share, 0.0), 1.0)
