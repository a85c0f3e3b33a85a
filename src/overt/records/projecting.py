"""Projections in a database: kept with every append, made anew from the events, compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final, TypeAlias

from sqlalchemy import Connection, Executable, Table, except_, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable, DropTable

from overt.records.base import Mismatch
from overt.records.projections import Change, Value, changes
from overt.records.rows import Rows, last_of, read
from overt.records.tables import PROJECTIONS, REBUILT
from overt.values.events import Event

__all__ = [
    "drop_aside",
    "fill_aside",
    "make_aside",
    "mismatches",
    "project",
    "put_aside_in_place",
    "rebuild_now",
]

AT_ONCE: Final = 500  # events whose changes are held in memory

Columns: TypeAlias = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]  # key, put, add


def project(
    connection: Connection, events: Iterable[Event], *, tables: Mapping[str, Table] = PROJECTIONS
) -> None:
    """Change the projections as the events say; within the caller's transaction."""
    # Tables know nothing of one another, so that only the order within each matters.
    by_table: dict[str, list[Change]] = defaultdict(list)
    for event in events:
        for change in changes(event):
            by_table[change.table].append(change)
    for name, of_table in by_table.items():
        for columns, alike in groupby(of_table, key=columns_of):
            rows: list[dict[str, Value]] = [{**c.key, **c.put, **c.add} for c in alike]
            connection.execute(upsert(tables[name], columns, connection.dialect.name), rows)


def columns_of(change: Change) -> Columns:
    """List the columns that a change touches."""
    return tuple(change.key), tuple(change.put), tuple(change.add)


def upsert(table: Table, columns: Columns, dialect: str) -> Executable:
    """Make the statement that makes a row, or changes the one that has its key."""
    key, put, add = columns
    insert = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)
    new = insert.excluded
    changed = {name: new[name] for name in put}
    changed |= {name: table.c[name] + new[name] for name in add}
    return (
        insert.on_conflict_do_update(index_elements=key, set_=changed)
        if changed
        else insert.on_conflict_do_nothing()
    )


def make_aside(connection: Connection) -> None:
    """Make empty tables for what the projections should be; only this connection has them."""
    drop_aside(connection)
    for table in REBUILT.values():
        connection.execute(CreateTable(table))


def drop_aside(connection: Connection) -> None:
    """Drop them."""
    for table in REBUILT.values():
        connection.execute(DropTable(table, if_exists=True))


def put_aside_in_place(connection: Connection) -> None:
    """Put what was made aside in the place of the projections."""
    for name, live in PROJECTIONS.items():
        connection.execute(live.delete())
        connection.execute(live.insert().from_select(list(live.c.keys()), select(REBUILT[name])))


def mismatches(connection: Connection) -> Iterator[Mismatch]:
    """Compare the projections with what was made aside."""
    for name, live in PROJECTIONS.items():
        made = REBUILT[name]
        key = [column.name for column in live.primary_key]
        differing = [
            select(*(each.c[column] for column in key))
            for each in (
                except_(select(live), select(made)).subquery("too_many"),
                except_(select(made), select(live)).subquery("missing"),
            )
        ]
        rows = differing[0].union(differing[1]).subquery("differing")
        if found := connection.execute(select(func.count()).select_from(rows)).scalar_one():
            yield Mismatch(name, found)


def fill_aside(connection: Connection, where: str, *, after: int) -> int:
    """Make the projections of events aside, a part at a time, and give the last event's place."""
    last = last_of(connection)
    rows = Rows(where, after, last)
    some: list[Event] = []
    for recorded in read(rows, lambda query: connection.execute(query).all()):
        some.append(recorded.event)
        if len(some) == AT_ONCE:
            project(connection, some, tables=REBUILT)
            some.clear()
    project(connection, some, tables=REBUILT)
    return last


def rebuild_now(connection: Connection, where: str) -> None:
    """Make the projections anew within the caller's transaction."""
    make_aside(connection)
    fill_aside(connection, where, after=0)
    put_aside_in_place(connection)
    drop_aside(connection)
