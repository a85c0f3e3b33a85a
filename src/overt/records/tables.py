"""The tables of a record, the same in SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    inspect,
    select,
)

from overt.errors import RecordsError

__all__ = ["APPENDED_ONLY", "SCHEMA_VERSION", "create", "events", "is_empty", "require_schema"]

SCHEMA_VERSION: Final = 1
APPENDED_ONLY: Final = "events are appended, never changed"

metadata: Final = MetaData()

events: Final = Table(
    "events",
    metadata,
    # SQLite gives a primary key its own fast place only when it is called INTEGER.
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("deployment", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Text, nullable=False),  # RFC 3339 UTC, microseconds: sorts as text
    Column("canonical", LargeBinary, nullable=False),  # the whole event: RFC 8785 bytes
    Index("events_by_deployment", "deployment", "seq"),
    Index("events_by_kind", "kind", "seq"),
    sqlite_strict=True,  # a column holds its own type, whoever writes it
)

schema_version: Final = Table(
    "schema_version", metadata, Column("version", Integer, primary_key=True, autoincrement=False)
)


def create(connection: Connection, guards: tuple[str, ...]) -> None:
    """Create the tables and the triggers that guard them."""
    metadata.create_all(connection, checkfirst=False)
    for guard in guards:
        connection.exec_driver_sql(guard)
    connection.execute(schema_version.insert().values(version=SCHEMA_VERSION))


def is_empty(connection: Connection) -> bool:
    """Tell whether there is no table at all."""
    return not inspect(connection).get_table_names()


def require_schema(connection: Connection, where: str) -> None:
    """Check that a record is there, of the version that this code writes.

    Raises:
        RecordsError: another program's tables, or a newer or older version.
    """
    names = set(inspect(connection).get_table_names())
    missing = sorted({table.name for table in metadata.sorted_tables} - names)
    if missing:
        raise RecordsError(
            f"{where}: got no table {', '.join(missing)}, want a record of events",
            hint="name another file or database: this one is not a record made by overt, "
            "or is damaged",
        )
    found = connection.execute(select(schema_version.c.version)).scalars().all()
    if list(found) != [SCHEMA_VERSION]:
        newer = any(
            isinstance(found_one, int) and found_one > SCHEMA_VERSION for found_one in found
        )
        raise RecordsError(
            f"{where}: got schema version {', '.join(map(str, found)) or 'none'}, "
            f"want {SCHEMA_VERSION}",
            hint="use the newer overt that wrote it" if newer else "restore it from a backup",
        )
