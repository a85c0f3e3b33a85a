"""The face of a photograph that counts: the largest one that the detector is sure of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from overt.arrays import F32
from overt.detect.base import Detector
from overt.embed.base import Embedder
from overt.geometry import area
from overt.select.quality import measure
from overt.values.faces import Faces
from overt.values.frame import Frame
from overt.values.metric import Metric
from overt.values.quality import Quality
from overt.values.shots import Shots

__all__ = ["LargestFace", "PhotoStages"]

SURE: Final = 0.5  # of a detection, to be taken for a face
SECOND_FACE: Final = 0.25  # of the largest face's area: from there on it is a photo of two


@dataclass(frozen=True, slots=True, eq=False)
class LargestFace:
    """The largest face of a photograph."""

    frame: Frame
    face: Faces  # this one alone
    among: int  # faces as large as this one, or nearly, itself among them
    quality: Quality


@dataclass(frozen=True, slots=True)
class PhotoStages:
    """What makes templates of photographs."""

    detector: Detector
    embedder: Embedder
    metric: Metric  # by which they are compared

    def find(self, frame: Frame) -> LargestFace | None:
        """Find the largest sure face; None where there is no sure one."""
        faces = self.detector.detect(frame)
        faces = faces[faces.scores >= SURE]
        if not len(faces):
            return None
        sizes = area(faces.boxes)
        largest = int(sizes.argmax())
        face = faces[np.array([largest])]
        among = int((sizes >= SECOND_FACE * sizes[largest]).sum())
        return LargestFace(frame, face, among, measure(frame, face)[0])

    def embed(self, found: LargestFace) -> F32:
        """Make its template, (d,)."""
        shots = Shots(np.array([0], np.int64), found.face, (found.quality,))
        return self.embedder.embed(found.frame, shots).vectors[0]
