"""Templates of many photographs, for the scripts that measure a bundle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from overt.arrays import I64, Vectors
from overt.detect.heads import detector_for
from overt.detect.picture import Scaling
from overt.embed.recogniser import Recogniser
from overt.geometry import area
from overt.inference.opened import OpenedBundle
from overt.select.quality import measure
from overt.sources.stills import read_still
from overt.values.shots import Shots

PHOTO_FACE_PX = 25.0  # the smallest face looked for


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """The photographs in which a face was found."""

    rows: I64  # (n,) which of the photographs
    vectors: Vectors  # (n, d)


def embed_photos(files: Sequence[Path], opened: OpenedBundle) -> Embedded:
    """Embed the largest sure face of each photograph."""
    detector = detector_for(opened, scaling=Scaling(PHOTO_FACE_PX))
    recogniser = Recogniser(opened.recogniser_session(), opened.bundle.recogniser)
    rows: list[int] = []
    vectors: list[Vectors] = []
    for row, file in enumerate(track(files, "photographs", console=Console(stderr=True))):
        frame = read_still(file)
        faces = detector.detect(frame)
        faces = faces[faces.scores >= 0.5]
        if not len(faces):
            continue
        face = faces[np.array([int(area(faces.boxes).argmax())])]
        shots = Shots(np.array([0], np.int64), face, measure(frame, face))
        rows.append(row)
        vectors.append(recogniser.embed(frame, shots).vectors)
    return Embedded(np.array(rows, np.int64), np.concatenate(vectors))
