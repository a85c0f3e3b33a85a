"""Who is on a list, in numbers: by category, with the blue list kept apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from overt.values.events import WatchlistComposed
from overt.values.watchlist import Category, Entry, Watchlist

__all__ = ["Composition", "composed", "composition", "composition_of", "images_older"]


@dataclass(frozen=True, slots=True)
class Composition:
    """How many entries a list has, of each kind."""

    listed: int  # people who are looked for: without the blue list
    categories: Mapping[Category, int]  # of those, by category; every category but the blue list
    blue: int  # staff and volunteers who walk past to measure recognition
    under_18: int
    vulnerable: int
    relatives: int  # entries with a known close relative or twin

    def __str__(self) -> str:
        parts = [f"{number:,} {category}" for category, number in self.categories.items() if number]
        listed = ", ".join(parts) or "nobody"
        return f"{listed}; blue list {self.blue:,}" if self.blue else listed


def composition(watchlist: Watchlist) -> Composition:
    """Count the entries of a list."""
    return composition_of(watchlist.entries)


def composition_of(entries: Sequence[Entry]) -> Composition:
    """Count entries that are a list, or are to be one."""
    wanted = [entry for entry in entries if entry.category is not Category.BLUE]
    counts = {
        category: sum(entry.category is category for entry in wanted)
        for category in Category
        if category is not Category.BLUE
    }
    return Composition(
        listed=len(wanted),
        categories=MappingProxyType(counts),
        blue=len(entries) - len(wanted),
        under_18=sum(entry.under_18 for entry in entries),
        vulnerable=sum(entry.vulnerable for entry in entries),
        relatives=sum(bool(entry.relatives) for entry in entries),
    )


def composed(watchlist: Watchlist) -> WatchlistComposed:
    """Say it as the record does: every category, the blue list too."""
    entries = watchlist.entries
    return WatchlistComposed(
        watchlist.digest,
        Counter(entry.category for entry in entries),
        Counter(entry.category for entry in entries if entry.under_18),
        Counter(entry.category for entry in entries if entry.vulnerable),
    )


def images_older(watchlist: Watchlist, *, than: timedelta, now: datetime) -> tuple[int, int]:
    """Count the photographs that are older, and those whose date is not known."""
    dates = [entry.image_date for entry in watchlist.entries]
    oldest = (now - than).date()
    return sum(date is not None and date < oldest for date in dates), dates.count(None)
