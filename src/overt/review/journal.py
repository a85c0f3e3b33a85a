"""One deployment's events, read on from where they were read last, and added to on what was read.

Two people who decide at once cannot both succeed: what a decision rests on is handed to the store
with it, and the one who comes second is told, and judged again on what is recorded by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeAlias, TypeVar

from overt.clock import Clock
from overt.errors import ConflictError
from overt.governance.known_time import RECEIPTS, require_onward
from overt.ids import NewId
from overt.records.base import Guard, Recorded, Store
from overt.values.duty_events import DeploymentStopOrdered
from overt.values.events import Body, Event, FacesCounted

__all__ = ["COUNTED", "Journal", "Take"]

# Stopping must always work, and what was deleted is said whatever the clock says.
ALWAYS: Final = (DeploymentStopOrdered.kind, *RECEIPTS)
COUNTED: Final = (FacesCounted.kind,)  # numbers: no decision rests on them
TRIES: Final = 20  # others may decide about other alerts at the same moment, so often in a row
Take: TypeAlias = Callable[[Recorded], None]
T = TypeVar("T")


class Journal:
    """A deployment's events. Not for several threads at once."""

    def __init__(self, store: Store, deployment: str, *, clock: Clock, new_id: NewId) -> None:
        self._store = store
        self._deployment = deployment
        self._clock = clock
        self._new_id = new_id
        self._after = 0
        self._last: datetime | None = None  # the latest time of an act, so far

    def read(self, take: Take) -> None:
        """Hand over what was recorded since the last reading, in order.

        Raises:
            RecordsError: it cannot be read. What `take` raises too: that event is read again.
        """
        for recorded in self._news():
            take(recorded)

    def settle(
        self,
        make: Callable[[datetime], Body],
        *,
        take: Take,
        check: Callable[[Body, datetime], T],
        identifier: str = "",
        beside: Sequence[Body] = (),
    ) -> T:
        """Record a decision that rests on everything recorded so far, and give what it leads to.

        Args:
            make: makes the fact, at a time (UTC).
            take: takes in what others recorded.
            check: judges the fact on what was taken in; its error ends it, its result is given.
            identifier: of the event; "": a new one.
            beside: facts that are recorded with it, all or none: what it rests on.

        Raises:
            ClockError: the clock is behind what is recorded; an order to stop is recorded so.
            ConflictError: others decided first, time and again.
            RecordsError: it cannot be read or written.
        """
        for _ in range(TRIES):
            self.read(take)
            now = self._clock.now()
            body = make(now)
            if body.kind not in ALWAYS:
                self.require_onward(now)
            checked = check(body, now)
            with suppress(ConflictError):
                events = [
                    Event(self._new_id(now), self._deployment, now, each)
                    for each in (body, *beside)
                ]
                if identifier:
                    events[0] = replace(events[0], id=identifier)
                self._store.append(events, guard=Guard(self._deployment, self._after))
                return checked
        raise ConflictError(
            f"deployment {self._deployment}: got others deciding {TRIES} times at the same moment, "
            "want a pause",
            hint="try again",
        )

    def require_onward(self, now: datetime) -> None:
        """Refuse a time that is before what was read.

        Raises:
            ClockError: by more than two seconds.
        """
        require_onward(now, self._last)

    def _news(self) -> Iterator[Recorded]:
        for recorded in self._store.events(
            deployment=self._deployment, without=COUNTED, after=self._after
        ):
            yield recorded
            self._after = recorded.sequence  # only once it was taken in
            event = recorded.event
            if event.body.kind not in RECEIPTS:
                self._last = max(self._last or event.at, event.at)
