"""The record of events in one SQLite file, written ahead (WAL) and synchronised at each commit."""

from __future__ import annotations

import os
import secrets
import sqlite3
import stat
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from overt.errors import RecordsError
from overt.records.schema import SCHEMA, find_schema, no_record, require_tables
from overt.records.sql import SqlStore, not_wiped

__all__ = ["open_sqlite"]

HEADER: Final = b"SQLite format 3\0"  # sqlite.org/fileformat2.html, section 1.3
OLDEST_SQLITE: Final = (3, 37, 0)  # the first with STRICT tables
THREADS: Final = 16  # whose connections are kept; opening one costs more than most questions

# By the primary code (sqlite.org/rescode.html): what it is, and what to do.
CAUSES: Final = (
    (sqlite3.SQLITE_BUSY, "is locked by another program", "close what has it open, or wait longer"),
    (sqlite3.SQLITE_LOCKED, "is locked by another connection", "try again"),
    (sqlite3.SQLITE_FULL, "cannot grow: the disk is full", "free space, then start again"),
    (sqlite3.SQLITE_READONLY, "cannot be written", "give overt the right to write it"),
    (sqlite3.SQLITE_CANTOPEN, "cannot be opened", "check the folder and its permissions"),
    (sqlite3.SQLITE_PERM, "cannot be opened", "check the folder and its permissions"),
    (sqlite3.SQLITE_NOTADB, "is not a database", "name another file, or restore a backup"),
    (sqlite3.SQLITE_CORRUPT, "is damaged", "keep it as it is, and restore a backup beside it"),
    (sqlite3.SQLITE_IOERR, "cannot be read or written: disk error or disk full", "check the disk"),
    (sqlite3.SQLITE_CONSTRAINT, "refuses the events", "record each event once, and change none"),
)


class SqliteFile:
    """One SQLite file as a database of events."""

    def __init__(self, path: Path, *, busy_timeout_s: float) -> None:
        self._path = path
        self._busy_timeout_s = busy_timeout_s
        url = URL.create("sqlite", database=str(path.resolve()))
        self._engine = create_engine(
            url, connect_args={"timeout": busy_timeout_s}, pool_size=THREADS
        )
        event.listen(self._engine, "connect", prepare)

    @property
    def where(self) -> str:
        """Name the file."""
        return str(self._path)

    @property
    def engine(self) -> Engine:
        """Give the connections."""
        return self._engine

    def begin_append(self, connection: Connection, /) -> None:
        """Take the file's only write lock before anything is read."""
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def begin_snapshot(self, connection: Connection, /) -> None:
        """See one state of the file until the transaction ends; who writes is not held up."""
        connection.exec_driver_sql("BEGIN")

    def wipe(self) -> None:
        """Empty the write-ahead file: in the file itself, what is removed is overwritten.

        Raises:
            RecordsError: others read for longer than the timeout.
        """
        with self._engine.connect() as connection:
            busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
        if busy:
            raise not_wiped(f"{self._path}: is read by another program")

    def explain(self, error: SQLAlchemyError, /) -> RecordsError:
        """Say in plain words what went wrong and what to do."""
        return explain(error, self._path, busy_timeout_s=self._busy_timeout_s)


def open_sqlite(path: Path, *, busy_timeout_s: float = 10.0) -> SqlStore:
    """Open the record of events in a file, or make it: mode 0600, its folder 0700 when made.

    The folder is made when only it is missing; a longer path that is not there is a mistake.

    Raises:
        RecordsError: no such folder; not a record of events, or a newer one; open to others;
            locked for longer than `busy_timeout_s`; not to be written.
    """
    require_strict_tables()
    with translated(path, busy_timeout_s=busy_timeout_s):
        if not path.exists():
            make(path)
        require_usable(path)
        database = SqliteFile(path, busy_timeout_s=busy_timeout_s)
        try:
            # What a killed process left unfinished is put in order here, not at the first event.
            with database.engine.connect() as connection:
                found = find_schema(connection, str(path))
            if found != SCHEMA:
                bring_up(database, path)
            with database.engine.connect() as connection:
                require_tables(connection, str(path))
        except (SQLAlchemyError, RecordsError, UnicodeDecodeError):
            database.engine.dispose()
            raise
    return SqlStore(database)


def migrate_now(connection: Connection, path: Path, *, found: str | None) -> None:
    """Bring the tables to the newest schema, within the caller's transaction."""
    # Alembic takes a third of a second to load: only for a record that needs it.
    from overt.records.migrating import migrate  # noqa: PLC0415

    migrate(connection, str(path), found=found)


