"""How a bundle whose networks compute with fewer digits does beside the one it was made of.

It names no person and no file. Of the pictures it tells how many, and one hash over all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from overt.errors import EvaluationError
from overt.values.hashed import plain, sha256_of
from overt.values.share import Share

__all__ = ["DIGITS", "Alike", "Beside", "Networks", "OfHeight", "Precision"]

DIGITS: Final = "overt-digits/1"


class Precision(StrEnum):
    """What a network with fewer digits computes in."""

    INT8 = "int8"  # on the processor
    FLOAT16 = "float16"  # on a GPU


@dataclass(frozen=True, slots=True)
class Networks:
    """The files of a bundle, as the runtime is given them."""

    detector: str  # sha256
    recogniser: str


@dataclass(frozen=True, slots=True)
class OfHeight:
    """Faces of some height, all figures against the bundle that it was made of."""

    from_px: float  # height at the detector's input
    below_px: float | None  # None: and larger
    found: Share | None  # of the faces that the other is sure of, those found, and surely
    overlap: float | None  # IoU of the boxes of faces found, the median
    marks_apart: float | None  # landmarks, as a share of the distance of the eyes, the median
    marks_apart_95: float | None  # of 95 of 100 faces less
    more: int  # faces that it is sure of where the other has none, a faint one neither


@dataclass(frozen=True, slots=True)
class Alike:
    """How alike two templates of one photograph are, one of each bundle: the cosine."""

    faces: int
    lowest: float
    of_100: float  # 1 in 100 is less alike
    median: float


@dataclass(frozen=True, slots=True)
class Beside:
    """What both bundles made of the same pictures."""

    made: str  # ISO 8601 UTC
    software: str
    precision: Precision
    mother: str  # digest of the bundle that it was made of
    before: Networks
    after: Networks
    pictures: int
    pictures_sha256: str  # over their hashes, sorted
    sure: float  # a detection from this score on is a sure one
    overlapping: float  # IoU from which on two boxes are one face
    heights: tuple[OfHeight, ...]
    alike: Alike | None  # None: no picture had a face in both
    schema: str = DIGITS

    def __post_init__(self) -> None:
        if self.before == self.after or not self.heights:
            raise EvaluationError(
                f"digits: got networks {self.after} of {self.before} and {len(self.heights)} "
                "heights, want other networks and one height at least"
            )

    @property
    def sha256(self) -> str:
        """The hash over its canonical form (RFC 8785)."""
        return sha256_of(self)

    def plain(self) -> Any:
        """Give it as JSON has it, without its hash."""
        return plain(self)
