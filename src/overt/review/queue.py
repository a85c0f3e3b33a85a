"""Which alerts wait to be judged, kept up as events come: looking does not go through them all."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from overt.review.alert_record import AlertRecord
from overt.review.unjudged import Unjudged, unjudged

__all__ = ["Queue", "Waiting"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """The part of a queue that a page shows, each in the order in which they were raised."""

    shown: tuple[Unjudged, ...]  # the oldest that nobody holds, and all that somebody holds
    free: int  # how many wait that nobody holds
    held: int  # how many somebody holds who has not judged yet
    seconds: tuple[Unjudged, ...]  # the oldest of each first that have no second opinion


class Queue:
    """The alerts of a deployment that somebody may judge, by id."""

    def __init__(self) -> None:
        self._free: dict[str, None] = {}  # nobody holds it; one that was given back stands last
        self._held: dict[str, None] = {}  # somebody holds it, and has not judged
        self._seconds: dict[str, dict[str, None]] = {}  # without a second opinion, by the holder
        self._given_back: set[str] = set()

    def note(self, before: AlertRecord | None, now: AlertRecord) -> None:
        """Take in how an alert stood before, if it was raised then, and how it stands now."""
        alert, waits = now.id, now.first is None
        keep(self._free, alert, when=waits and not now.holder)
        keep(self._held, alert, when=waits and bool(now.holder))
        if waits and not now.holder and before is not None:
            self._given_back.add(alert)
        else:
            self._given_back.discard(alert)
        if before is not None and before.holder != now.holder:
            self._seconds.get(before.holder, {}).pop(alert, None)
        if now.holder:
            keep(self._seconds.setdefault(now.holder, {}), alert, when=now.second is None)

    def waiting(self, find: Callable[[str], AlertRecord], *, at_most: int) -> Waiting:
        """Give what a page shows.

        Args:
            find: gives an alert by its id.
            at_most: how many that nobody holds, and how many for a second opinion of each first.
        """
        # Who gave one back gave it to the end of the dictionary, and it is older than it stands.
        free = set(islice(self._free, at_most)) | self._given_back
        oldest = heapq.nsmallest(at_most, map(find, free), key=age)
        shown = sorted([*oldest, *map(find, self._held)], key=age)
        seconds = sorted(map(find, self._for_second(at_most)), key=age)
        return Waiting(
            tuple(map(unjudged, shown)),
            len(self._free),
            len(self._held),
            tuple(map(unjudged, seconds)),
        )

    def _for_second(self, at_most: int) -> Iterator[str]:
        for firsts in self._seconds.values():
            yield from islice(firsts, at_most)


def keep(alerts: dict[str, None], alert: str, *, when: bool) -> None:
    if when:
        alerts.setdefault(alert)
    else:
        alerts.pop(alert, None)


def age(record: AlertRecord) -> tuple[datetime, str]:
    return record.raised, record.id