def bring_up(database: SqliteFile, path: Path) -> None:
    """Bring a record of an older schema to the newest one; a copy as it was stays beside it.

    Raises:
        RecordsError: it is no record, or an event cannot be read; the record stays as it was.
    """
    with database.engine.connect() as connection:
        database.begin_append(connection)
        found = find_schema(connection, str(path))
        if found is None:
            raise no_record(str(path), "events")
        if found != SCHEMA:  # else another process was quicker
            keep_copy(path, path.with_name(f"{path.name}.schema-{found}.backup"))
            migrate_now(connection, path, found=found)
            connection.commit()


def keep_copy(path: Path, to: Path) -> None:
    """Copy a record that nobody writes to meanwhile, durably, over no other copy."""
    number = 1
    free = to
    while free.exists():
        number += 1
        free = to.with_name(f"{to.name}-{number}")
    os.close(os.open(free, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(free)) as copy:
        copy.execute("PRAGMA synchronous = FULL")
        source.backup(copy)
    sync_folder(free.parent)


def make(path: Path) -> None:
    """Make an empty record beside `path` and put it there in one step.

    Nobody ever finds a half-made record, and of several processes that make it at once the first
    one wins and the others use its file.
    """
    make_folder(path.parent)
    new = path.with_name(f".{path.name}.{secrets.token_hex(8)}.new")
    try:
        os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        database = SqliteFile(new, busy_timeout_s=0)
        with database.engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")  # written in the file's header
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            migrate_now(connection, new, found=None)
        database.engine.dispose()  # the last connection writes everything into the one file
        try:
            os.link(new, path)
        except FileExistsError:
            return
        sync_folder(path.parent)
    finally:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{new}{suffix}").unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner can enter, unless it is there."""
    if folder.is_dir():
        return
    if not folder.parent.is_dir():
        raise RecordsError(
            f"{folder}: got no such folder, nor the one that it would be in",
            hint="check the path, or make the folder",
        )
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the folder's list of files durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def require_usable(path: Path) -> None:
    """Check what SQLite would pass over: an empty file, one that others can open, no way to write.

    Raises:
        RecordsError: one of these.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise RecordsError(f"{path}: got no regular file, want a record of events")
    mode = stat.S_IMODE(status.st_mode)
    if mode & 0o077:
        raise RecordsError(
            f"{path}: got permissions {mode:04o}, want 0600",
            hint=f"ask who else could open it, then `chmod 600 {path}`",
        )
    if not os.access(path, os.R_OK | os.W_OK) or not os.access(path.parent, os.W_OK | os.X_OK):
        raise RecordsError(
            f"{path}: got a file or folder that cannot be written, want both writable",
            hint="give overt's user the right to write the file and its folder",
        )
    with path.open("rb") as file:
        start = file.read(len(HEADER))
    if start != HEADER:
        raise RecordsError(
            f"{path}: got {'an empty file' if not start else 'no database'}, "
            "want a record of events",
            hint="name another file, or restore a backup: an empty record is never made over "
            "what is there",
        )


def require_strict_tables() -> None:
    """Refuse a SQLite that does not hold columns to their types."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        want = ".".join(map(str, OLDEST_SQLITE))
        raise RecordsError(f"got SQLite {sqlite3.sqlite_version}, want {want} or newer")


def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Set what holds for one connection. FULL: a commit is on the disk when it returns."""
    if not isinstance(connection, sqlite3.Connection):
        raise TypeError(f"got {type(connection).__name__}, want a connection of sqlite3")
    connection.isolation_level = None  # the driver starts no transaction: `begin_append` does
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # what is removed is overwritten


@contextmanager
def translated(path: Path, *, busy_timeout_s: float) -> Generator[None]:
    """Turn what happens while a file is opened into errors of ours."""
    try:
        yield
    except SQLAlchemyError as error:
        raise explain(error, path, busy_timeout_s=busy_timeout_s) from error
    except UnicodeDecodeError as error:  # the driver's own error quotes damaged bytes
        raise RecordsError(
            f"{path}: is damaged: got bytes that are no text ({error.reason})",
            hint="keep it as it is, and restore a backup beside it",
        ) from error
    except OSError as error:
        raise RecordsError(
            f"{path}: got {error.strerror or error}, want a file that can be made and written",
            hint="check the path, the disk's space and the permissions",
        ) from error


def explain(error: SQLAlchemyError, path: Path, *, busy_timeout_s: float) -> RecordsError:
    """Say in plain words what went wrong with the file and what to do."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    code = getattr(cause, "sqlite_errorcode", None)
    name = getattr(cause, "sqlite_errorname", type(error).__name__)
    for primary, what, hint in CAUSES:
        if code is not None and code & 0xFF == primary:  # the low byte is the primary code
            waited = f" (waited {busy_timeout_s:g} s)" if primary == sqlite3.SQLITE_BUSY else ""
            return RecordsError(f"{path}: {what}{waited}: got {name}, {cause}", hint=hint)
    return RecordsError(f"{path}: got {name}, {cause or error}", hint="check the file and the disk")
