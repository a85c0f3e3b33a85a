"""What all detectors share: candidates at the network's input become faces in the frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from overt.arrays import F32, I64, Boxes, Landmarks, Scores
from overt.detect.picture import Picture
from overt.errors import BundleError
from overt.geometry import iou
from overt.values.faces import Faces
from overt.values.frame import Frame

__all__ = ["Candidates", "grid", "nms", "require_rows", "to_faces"]

MOST: Final = 2000  # candidates looked at, the best; a crowd in one frame is smaller


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """What a network proposes, in pixels of its input; several may be one face."""

    boxes: Boxes  # (n, 4)
    landmarks: Landmarks  # (n, 5, 2)
    scores: Scores  # (n,)

    @classmethod
    def joined(cls, parts: Sequence[Candidates]) -> Self:
        """Put the candidates of several levels together; at least one level."""
        return cls(
            np.concatenate([part.boxes for part in parts]),
            np.concatenate([part.landmarks for part in parts]),
            np.concatenate([part.scores for part in parts]),
        )


def to_faces(candidates: Candidates, *, picture: Picture, frame: Frame, nms_iou: float) -> Faces:
    """Keep one candidate a face, move it to pixels of the full frame, best score first.

    A face whose centre lies outside the frame (in what the input was filled up with) is dropped.
    """
    keep = nms(candidates.boxes, candidates.scores, threshold=nms_iou)
    scale = np.array(picture.scale, dtype=np.float32)
    boxes = candidates.boxes[keep] / np.tile(scale, 2)
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    size = np.array([frame.width, frame.height], dtype=np.float32)
    inside = ((centres >= 0) & (centres < size)).all(axis=1)
    landmarks = candidates.landmarks[keep] / scale
    scores = np.clip(candidates.scores[keep], 0, 1)
    return Faces(boxes[inside], landmarks[inside], scores[inside])


def nms(boxes: Boxes, scores: Scores, *, threshold: float) -> I64:
    """Choose rows, best score first, none of which shares more IoU than `threshold` with a better.

    Greedy; among equal scores the earlier row is the better. Non-finite rows are left out: a
    network that overflows must not hide the faces beside it.
    """
    sound = np.isfinite(boxes).all(axis=1) & np.isfinite(scores)
    rows = np.flatnonzero(sound)
    rows = rows[np.argsort(-scores[rows], kind="stable")][:MOST]
    kept: list[int] = []
    while len(rows):
        best, rows = rows[0], rows[1:]
        kept.append(int(best))
        shared = iou(boxes[best : best + 1], boxes[rows])[0]
        rows = rows[shared <= threshold]
    return np.array(kept, dtype=np.int64)


def grid(rows: int, columns: int, *, each: int = 1) -> F32:
    """Give x y of the cells of a map, row by row, each one `each` times: (n, 2)."""
    y, x = np.divmod(np.arange(rows * columns), columns)
    return np.repeat(np.stack([x, y], axis=-1), each, axis=0).astype(np.float32)


def require_rows(name: str, array: F32, *, columns: int) -> F32:
    """Give a network's output as (n, columns); it may come as (1, n, columns).

    Raises:
        BundleError: it has another shape.
    """
    flat = array[0] if array.ndim == 3 and array.shape[0] == 1 else array
    if flat.ndim != 2 or flat.shape[1] != columns:
        raise BundleError(f"{name}: got shape {array.shape}, want (n, {columns})")
    return flat
