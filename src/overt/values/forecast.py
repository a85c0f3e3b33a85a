"""Whom false alerts of a bundle are to be expected of: the pairs that come nearest, by group.

It names no person and no file: people are numbers, and of each its group alone is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from overt.errors import EvaluationError
from overt.values.hashed import plain, sha256_of

__all__ = ["FORECAST", "Forecast", "Near"]

FORECAST: Final = "overt-forecast/1"
Near = tuple[int, int, float]  # numbers of two people, and their similarity


@dataclass(frozen=True, slots=True)
class Forecast:
    """What was measured of different people, one photograph of each."""

    made: str  # ISO 8601 UTC
    software: str
    bundle: str  # digest of what was measured, as an evaluation names it
    data: str  # in words, as given
    labels_sha256: str  # of the table of labels
    half: str  # of the people: development or test
    folds: int  # people were dealt into so many; 0: with the bundle's own cohort
    groups: tuple[str, ...]
    people: tuple[int, ...]  # the place of each person's group among `groups`
    floor: float  # similarity: every pair that reaches it is told
    measured_to: float  # similarity from which on the scale of the bundle is extrapolated
    near: tuple[Near, ...]
    schema: str = FORECAST

    def __post_init__(self) -> None:
        many = len(self.people)
        if any(not 0 <= one < other < many or at < self.floor for one, other, at in self.near):
            raise EvaluationError(
                f"forecast: got a pair that is none of {many} people, or below {self.floor}, want "
                "two numbers, rising, and a similarity that reaches it"
            )
        if any(not 0 <= each < len(self.groups) for each in self.people):
            raise EvaluationError(f"forecast: got a person of no group, want {self.groups}")

    @property
    def sha256(self) -> str:
        """The hash over its canonical form (RFC 8785)."""
        return sha256_of(self)

    def plain(self) -> Any:
        """Give it as JSON has it, without its hash."""
        return plain(self)
