"""Where a machine's record is brought: what it has of a log already, and how it takes a part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Protocol

from overt.clock import Clock
from overt.errors import ConflictError, ProofError
from overt.governance.elsewhere import TakenOver, taken_over
from overt.ids import NewId
from overt.ledger.checkpoint import Checkpoint
from overt.ledger.note import Note
from overt.ledger.tree import Tree
from overt.records.base import Exact, Exchange, Guard, Store
from overt.values.duty_events import RecordSynced
from overt.values.events import Event

__all__ = [
    "MOST_BYTES",
    "MOST_EVENTS",
    "SYNC",
    "Part",
    "RecordTarget",
    "Standing",
    "Target",
    "received",
    "standing_of",
    "take_with_mark",
    "verify_received",
]

SYNC: Final = "sync"  # the deployment that events about records taken over carry
MOST_EVENTS: Final = 500  # of one part, which is one transaction
MOST_BYTES: Final = 2 * 1024 * 1024  # of one part; an event that is larger goes alone


@dataclass(frozen=True, slots=True)
class Standing:
    """What a record has of a log."""

    key: str  # that its events came under, or have to; "": it knows none
    size: int = 0  # events
    root: str = ""  # of these; "" where there are none
    signed: int = 0  # events of the last checkpoint that came with them
    place: int = 0  # of the event that says so; 0: none


@dataclass(frozen=True, slots=True)
class Part:
    """The next events of a log."""

    events: Sequence[Exact]
    log: str
    key: str  # the first one of the log
    note: Note  # signed by that log, of these events or of more
    size: int  # of the log with these
    root: str  # of as many

    @property
    def after(self) -> int:
        """Count the events before these."""
        return self.size - len(self.events)


class Target(Protocol):
    """A record that takes another's events over."""

    def standing(self, log: str, /) -> Standing:
        """Tell how far it has come with a log.

        Raises:
            RecordsError: it cannot be read, or not be reached.
        """
        ...

    def take(self, part: Part, /) -> None:
        """Record a part with its mark: all of it or nothing.

        Raises:
            ConflictError: it has come to elsewhere with this log, or has one of the events.
            RecordsError: it cannot be written, or not be reached.
            LedgerError: it takes the part for something else than what was signed.
        """
        ...

    def verify(self, log: str, /) -> int:
        """Hash what it has of a log anew, against what it noted, and count it.

        Raises:
            ProofError: it is not what came.
            RecordsError: it cannot be read, or not be reached.
        """
        ...


class RecordTarget:
    """A record whose database one may write."""

    def __init__(self, store: Exchange, *, clock: Clock, new_id: NewId) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._place = 0  # of the last event about any record taken over; 0: none

    def standing(self, log: str, /) -> Standing:
        """Tell how far it has come with a log.

        Raises:
            RecordsError: the record cannot be read.
        """
        last = None
        for each in taken_over(self._store):
            self._place = each.place
            if each.body.log == log:
                last = each
        return Standing("") if last is None else standing_of(last)

    def take(self, part: Part, /) -> None:
        """Record a part with its mark: all of it or nothing.

        Raises:
            ConflictError: as `Target` says.
            RecordsError: as `Target` says.
        """
        body = RecordSynced(
            part.log, part.key, len(part.events), part.size, part.root, part.note.data.decode()
        )
        now = self._clock.now()
        mark = Event(self._new_id(now), SYNC, now, body)
        self._place = take_with_mark(
            self._store, part.events, mark, place=self._place, log=part.log
        )

    def verify(self, log: str, /) -> int:
        """Hash what it has of a log anew, and count it.

        Raises:
            ProofError, RecordsError: as `verify_received`.
        """
        return verify_received(self._store, log=log)


def standing_of(last: TakenOver) -> Standing:
    """Give how far a record has come, as the last event about a log says."""
    body = last.body
    signed = Checkpoint.parse(Note.parse(body.checkpoint.encode()).text).size
    return Standing(body.key, body.size, body.root, signed, last.place)


def take_with_mark(
    store: Exchange, events: Sequence[Exact], mark: Event, *, place: int, log: str
) -> int:
    """Write events with their mark, and give its place; others may bring theirs meanwhile.

    Args:
        store: the record that takes them over.
        events: of the log.
        mark: the event that says so.
        place: of the last event about any record taken over that was looked at.
        log: its name.

    Raises:
        ConflictError: more of this log came meanwhile, or one of the events is there already.
        RecordsError: they cannot be written.
    """
    while True:
        try:
            return store.take(events, then=mark, guard=Guard(SYNC, place))[-1]
        except ConflictError:
            newer = taken_over(store, after=place)
            # Another machine's came between. Where it is of this log, or an event is there
            # already, somebody has to look.
            if not newer or any(each.body.log == log for each in newer):
                raise
            place = newer[-1].place


def verify_received(store: Store, *, log: str) -> int:
    """Hash what a record has of a log anew, against what it noted, and count it.

    Raises:
        ProofError: it is not what came.
        RecordsError: the record cannot be read.
    """
    return received(store, log=log).size


def received(store: Store, *, log: str) -> Tree:
    """Hash what a record has of a log, against what it noted.

    Raises:
        ProofError: it is not what came.
        RecordsError: the record cannot be read.
    """
    tree = Tree()
    for each in taken_over(store):
        body = each.body
        if body.log != log:
            continue
        for leaf in islice(store.leaves(after=each.first - 1), body.events):
            tree.append(leaf)
        if (tree.size, tree.root().hex()) != (body.size, body.root):
            raise ProofError(
                f"events {each.first} to {each.place - 1}, log {log!r}: got {tree.size} with root "
                f"{tree.root().hex()}, want {body.size} with root {body.root}"
            )
    return tree
