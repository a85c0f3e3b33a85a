"""The record of events in a SQL database: events are appended and never changed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, Protocol

from sqlalchemy import Connection, Engine, Row, Select, select
from sqlalchemy.exc import SQLAlchemyError

from overt.errors import ConflictError, RecordsError
from overt.records.base import Exact, Guard, Mismatch, Recorded
from overt.records.codec import Encoded, encode
from overt.records.projecting import (
    drop_aside,
    fill_aside,
    make_aside,
    mismatches,
    project,
    put_aside_in_place,
)
from overt.records.rows import (
    Rows,
    altered,
    event_row,
    last_of,
    read,
    read_at,
    read_exact,
    read_leaves,
)
from overt.records.tables import events as table
from overt.records.tables import openings
from overt.values.duty_events import EvidenceViewed
from overt.values.events import AlertRaised, Event, FacesCounted
from overt.vault.sealed import new_salt

__all__ = ["Database", "SqlStore", "not_wiped"]

AT_ONCE: Final = 500  # rows named in one statement
# The first two come by themselves; that somebody looked takes nothing from anybody's decision.
UNGUARDED: Final = (FacesCounted.kind, AlertRaised.kind, EvidenceViewed.kind)


class Database(Protocol):
    """What differs between one SQL database and another."""

    @property
    def where(self) -> str:
        """Name the database in errors, without a password."""
        ...

    @property
    def engine(self) -> Engine:
        """Give the connections."""
        ...

    def begin_append(self, connection: Connection, /) -> None:
        """Make this transaction the only one that appends, and durable when it commits."""
        ...

    def begin_snapshot(self, connection: Connection, /) -> None:
        """Let this transaction see the record as it is now, whoever appends meanwhile."""
        ...

    def wipe(self) -> None:
        """Make what was erased unreadable in the database's files too.

        Raises:
            RecordsError: others read meanwhile, or it may not be done.
        """
        ...

    def explain(self, error: SQLAlchemyError, /) -> RecordsError:
        """Say in plain words what went wrong and what to do."""
        ...


class SqlStore:
    """Events in a SQL database. Threads may share it; a forked process must open its own."""

    def __init__(self, database: Database, *, salt: Callable[[], bytes] = new_salt) -> None:
        self._database = database
        self._salt = salt
        self._appending = threading.Lock()  # fairer among threads than the database's own lock

    def append(self, events: Sequence[Event], /, *, guard: Guard | None = None) -> tuple[int, ...]:
        """Record events, all or none, and give their sequence numbers; durable when it returns.

        Raises:
            ConflictError: the guard's deployment got another event since.
            RecordsError: they could not be written.
        """
        encoded = [encode(event, new_salt=self._salt) for event in events]
        return self._write(events, encoded, guard=guard, new=False)

    def take(
        self, taken: Sequence[Exact], /, *, then: Event | None, guard: Guard | None = None
    ) -> tuple[int, ...]:
        """Record events of another record with their own bytes, then one of this record's own.

        Raises:
            ConflictError: the guard's deployment got another event since, or one is here already.
            RecordsError: they could not be written.
        """
        events = [each.event for each in taken]
        encoded = [each.encoded for each in taken]
        if then is not None:
            events.append(then)
            encoded.append(encode(then, new_salt=self._salt))
        return self._write(events, encoded, guard=guard, new=True)

    def _write(
        self, events: Sequence[Event], encoded: Sequence[Encoded], *, guard: Guard | None, new: bool
    ) -> tuple[int, ...]:
        """Write events, all or none; `new`: see that none of them is here already."""
        if not encoded:
            return ()
        rows = [event_row(event, one) for event, one in zip(events, encoded, strict=True)]
        with self._appending, self._explained(), self._database.engine.connect() as connection:
            self._database.begin_append(connection)
            if guard is not None:
                require_unchanged(connection, guard)
            if new:
                require_new(connection, events, encoded)
            first = last_of(connection) + 1
            numbers = tuple(range(first, first + len(rows)))
            numbered = [{"seq": n, **row} for n, row in zip(numbers, rows, strict=True)]
            connection.execute(table.insert(), numbered)
            kept = [
                {"seq": n, "canonical": one.openings}
                for n, one in zip(numbers, encoded, strict=True)
                if one.openings is not None
            ]
            if kept:
                connection.execute(openings.insert(), kept)
            project(connection, events)
            connection.commit()
        return numbers

    def events(
        self,
        *,
        deployment: str | None = None,
        kinds: Collection[str] = (),
        without: Collection[str] = (),
        after: int = 0,
    ) -> Iterator[Recorded]:
        """Read what is recorded now, in order, in bounded memory.

        Raises:
            RecordsError: the record cannot be read, was altered, or has a gap.
        """
        where = self._database.where
        yield from read(Rows(where, after, self.last(), deployment, kinds, without), self._page)

    def at(self, places: Collection[int], /) -> tuple[Recorded, ...]:
        """Read the events at some places in the record, in order.

        Raises:
            RecordsError: the record cannot be read, or was altered.
        """
        wanted = sorted(set(places))
        return tuple(
            each
            for first in range(0, len(wanted), AT_ONCE)
            for each in read_at(wanted[first : first + AT_ONCE], self._database.where, self._page)
        )

    def exact(self, *, after: int = 0) -> Iterator[Exact]:
        """Read what is recorded now with its own bytes, in order, in bounded memory.

        Raises:
            RecordsError: the record cannot be read, was altered, or has a gap.
        """
        yield from read_exact(Rows(self._database.where, after, self.last()), self._page)

    def leaves(self, *, after: int = 0) -> Iterator[bytes]:
        """Read the canonical bytes of what is recorded now, in order, in bounded memory.

        Raises:
            RecordsError: the record cannot be read, or has a gap.
        """
        yield from read_leaves(Rows(self._database.where, after, self.last()), self._page)

    def erase_openings(self, sequences: Iterable[int], /) -> int:
        """Erase the private texts of events, and give how many events had any left.

        Raises:
            RecordsError: they could not be erased, or not yet be wiped from the files.
        """
        wanted = sorted(set(sequences))
        erased = 0
        with self._appending, self._explained(), self._database.engine.connect() as connection:
            self._database.begin_append(connection)
            for first in range(0, len(wanted), AT_ONCE):
                some = openings.c.seq.in_(wanted[first : first + AT_ONCE])
                erased += connection.execute(openings.delete().where(some)).rowcount
            connection.commit()
        # Also where none was left: an earlier wiping may have failed.
        with self._explained():
            self._database.wipe()
        return erased

    def rebuild(self) -> int:
        """Make the projections anew from the events, and give how many events there are.

        Raises:
            RecordsError: the record cannot be read or written, or was altered.
        """
        where = self._database.where
        with self._explained(), self._database.engine.connect() as connection:
            self._database.begin_snapshot(connection)
            make_aside(connection)
            done = fill_aside(connection, where, after=0)
            connection.commit()
            with self._appending:
                self._database.begin_append(connection)
                last = fill_aside(connection, where, after=done)  # what came meanwhile
                put_aside_in_place(connection)
                drop_aside(connection)
                connection.commit()
        return last

    def check(self) -> tuple[Mismatch, ...]:
        """Compare the projections with what the events say.

        Raises:
            RecordsError: the record cannot be read, or was altered.
        """
        with self._explained(), self._database.engine.connect() as connection:
            self._database.begin_snapshot(connection)
            make_aside(connection)
            fill_aside(connection, self._database.where, after=0)
            found = tuple(mismatches(connection))
            connection.rollback()
        return found

    def close(self) -> None:
        """Let go of the connections."""
        self._database.engine.dispose()

    def last(self) -> int:
        """Give the place of the last event, 0 where none is recorded.

        Raises:
            RecordsError: the record cannot be read.
        """
        with self._explained(), self._database.engine.connect() as connection:
            return last_of(connection)

    def _page(self, query: Select[Any]) -> Sequence[Row[Any]]:
        """Read one page; the connection is given back before anybody works with it."""
        with self._explained(), self._database.engine.connect() as connection:
            return connection.execute(query).all()

    @contextmanager
    def _explained(self) -> Generator[None]:
        """Turn the database's errors into ours."""
        try:
            yield
        except SQLAlchemyError as error:
            raise self._database.explain(error) from error
        except UnicodeDecodeError as error:  # the driver's own error quotes damaged bytes
            what = f"got bytes that are no text ({error.reason})"
            raise altered(self._database.where, what) from error


