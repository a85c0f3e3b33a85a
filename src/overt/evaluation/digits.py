"""Networks with fewer digits beside those they were made of, on pictures that did not make them.

Half of the pictures, chosen by the hash of each, set the ranges of numbers; the other half is
looked at by both bundles. Each picture is looked at in several sizes, as a face is lost first where
it is small.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self, TypeAlias

import numpy as np

from overt.arrays import F32, F64
from overt.detect.base import Detector
from overt.detect.picture import small_rgb, take_picture
from overt.embed.align import align
from overt.embed.recogniser import Recogniser
from overt.errors import InputError
from overt.evaluation.face import SURE, PhotoStages
from overt.evaluation.shares import share
from overt.geometry import iou
from overt.inference.bundle import DetectorEntry, RecogniserEntry
from overt.sources.stills import STILL_SUFFIXES, frame_of, read_still
from overt.values.digits import Alike, OfHeight
from overt.values.faces import Faces
from overt.values.frame import Frame

__all__ = [
    "LEAST",
    "OVERLAPPING",
    "SURE",
    "Pictures",
    "Seen",
    "Side",
    "chips_for",
    "inputs_for",
    "look",
    "pictures_in",
]

OVERLAPPING: Final = 0.5  # IoU from which on two boxes are one face
LEAST: Final = 20  # pictures, and faces in them: fewer say nothing
MOST: Final = (200, 1000)  # pictures that set ranges, and that are compared: more cost time alone
LONGEST_PX: Final = 1280  # side of a picture as it is looked at first
SIZES: Final = (1, 2, 4, 6)  # so many times smaller
# Heights that are told apart, in smallest faces that the detector finds reliably.
EDGES: Final = (1.0, 1.5, 2.5, 5.0)
# Of a sure face of the one side: its height, number of the picture, score of the other side's face
# (0: none), overlap of the boxes, landmarks apart.
Row: TypeAlias = tuple[float, int, float, float, float]


@dataclass(frozen=True, slots=True)
class Pictures:
    """Some pictures, and one hash over the hashes of all."""

    paths: tuple[Path, ...]
    sha256: str

    @classmethod
    def none(cls) -> Self:
        """Give no picture."""
        return cls((), hashlib.sha256(b"").hexdigest())


@dataclass(frozen=True, slots=True)
class Side:
    """A bundle that looks at the pictures."""

    detector: Detector  # that takes a picture in the size it has
    stages: PhotoStages


def pictures_in(folder: Path) -> tuple[Pictures, Pictures]:
    """Find the pictures of a folder: those that set ranges, and those that are compared.

    Raises:
        InputError: the folder cannot be read, or holds too few.
    """
    found: dict[str, Path] = {}
    try:
        for path in folder.iterdir():
            if path.suffix.lower() in STILL_SUFFIXES and path.is_file():
                found[hashlib.sha256(path.read_bytes()).hexdigest()] = path
    except OSError as error:
        raise InputError(f"{folder}: got {error.strerror}, want a folder of pictures") from error
    halves = [[each for each in sorted(found) if int(each[-1], 16) % 2 == half] for half in (0, 1)]
    if min(map(len, halves)) < LEAST:
        raise InputError(
            f"{folder}: got {len(halves[0])} and {len(halves[1])} pictures in the halves that set "
            f"ranges and are compared, want {LEAST} or more in each",
            hint="give a hundred pictures or more, as like what the cameras show as can be had",
        )
    ranges, compared = (_named(half[:most], found) for half, most in zip(halves, MOST, strict=True))
    return ranges, compared


def _named(hashes: Sequence[str], found: dict[str, Path]) -> Pictures:
    digest = hashlib.sha256("".join(hashes).encode()).hexdigest()
    return Pictures(tuple(found[each] for each in hashes), digest)


def inputs_for(entry: DetectorEntry, paths: Iterable[Path]) -> Iterator[F32]:
    """Give what a detector is given of pictures, in every size that is looked at."""
    for path in paths:
        for frame in _sizes(read_still(path)):
            yield take_picture(
                frame, factor=1.0, stride=entry.stride, normalisation=entry.normalisation
            ).pixels


def chips_for(
    entry: RecogniserEntry, paths: Iterable[Path], *, stages: PhotoStages, embedder: Recogniser
) -> Iterator[F32]:
    """Give what a recogniser is given of pictures: of each its largest sure face, if it has one.

    Raises:
        InputError: fewer than `LEAST` have one; told at the end.
    """
    given = 0
    for path in paths:
        found = stages.find(read_still(path))
        if found is None:
            continue
        given += 1
        marks = found.face.landmarks
        points = entry.alignment.points()
        yield embedder.prepare(align(found.frame, marks, template=points, size=entry.input_size))
    if given < LEAST:
        raise InputError(f"pictures: got {given} with a face, want {LEAST} or more")


@dataclass(slots=True)
class Seen:
    """What both sides saw in pictures; grows."""

    least_px: float  # height of the smallest face that the detector finds reliably
    pictures: int = 0
    faces: list[Row] = field(default_factory=list[Row])
    more: list[float] = field(default_factory=list[float])  # heights
    alike: list[float] = field(default_factory=list[float])  # cosines

    def heights(self) -> tuple[OfHeight, ...]:
        """Tell how the other side found the one side's faces, by height.

        Raises:
            InputError: there are too few faces.
        """
        if len(self.faces) < LEAST:
            raise InputError(
                f"pictures: got {len(self.faces)} faces that the bundle is sure of in those that "
                f"are compared, want {LEAST} or more"
            )
        edges = (0.0, *(edge * self.least_px for edge in EDGES), np.inf)
        faces, more = np.array(self.faces, np.float64), np.array(self.more, np.float64)
        return tuple(
            _of_height(
                low,
                high,
                faces[(faces[:, 0] >= low) & (faces[:, 0] < high)],
                more=int(((more >= low) & (more < high)).sum()),
            )
            for low, high in itertools.pairwise(edges)
        )

    def templates(self) -> Alike | None:
        """Tell how alike templates are; None: there is none of both."""
        if not self.alike:
            return None
        cosines = np.array(self.alike, np.float64)
        low, middle = (float(each) for each in np.percentile(cosines, (1, 50)))
        return Alike(len(cosines), float(cosines.min()), low, middle)


def look(path: Path, seen: Seen, *, before: Side, after: Side) -> None:
    """Let both sides look at one picture, and note what they saw."""
    whole = read_still(path)
    for frame in _sizes(whole):
        _note(seen, before.detector.detect(frame), after.detector.detect(frame))
    seen.pictures += 1
    one, other = before.stages.find(whole), after.stages.find(whole)
    if one is None or other is None:
        return
    if iou(one.face.boxes, other.face.boxes)[0, 0] >= OVERLAPPING:
        a, b = before.stages.embed(one), after.stages.embed(other)
        lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
        seen.alike.append(float(a @ b) / max(lengths, 1e-12))


def _note(seen: Seen, ours: Faces, theirs: Faces) -> None:
    shared = iou(ours.boxes, theirs.boxes)
    for row in np.flatnonzero(ours.scores >= SURE):
        height = float(ours.boxes[row, 3] - ours.boxes[row, 1])
        best = int(shared[row].argmax()) if len(theirs) else -1
        if best < 0 or shared[row, best] < OVERLAPPING:
            seen.faces.append((height, seen.pictures, 0.0, np.nan, np.nan))
            continue
        marks = ours.landmarks[row]
        eyes = max(float(np.linalg.norm(marks[0] - marks[1])), 1e-6)
        apart = float(np.linalg.norm(marks - theirs.landmarks[best], axis=1).mean()) / eyes
        score, overlap = float(theirs.scores[best]), float(shared[row, best])
        seen.faces.append((height, seen.pictures, score, overlap, apart))
    for row in np.flatnonzero(theirs.scores >= SURE):
        if not len(ours) or shared[:, row].max() < OVERLAPPING:
            seen.more.append(float(theirs.boxes[row, 3] - theirs.boxes[row, 1]))


def _of_height(low: float, high: float, faces: F64, *, more: int) -> OfHeight:
    """Tell of rows as in `Seen.faces`."""
    met = faces[faces[:, 2] > 0]
    overlap = float(np.median(met[:, 3])) if len(met) else None
    middle, most = (
        (float(each) for each in np.percentile(met[:, 4], (50, 95))) if len(met) else (None, None)
    )
    found = share(faces[:, 2] >= SURE, faces[:, 1].astype(np.int64), of="faces")
    return OfHeight(low, None if high == np.inf else high, found, overlap, middle, most, more)


def _sizes(frame: Frame) -> Iterator[Frame]:
    """Give a picture in every size that is looked at."""
    longer = max(frame.width, frame.height)
    first = min(1.0, LONGEST_PX / longer)
    for times in SIZES:
        width = max(2, round(frame.width * first / times))
        height = max(2, round(frame.height * first / times))
        rgb = small_rgb(frame, width=width, height=height)
        yield frame_of(rgb, name="picture", camera=frame.camera, time=frame.time)
