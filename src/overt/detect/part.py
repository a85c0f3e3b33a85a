"""Looking for faces in parts of a frame: around where they are expected, and nowhere else.

A network finds in a part what it finds there in the whole frame, as far as it needs not see what
lies beyond. So a part reaches well beyond the face, begins where a network's cells begin, and a
face that its edge cuts is left to the next look at the whole frame. Of such a face a network gives
what it sees as a face of its own, landmarks included: nobody may be compared by that. It is masked
all the same, since it may stand beside somebody who is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from overt.arrays import I64, Boxes
from overt.detect.base import Detector
from overt.geometry import widen
from overt.values.faces import Faces
from overt.values.frame import Frame

__all__ = ["detect_in", "parts_around"]

# Pixels of the frame. Networks see cells of 32 pixels; a frame is halved for them as a rule. So a
# part's first cell is a cell of the whole frame too, and little of its input is filled up.
GRID: Final = 64
AROUND: Final = 0.75  # of the sides of where a face may be, on each side
MOST: Final = 0.6  # share of the frame: more than that costs nearly as much as all of it
# Of a box's longer side. The box of a face that is cut ends at the edge, or up to 0.05 before it.
EDGE: Final = 0.1


def parts_around(places: Boxes, *, width: int, height: int) -> I64 | None:
    """Give the parts of a frame to look at for faces, (m, 4) x1 y1 x2 y2; none meets another.

    Args:
        places: (n, 4) where faces may be, pixels of the frame.
        width: of the frame, pixels.
        height: likewise.

    Returns:
        None where the whole frame should be looked at: they would be most of it, or nobody is
        followed.
    """
    wide = widen(places, AROUND).astype(np.float64)
    low = np.floor(wide[:, :2] / GRID) * GRID
    high = np.ceil(wide[:, 2:] / GRID) * GRID
    limit = np.array([width, height])
    last = (limit - 2) // GRID * GRID  # where the last cells begin; a part has two pixels at least
    low, high = np.clip(low, 0, last), np.clip(high, GRID, limit)
    inside = (wide[:, 2:] > 0).all(axis=1) & (wide[:, :2] < limit).all(axis=1)
    boxes = np.concatenate([low, high], axis=1).astype(np.int64)[inside]
    parts = _joined(boxes)
    sides = parts[:, 2:] - parts[:, :2]
    covered = int(np.prod(sides, axis=1).sum())
    return parts if 0 < covered <= MOST * width * height else None


def detect_in(detector: Detector, frame: Frame, parts: I64) -> tuple[Faces, Boxes]:
    """Find the faces in parts (m, 4) of a frame, best score first; pixels of the frame.

    Returns:
        the faces, and the boxes (n, 4) of what is to be masked: theirs, then those of faces that
        the edge of a part may cut.
    """
    found = [_found(detector, frame, part) for part in parts]
    faces = _together([each for each, _ in found])
    faces = faces[np.argsort(-faces.scores, kind="stable").astype(np.int64)]
    return faces, np.concatenate([faces.boxes, *(cut.boxes for _, cut in found)])


def _found(detector: Detector, frame: Frame, part: I64) -> tuple[Faces, Faces]:
    """Find the faces in one part; those that its edge may cut are given apart."""
    x1, y1, x2, y2 = (int(value) for value in part)
    faces = detector.detect(_cut(frame, x1, y1, x2, y2))
    origin = np.array([x1, y1], np.float32)
    moved = Faces(faces.boxes + np.tile(origin, 2), faces.landmarks + origin, faces.scores)
    # The frame's own edge cuts nothing that could be seen by looking at more.
    low = np.where(part[:2] > 0, part[:2], -np.inf)
    high = np.where(part[2:] < (frame.width, frame.height), part[2:], np.inf)
    room = np.concatenate([moved.boxes[:, :2] - low, high - moved.boxes[:, 2:]], axis=1)
    longer = (moved.boxes[:, 2:] - moved.boxes[:, :2]).max(axis=1, initial=0)
    whole = (room >= EDGE * longer[:, None]).all(axis=1)
    return moved[np.flatnonzero(whole)], moved[np.flatnonzero(~whole)]


def _together(found: Sequence[Faces]) -> Faces:
    none = Faces.none()
    return Faces(
        np.concatenate([none.boxes, *(each.boxes for each in found)]),
        np.concatenate([none.landmarks, *(each.landmarks for each in found)]),
        np.concatenate([none.scores, *(each.scores for each in found)]),
    )


def _cut(frame: Frame, x1: int, y1: int, x2: int, y2: int) -> Frame:
    """Give a part of a frame as a frame; x1 and y1 are even, and nothing is copied."""
    half = (slice(y1 // 2, (y2 + 1) // 2), slice(x1 // 2, (x2 + 1) // 2))
    return replace(frame, luma=frame.luma[y1:y2, x1:x2], blue=frame.blue[half], red=frame.red[half])


def _joined(boxes: I64) -> I64:
    """Put boxes that meet into one around both, until none meets another."""
    left: list[I64] = list(boxes)
    apart: list[I64] = []
    while left:
        box = left.pop()
        meeting = [other for other in (*left, *apart) if _meet(box, other)]
        if not meeting:
            apart.append(box)
            continue
        left = [other for other in left if not _meet(box, other)]
        apart = [other for other in apart if not _meet(box, other)]
        both = np.stack([box, *meeting])
        left.append(np.concatenate([both[:, :2].min(axis=0), both[:, 2:].max(axis=0)]))
    return np.stack(apart) if apart else np.empty((0, 4), np.int64)


def _meet(one: I64, other: I64) -> bool:
    return bool((one[:2] < other[2:]).all() and (other[:2] < one[2:]).all())
