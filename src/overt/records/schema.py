"""Which schema a record has, and whether this version of overt can use it.

The first schema had a table of its own for its version. Since the second it lies where Alembic
keeps it.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, inspect

from overt.errors import RecordsError
from overt.records.tables import metadata

__all__ = [
    "FIRST_VERSION_TABLE",
    "SCHEMA",
    "VERSION_TABLE",
    "find_schema",
    "no_record",
    "require_tables",
]

SCHEMA: Final = "0003"  # the newest migration
VERSION_TABLE: Final = "overt_schema"
FIRST_VERSION_TABLE: Final = "schema_version"


def find_schema(connection: Connection, where: str) -> str | None:
    """Find a record's schema version, up to the newest that this code knows; None: no table.

    Raises:
        RecordsError: another program's tables, or a version that only a newer overt knows.
    """
    names = set(inspect(connection).get_table_names())
    if not names:
        return None
    if VERSION_TABLE in names:
        query = f"SELECT version_num FROM {VERSION_TABLE}"  # noqa: S608 - a constant
    elif FIRST_VERSION_TABLE in names:
        query = f"SELECT version FROM {FIRST_VERSION_TABLE}"  # noqa: S608 - a constant
    else:
        raise no_record(where, VERSION_TABLE)
    found = [f"{version:0>4}" for version in connection.exec_driver_sql(query).scalars()]
    if len(found) == 1 and found[0].isdecimal() and "0000" < found[0] <= SCHEMA:
        return found[0]
    newer = any(version.isdecimal() and version > SCHEMA for version in found)
    raise RecordsError(
        f"{where}: got schema version {', '.join(found) or 'none'}, want {SCHEMA} or an older one",
        hint="use the newer overt that wrote it" if newer else "restore it from a backup",
    )


def require_tables(connection: Connection, where: str) -> None:
    """Check that every table of the newest schema is there.

    Raises:
        RecordsError: one is missing.
    """
    names = set(inspect(connection).get_table_names())
    if missing := sorted({each.name for each in metadata.sorted_tables} - names):
        raise no_record(where, ", ".join(missing))


def no_record(where: str, missing: str) -> RecordsError:
    """Make the error for a database that is no record."""
    return RecordsError(
        f"{where}: got no table {missing}, want a record of events",
        hint="name another file or database: this one is not a record made by overt, or is damaged",
    )
