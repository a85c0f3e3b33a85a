"""Which face belongs to which track: the likeliest pairing, within reach."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.optimize import linear_sum_assignment  # pyright: ignore[reportUnknownVariableType]

from overt.arrays import F64, I64, Boxes, Mask
from overt.track.kalman import Motion
from overt.values.faces import Faces

__all__ = ["APART", "assign", "costs"]

APART: Final = 1.0  # the cost of leaving a track and a face unpaired
# How far a detector's boxes lie from the truth, in shares of the face: by its confidence, because
# half of a face is found with less of it, and boxed around what shows. CenterFace, on clips of
# drawn crowds: 0.12 in place and 0.16 in size below 0.5, 0.04 and 0.06 from 0.7 to 0.8, 0.025 and
# 0.05 above.
PLACE_NOISE: Final = 0.04
SIZE_NOISE: Final = 0.06
MEASURED_AT: Final = 0.75  # confidence
SHARPER: Final = 4.5  # the logarithm of the noise falls by so much for a whole unit of confidence
# Beyond this a face is another one that was not seen before. Twice a negative log likelihood: 16
# is passed by one right pair in a thousand, and an expectation that has spread out may cost as
# much again. From 29 to 39 swaps on drawn crowds hardly change; below, passages break apart.
UNLIKELY: Final = 32.0
LARGEST_REACH: Final = 1.0  # sizes of the face, however little is known of its motion
REACH_SPREADS: Final = 2.0  # standard deviations


def costs(motion: Motion, found: Faces, *, reach: float, size_ratio: float) -> F64:
    """Give the cost of each pair, (tracks, faces) in [0, APART]; APART is out of reach.

    How unlikely it is that the face lies where the track is expected and is of that size: the
    negative logarithm of the normal density of both, as in tracking by likelihood (Bar-Shalom and
    Li, "Multitarget-Multisensor Tracking", 1995, section 1.4). Distance alone would favour a track
    that was long unseen: it may be anywhere, so it is near everything.

    Args:
        motion: (n) where the tracks should be.
        found: (m) faces.
        reach: largest distance between centres, in sizes of the face, before the uncertainty of
            the track's place is added.
        size_ratio: largest ratio of the two sizes, either way; over 1.
    """
    sharp = noise(np.ones(1))
    doubt = noise(found.scores.astype(np.float64))[None, :]
    size, found_size = motion.size[:, None], sizes(found.boxes)[None, :]
    shift = centres(found.boxes)[None, :, :] - motion.place[:, None, :2]
    growth = np.log(found_size / size)
    unsure = motion.place_variance[:, None, :2] / size[..., None] ** 2
    place = unsure + (PLACE_NOISE * doubt[..., None]) ** 2
    unsure_size = (motion.place_variance[:, 2:] / motion.place[:, 2:] ** 2).sum(axis=1) / 4
    scale = unsure_size[:, None] + (SIZE_NOISE * doubt) ** 2
    far = ((shift / size[..., None]) ** 2 / place).sum(axis=2) + growth**2 / scale
    spread_out = np.log(place / (PLACE_NOISE * sharp) ** 2).sum(axis=2)
    spread_out += np.log(scale / (SIZE_NOISE * sharp) ** 2)
    near = within(motion, shift, np.sqrt(size * found_size), reach=reach)
    alike = np.abs(growth) <= np.log(size_ratio)
    cost = APART * np.maximum(far + spread_out, 0) / UNLIKELY
    return np.where(near & alike, np.minimum(cost, APART), APART)


def within(motion: Motion, shift: F64, scale: F64, *, reach: float) -> Mask:
    """Tell which faces (tracks, faces) lie in reach; `shift` (.., 2) and `scale` are in pixels."""
    limit = np.minimum(reach + REACH_SPREADS * motion.spread[:, None] / scale, LARGEST_REACH)
    near: Mask = np.sqrt((shift**2).sum(axis=2)) / scale <= limit
    return near


def noise(scores: F64) -> F64:
    """Give how far off boxes of these confidences are, as a multiple of that at `MEASURED_AT`."""
    return np.exp(SHARPER * (MEASURED_AT - scores))


def assign(cost: F64) -> tuple[I64, I64]:
    """Pair rows with columns at the lowest total cost; a pair costing APART stays apart.

    A pairing is not bought with two bad ones: as APART costs no more than the worst pair, leaving
    one face for a new track is cheaper than shifting two others.

    Returns:
        Rows and columns of the pairs, (k,) each; rows ascend.
    """
    pairs: I64 = np.asarray(linear_sum_assignment(cost), dtype=np.int64)
    rows, columns = pairs
    near = cost[rows, columns] < APART
    return rows[near], columns[near]


def centres(boxes: Boxes) -> F64:
    """Give the centres of boxes, (n, 2) pixels."""
    return ((boxes[:, :2] + boxes[:, 2:]) / 2).astype(np.float64)


def sizes(boxes: Boxes) -> F64:
    """Give the root of width x height of each box, (n,) pixels, at least 1."""
    sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 1).astype(np.float64)
    return np.sqrt(sides[:, 0] * sides[:, 1])
