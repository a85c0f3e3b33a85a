"""A decoy's pictures: made of photographs of people who agreed, as a real alert's are of frames."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from overt.alert.raiser import flags_of
from overt.alert.scene import masked_scene
from overt.arrays import Rgb
from overt.detect.base import Detector
from overt.embed.cut import cut_shots
from overt.errors import InputError
from overt.governance.decoy_file import DecoyFile
from overt.governance.enrol import one_face, photo_of
from overt.select.limits import Limits
from overt.sources.stills import read_still
from overt.values.alert import Alert
from overt.values.crop import Crop
from overt.values.faces import Faces
from overt.values.frame import Frame
from overt.values.operating import OperatingPoint
from overt.values.shots import Shots
from overt.values.watchlist import Entry

__all__ = ["DecoyMaker", "Pretended"]


@dataclass(frozen=True, slots=True, eq=False)
class Pretended:
    """What a decoy shows: the same as a real alert, and nothing that tells it apart."""

    entry: Entry
    photo: Rgb  # the listed face with a margin
    crops: tuple[Crop, ...]  # the best first
    scene: Rgb  # all but the face made unrecognisable

    def flags(self, *, above: float) -> tuple[str, ...]:
        """Name what makes the comparison weaker, `above` the threshold as in `flags_of`."""
        return flags_of(self.entry, self.crops[0].quality, above=above)

    def alert(
        self, alert: str, *, camera: str, time: datetime, similarity: float, point: OperatingPoint
    ) -> Alert:
        """Make the alert that is pretended, to be packed like a real one."""
        return Alert(
            id=alert,
            camera=camera,
            track=0,
            time=time,
            entry=self.entry,
            score=point.score,
            similarity=similarity,
            point=point,
            shots=len(self.crops),
            flags=self.flags(above=similarity - point.threshold),
            crops=self.crops,
            scene=self.scene,
        )


class DecoyMaker:
    """Makes decoys of photographs. It has no embedder: nobody is compared."""

    def __init__(self, *, detector: Detector, seen: Limits, listed: Limits) -> None:
        """Take a detector of large faces, and what a probe and a listed photograph must keep."""
        self._detector = detector
        self._seen = seen
        self._listed = listed

    def make(self, asked: DecoyFile) -> Pretended:
        """Make a decoy of its photographs.

        Raises:
            SourceError: a photograph cannot be read.
            InputError: one has no face, several, or one that would not be compared either.
        """
        looked = [self._look(file, self._seen) for file in asked.probes]
        looked.sort(key=lambda each: -each[2].qualities[0].score)
        crops = [
            cut_shots(frame, shots, faces=faces.boxes)[0].crop() for frame, faces, shots in looked
        ]
        frame, faces, shots = looked[0]
        face = (faces.boxes == shots.faces.boxes[0]).all(axis=1)
        photograph, found, one = self._look(asked.listed, self._listed)
        sha256 = hashlib.sha256(asked.listed.read_bytes()).hexdigest()
        return Pretended(
            entry=replace(asked.entry, photo_sha256=sha256),
            photo=photo_of(photograph, found, one),
            crops=tuple(crops),
            scene=masked_scene(frame, faces.boxes, clear=int(face.argmax())),
        )

    def _look(self, file: Path, limits: Limits) -> tuple[Frame, Faces, Shots]:
        frame = read_still(file)
        faces = self._detector.detect(frame)
        shots = one_face(frame, faces, limits)
        if isinstance(shots, str):
            raise InputError(f"photograph {str(file)!r}: got {shots}, want one good face")
        return frame, faces, shots
