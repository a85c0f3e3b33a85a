"""The zone of recognition: the part of the view where faces are compared."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from overt.arrays import F64, Boxes, Mask

__all__ = ["Zone", "in_zone"]

Zone: TypeAlias = tuple[tuple[float, float], ...]  # x y, shares of width and height; () is all


def in_zone(boxes: Boxes, zone: Zone, *, width: int, height: int) -> Mask:
    """Tell whose box has its middle in the zone, (n,); in a frame of `width` x `height` pixels.

    Even-odd rule, by counting the edges that a ray to the right crosses (Shimrat, "Algorithm 112:
    position of point relative to polygon", Communications of the ACM 5(8), 1962). A point on an
    edge may fall on either side.
    """
    if not zone:
        return np.ones(len(boxes), np.bool_)
    middle: F64 = (boxes[:, :2].astype(np.float64) + boxes[:, 2:]) / 2
    x, y = middle[:, :1] / width, middle[:, 1:] / height
    start = np.array(zone, dtype=np.float64)
    end = np.roll(start, -1, axis=0)
    (x0, y0), (x1, y1) = start.T, end.T
    spans: Mask = (y0 > y) != (y1 > y)
    rise = np.where(y1 == y0, 1, y1 - y0)  # a level edge spans nothing
    crosses = spans & (x < x0 + (y - y0) * (x1 - x0) / rise)
    inside: Mask = crosses.sum(axis=1) % 2 == 1
    return inside
