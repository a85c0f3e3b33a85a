"""What a model bundle says: files, how their inputs and outputs are meant, what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from overt.arrays import F32
from overt.values.calibration import Calibration
from overt.values.digits import Precision
from overt.values.evaluation import Record
from overt.values.metric import Metric

__all__ = [
    "Alignment",
    "Bundle",
    "Channels",
    "CohortEntry",
    "Conversion",
    "DetectorEntry",
    "Evaluation",
    "FewerDigits",
    "Head",
    "IntendedUse",
    "ModelFile",
    "Network",
    "Normalisation",
    "PackagedFile",
    "RecogniserEntry",
    "Unread",
]


class IntendedUse(StrEnum):
    """What a bundle is fit for; policy refuses a trial bundle for a real deployment.

    An operational one names the evaluation that it rests on: see `Evaluation`.
    """

    TRIAL = "trial"
    OPERATIONAL = "operational"


class Head(StrEnum):
    """How a detector's outputs are to be read."""

    CENTERFACE = "centerface"
    YUNET = "yunet"
    SCRFD = "scrfd"


class Channels(StrEnum):
    """Order of the colours in a network's input."""

    RGB = "rgb"
    BGR = "bgr"


class Network(StrEnum):
    """One of the two networks of a bundle."""

    DETECTOR = "detector"
    RECOGNISER = "recogniser"


class Conversion(StrEnum):
    """What is done once to a file before ONNX Runtime can use it."""

    NONE = "none"
    CENTERFACE_DYNAMIC = "centerface-dynamic"
    DLIB_RESNET_ONNX = "dlib-resnet-onnx"


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """A file inside an installed Python distribution, which is not imported."""

    distribution: str
    path: str  # as in the distribution's own list of files
    source_sha256: str  # of the file as packaged


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A network's file; `sha256` is that of the bytes the runtime is given."""

    source: Path | PackagedFile  # a path is absolute: beside the manifest
    conversion: Conversion
    sha256: str


@dataclass(frozen=True, slots=True)
class Normalisation:
    """What a network wants of a pixel p in 0 to 255: (p - mean) * scale, channel by channel."""

    channels: Channels
    mean: tuple[float, float, float]  # in the order of `channels`
    scale: float


@dataclass(frozen=True, slots=True)
class DetectorEntry:
    """The detector of a bundle."""

    file: ModelFile
    head: Head
    normalisation: Normalisation
    min_face_px: float  # height of the smallest face found reliably, at the network's input
    score_threshold: float  # a face below it is not reported; in [0, 1]
    nms_iou: float  # two boxes that share more than this are one face; in [0, 1]
    stride: int  # height and width of the input are multiples of it


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where the five landmarks come to lie in the chip that the recogniser gets."""

    size: int  # side of the chip, pixels
    template: tuple[tuple[float, float], ...]  # x y of: eye on the left of the picture, eye on
    #               its right, nose tip, mouth corner on the left, on the right; chip pixels

    def points(self) -> F32:
        """Give the template as (5, 2)."""
        return np.array(self.template, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class RecogniserEntry:
    """The recogniser of a bundle."""

    file: ModelFile
    input_size: int  # side of the input, pixels; the chip's too
    normalisation: Normalisation
    dimensions: int  # length of an embedding
    metric: Metric
    alignment: Alignment


@dataclass(frozen=True, slots=True)
class CohortEntry:
    """The mixture that scores are held against, how it is drawn from, and what it was fitted to."""

    file: Path  # absolute: beside the manifest
    sha256: str
    size: int  # templates drawn
    seed: int
    top: int  # of them, the most alike, that each template is held against
    script: str  # what fitted it
    datasets: tuple[str, ...]
    photographs: int  # that it was fitted to


@dataclass(frozen=True, slots=True)
class Unread:
    """An evaluation record that is missing, is none, or was altered; and in which way."""

    reason: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The evaluation that an operational bundle rests on."""

    file: Path  # absolute: beside the manifest
    sha256: str  # of the file
    record: Record | Unread


@dataclass(frozen=True, slots=True)
class FewerDigits:
    """How networks that compute with fewer digits were made, and of which bundle's."""

    precision: Precision
    networks: tuple[Network, ...]  # that were made; the other one is the mother's
    mother: str  # name and version of the bundle
    mother_digest: str
    tool: str  # what made them, with versions
    pictures: int  # that the ranges of numbers were taken of
    pictures_sha256: str  # over their hashes, sorted
    file: Path  # absolute: beside the manifest; what both bundles made of other pictures
    sha256: str  # of the file


@dataclass(frozen=True, slots=True)
class Bundle:
    """A detector and a recogniser that belong together, with everything needed to use them."""

    name: str
    version: str
    intended_use: IntendedUse
    licence: str
    source: str
    description: str
    detector: DetectorEntry
    recogniser: RecogniserEntry
    cohort: CohortEntry | None  # without it the recogniser's own scores count
    calibration: Calibration | None  # without it the bundle loads, and no deployment can use it
    digest: str  # sha256 of the manifest in canonical form: what an authority names
    evaluated: str  # the same of the manifest as it was evaluated: what an evaluation names
    evaluation: Evaluation | None  # of an operational bundle; a trial bundle has none
    fewer_digits: FewerDigits | None  # None: computes in float32, or nobody said otherwise

    @property
    def record(self) -> Record | None:
        """The evaluation that it rests on; None: there is none, or it cannot be trusted."""
        found = self.evaluation and self.evaluation.record
        return None if found is None or isinstance(found, Unread) else found