def require_unchanged(connection: Connection, guard: Guard) -> None:
    """Check that nothing happened to a deployment that a decision did not look at.

    Raises:
        ConflictError: something did.
    """
    since = (
        select(table.c.seq, table.c.kind)
        .where(table.c.deployment == guard.deployment, table.c.seq > guard.after)
        .where(table.c.kind.not_in(UNGUARDED))
        .order_by(table.c.seq)
        .limit(1)
    )
    if (row := connection.execute(since).first()) is not None:
        raise ConflictError(
            f"deployment {guard.deployment}: got event {row.seq} ({row.kind}), "
            f"want none after event {guard.after}: somebody else decided first"
        )


def require_new(
    connection: Connection, events: Sequence[Event], encoded: Sequence[Encoded]
) -> None:
    """Check that no event of another record is here already.

    Raises:
        ConflictError: one is, with these bytes or with others.
    """
    bytes_of = {event.id: one.canonical for event, one in zip(events, encoded, strict=True)}
    names = list(bytes_of)
    for first in range(0, len(names), AT_ONCE):
        some = table.c.id.in_(names[first : first + AT_ONCE])
        query = select(table.c.seq, table.c.id, table.c.canonical).where(some).order_by(table.c.seq)
        if (row := connection.execute(query.limit(1)).first()) is not None:
            alike = row.canonical == bytes_of[row.id]
            raise ConflictError(
                f"event {row.id}: got one of this id at place {row.seq} already, with "
                f"{'the same' if alike else 'other'} bytes, want it not here",
                hint="it came another way: find out how, and keep both records as they are",
            )


def not_wiped(why: str) -> RecordsError:
    """Make the error for openings that were erased and can still be found in the files."""
    return RecordsError(
        f"{why}: got the private texts erased, but not yet wiped from the database's files",
        hint="erase them again when nobody reads the record for long, until this succeeds",
    )
