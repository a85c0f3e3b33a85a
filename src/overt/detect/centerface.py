"""CenterFace: a face is a peak in a heat map, with its size and landmarks beside it.

Xu et al., "CenterFace: joint face detection and alignment using face as point", 2019, section 3:
for a peak in row i and column j at step 4, the box has height 4 exp(s0) and width 4 exp(s1), its
centre is 4 (j + o1 + 0.5), 4 (i + o0 + 0.5), and landmarks are shares of its height and width
(y before x) from its top left corner.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from overt.arrays import F32
from overt.detect.decode import Candidates, to_faces
from overt.detect.picture import Scaling, take_picture
from overt.errors import BundleError
from overt.inference.bundle import DetectorEntry
from overt.inference.session import Session
from overt.values.faces import Faces
from overt.values.frame import Frame

__all__ = ["CenterFace", "decode_centerface"]

STEP: Final = 4
CHANNELS: Final = (1, 2, 2, 10)  # heat, size, offset, landmarks


class CenterFace:
    """Finds faces with a CenterFace network."""

    def __init__(self, session: Session, *, entry: DetectorEntry, scaling: Scaling) -> None:
        """Take a loaded network.

        Raises:
            BundleError: its outputs are not those of CenterFace.
        """
        got = tuple(feed.shape[1] if len(feed.shape) == 4 else None for feed in session.outputs)
        if len(session.inputs) != 1 or got != CHANNELS:
            raise BundleError(f"{session.name}: got channels {got}, want {CHANNELS}")
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
        heat, size, offset, marks = self._session.run({self._input: picture.pixels})
        candidates = decode_centerface(
            heat[0, 0], size[0], offset[0], marks[0], threshold=entry.score_threshold
        )
        return to_faces(candidates, picture=picture, frame=frame, nms_iou=entry.nms_iou)


def decode_centerface(
    heat: F32, size: F32, offset: F32, marks: F32, *, threshold: float
) -> Candidates:
    """Read the maps: heat (h, w), size and offset (2, h, w), marks (10, h, w)."""
    rows, columns = np.nonzero(heat >= threshold)
    cells = np.stack([columns, rows], axis=-1).astype(np.float32)
    sides = (STEP * np.exp(size[::-1, rows, columns])).T  # width, height
    centres = STEP * (cells + offset[::-1, rows, columns].T + np.float32(0.5))
    corners = centres - sides / 2
    shares = marks[:, rows, columns].T.reshape(-1, 5, 2)[..., ::-1]
    return Candidates(
        np.concatenate([corners, corners + sides], axis=1).astype(np.float32),
        (corners[:, None] + shares * sides[:, None]).astype(np.float32),
        heat[rows, columns],
    )
