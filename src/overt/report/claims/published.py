"""What a publisher gave: counts, categories, groups, thresholds, and where they were read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = [
    "MOST",
    "NOUNS",
    "PARTS",
    "Assumed",
    "Category",
    "CountName",
    "Exposure",
    "Grade",
    "Group",
    "Published",
    "Source",
    "Threshold",
]

MOST: Final = 10**12  # a count


class Grade(StrEnum):
    """How a figure is known."""

    READ = "P"
    SECOND_HAND = "S"
    COMPUTED = "C"
    TO_CONFIRM = "R"

    @property
    def words(self) -> str:
        """The grade as it is shown."""
        return {
            Grade.READ: "read in a published page",
            Grade.SECOND_HAND: "second-hand",
            Grade.COMPUTED: "computed from published counts",
            Grade.TO_CONFIRM: "not confirmed",
        }[self]


class CountName(StrEnum):
    """The counts that a publisher may give."""

    DEPLOYMENTS = "deployments"
    LISTED = "listed"
    FACES = "faces"
    ALERTS = "alerts"
    FALSE_ALERTS = "false_alerts"
    FALSE_ALERTS_STOPPED = "false_alerts_stopped"
    ENGAGEMENTS = "engagements"
    ARRESTS = "arrests"


NOUNS: Final = {  # one, many
    CountName.DEPLOYMENTS: ("deployment", "deployments"),
    CountName.LISTED: ("person listed", "people listed"),
    CountName.FACES: ("face", "faces"),
    CountName.ALERTS: ("alert", "alerts"),
    CountName.FALSE_ALERTS: ("false alert", "false alerts"),
    CountName.FALSE_ALERTS_STOPPED: (
        "false alert that led to an engagement",
        "false alerts that led to an engagement",
    ),
    CountName.ENGAGEMENTS: ("engagement", "engagements"),
    CountName.ARRESTS: ("arrest", "arrests"),
}
# A part is at most its whole; arrests are no part of alerts: one alert may lead to two.
PARTS: Final = (
    (CountName.ALERTS, CountName.FACES),
    (CountName.FALSE_ALERTS, CountName.ALERTS),
    (CountName.FALSE_ALERTS_STOPPED, CountName.FALSE_ALERTS),
    (CountName.ENGAGEMENTS, CountName.ALERTS),
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where figures were read, without an address: addresses die."""

    publisher: str
    period: str
    citation: str
    grade: Grade

    @property
    def text(self) -> str:
        """The source as it is shown."""
        return f"{self.citation} ({self.grade.words})"


@dataclass(frozen=True, slots=True)
class Category:
    """A part of a count, by reason or kind; `count` is None where none was published."""

    of: CountName
    name: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Assumed:
    """A share of the faces that somebody might assume, and why."""

    share: float  # 0 to 1
    why: str


@dataclass(frozen=True, slots=True)
class Exposure:
    """A published share of the faces: one figure, or from `low` to `high`."""

    low: float
    high: float
    citation: str


@dataclass(frozen=True, slots=True)
class Group:
    """How many of the false alerts concerned a group of people."""

    name: str  # after "were": "Black people"
    count: int
    total: int  # of false alerts whose group is known
    exposure: Exposure | None
    assumed: tuple[Assumed, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """False alerts of a test at one threshold; by group where that was published."""

    value: float
    false_alerts: int
    group_false_alerts: int | None
    group_trials: int | None
    other_trials: int | None
    citation: str


@dataclass(frozen=True, slots=True)
class Published:
    """All that one file holds besides its claims."""

    title: str
    source: Source
    counts: dict[CountName, int]
    categories: tuple[Category, ...]
    groups: tuple[Group, ...]
    thresholds: tuple[Threshold, ...]

    def count(self, name: CountName) -> int | None:
        """Give a count, None where it was not published."""
        return self.counts.get(name)

    def with_noun(self, name: CountName) -> str:
        """Write a count with its noun: 10 false alerts."""
        number = self.counts[name]
        return f"{number:,} {NOUNS[name][number != 1]}"
