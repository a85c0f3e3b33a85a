"""An evaluation, as it is written down: everything that was measured of a model, and how.

`sha256` is over the RFC 8785 canonical form without itself, so that a manifest, a report and a
court can name exactly one record. It names no person and no file. `probes` pairs two evaluations of
the same photographs (`overt evaluate compare`); it holds the first half of each photograph's
SHA-256, so that whoever has the photographs can find a probe again, and nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from overt.values.clip_evaluation import Video
from overt.values.hashed import hash_of, plain
from overt.values.share import Share
from overt.values.walked import Walked

__all__ = [
    "SCHEMA",
    "Acquired",
    "AtRate",
    "AtThreshold",
    "Band",
    "Difference",
    "Line",
    "Method",
    "Model",
    "OfGroup",
    "OfSize",
    "Probe",
    "Record",
    "Share",
    "Worst",
]

SCHEMA: Final = "overt-evaluation/1"


@dataclass(frozen=True, slots=True)
class Model:
    """What was evaluated."""

    name: str
    version: str
    digest: str  # of the bundle; "" for scores of another tool
    compares: str  # how two templates are compared, in words


@dataclass(frozen=True, slots=True)
class Method:
    """What was done."""

    protocol: str  # photographs, scores, clip or passages
    data: str  # in words, as given
    labels_sha256: str  # of the table of labels, or of the scores
    half: str  # of the people: development, test or all
    seed: int
    listed_wanted: int
    listed: int
    photographs: int
    people: int
    mated: int  # probes of listed people that were compared
    nonmated: int  # probes of people who are not listed
    mated_people: int
    nonmated_people: int


@dataclass(frozen=True, slots=True)
class Acquired:
    """Photographs that could not be used, and why."""

    part: str  # list or probes
    failed: Share | None  # failure to enrol, or to acquire
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class AtThreshold:
    """Error rates at a threshold."""

    threshold: float  # similarity
    score: float  # of the comparison at which it is reached
    extrapolated: bool  # whether the reference scale was measured there
    fpir: Share | None
    tpir: Share | None
    tpir_of_all: Share | None  # failures to enrol and to acquire count as missed
    fmr: Share | None  # pairs: probes that are not listed with each entry
    calibrated_fpir: float  # predicted by the bundle's calibration, for its worst group


@dataclass(frozen=True, slots=True)
class AtRate:
    """Recognition where false alerts are held to a rate."""

    fpir: float  # asked for
    threshold: float | None  # similarity; None for raw scores of another tool
    score: float
    realised: Share | None
    tpir: Share | None


@dataclass(frozen=True, slots=True)
class OfSize:
    """False alerts with lists of one size."""

    listed: int
    threshold: float
    fpir: Share | None
    predicted: float  # 1 - (1 - FMR)^N with the measured FMR
    calibrated: float  # predicted by the bundle's calibration


@dataclass(frozen=True, slots=True)
class OfGroup:
    """Error rates of a group at a threshold."""

    column: str
    group: str
    threshold: float
    fpir: Share | None
    tpir: Share | None
    fmr: Share | None  # all pairs within the group


@dataclass(frozen=True, slots=True)
class Band:
    """Error rates of probes of like quality."""

    low: float  # of the quality score, 0 to 1
    high: float
    threshold: float
    fpir: Share | None
    tpir: Share | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A group's rate against everybody else's, with a verdict."""

    column: str
    group: str
    measure: str  # FPIR, TPIR or FMR
    threshold: float
    ratio: float | None  # None where it cannot be given
    low: float
    high: float | None  # None: without limit
    p: float  # allowing for the number of groups (Holm)
    margin: float
    finding: str  # differs, no difference larger than, cannot tell
    smallest: float | None  # ratio that so many events could have shown; None: none
    method: str


@dataclass(frozen=True, slots=True)
class Worst:
    """The group with the highest rate of errors, against the lowest and against the mean."""

    column: str
    measure: str
    threshold: float
    group: str
    to_best: float | None  # None: a group had no event
    to_mean: float | None  # geometric mean of all (ISO/IEC 19795-10)


@dataclass(frozen=True, slots=True)
class Line:
    """A curve."""

    name: str  # DET, IET or CMC
    x: tuple[float, ...]
    y: tuple[float, ...]
    thresholds: tuple[float, ...]  # similarity; empty for CMC


@dataclass(frozen=True, slots=True)
class Probe:
    """One probe, for tests on pairs."""

    probe: str  # first half of the photograph's SHA-256
    subject: int
    listed: bool
    own: float | None  # similarity with the own entry; None where not listed
    others: float | None  # highest similarity with the entry of anybody else; None: nobody is
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """An evaluation."""

    made: str  # ISO 8601 UTC
    software: str
    model: Model
    method: Method
    columns: tuple[str, ...]
    acquired: tuple[Acquired, ...]
    thresholds: tuple[AtThreshold, ...]
    rates: tuple[AtRate, ...]
    sizes: tuple[OfSize, ...]
    groups: tuple[OfGroup, ...]
    bands: tuple[Band, ...]
    differences: tuple[Difference, ...]
    worst: tuple[Worst, ...]
    lines: tuple[Line, ...]
    limits: tuple[str, ...]  # what it cannot say, in sentences
    probes: tuple[Probe, ...]
    schema: str = SCHEMA
    video: Video | None = None  # of the protocol clip alone
    walked: Walked | None = None  # of the protocol passages alone

    @property
    def sha256(self) -> str:
        """The hash over its canonical form."""
        return hash_of(self.plain())

    def plain(self) -> Any:
        """Give it as JSON has it, without its hash."""
        written = plain(self)
        for part in ("video", "walked"):  # a record from before there were these keeps its hash
            if written[part] is None:
                del written[part]
        return written
