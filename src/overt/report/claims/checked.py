"""What a check of a claim gives: verdicts, the arithmetic, and what the claim needs to be true."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from overt.statistics.estimate import Intensity, PValue, Rate, Ratio
from overt.statistics.power import EventsNeeded, Power, SmallestRatio

__all__ = ["Checked", "Finding", "Named", "Number", "Steps", "Tabled", "Verdict"]

Number: TypeAlias = Rate | Ratio | PValue | Intensity | Power | EventsNeeded | SmallestRatio


class Finding(StrEnum):
    """What can be said of a claim; the order is that of a summary."""

    WRONG = "does not add up"
    MISLEADING = "misleading"
    UNKNOWN = "cannot be checked"
    FOLLOWS = "follows"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A finding, and what is lacking: what it needs, or what it misleads without."""

    finding: Finding
    lacks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.finding in (Finding.UNKNOWN, Finding.MISLEADING)) != bool(self.lacks):
            raise ValueError(f"verdict: got {self.finding} lacking {self.lacks}")

    @property
    def text(self) -> str:
        """The verdict as it is printed."""
        return f"{self.head} {'; '.join(self.lacks)}".strip()

    @property
    def head(self) -> str:
        """The verdict without what it lacks."""
        match self.finding:
            case Finding.UNKNOWN:
                return "CANNOT BE CHECKED: needs"
            case Finding.MISLEADING:
                return "MISLEADING WITHOUT"
            case _:
                return str(self.finding).upper()


@dataclass(frozen=True, slots=True)
class Tabled:
    """A small table; the first row holds the heads."""

    title: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A figure with its counts and method, under a name that data can be read by."""

    name: str
    number: Number


Steps: TypeAlias = tuple[str | Tabled, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim that was checked. It may follow and mislead at once."""

    verdicts: tuple[Verdict, ...]
    steps: Steps  # the arithmetic, in order
    needs: tuple[str, ...] = ()  # what would have to be so for the claim to be true
    numbers: tuple[Named, ...] = ()

    @property
    def worst(self) -> Finding:
        """The gravest finding."""
        order = tuple(Finding)
        return min((verdict.finding for verdict in self.verdicts), key=order.index)


def counted(checks: tuple[Checked, ...]) -> Counter[Finding]:
    """Count the findings; a claim with two verdicts counts for both."""
    return Counter(verdict.finding for check in checks for verdict in check.verdicts)
