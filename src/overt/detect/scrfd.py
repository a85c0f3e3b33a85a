"""SCRFD: three levels of cells with two anchors each; a box is its distances from its anchor.

Guo et al., "Sample and computation redistribution for efficient face detection", ICLR 2022: at
step s, the anchors of the cell in row i and column j lie at s j, s i; the box reaches s d0 to the
left, s d1 up, s d2 to the right, s d3 down; landmark k lies at s k0, s k1 from the anchor.

Networks name their outputs by number, so they are known by their last length (1 score, 4 box,
10 landmarks) and by their order; they come as (n, c) or, with a batch, as (1, n, c).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from overt.arrays import F32
from overt.detect.decode import Candidates, grid, require_rows, to_faces
from overt.detect.picture import Scaling, take_picture
from overt.errors import BundleError
from overt.inference.bundle import DetectorEntry
from overt.inference.session import Feed, Session
from overt.values.faces import Faces
from overt.values.frame import Frame

__all__ = ["Scrfd", "decode_scrfd_level"]

STEPS: Final = (8, 16, 32)
ANCHORS: Final = 2
COLUMNS: Final = (1, 4, 10)


class Scrfd:
    """Finds faces with an SCRFD network that has landmarks."""

    def __init__(self, session: Session, *, entry: DetectorEntry, scaling: Scaling) -> None:
        """Take a loaded network.

        Raises:
            BundleError: its outputs are not those of SCRFD with landmarks.
        """
        if len(session.inputs) != 1:
            raise BundleError(f"{session.name}: got {len(session.inputs)} inputs, want 1")
        self._order = _order(session.outputs, name=session.name)
        self._session = session
        self._input = session.inputs[0].name
        self._entry = entry
        self._factor = scaling.factor(entry.min_face_px)

    def detect(self, frame: Frame, /) -> Faces:
        """Find the faces of a frame."""
        entry = self._entry
        picture = take_picture(
            frame, factor=self._factor, stride=entry.stride, normalisation=entry.normalisation
        )
        outputs = self._session.run({self._input: picture.pixels})
        height, width = picture.pixels.shape[2:]
        levels: list[Candidates] = []
        for step, indices in zip(STEPS, self._order, strict=True):
            scores, boxes, marks = (
                require_rows(f"step {step}", outputs[index], columns=columns)
                for index, columns in zip(indices, COLUMNS, strict=True)
            )
            anchors = grid(height // step, width // step, each=ANCHORS) * step
            levels.append(
                decode_scrfd_level(
                    scores, boxes, marks, anchors, step=step, threshold=entry.score_threshold
                )
            )
        return to_faces(
            Candidates.joined(levels), picture=picture, frame=frame, nms_iou=entry.nms_iou
        )


def decode_scrfd_level(
    scores: F32, boxes: F32, marks: F32, anchors: F32, *, step: int, threshold: float
) -> Candidates:
    """Read one level: (n, 1), (n, 4), (n, 10) at anchors (n, 2).

    Raises:
        BundleError: the level has another number of anchors than its step gives.
    """
    if len(scores) != len(anchors):
        raise BundleError(f"step {step}: got {len(scores)} anchors, want {len(anchors)}")
    rows = np.flatnonzero(scores[:, 0] >= threshold)
    anchor, reach = anchors[rows], step * boxes[rows]
    corners = np.concatenate([anchor - reach[:, :2], anchor + reach[:, 2:]], axis=1)
    points = anchor[:, None] + step * marks[rows].reshape(-1, 5, 2)
    return Candidates(corners, points, scores[rows, 0])


def _order(outputs: Sequence[Feed], *, name: str) -> list[tuple[int, ...]]:
    """Give, for each step, the places of its scores, boxes and landmarks among the outputs."""
    kinds = [
        [index for index, feed in enumerate(outputs) if feed.shape and feed.shape[-1] == columns]
        for columns in COLUMNS
    ]
    got = tuple(len(kind) for kind in kinds)
    want = (len(STEPS),) * len(COLUMNS)
    if got != want:
        raise BundleError(
            f"{name}: got {got} outputs with 1, 4 and 10 columns, want {want}: "
            "three levels with landmarks"
        )
    return list(zip(*kinds, strict=True))
