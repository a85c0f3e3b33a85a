"""Which face belongs to which track: the cheapest pairing, within reach."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.optimize import linear_sum_assignment  # pyright: ignore[reportUnknownVariableType]

from overt.arrays import F64, I64, Boxes
from overt.geometry import iou, widen

__all__ = ["APART", "assign", "costs"]

APART: Final = 1.0  # the cost of leaving a track and a face unpaired
# Of overlap, distance and size. Size tells near from far, so it parts people who cross. Chosen,
# like the numbers below and in tracker.py, on clips of drawn crowds.
WEIGHTS: Final = (0.3, 0.3, 0.4)
WIDEN: Final = 0.5  # so that boxes still overlap when a face moves by its own width
LARGEST_REACH: Final = 1.0  # sizes of the face, however little is known of its motion
REACH_SPREADS: Final = 2.0  # standard deviations
AGE_COST: Final = 0.1  # between two tracks that fit alike, the one seen last is the likelier


def costs(
    predicted: Boxes, found: Boxes, *, spread: F64, unseen: F64, reach: float, size_ratio: float
) -> F64:
    """Give the cost of each pair, (tracks, faces) in [0, APART]; APART is out of reach.

    A weighted sum of 1 - IoU of the widened boxes, the distance of the centres in sizes of the
    face, and the ratio of the sizes (its logarithm), each as a share of what is allowed.

    Args:
        predicted: (n, 4) where the tracks should be.
        found: (m, 4) where faces were found.
        spread: (n,) standard deviation of the predicted centres, pixels.
        unseen: (n,) how long each track was not seen, as a share of the time it may be lost.
        reach: largest distance between centres, in sizes of the face, before `spread` is added.
        size_ratio: largest ratio of the two sizes, either way; over 1.
    """
    track_sizes, face_sizes = sizes(predicted)[:, None], sizes(found)[None, :]
    shift = centres(predicted)[:, None, :] - centres(found)[None, :, :]
    scale = np.sqrt(track_sizes * face_sizes)
    distance = np.sqrt((shift**2).sum(axis=2)) / scale
    limit = np.minimum(reach + REACH_SPREADS * spread[:, None] / scale, LARGEST_REACH)
    apart = 1 - iou(widen(predicted, WIDEN), widen(found, WIDEN)).astype(np.float64)
    growth = np.abs(np.log(track_sizes / face_sizes)) / np.log(size_ratio)
    by_overlap, by_distance, by_size = WEIGHTS
    cost = by_overlap * apart + by_distance * distance / LARGEST_REACH + by_size * growth
    cost += AGE_COST * unseen[:, None]
    return np.where((distance <= limit) & (growth <= 1), np.minimum(cost, APART), APART)


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
