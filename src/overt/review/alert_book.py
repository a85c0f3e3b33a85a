"""How the alerts of a deployment stand: those asked for last in memory, the others in the record.

Of every alert it is kept where its events are in the record, which is little. How one stands is
kept until many others were asked for, and made again of its events when somebody wants it. So an
alert that nobody looks at, or that is over, takes a fifth of the memory that it would.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, TypeAlias

from overt.records.base import Recorded, Store
from overt.review.alert_record import AlertRecord, fold_alert, fold_into
from overt.review.journal import COUNTED
from overt.values.duty_events import EvidenceDeleted, EvidenceViewed

__all__ = ["KEPT", "AlertBook", "Change"]

KEPT: Final = 1000  # records in memory, about 1 kB each
# One place as it is: most alerts are raised, and nobody has done anything about them yet.
Places: TypeAlias = int | tuple[int, ...]


class Change(NamedTuple):
    """How an alert stood before an event, None where it was raised by it, and how it stands now."""

    before: AlertRecord | None
    now: AlertRecord
    raised: int  # place in the record where it was raised


class AlertBook:
    """The alerts of a deployment, by id, in the order in which they were raised.

    Not for several threads at once.
    """

    def __init__(self, store: Store, deployment: str, *, kept: int = KEPT) -> None:
        self._store = store
        self._deployment = deployment
        self._kept = kept
        self._places: dict[str, Places] = {}
        self._known: OrderedDict[str, AlertRecord] = OrderedDict()  # the last asked for stands last
        self._last = 0  # place of the last event that was taken in

    def take(self, recorded: Recorded) -> Change | None:
        """Take in an event of the deployment, and give what it changed; None: no alert.

        Raises:
            MoveError: the alert was not raised, was raised twice, or has no such step.
            RecordsError: what came before cannot be read again.
        """
        change = self._changed(recorded)
        self._last = recorded.sequence
        return change

    def find(self, alert: str) -> AlertRecord | None:
        """Tell how an alert stands; None where it was not raised.

        Raises:
            RecordsError: its events cannot be read again.
        """
        if (known := self._known.get(alert)) is not None:
            self._known.move_to_end(alert)
            return known
        if (places := self._places.get(alert)) is None:
            return None
        events = self._store.at(places if isinstance(places, tuple) else (places,))
        record = fold_alert(each.event for each in events)
        self._keep(record)
        return record

    def all(self) -> tuple[AlertRecord, ...] | None:
        """Tell how every alert stands, where all are in memory; else `read_all` does."""
        if len(self._known) < len(self._places):
            return None
        return tuple(self._known[alert] for alert in self._places)

    def reading(self) -> Iterator[Recorded]:
        """Read all that was taken in again; it may go on while other events are taken in."""
        return up_to(self._last, self._store.events(deployment=self._deployment, without=COUNTED))

    def _changed(self, recorded: Recorded) -> Change | None:
        sequence, event = recorded
        alert: str = getattr(event.body, "alert", "")
        away = alert in self._places and alert not in self._known
        if away and isinstance(event.body, EvidenceViewed | EvidenceDeleted):
            self._note(alert, sequence)  # in thousands at the end of a deployment: read when wanted
            return None
        before = self.find(alert)
        held = {} if before is None else {alert: before}
        fold_into(held, event)
        now = held.get(alert)
        if now is None or now is before:
            return None
        self._note(alert, sequence)
        self._keep(now)
        return Change(before, now, self._raised(alert))

    def _raised(self, alert: str) -> int:
        places = self._places[alert]
        return places[0] if isinstance(places, tuple) else places

    def _note(self, alert: str, sequence: int) -> None:
        match self._places.get(alert):
            case None:
                self._places[alert] = sequence
            case int() as first:
                self._places[alert] = (first, sequence)
            case places:
                self._places[alert] = (*places, sequence)

    def _keep(self, record: AlertRecord) -> None:
        self._known[record.id] = record
        self._known.move_to_end(record.id)
        while len(self._known) > self._kept:
            self._known.popitem(last=False)


def up_to(last: int, recorded: Iterable[Recorded]) -> Iterator[Recorded]:
    for each in recorded:
        if each.sequence > last:
            return
        yield each
