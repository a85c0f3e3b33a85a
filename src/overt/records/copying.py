"""A whole record copied into a SQLite file, while others append to it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Final

from overt.errors import RecordsError
from overt.records.sqlite import sync_folder, translated
from overt.records.store import is_server, open_exchange

__all__ = ["copy_record", "fill_record"]

AT_ONCE: Final = 500  # events of one transaction
PATIENCE_S: Final = 10.0


def copy_record(address: str | Path, to: Path) -> None:
    """Copy a record as it is at one moment into a new file of mode 0600.

    A SQLite file is copied by SQLite itself (sqlite.org/backup.html), a server's record event by
    event.

    Raises:
        RecordsError: the record cannot be read, or the file cannot be made or written.
    """
    if isinstance(address, str) and is_server(address):
        with closing(open_exchange(address)) as source:
            copied = source.exact()
            with closing(open_exchange(to)) as target:
                while part := list(islice(copied, AT_ONCE)):
                    target.take(part, then=None)
        return
    path = Path(address)
    with translated(path, busy_timeout_s=PATIENCE_S):
        if not path.is_file():
            raise RecordsError(f"{path}: got no such file, want a record of events")
        os.close(os.open(to, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        where = f"{path.absolute().as_uri()}?mode=ro"
        try:
            with (
                closing(sqlite3.connect(where, uri=True, timeout=PATIENCE_S)) as source,
                closing(sqlite3.connect(to)) as copy,
            ):
                copy.execute("PRAGMA synchronous = FULL")
                source.backup(copy)
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorname", type(error).__name__)
            full = code == "SQLITE_FULL"
            raise RecordsError(
                f"{to}: got {code}, {error}, want a copy of {path}",
                hint="free space on the disk" if full else "run `overt doctor --only database`",
            ) from error
        sync_folder(to.parent)


def fill_record(source: Path, address: str | Path) -> int:
    """Append a file's events to a record that has none of them, or the first of them.

    Broken off, it goes on where it was.

    Raises:
        RecordsError: the record has other events, or one of the two cannot be read or written.
    """
    with closing(open_exchange(source)) as copied, closing(open_exchange(address)) as target:
        there = 0
        for have, want in zip(target.leaves(), copied.leaves(), strict=False):
            if have != want:
                raise RecordsError(
                    f"event {there + 1}: got another one there, want an empty record",
                    hint="name an empty database: a restored record is never mixed with another",
                )
            there += 1
        coming = copied.exact(after=there)
        while part := list(islice(coming, AT_ONCE)):
            there = target.take(part, then=None)[-1]
        return there
