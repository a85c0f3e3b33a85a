"""An event as rows of the database, and back; read a page at a time, in order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from sqlalchemy import Column, Connection, Row, Select, func, select

from overt.errors import RecordsError
from overt.records.base import Exact, Recorded
from overt.records.codec import Encoded, decode, time_of, version_of
from overt.records.tables import events, openings
from overt.values.events import Event

__all__ = [
    "ALTERED",
    "Fetch",
    "Rows",
    "altered",
    "event_row",
    "last_of",
    "read",
    "read_at",
    "read_exact",
    "read_leaves",
]

PAGE: Final = 500  # events read at a time: about half a megabyte
ALTERED: Final = (
    "the record was altered outside overt: keep it as it is, tell the auditor, "
    "and restore a backup beside it"
)
# An event with what is left of its private texts.
WHOLE: Final = select(events, openings.c.canonical.label("openings")).select_from(
    events.outerjoin(openings)
)

Fetch: TypeAlias = Callable[[Select[Any]], Sequence[Row[Any]]]


class Rows(NamedTuple):
    """Which events to read."""

    where: str  # the database, in errors
    after: int
    end: int  # the last one
    deployment: str | None = None
    kinds: Collection[str] = ()
    without: Collection[str] = ()

    @property
    def all(self) -> bool:
        """Whether none between `after` and `end` is left out."""
        return self.deployment is None and not self.kinds and not self.without

    def wanted(self, query: Select[Any]) -> Select[Any]:
        """Narrow a query to these events, but for the place."""
        if self.deployment is not None:
            query = query.where(events.c.deployment == self.deployment)
        if self.kinds:
            query = query.where(events.c.kind.in_(self.kinds))
        if self.without:
            query = query.where(events.c.kind.not_in(self.without))
        return query.order_by(events.c.seq).limit(PAGE)


def last_of(connection: Connection) -> int:
    """Find the last sequence number, 0 when nothing is recorded."""
    return connection.execute(select(func.coalesce(func.max(events.c.seq), 0))).scalar_one()


def event_row(event: Event, encoded: Encoded) -> dict[str, object]:
    """Lay an event out in the columns, without its number."""
    return {
        "id": event.id,
        "deployment": event.deployment,
        "kind": event.body.kind,
        "version": version_of(encoded.canonical),
        "at": time_of(encoded.canonical),
        "canonical": encoded.canonical,
    }


def read(rows: Rows, fetch: Fetch) -> Iterator[Recorded]:
    """Read events with what is left of their private texts.

    Raises:
        RecordsError: one was altered, or there is a gap.
    """
    for row in pages(rows, WHOLE, fetch):
        yield Recorded(row.seq, event_of(row, rows.where))


def read_at(places: Collection[int], where: str, fetch: Fetch) -> Iterator[Recorded]:
    """Read the events at some places, in order, with what is left of their private texts.

    Raises:
        RecordsError: one was altered.
    """
    for row in fetch(WHOLE.where(events.c.seq.in_(places)).order_by(events.c.seq)):
        yield Recorded(row.seq, event_of(row, where))


def read_exact(rows: Rows, fetch: Fetch) -> Iterator[Exact]:
    """Read events with their own bytes.

    Raises:
        RecordsError: one was altered, or there is a gap.
    """
    for row in pages(rows, WHOLE, fetch):
        encoded = Encoded(row.canonical, row.openings)
        yield Exact(row.seq, event_of(row, rows.where), encoded)


def read_leaves(rows: Rows, fetch: Fetch) -> Iterator[bytes]:
    """Read the canonical bytes of events.

    Raises:
        RecordsError: there is a gap.
    """
    columns: list[Column[Any]] = [events.c.seq, events.c.canonical]
    for row in pages(rows, select(*columns), fetch):
        yield bytes_of(row.canonical, row.seq, rows.where)


def pages(rows: Rows, query: Select[Any], fetch: Fetch) -> Iterator[Row[Any]]:
    """Read rows, a page at a time."""
    query = rows.wanted(query)
    after = max(rows.after, 0)
    while after < rows.end:
        page = fetch(query.where(events.c.seq > after, events.c.seq <= rows.end))
        for row in page:
            if rows.all and row.seq != after + 1:
                raise altered(rows.where, f"got event {row.seq} after {after}, want {after + 1}")
            after = row.seq
            yield row
        if len(page) < PAGE:
            if rows.all and after != rows.end:
                raise altered(rows.where, f"got no event after {after}, want {rows.end}")
            break


def event_of(row: Row[Any], where: str) -> Event:
    """Read the event of a row, and hold the row's other columns to it."""
    canonical = bytes_of(row.canonical, row.seq, where)
    kept = None if row.openings is None else bytes_of(row.openings, row.seq, where)
    try:
        event = decode(canonical, kept)
    except RecordsError as error:
        raise RecordsError(
            f"{where}: event {row.seq}: {error}", hint=error.hint or ALTERED
        ) from error
    got = (row.id, row.deployment, row.kind, row.version, row.at)
    written_in, at = version_of(canonical), time_of(canonical)
    want = (event.id, event.deployment, event.body.kind, written_in, at)
    if got != want:
        raise altered(where, f"event {row.seq}: got columns {got}, want {want}")
    return event


def bytes_of(value: object, sequence: int, where: str) -> bytes:
    """Take bytes for bytes; only an edited file has something else."""
    if not isinstance(value, bytes):
        raise altered(where, f"event {sequence}: got a {type(value).__name__}, want bytes")
    return value


def altered(where: str, what: str) -> RecordsError:
    """Make the error for a record that was altered."""
    return RecordsError(f"{where}: {what}", hint=ALTERED)
