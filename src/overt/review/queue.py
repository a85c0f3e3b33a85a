"""Which alerts wait to be judged, kept up as events come: looking does not go through them all."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
    seconds: tuple[Unjudged, ...]  # the oldest without a second opinion, whoever it is that asks


class Queue:
    """The alerts of a deployment that somebody may judge: by id, where each was raised."""

    def __init__(self) -> None:
        self._free: dict[str, int] = {}  # nobody holds it; one that was given back stands last
        self._held: dict[str, int] = {}  # somebody holds it, and has not judged
        self._seconds: dict[str, dict[str, int]] = {}  # without a second opinion, by the holder
        self._given_back: set[str] = set()

    def note(self, before: AlertRecord | None, now: AlertRecord, *, raised: int) -> None:
        """Take in how an alert stood before, if it was raised then, and how it stands now.

        Args:
            before: as it stood; None: it was raised just now.
            now: as it stands.
            raised: place in the record where it was raised.
        """
        alert, waits = now.id, now.first is None
        keep(self._free, alert, raised, when=waits and not now.holder)
        keep(self._held, alert, raised, when=waits and bool(now.holder))
        if waits and not now.holder and before is not None:
            self._given_back.add(alert)
        else:
            self._given_back.discard(alert)
        if before is not None and before.holder != now.holder:
            self._seconds.get(before.holder, {}).pop(alert, None)
        if now.holder:
            of_holder = self._seconds.setdefault(now.holder, {})
            keep(of_holder, alert, raised, when=now.second is None)

    def waiting(self, find: Callable[[str], AlertRecord], *, at_most: int) -> Waiting:
        """Give what a page shows.

        Args:
            find: gives an alert by its id. It is asked for what is shown alone.
            at_most: how many that nobody holds, and how many for the second opinion of one person.
        """
        # Who gave one back gave it to the end of the dictionary, and it is older than it stands.
        free = set(islice(self._free, at_most)) | self._given_back
        oldest = heapq.nsmallest(at_most, free, key=self._free.__getitem__)
        shown = {alert: self._free[alert] for alert in oldest} | self._held
        return Waiting(
            tuple(unjudged(find(alert)) for alert in sorted(shown, key=shown.__getitem__)),
            len(self._free),
            len(self._held),
            tuple(unjudged(find(alert)) for alert in self._for_second(at_most)),
        )

    def _for_second(self, at_most: int) -> Iterator[str]:
        """Give what anybody is shown who is shown so many that are not their own."""
        before: Counter[str] = Counter()  # how many stand before it, by the holder
        every = sorted(
            (raised, alert, holder)
            for holder, firsts in self._seconds.items()
            for alert, raised in islice(firsts.items(), at_most)
        )
        for _, alert, holder in every:
            if before.total() - max(before.values(), default=0) >= at_most:
                return  # whoever asks, enough stand before it
            # Of those who may be shown it, who holds the most before it is shown it first.
            own = max((count for other, count in before.items() if other != holder), default=0)
            if before.total() - own < at_most:
                yield alert
            before[holder] += 1


def keep(alerts: dict[str, int], alert: str, raised: int, *, when: bool) -> None:
    if when:
        alerts.setdefault(alert, raised)
    else:
        alerts.pop(alert, None)
