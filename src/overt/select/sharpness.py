"""How much fine detail a face has left, whatever its size in the picture."""

from __future__ import annotations

from typing import Final

import numpy as np

from overt.arrays import F32, F64, Plane

__all__ = ["face_patch", "sharpness"]

EYES_PX: Final = 24.0  # distance between the eyes at which every face is measured
SIDE: Final = 52  # of the patch, pixels: brows to chin, cheek to cheek
REBLUR: Final = 5  # width of the second blur, pixels of the patch; Crete et al. take 9 for pictures
# of many times this size. 5 spreads sharp and blurred faces furthest apart.
MOST_READ: Final = 3  # pixels a side of a block that are averaged: more cost time and tell no more
NOISE: Final = 1.0  # levels of 255: smaller steps between neighbours are noise, and no detail
MARGIN: Final = 2  # pixels of the frame, for the interpolation


def sharpness(luma: Plane, centre: F64, eyes_px: float, *, noise: float = NOISE) -> float:
    """Measure the sharpness of the face at `centre` (x, y), 0 (flat or smeared) to 1.

    1 - blur as of Crete, Dolmiere, Ladret and Nicolas, "The blur effect: perception and estimation
    with a new no-reference perceptual blur metric", SPIE 6492, 2007: blur the patch once more,
    and see how much of the differences between neighbours goes. What was blurred before loses
    little. Taken along rows and along columns; the lower of the two counts, because motion smears
    one direction only. The patch is brought to one distance between the eyes first, so that the
    same face far and near is measured alike, up to the detail that distance itself takes. Steps of
    about `noise` levels (of 255) and less count little.
    """
    patch = face_patch(luma, centre, eyes_px)
    return min(detail_lost(patch, noise), detail_lost(patch.T, noise))


def detail_lost(patch: F32, noise: float = NOISE) -> float:
    """Give the share of differences along rows that a second blur takes away, 0 to 1."""
    inner = patch.shape[1] - REBLUR + 1  # where the blur has all its pixels
    blurred = sum((patch[:, i : i + inner] for i in range(1, REBLUR)), patch[:, :inner])
    kept = np.abs(blurred[:, 1:] - blurred[:, :-1]) / np.float32(REBLUR)
    sharp = patch[:, REBLUR // 2 : REBLUR // 2 + inner]
    steps = np.abs(sharp[:, 1:] - sharp[:, :-1])
    lost = float(np.maximum(steps - kept, 0).sum())
    return lost / (float(steps.sum()) + noise * steps.size)


def face_patch(luma: Plane, centre: F64, eyes_px: float) -> F32:
    """Cut (SIDE, SIDE) around `centre`, scaled to `EYES_PX` between the eyes.

    Larger faces are averaged over whole pixels first, so that the scaling does not alias; past
    the frame's edge its last pixel repeats.
    """
    shrink = max(int(eyes_px / EYES_PX), 1)
    step = max(eyes_px / EYES_PX, 1e-3) / shrink  # pooled pixels for a pixel of the patch
    reach = int(np.ceil(SIDE / 2 * step)) + MARGIN  # pooled pixels from the centre
    left, top = (int(v) - reach * shrink for v in centre)
    side = 2 * reach * shrink
    pooled = pool(cut(luma, left, top, side), shrink)
    offsets: F64 = (np.arange(SIDE, dtype=np.float64) - (SIDE - 1) / 2) * step
    x: F64 = offsets + ((float(centre[0]) - left + 0.5) / shrink - 0.5)
    y: F64 = offsets + ((float(centre[1]) - top + 0.5) / shrink - 0.5)
    return resample(pooled, x, y)


def cut(plane: Plane, left: int, top: int, side: int) -> Plane:
    """Cut a square; outside the frame its edge repeats."""
    height, width = plane.shape
    if left >= 0 and top >= 0 and left + side <= width and top + side <= height:
        return plane[top : top + side, left : left + side]
    rows = np.clip(np.arange(top, top + side), 0, height - 1)
    columns = np.clip(np.arange(left, left + side), 0, width - 1)
    return plane[rows[:, None], columns[None, :]]


def pool(plane: Plane, by: int) -> F32:
    """Average blocks of `by` x `by`, of which at most 3 x 3 pixels are read; the sides divide."""
    if by == 1:
        return plane.astype(np.float32)
    read = [round(i) for i in np.linspace(0, by - 1, min(by, MOST_READ))]
    total = np.zeros((plane.shape[0] // by, plane.shape[1] // by), np.uint16)
    for row in read:
        for column in read:
            total += plane[row::by, column::by]
    return total.astype(np.float32) / np.float32(len(read) ** 2)


def resample(plane: F32, x: F64, y: F64) -> F32:
    """Interpolate (len(y), len(x)) linearly at the columns `x` and rows `y` of `plane`."""
    height, width = plane.shape
    x0 = np.clip(x.astype(np.int64), 0, width - 2)
    y0 = np.clip(y.astype(np.int64), 0, height - 2)
    x_share = (x - x0).astype(np.float32)
    y_share = (y - y0).astype(np.float32)[:, None]
    upper, lower = plane[y0], plane[y0 + 1]
    rows = upper + (lower - upper) * y_share
    left, right = rows[:, x0], rows[:, x0 + 1]
    return (left + (right - left) * x_share).astype(np.float32, copy=False)
