"""A record looked at as it is: not made, not brought to a newer schema, not written to."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import SQLAlchemyError

from overt.records.postgres import PostgresDatabase
from overt.records.schema import SCHEMA, find_schema
from overt.records.sqlite import explain, require_usable, translated
from overt.records.store import is_server

__all__ = ["Condition", "inspect_record"]

LAST: Final = "SELECT coalesce(max(seq), 0) FROM events"
LAST_AT: Final = "SELECT at FROM events ORDER BY seq DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Condition:
    """How a record stands."""

    where: str  # without a password
    schema: str | None  # None: no table of overt's
    events: int
    last_at: str | None  # when the last event happened, as it is recorded; None: there is none
    damage: str | None  # "" where the file is sound; None where only the server can tell
    journal: str  # SQLite's journal mode; "" on a server

    @property
    def is_current(self) -> bool:
        """Whether the schema is the newest that this code knows."""
        return self.schema == SCHEMA


def inspect_record(address: str | Path, *, busy_timeout_s: float = 2.0) -> Condition:
    """Look at a record that is there; whether it can be appended to now, too.

    Args:
        address: where the record is.
        busy_timeout_s: how long to wait for those who append, seconds.

    Raises:
        RecordsError: it cannot be opened or read, is locked, or is of a newer overt.
    """
    if isinstance(address, str) and is_server(address):
        return _server(address, busy_timeout_s=busy_timeout_s)
    return _file(Path(address), busy_timeout_s=busy_timeout_s)


def _file(path: Path, *, busy_timeout_s: float) -> Condition:
    def connect() -> sqlite3.Connection:
        where = f"{path.absolute().as_uri()}?mode=rw"  # never makes a file
        return sqlite3.connect(where, uri=True, timeout=busy_timeout_s, isolation_level=None)

    with translated(path, busy_timeout_s=busy_timeout_s):
        require_usable(path)
        engine = create_engine("sqlite://", creator=connect)
        try:
            with engine.connect() as connection:
                # Whoever holds the lock for long keeps every event from being recorded.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                connection.exec_driver_sql("ROLLBACK")
                journal = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())
                found = [
                    str(line)
                    for line in connection.exec_driver_sql("PRAGMA quick_check(3)").scalars()
                ]
                damage = "" if found == ["ok"] else "; ".join(found)
                return _condition(connection, str(path), damage=damage, journal=journal)
        except SQLAlchemyError as error:
            raise explain(error, path, busy_timeout_s=busy_timeout_s) from error
        finally:
            engine.dispose()


def _server(address: str, *, busy_timeout_s: float) -> Condition:
    database = PostgresDatabase(address, busy_timeout_s=busy_timeout_s)
    try:
        with database.engine.connect() as connection:
            database.begin_append(connection)
            connection.rollback()
            database.begin_snapshot(connection)
            return _condition(connection, database.where, damage=None, journal="")
    except SQLAlchemyError as error:
        raise database.explain(error) from error
    finally:
        database.engine.dispose()


def _condition(
    connection: Connection, where: str, *, damage: str | None, journal: str
) -> Condition:
    schema = find_schema(connection, where)
    if schema is None:
        return Condition(where, None, 0, None, damage, journal)
    events = connection.exec_driver_sql(LAST).scalar_one()
    last_at = connection.exec_driver_sql(LAST_AT).scalar_one_or_none()
    return Condition(where, schema, events, last_at, damage, journal)
