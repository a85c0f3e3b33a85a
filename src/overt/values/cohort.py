"""Faces of nobody that every score is held against, so that it means the same for everybody."""

from __future__ import annotations

from dataclasses import dataclass

from overt.arrays import Vectors
from overt.errors import ShapeError

__all__ = ["Cohort"]


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """Templates drawn from a mixture: they look like those of people, and belong to none."""

    vectors: Vectors  # (n, d), of length 1 where templates are compared by cosine
    top: int  # how many of them, the most alike, a template is held against

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or not 2 <= self.top <= len(self.vectors):
            raise ShapeError(
                f"cohort: got shape {self.vectors.shape} with the top {self.top}, want (n, d) with "
                "2 to n of them"
            )
