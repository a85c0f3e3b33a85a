"""Where accounts are kept: a SQLite file, or a schema of their own on the record's server."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateSchema

from overt.errors import RecordsError
from overt.records.access_tables import metadata
from overt.records.account_tables import ACCOUNT_SCHEMA, PLACE, version
from overt.records.postgres import PostgresDatabase
from overt.records.sql import Database
from overt.records.sqlite import SqliteFile, make_folder, require_strict_tables, require_usable
from overt.records.store import is_server

__all__ = ["AccountDatabase", "open_account_database"]

TIMEOUT_S: Final = 10.0


class AccountDatabase:
    """The database of accounts. Threads may share it."""

    def __init__(self, database: Database, *, in_file: bool) -> None:
        self._database = database
        places = {PLACE: None if in_file else PLACE}
        self._engine: Engine = database.engine.execution_options(schema_translate_map=places)
        self._in_file = in_file

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """Give a connection that nobody else writes beside; committed at the end."""
        with self._explained(), self._engine.connect() as connection:
            self._database.begin_append(connection)
            yield connection
            connection.commit()

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """Give a connection to read with."""
        with self._explained(), self._engine.connect() as connection:
            yield connection

    def prepare(self) -> None:
        """Make the tables where there are none.

        Raises:
            RecordsError: they are of a newer overt.
        """
        with self.writing() as connection:
            if not self._in_file:
                connection.execute(CreateSchema(PLACE, if_not_exists=True))
            names = inspect(connection).get_table_names(schema=None if self._in_file else PLACE)
            if not names:
                metadata.create_all(connection)
                connection.execute(version.insert().values(number=ACCOUNT_SCHEMA))
                return
            if version.name not in names:
                raise RecordsError(
                    f"{self._database.where}: got no table of versions, want accounts of overt",
                    hint="name another data folder, or restore accounts.sqlite from a backup",
                )
            found = connection.execute(select(version.c.number)).scalars().all()
            if found == [ACCOUNT_SCHEMA]:
                metadata.create_all(connection)  # tables that were added since
        if found != [ACCOUNT_SCHEMA]:
            raise RecordsError(
                f"{self._database.where}: got accounts of version {found}, want {ACCOUNT_SCHEMA}",
                hint="use the newer overt that wrote them",
            )

    def close(self) -> None:
        """Let go of the connections."""
        self._database.engine.dispose()

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise self._database.explain(error) from error


def open_account_database(address: str | Path) -> AccountDatabase:
    """Open the accounts, or make an empty database of them.

    Args:
        address: of a server (`postgresql://...`), or the file.

    Raises:
        RecordsError: it cannot be opened or made, or is a newer one.
    """
    if isinstance(address, str) and is_server(address):
        database = AccountDatabase(
            PostgresDatabase(address, busy_timeout_s=TIMEOUT_S), in_file=False
        )
    else:
        database = AccountDatabase(sqlite_file(Path(address)), in_file=True)
    try:
        database.prepare()
    except RecordsError:
        database.close()
        raise
    return database


def sqlite_file(path: Path) -> SqliteFile:
    """Open a file that only its owner can read, or make it."""
    require_strict_tables()
    make_folder(path.parent)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        if path.stat().st_size:
            require_usable(path)
    except OSError as error:
        raise RecordsError(
            f"{path}: got {error.strerror}, want a file that can be written",
            hint="check the path and the permissions",
        ) from error
    file = SqliteFile(path, busy_timeout_s=TIMEOUT_S)
    try:
        with file.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
    except SQLAlchemyError as error:
        file.engine.dispose()
        raise file.explain(error) from error
    return file
