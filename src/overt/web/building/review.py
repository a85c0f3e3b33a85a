"""What a reviewer is told of a build: each entry with what to look at twice, and the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from overt.governance.composition import Composition, composition_of
from overt.governance.lookalikes import Alike
from overt.governance.policy import Policy
from overt.governance.policy_kinds import said_duration
from overt.governance.rules_list import is_over
from overt.values.watchlist import Category, Entry
from overt.web.building.build import Build, Choice, Item

__all__ = ["AT_ONCE", "Flag", "Pair", "Row", "Share", "Whole", "pages", "pairs", "rows", "whole"]

AT_ONCE: Final = 24  # photographs of a page
MOST_ALIKE: Final = 5  # that a row names


@dataclass(frozen=True, slots=True)
class Flag:
    """What to look at twice; `text` is what somebody wrote of the entry, "" where nobody did."""

    what: str
    text: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.text}" if self.text else self.what


@dataclass(frozen=True, slots=True)
class Row:
    """An entry to be confirmed or left out."""

    item: Item
    entry: Entry
    choice: Choice
    flags: tuple[Flag, ...]  # with one, it is confirmed by itself


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries that look alike."""

    first: Row
    second: Row
    similarity: float
    same: bool
    related: bool  # one of the two is told to have a twin or a close relative


@dataclass(frozen=True, slots=True)
class Share:
    """A category of the list, against its cap."""

    category: Category
    number: int
    cap: str  # "" where there is none
    over: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """The list as it stands: with all that is not left out."""

    entries: int
    composition: Composition
    shares: tuple[Share, ...]
    older: int
    older_than: str
    undated: int
    good_for: str  # how old a list may be at its deployment's start
    confirmed: int
    left_out: int
    undecided: int


def rows(build: Build, *, policy: Policy, now: datetime) -> tuple[Row, ...]:
    """Tell every entry, with what to look at twice."""
    limit = policy.duration("list-image-age")
    alike: dict[str, list[Alike]] = {}
    for pair in staying(build):
        alike.setdefault(pair.first, []).append(pair)
        alike.setdefault(pair.second, []).append(pair)
    return tuple(
        Row(
            item,
            found.entry,
            build.choice(item.number),
            flags(found.entry, alike.get(found.entry.reference, ()), limit=limit, now=now),
        )
        for item, found in build.entries()
    )


def flags(
    entry: Entry, alike: Sequence[Alike], *, limit: timedelta, now: datetime
) -> tuple[Flag, ...]:
    """Tell what to look at twice before an entry is confirmed."""
    told: list[Flag] = []
    for pair in alike[:MOST_ALIKE]:
        other = pair.second if pair.first == entry.reference else pair.first
        told.append(Flag(f"{'same person or twin as' if pair.same else 'looks like'} {other}?"))
    if len(alike) > MOST_ALIKE:
        told.append(Flag(f"looks like {len(alike) - MOST_ALIKE} more"))
    if entry.relatives.strip():
        told.append(Flag("twin or close relatives", entry.relatives))
    if entry.under_18:
        told.append(Flag("under 18", entry.exception))
    if entry.vulnerable:
        told.append(Flag("vulnerable", entry.exception))
    if entry.image_date is None:
        told.append(Flag("photograph of unknown date"))
    elif entry.image_date < (now - limit).date():
        told.append(Flag(f"photograph older than {said_duration(limit)}"))
    elif entry.image_date > now.date():
        told.append(Flag("photograph dated in the future"))
    if entry.expires is not None and entry.expires <= now:
        told.append(Flag("expired: it will not be matched"))
    return tuple(told)


def pairs(build: Build, told: Sequence[Row]) -> tuple[Pair, ...]:
    """Tell who looks alike, the most alike first."""
    by_reference = {row.entry.reference: row for row in told}
    found = [
        Pair(
            first := by_reference[pair.first],
            second := by_reference[pair.second],
            pair.similarity,
            pair.same,
            bool(first.entry.relatives.strip() or second.entry.relatives.strip()),
        )
        for pair in build.alike
    ]
    return tuple(sorted(found, key=lambda pair: -pair.similarity))


def staying(build: Build) -> tuple[Alike, ...]:
    """Give the pairs of which neither is left out."""
    left = {each.entry.reference for each in build.chosen(Choice.LEAVE)}
    return tuple(p for p in build.alike if p.first not in left and p.second not in left)


def whole(build: Build, *, policy: Policy, now: datetime) -> Whole:
    """Tell what the list would be."""
    confirmed, undecided = build.chosen(Choice.LIST), build.chosen(Choice.OPEN)
    entries = tuple(each.entry for each in (*confirmed, *undecided))
    limit = policy.duration("list-image-age")
    oldest = (now - limit).date()
    found = composition_of(entries)
    caps = policy.caps("list-composition")
    shares = tuple(
        Share(
            category,
            number,
            str(caps[category]) if category in caps else "",
            category in caps and is_over(caps[category], number, listed=found.listed),
        )
        for category, number in found.categories.items()
    )
    dates = [entry.image_date for entry in entries]
    return Whole(
        len(entries),
        found,
        shares,
        sum(date is not None and date < oldest for date in dates),
        said_duration(limit),
        dates.count(None),
        said_duration(policy.duration("list-age")),
        len(confirmed),
        len(build.chosen(Choice.LEAVE)),
        len(undecided),
    )


def pages(number: int) -> int:
    """Tell on how many pages so many photographs are shown."""
    return max(1, -(-number // AT_ONCE))
