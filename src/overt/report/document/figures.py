"""Figures: what a report says in numbers, each with an id by which anybody can recompute it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from overt.errors import ReportError
from overt.statistics.estimate import Estimate

__all__ = [
    "Amount",
    "Count",
    "Figure",
    "Grid",
    "Moment",
    "Part",
    "Sort",
    "Statement",
    "Value",
    "Withheld",
    "Words",
    "check_id",
]

ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*")


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number of things that were counted."""

    number: int
    of: str  # what was counted, in words: "faces seen"


@dataclass(frozen=True, slots=True)
class Part:
    """So many of so many that were all counted: nothing is inferred, so there is no interval."""

    number: int
    whole: int
    of: str  # what the whole is, in words

    def __post_init__(self) -> None:
        if not 0 <= self.number <= self.whole:
            raise ReportError(f"{self.of}: got {self.number} of {self.whole}, want 0 to the whole")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that is no count and needs no interval: hours, a threshold."""

    number: float
    unit: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, ISO 8601 in UTC; "" where it did not happen."""

    time: str


@dataclass(frozen=True, slots=True)
class Words:
    """A text: a place, a name of a policy, a digest."""

    text: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """A number too small to be published, or one that would tell such a number."""

    fewer_than: int  # it is from 1 to one less; 0: not even that is told
    of: str


Value: TypeAlias = Count | Part | Amount | Moment | Words | Withheld | Estimate


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a report."""

    id: str  # stable and unique in its report: "false-alerts.per-face"
    label: str
    value: Value
    note: str = ""  # what it can and cannot say

    def __post_init__(self) -> None:
        check_id(self.id)


@dataclass(frozen=True, slots=True)
class Grid:
    """Figures in rows and columns; every cell is a figure, so every cell has its id."""

    id: str
    title: str
    columns: tuple[str, ...]  # the heads, the first of the row's own name
    rows: tuple[tuple[str, tuple[Figure, ...]], ...]  # a row's name and its cells
    note: str = ""

    def __post_init__(self) -> None:
        check_id(self.id)
        for name, cells in self.rows:
            if len(cells) != len(self.columns) - 1:
                raise ReportError(
                    f"table {self.id}, row {name}: got {len(cells)} cells, "
                    f"want {len(self.columns) - 1}"
                )


class Sort(StrEnum):
    """What a statement does for its reader."""

    SAYS = "says"  # what the numbers show
    VERDICT = "verdict"  # differs | no difference larger than R | cannot tell
    LIMIT = "limit"  # what cannot be said, and what it would take
    WRONG = "wrong"  # what does not add up: a report with one cannot be final


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence made of numbers; it is recomputed as they are."""

    id: str
    sort: Sort
    text: str

    def __post_init__(self) -> None:
        check_id(self.id)


def check_id(name: str) -> None:
    """Refuse an id that could not stand in a link.

    Raises:
        ReportError: other than small letters, digits, hyphens and dots between them.
    """
    if not ID.fullmatch(name):
        raise ReportError(f"id: got {name!r}, want small letters, digits, hyphens and dots")
