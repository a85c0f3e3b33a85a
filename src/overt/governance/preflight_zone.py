"""The zone of recognition that a camera's own view suggests: where faces came out fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from overt.arrays import F64, I64
from overt.select.zone import Zone

__all__ = ["suggest_zone"]

LEAST_PASSAGES: Final = 3  # fewer say where three people walked, and not where people walk
MOST_LOOKS: Final = 16  # of one passage: who stands still does not draw the zone
TRIMMED: Final = 0.03  # share of looks that may lie beyond each of the eight edges
MARGIN: Final = 0.03  # that is added on each side, shares of width and height
DIRECTIONS: Final = 8
TOGETHER: Final = 0.002  # corners nearer to each other are one, shares of width and height


def suggest_zone(passages: Sequence[F64]) -> Zone:
    """Enclose the places at which faces were fit by a convex polygon of at most 8 points.

    The cut of eight half planes, one in each direction of the wind rose, each as far out as all
    but `TRIMMED` of the places: a convex hull from which what lies far off is trimmed, by halfspace
    depth (Tukey, "Mathematics and the picturing of data", 1975), in eight directions.

    Args:
        passages: the places of each passage's fit looks, (k, 2) each, shares of width and height.

    Returns:
        Its corners in turn, to three decimals, within the picture; () where too few passages had
        a fit look.
    """
    told = [_thinned(places) for places in passages if len(places)]
    if len(told) < LEAST_PASSAGES:
        return ()
    places = np.concatenate(told)
    corners: F64 = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float64)
    for turn in range(DIRECTIONS):
        angle = 2 * np.pi * turn / DIRECTIONS
        out: F64 = np.array([np.cos(angle), np.sin(angle)])
        reach = float(np.quantile(places @ out, 1 - TRIMMED)) + MARGIN
        corners = _cut(corners, out, reach)
    return _rounded(corners)


def _thinned(places: F64) -> F64:
    """Keep at most `MOST_LOOKS` of a passage's places, evenly over its time."""
    count = min(len(places), MOST_LOOKS)
    rows: I64 = np.linspace(0, len(places) - 1, count).round().astype(np.int64)
    return places[rows]


def _cut(corners: F64, out: F64, reach: float) -> F64:
    """Keep what of a convex polygon lies no further than `reach` in the direction `out`.

    Sutherland and Hodgman, "Reentrant polygon clipping", Communications of the ACM 17(1), 1974.
    """
    kept: list[F64] = []
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        before, after = float(start @ out) - reach, float(end @ out) - reach
        if before <= 0:
            kept.append(start)
        if (before < 0 < after) or (after < 0 < before):
            kept.append(start + (end - start) * before / (before - after))
    return np.array(kept, np.float64).reshape(-1, 2)


def _rounded(corners: F64) -> Zone:
    """Round to what a person can read, and leave out corners that fall together."""
    kept: list[tuple[float, float]] = []
    for x, y in np.clip(corners, 0, 1):
        near = (abs(x - other[0]) < TOGETHER and abs(y - other[1]) < TOGETHER for other in kept)
        if not any(near):  # two edges that meet in a corner of a third leave two of them
            kept.append((round(float(x), 3), round(float(y), 3)))
    return tuple(kept)
