"""Opens the record of events that an address names."""

from __future__ import annotations

from pathlib import Path

from overt.records.base import Exchange, Store
from overt.records.postgres import open_postgres
from overt.records.sqlite import open_sqlite

__all__ = ["is_server", "open_exchange", "open_store"]


def open_exchange(address: str | Path, *, busy_timeout_s: float = 10.0) -> Exchange:
    """Open a record to hand its events on, or to take another's.

    Raises:
        RecordsError: it cannot be opened or made.
    """
    if isinstance(address, str) and is_server(address):
        return open_postgres(address, busy_timeout_s=busy_timeout_s)
    return open_sqlite(Path(address), busy_timeout_s=busy_timeout_s)


def open_store(address: str | Path, *, busy_timeout_s: float = 10.0) -> Store:
    """Open a record: `postgresql://user@host/database`, or a SQLite file's path.

    Args:
        address: where the record is.
        busy_timeout_s: how long an append waits for others, seconds.

    Raises:
        RecordsError: it cannot be opened or made.
    """
    return open_exchange(address, busy_timeout_s=busy_timeout_s)


def is_server(address: str) -> bool:
    """Tell whether an address names a server, not a file."""
    return address.startswith(("postgresql://", "postgresql+psycopg://"))
