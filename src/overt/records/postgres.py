"""The record of events in PostgreSQL: many machines append to one record."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from overt.errors import RecordsError
from overt.records.schema import SCHEMA, find_schema, require_tables
from overt.records.sql import SqlStore, not_wiped

__all__ = ["open_postgres"]

THREADS: Final = 16  # whose connections are kept; beginning one costs more than most questions
LOCK: Final = 0x6F76657274  # "overt": the advisory lock of those who append or make the tables

# By SQLSTATE or its class (postgresql.org/docs/current/errcodes-appendix.html).
CAUSES: Final = (
    ("55P03", "is locked by another program", "end what holds the lock, or wait longer"),
    ("40", "could not be locked", "try again"),
    ("53100", "cannot grow: the disk is full", "free space on the server, then start again"),
    ("25006", "cannot be written: the server is read-only", "connect to the primary server"),
    ("42501", "may not be written by this user", "grant INSERT and SELECT to this user"),
    ("3D000", "is not there", "create the database, or correct the address"),
    ("28", "refuses the user or password", "correct the address"),
    ("23505", "refuses the events: one is recorded already", "record each event once"),
    ("P0001", "refuses the change", "append events, and change none"),
)


class PostgresDatabase:
    """A database on a PostgreSQL server as a database of events."""

    def __init__(self, url: str, *, busy_timeout_s: float) -> None:
        try:
            parsed = make_url(url).set(drivername="postgresql+psycopg")
            self._where = parsed.render_as_string(hide_password=True)
            self._engine = create_engine(parsed, pool_pre_ping=True, pool_size=THREADS)
        except ArgumentError:
            raise RecordsError(
                "got no address of a database, want postgresql://user@host/database"
            ) from None  # its message may hold the password
        except ModuleNotFoundError as error:
            raise RecordsError(
                "got no driver for PostgreSQL", hint='pip install "overt[postgres]"'
            ) from error
        self._lock_timeout_ms = max(1, round(busy_timeout_s * 1000))

    @property
    def where(self) -> str:
        """Name the database without its password."""
        return self._where

    @property
    def engine(self) -> Engine:
        """Give the connections."""
        return self._engine

    def begin_append(self, connection: Connection, /) -> None:
        """Wait for those who append; commit to the disk even where the server's default is not.

        The next statement sees what they committed (READ COMMITTED), so that its maximum holds.
        """
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        connection.exec_driver_sql("SET LOCAL synchronous_commit = on")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {self._lock_timeout_ms}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")

    def begin_snapshot(self, connection: Connection, /) -> None:
        """See one state of the database until the transaction ends."""
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")

    def wipe(self) -> None:
        """Write the openings that are left into a new file, and remove the old one.

        Raises:
            RecordsError: they are in use for longer than the timeout, or are another user's.
        """
        alone = self._engine.execution_options(isolation_level="AUTOCOMMIT")  # as VACUUM must be
        with alone.connect() as connection:
            connection.exec_driver_sql(f"SET lock_timeout = {self._lock_timeout_ms}")
            try:
                connection.exec_driver_sql("VACUUM (FULL) openings")
            except SQLAlchemyError as error:
                said = self.explain(error)
                raise not_wiped(str(said)) from error
            finally:
                connection.exec_driver_sql("RESET lock_timeout")

    def explain(self, error: SQLAlchemyError, /) -> RecordsError:
        """Say in plain words what went wrong and what to do."""
        cause = error.orig if isinstance(error, DBAPIError) else None
        state: str | None = getattr(cause, "sqlstate", None)
        said = str(cause or type(error).__name__).strip().split("\n", maxsplit=1)[0]
        for code, what, hint in CAUSES:
            if state is not None and state.startswith(code):
                return RecordsError(f"{self._where}: {what}: got {state}, {said}", hint=hint)
        return RecordsError(
            f"{self._where}: got {state or 'no answer'}, {said}",
            hint="see whether the server runs; if it went away during an append, read whether the "
            "events are there before they are appended again",
        )


def open_postgres(url: str, *, busy_timeout_s: float = 10.0) -> SqlStore:
    """Open the record of events in a PostgreSQL database, or make its tables where there are none.

    A record of an older schema is brought to the newest one, in one transaction.

    Raises:
        RecordsError: no server, no right, not a record of events, or a newer one.
    """
    database = PostgresDatabase(url, busy_timeout_s=busy_timeout_s)
    try:
        with database.engine.begin() as connection:
            database.begin_append(connection)
            found = find_schema(connection, database.where)
            if found != SCHEMA:
                # Alembic takes a third of a second to load: only for a record that needs it.
                from overt.records.migrating import migrate  # noqa: PLC0415

                migrate(connection, database.where, found=found)
            require_tables(connection, database.where)
    except SQLAlchemyError as error:
        database.engine.dispose()
        raise database.explain(error) from error
    except RecordsError:
        database.engine.dispose()
        raise
    return SqlStore(database)
