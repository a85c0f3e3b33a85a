"""The record of events in a SQL database: one table, appended to and never changed."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Protocol

from sqlalchemy import Connection, Engine, Row, Select, func, select
from sqlalchemy.exc import SQLAlchemyError

from overt.errors import RecordsError
from overt.records.base import Recorded
from overt.records.codec import decode, encode
from overt.records.tables import events as table
from overt.values.events import Event

__all__ = ["Database", "SqlStore"]

PAGE: Final = 500  # events read at a time: about half a megabyte
ALTERED: Final = (
    "the record was altered outside overt: keep it as it is, tell the auditor, "
    "and restore a backup beside it"
)


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

    def explain(self, error: SQLAlchemyError, /) -> RecordsError:
        """Say in plain words what went wrong and what to do."""
        ...


class SqlStore:
    """Events in a SQL database. Threads may share it; a forked process must open its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._appending = threading.Lock()  # fairer among threads than the database's own lock

    def append(self, events: Sequence[Event], /) -> tuple[int, ...]:
        """Record events, all or none, and give their sequence numbers; durable when it returns.

        Raises:
            RecordsError: they could not be written.
        """
        rows = [self._row(event) for event in events]
        if not rows:
            return ()
        with self._appending, self._explained(), self._database.engine.connect() as connection:
            self._database.begin_append(connection)
            last = connection.execute(select(func.coalesce(func.max(table.c.seq), 0))).scalar_one()
            numbers = tuple(range(last + 1, last + 1 + len(rows)))
            numbered = [{"seq": n, **row} for n, row in zip(numbers, rows, strict=True)]
            connection.execute(table.insert(), numbered)
            connection.commit()
        return numbers

    def events(
        self, *, deployment: str | None = None, kind: str | None = None, after: int = 0
    ) -> Iterator[Recorded]:
        """Read what is recorded now, in order, in bounded memory.

        Raises:
            RecordsError: the record cannot be read, was altered, or has a gap.
        """
        wanted = [
            column == value
            for column, value in ((table.c.deployment, deployment), (table.c.kind, kind))
            if value is not None
        ]
        query = select(table).where(*wanted).order_by(table.c.seq).limit(PAGE)
        after, end = max(after, 0), self._last()
        while after < end:
            page = self._page(query.where(table.c.seq > after, table.c.seq <= end))
            for row in page:
                if not wanted and row.seq != after + 1:
                    raise self._altered(f"got event {row.seq} after {after}, want {after + 1}")
                after = row.seq
                yield Recorded(row.seq, self._event(row))
            if len(page) < PAGE:
                break

    def close(self) -> None:
        """Let go of the connections."""
        self._database.engine.dispose()

    def _last(self) -> int:
        """Find the last sequence number, 0 when nothing is recorded."""
        with self._explained(), self._database.engine.connect() as connection:
            return connection.execute(select(func.coalesce(func.max(table.c.seq), 0))).scalar_one()

    def _page(self, query: Select[tuple[object, ...]]) -> Sequence[Row[tuple[object, ...]]]:
        """Read one page; the connection is given back before anybody works with it."""
        with self._explained(), self._database.engine.connect() as connection:
            return connection.execute(query).all()

    def _row(self, event: Event) -> dict[str, object]:
        """Lay an event out in the columns."""
        canonical = encode(event)
        return {
            "id": event.id,
            "deployment": event.deployment,
            "kind": event.body.kind,
            "version": event.body.version,
            "at": written_time(canonical),
            "canonical": canonical,
        }

    def _event(self, row: Row[tuple[object, ...]]) -> Event:
        """Read the event of a row, and hold the row's other columns to it."""
        canonical = row.canonical
        if not isinstance(canonical, bytes):  # only an edited file has that
            raise self._altered(f"event {row.seq}: got a {type(canonical).__name__}, want bytes")
        try:
            event = decode(canonical)
        except RecordsError as error:
            raise RecordsError(
                f"{self._database.where}: event {row.seq}: {error}", hint=error.hint or ALTERED
            ) from error
        got = (row.id, row.deployment, row.kind, row.version, row.at)
        body = event.body
        want = (event.id, event.deployment, body.kind, body.version, written_time(canonical))
        if got != want:
            raise self._altered(f"event {row.seq}: got columns {got}, want {want}")
        return event

    def _altered(self, what: str) -> RecordsError:
        return RecordsError(f"{self._database.where}: {what}", hint=ALTERED)

    @contextmanager
    def _explained(self) -> Generator[None]:
        """Turn the database's errors into ours."""
        try:
            yield
        except SQLAlchemyError as error:
            raise self._database.explain(error) from error
        except UnicodeDecodeError as error:  # the driver's own error quotes damaged bytes
            raise self._altered(f"got bytes that are no text ({error.reason})") from error


def written_time(canonical: bytes) -> str:
    """Cut the event's time out of its bytes: "at" is the first key, and its length is fixed."""
    start = len(b'{"at":"')
    return canonical[start : start + len("2026-03-01T10:00:00.000000Z")].decode()
