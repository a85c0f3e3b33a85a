"""A face cut out of a frame, kept as planes until somebody has a reason to look at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from overt.arrays import Boxes, Plane
from overt.colour import Colour, to_rgb
from overt.geometry import area, clip, widen
from overt.values.crop import Crop
from overt.values.frame import Frame
from overt.values.quality import Quality
from overt.values.shots import Shots

__all__ = ["Cut", "cut_shots"]

MARGIN: Final = 0.45  # of the face's box on each side: hair and chin help a person to judge
OTHERS_MARGIN: Final = 0.15  # around the faces of others, which are not shown


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A copy of a part of a frame, so that the frame itself can be forgotten."""

    track: int
    time: datetime
    luma: Plane
    blue: Plane
    red: Plane
    colour: Colour
    origin: tuple[int, int]  # x y of its first pixel in the full frame, both even
    quality: Quality

    def crop(self) -> Crop:
        """Convert to a picture."""
        height, width = self.luma.shape
        blue, red = (
            np.repeat(np.repeat(plane, 2, axis=0), 2, axis=1)[:height, :width]
            for plane in (self.blue, self.red)
        )
        pixels = to_rgb(self.luma, blue, red, self.colour)
        return Crop(self.track, self.time, pixels, self.origin, self.quality)


def cut_shots(frame: Frame, shots: Shots, *, faces: Boxes) -> tuple[Cut, ...]:
    """Cut each shot's face out of the frame, with a margin, and the faces of others made flat.

    Args:
        frame: where the faces are.
        shots: whose faces are cut out.
        faces: (m, 4) every face found in the frame, the shots' own among them.
    """
    boxes = clip(widen(shots.faces.boxes, MARGIN), width=frame.width, height=frame.height)
    rows = zip(shots.tracks, shots.faces.boxes, boxes, shots.qualities, strict=True)
    cuts: list[Cut] = []
    for track, face, box, quality in rows:
        cut = _cut(frame, int(track), box, quality)
        _flatten_others(cut, face, faces[(faces != face).any(axis=1)])
        cuts.append(cut)
    return tuple(cuts)


def _flatten_others(cut: Cut, face: Boxes, others: Boxes) -> None:
    """Fill the faces of others with one tone: who stands beside a listed person is not shown.

    Where two overlap, the larger face is taken for the nearer one, as `select.quality` does.
    """
    nearer = area(others) > area(face)
    for box, wide, covers in zip(others, widen(others, OTHERS_MARGIN), nearer, strict=True):
        for plane, step in ((cut.luma, 1), (cut.blue, 2), (cut.red, 2)):
            hidden = np.zeros(plane.shape, np.bool_)
            hidden[_part(wide, cut.origin, step)] = True
            hidden[_part(face, cut.origin, step)] = False
            if covers:
                hidden[_part(box, cut.origin, step)] = True
            if hidden.any():
                plane[hidden] = round(float(plane[hidden].mean()))


def _part(box: Boxes, origin: tuple[int, int], step: int) -> tuple[slice, slice]:
    """Give the rows and columns of a cut's plane that a box of the frame touches."""
    low, high = np.floor((box[:2] - origin) / step), np.ceil((box[2:] - origin) / step)
    (x1, y1), (x2, y2) = np.maximum(low, 0).astype(int), np.maximum(high, 0).astype(int)
    return slice(int(y1), int(y2)), slice(int(x1), int(x2))


def _cut(frame: Frame, track: int, box: Boxes, quality: Quality) -> Cut:
    # Even corners, so that chroma is cut where luma is; at least one pair of pixels is left.
    x1 = min(int(box[0]), frame.width - 2) // 2 * 2
    y1 = min(int(box[1]), frame.height - 2) // 2 * 2
    x2, y2 = max(int(np.ceil(box[2])), x1 + 2), max(int(np.ceil(box[3])), y1 + 2)
    half = (slice(y1 // 2, (y2 + 1) // 2), slice(x1 // 2, (x2 + 1) // 2))
    return Cut(
        track=track,
        time=frame.time,
        luma=frame.luma[y1:y2, x1:x2].copy(),
        blue=frame.blue[half].copy(),
        red=frame.red[half].copy(),
        colour=frame.colour,
        origin=(x1, y1),
        quality=quality,
    )
