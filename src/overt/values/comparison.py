"""Two evaluations of the same photographs, held against each other: what became worse, for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from overt.values.hashed import plain, sha256_of

__all__ = ["COMPARISON", "Change", "Comparison", "Gap", "Used", "is_worse"]

COMPARISON: Final = "overt-comparison/1"


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one rate of errors, in one group."""

    measure: str  # FPIR or FNIR
    at: str  # "threshold 0.60", or "FPIR 0.01" with each evaluation's own threshold
    column: str  # "" for everybody
    group: str
    probes: int
    before: float
    after: float
    better: int  # probes with an error before and none after
    worse: int
    low: float  # of after - before
    high: float
    p: float  # exact McNemar

    @property
    def difference(self) -> float:
        """After - before: above 0 is worse."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Gap:
    """What became of the gap between the worst and the best group of a column."""

    measure: str  # FPIR or FNIR
    column: str
    before: float  # rate of the worst group less that of the best
    after: float
    low: float  # of after - before; bootstrap of people
    high: float

    @property
    def difference(self) -> float:
        """After - before: above 0 is worse."""
        return self.after - self.before


def is_worse(change: Change | Gap, *, limit: float) -> bool:
    """Tell whether an evaluation is credibly worse by more than a limit.

    The difference itself is above the limit, and its whole interval above 0.
    """
    return change.difference > limit and change.low > 0


@dataclass(frozen=True, slots=True)
class Used:
    """A bundle as it is deployed, and the evaluation that stands for it."""

    name: str
    version: str
    bundle: str  # digest of its manifest, as an authority names it
    threshold: float
    evaluation: str  # sha256 of the record


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a change of bundle or threshold does to the same probes, searched in the same list."""

    made: str  # ISO 8601 UTC
    software: str
    before: Used
    after: Used
    labels_sha256: str
    listed: int
    mated: int  # probes that both have, of listed people
    nonmated: int
    changes: tuple[Change, ...]
    gaps: tuple[Gap, ...]
    schema: str = COMPARISON

    @property
    def sha256(self) -> str:
        """The hash over its canonical form (RFC 8785)."""
        return sha256_of(self)

    def plain(self) -> Any:
        """Give it as JSON has it, without its hash."""
        return plain(self)
