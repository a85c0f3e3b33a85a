"""From photographs to a watchlist: one face each, large and sharp enough, or a named rejection."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np

from overt.arrays import F32, Rgb
from overt.detect.base import Detector
from overt.embed.base import Embedder
from overt.embed.cut import cut_shots
from overt.errors import SourceError
from overt.geometry import area
from overt.governance.applications import Application
from overt.select.limits import Limits, reason_unfit
from overt.select.quality import measure
from overt.sources.stills import read_still
from overt.values.faces import Faces
from overt.values.frame import Frame
from overt.values.shots import Shots
from overt.values.watchlist import Entry

__all__ = [
    "Enrolled",
    "Enroller",
    "Rejected",
    "Result",
    "enrol_all",
    "one_face",
    "photo_of",
    "without_repeats",
]

SECOND_FACE: Final = 0.25  # of the largest face's area: from there on it is a photo of two
SURE: Final = 0.5  # detector confidence
PHOTO_PX: Final = 320  # side of the face kept to be shown to an operator, at most


@dataclass(frozen=True, slots=True, eq=False)
class Enrolled:
    """A photograph that became an entry."""

    entry: Entry
    template: F32  # (d,)
    photo: Rgb  # the face with a margin, for an operator to look at


@dataclass(frozen=True, slots=True)
class Rejected:
    """A photograph that did not, and why. The report lists them; the others are kept."""

    reference: str
    file: Path
    reason: str


Result: TypeAlias = Enrolled | Rejected


class Enroller:
    """Makes entries of photographs."""

    def __init__(self, *, detector: Detector, embedder: Embedder, limits: Limits) -> None:
        """Take a detector that finds large faces, and the limits that a listed photo must keep."""
        self._detector = detector
        self._embedder = embedder
        self._limits = limits

    def enrol(self, application: Application) -> Result:
        """Make an entry of one photograph, or say why not."""
        try:
            # First as a photograph, which refuses a pipe, a device and what is far too large.
            frame = read_still(application.file)
            content = application.file.read_bytes()
        except (OSError, SourceError) as error:
            return self._reject(application, f"cannot be read: {error}")
        return self.enrol_frame(application, frame, sha256=hashlib.sha256(content).hexdigest())

    def enrol_frame(self, application: Application, frame: Frame, *, sha256: str) -> Result:
        """Make an entry of a photograph that is read already; sha256 is of its file."""
        faces = self._detector.detect(frame)
        shots = one_face(frame, faces, self._limits)
        if isinstance(shots, str):
            return self._reject(application, shots)
        template = self._embedder.embed(frame, shots).vectors[0]
        entry = replace(application.entry, photo_sha256=sha256)
        return Enrolled(entry, template, photo_of(frame, faces, shots))

    def _reject(self, application: Application, reason: str) -> Rejected:
        return Rejected(application.entry.reference, application.file, reason)


def one_face(frame: Frame, faces: Faces, limits: Limits) -> Shots | str:
    """Find the one face of a photograph that is good enough, or name the reason."""
    if not len(faces):
        return "no face found"
    sizes = area(faces.boxes)
    largest = int(sizes.argmax())
    as_large = int((sizes >= SECOND_FACE * sizes[largest]).sum())
    if as_large > 1:
        return f"{as_large} faces, want one"
    face = faces[np.array([largest])]
    # Measured alone: a face in the background does not make the large one covered.
    qualities = measure(frame, face)
    reason = reason_unfit(qualities[0], limits)
    return str(reason) if reason else Shots(np.array([0], np.int64), face, qualities)


def photo_of(frame: Frame, faces: Faces, shots: Shots) -> Rgb:
    """Cut the one face out of a photograph, small, for an operator to look at."""
    photo = cut_shots(frame, shots, faces=faces.boxes)[0].crop().pixels
    step = -(-max(photo.shape[:2]) // PHOTO_PX)
    return np.ascontiguousarray(photo[::step, ::step])


def enrol_all(enroller: Enroller, applications: Iterable[Application]) -> Iterator[Result]:
    """Enrol one after the other; a photograph or a reference that comes twice is rejected."""
    return without_repeats((each.file, enroller.enrol(each)) for each in applications)


def without_repeats(results: Iterable[tuple[Path, Result]]) -> Iterator[Result]:
    """Reject a photograph or a reference that comes twice; the first is kept."""
    seen: dict[str, str] = {}
    references: set[str] = set()
    for file, result in results:
        if isinstance(result, Rejected):
            yield result
            continue
        sha256, reference = result.entry.photo_sha256, result.entry.reference
        if sha256 in seen:
            yield Rejected(reference, file, f"the same photograph as {seen[sha256]}")
        elif reference in references:
            yield Rejected(reference, file, "a reference that is there already")
        else:
            seen[sha256] = reference
            references.add(reference)
            yield result
