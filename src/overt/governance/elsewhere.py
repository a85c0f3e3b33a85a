"""Which events of a record were taken over from another machine, whose data lie on that machine."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from overt.records.base import Recorded, Store
from overt.values.duty_events import RecordSynced

__all__ = ["TakenOver", "taken_over", "without_taken_over"]


class TakenOver(NamedTuple):
    """Events taken over in one step: `body.events` of them, up to `place`."""

    place: int  # of the event that says so, right behind them
    body: RecordSynced

    @property
    def first(self) -> int:
        """The place of the first of them."""
        return self.place - self.body.events


def taken_over(store: Store, *, after: int = 0) -> list[TakenOver]:
    """List what was taken over, in order.

    A machine may itself have taken over another's: what it noted of that came with its own events,
    and says nothing about places here.

    Raises:
        RecordsError: the record cannot be read.
    """
    found = [
        TakenOver(recorded.sequence, recorded.event.body)
        for recorded in store.events(kinds=(RecordSynced.kind,), after=after)
        if isinstance(recorded.event.body, RecordSynced)
    ]
    own: list[TakenOver] = []
    for each in reversed(found):
        if not own or each.place < own[-1].first:
            own.append(each)
    return own[::-1]


def without_taken_over(store: Store, events: Iterable[Recorded]) -> Iterator[Recorded]:
    """Leave out what came from another machine: it keeps the evidence, and deletes it.

    Raises:
        RecordsError: the record cannot be read.
    """
    reading = iter(events)
    first = next(reading, None)
    if first is None:
        return
    # Asked for once the reading has begun: what is taken over later is not read, so that no event
    # is read whose step is not known.
    spans = taken_over(store)
    firsts = [each.first for each in spans]
    for recorded in chain((first,), reading):
        at = bisect_right(firsts, recorded.sequence) - 1
        if at < 0 or recorded.sequence >= spans[at].place:
            yield recorded
