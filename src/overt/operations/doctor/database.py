"""The record's database: opens, can be appended to, schema, soundness, how it is written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from overt.errors import RecordsError
from overt.operations.doctor.finding import Family, Finding, cannot_tell, fails, failure, holds
from overt.records.inspecting import Condition, inspect_record
from overt.records.schema import SCHEMA
from overt.records.store import is_server

__all__ = ["check_database", "look_at"]


def look_at(address: str | Path) -> Condition | Finding:
    """Look at the record; a finding says why it could not be."""
    if not (isinstance(address, str) and is_server(address)) and not Path(address).exists():
        return cannot_tell(
            Family.DATABASE,
            str(address),
            "no record yet",
            "the first command that records makes it",
        )
    try:
        return inspect_record(address)
    except RecordsError as error:
        return failure(Family.DATABASE, "record", error)


def check_database(found: Condition) -> Iterator[Finding]:
    """Judge what was found."""
    yield holds(
        Family.DATABASE, found.where, f"opens and can be appended to, {found.events:,} events"
    )
    yield _schema(found)
    if found.damage is None:
        yield cannot_tell(
            Family.DATABASE, "soundness", "a server's own affair", "let its administrator watch it"
        )
    elif found.damage:
        yield fails(
            Family.DATABASE,
            "soundness",
            f"got {found.damage}, want a sound file",
            "stop what runs, keep the file as it is, and restore a backup beside it",
        )
    else:
        yield holds(Family.DATABASE, "soundness", "SQLite's quick check finds nothing wrong")
    if found.journal == "wal":
        yield holds(Family.DATABASE, "journal", "written ahead (WAL)")
    elif found.journal:
        yield fails(
            Family.DATABASE,
            "journal",
            f"got {found.journal}, want wal: readers and the recogniser would wait for each other",
            'stop what runs, then `sqlite3 FILE "PRAGMA journal_mode = WAL"`',
        )


def _schema(found: Condition) -> Finding:
    if found.is_current:
        return holds(Family.DATABASE, "schema", f"{SCHEMA}, the newest")
    if found.schema is None:
        return fails(
            Family.DATABASE,
            "schema",
            "got no tables, want a record of events",
            "name another file or database, or restore a backup",
        )
    return fails(
        Family.DATABASE,
        "schema",
        f"got {found.schema}, want {SCHEMA}",
        "stop what runs, make a backup, then `overt db upgrade`",
    )
