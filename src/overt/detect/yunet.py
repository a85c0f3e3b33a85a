"""YuNet: three levels of cells, each with a class, an objectness, a box and five landmarks.

Wu et al., "YuNet: a tiny millisecond-level face detector", Machine Intelligence Research, 2023:
at step s, the cell in row i and column j says: score sqrt(class * objectness), centre
s (j + b0), s (i + b1), width s exp(b2), height s exp(b3), landmark k at s (j + k0), s (i + k1).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from overt.arrays import F32
from overt.detect.decode import Candidates, grid, require_rows, to_faces
from overt.detect.picture import Scaling, take_picture
from overt.errors import BundleError
from overt.inference.bundle import DetectorEntry
from overt.inference.session import Session
from overt.values.faces import Faces
from overt.values.frame import Frame

__all__ = ["YuNet", "decode_yunet_level"]

STEPS: Final = (8, 16, 32)
KINDS: Final = ("cls", "obj", "bbox", "kps")
COLUMNS: Final = (1, 1, 4, 10)


class YuNet:
    """Finds faces with a YuNet network."""

    def __init__(self, session: Session, *, entry: DetectorEntry, scaling: Scaling) -> None:
        """Take a loaded network.

        Raises:
            BundleError: its outputs are not those of YuNet.
        """
        got = tuple(feed.name for feed in session.outputs)
        want = {f"{kind}_{step}" for kind in KINDS for step in STEPS}
        if len(session.inputs) != 1 or set(got) != want:
            raise BundleError(f"{session.name}: got outputs {got}, want {sorted(want)}")
        self._session = session
        self._input = session.inputs[0].name
        self._outputs = got
        self._entry = entry
        self._factor = scaling.factor(entry.min_face_px)

    def detect(self, frame: Frame, /) -> Faces:
        """Find the faces of a frame."""
        entry = self._entry
        picture = take_picture(
            frame, factor=self._factor, stride=entry.stride, normalisation=entry.normalisation
        )
        run = self._session.run({self._input: picture.pixels})
        named = dict(zip(self._outputs, run, strict=True))
        height, width = picture.pixels.shape[2:]
        levels: list[Candidates] = []
        for step in STEPS:
            classes, objects, boxes, marks = (
                require_rows(f"{kind}_{step}", named[f"{kind}_{step}"], columns=columns)
                for kind, columns in zip(KINDS, COLUMNS, strict=True)
            )
            cells = grid(height // step, width // step)
            levels.append(
                decode_yunet_level(
                    classes,
                    objects,
                    boxes,
                    marks,
                    cells,
                    step=step,
                    threshold=entry.score_threshold,
                )
            )
        return to_faces(
            Candidates.joined(levels), picture=picture, frame=frame, nms_iou=entry.nms_iou
        )


def decode_yunet_level(
    classes: F32, objects: F32, boxes: F32, marks: F32, cells: F32, *, step: int, threshold: float
) -> Candidates:
    """Read one level: (n, 1), (n, 1), (n, 4), (n, 10) at cells (n, 2).

    Raises:
        BundleError: the level has another number of cells than its step gives.
    """
    if len(classes) != len(cells):
        raise BundleError(f"step {step}: got {len(classes)} cells, want {len(cells)}")
    scores = np.sqrt(np.clip(classes[:, 0], 0, 1) * np.clip(objects[:, 0], 0, 1))
    rows = np.flatnonzero(scores >= threshold)
    cell = cells[rows]
    centres = step * (cell + boxes[rows, :2])
    halves = np.float32(step / 2) * np.exp(boxes[rows, 2:])
    points = step * (cell[:, None] + marks[rows].reshape(-1, 5, 2))
    corners: F32 = np.concatenate([centres - halves, centres + halves], axis=1)
    return Candidates(corners, points, scores[rows])
