"""What a store of events must do; every store passes the same tests."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from overt.records.codec import Encoded
from overt.values.events import Event

__all__ = ["Exact", "Exchange", "Guard", "Mismatch", "Recorded", "Store"]


class Recorded(NamedTuple):
    """An event and its place in the record, counted from 1 without a gap."""

    sequence: int
    event: Event


class Exact(NamedTuple):
    """An event with its own bytes, as one record hands it to another."""

    sequence: int  # its place in the record that it comes from
    event: Event
    encoded: Encoded  # with what is left of its private texts


class Guard(NamedTuple):
    """What a decision rests on: a deployment's events up to a place in the record.

    Faces counted and alerts raised come by themselves and upset no decision; nor does a look at
    pictures, which only lets somebody judge.
    """

    deployment: str
    after: int  # the last event's place that was looked at; 0: none


class Mismatch(NamedTuple):
    """A projection that is not what the events say."""

    projection: str
    rows: int  # missing, too many or different


class Store(Protocol):
    """The record of events: appended to by many processes, never changed."""

    def append(self, events: Sequence[Event], /, *, guard: Guard | None = None) -> tuple[int, ...]:
        """Record events, all or none, and give their sequence numbers.

        When it returns, the events survive the death of the process and of the machine.

        Raises:
            ConflictError: the guard's deployment got another event since; none was written.
            RecordsError: they could not be written, and none of them was; or, where a server went
                away in the middle, it cannot be known, and the error says so.
        """
        ...

    def events(
        self,
        *,
        deployment: str | None = None,
        kinds: Collection[str] = (),
        without: Collection[str] = (),
        after: int = 0,
    ) -> Iterator[Recorded]:
        """Read what is recorded now, in order, a page at a time.

        `kinds` names those to read, all where there are none; `without` those to leave out:
        minutes of counts are most of a record, and whoever asks what people did has no use for
        them.

        Events appended while this is read are left for the next reading (`after` the last).

        Raises:
            RecordsError: the record cannot be read, or was altered.
        """
        ...

    def at(self, places: Collection[int], /) -> tuple[Recorded, ...]:
        """Read the events at some places in the record, in order; what is not there is left out.

        Raises:
            RecordsError: the record cannot be read, or was altered.
        """
        ...

    def last(self) -> int:
        """Give the place of the last event, 0 where none is recorded.

        Raises:
            RecordsError: the record cannot be read.
        """
        ...

    def leaves(self, *, after: int = 0) -> Iterator[bytes]:
        """Read the canonical bytes of what is recorded now, in order, a page at a time.

        They are the ledger's leaves. No private text is in them. They are not looked into here.

        Raises:
            RecordsError: the record cannot be read, or has a gap.
        """
        ...

    def erase_openings(self, sequences: Iterable[int], /) -> int:
        """Erase the private texts of events, and give how many events had any left.

        The events stay, and their bytes; the texts read as erased from now on. Copies of the
        database that were made before are not reached.

        Raises:
            RecordsError: they could not be erased, or, where the message says so, they were but
                could not yet be wiped from the database's files.
        """
        ...

    def rebuild(self) -> int:
        """Make the projections anew from the events, and give how many events there are.

        Appends wait only while the new rows take the old ones' places.

        Raises:
            RecordsError: the record cannot be read or written, or was altered.
        """
        ...

    def check(self) -> tuple[Mismatch, ...]:
        """Compare the projections with what the events say, while others append.

        Raises:
            RecordsError: the record cannot be read, or was altered.
        """
        ...

    def close(self) -> None:
        """Let go of the files or connections."""
        ...


class Exchange(Store, Protocol):
    """A record that hands its events to another, or takes another's, byte for byte."""

    def exact(self, *, after: int = 0) -> Iterator[Exact]:
        """Read what is recorded now with its own bytes, in order, a page at a time.

        Raises:
            RecordsError: the record cannot be read, or was altered.
        """
        ...

    def take(
        self, taken: Sequence[Exact], /, *, then: Event | None, guard: Guard | None = None
    ) -> tuple[int, ...]:
        """Record events of another record, then one of this record's own: all or none.

        Args:
            taken: in the order in which they are to be recorded.
            then: what is recorded right after them.
            guard: as for `append`.

        Raises:
            ConflictError: the guard's deployment got another event since, or an event of one of
                these identifiers is here already; none was written.
            RecordsError: as for `append`.
        """
        ...
