"""`overt db`: look after the record of events: rebuild what is made of it, check and upgrade it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from overt.cli.plain import plain_console
from overt.errors import InputError
from overt.records.base import Store
from overt.records.inspecting import inspect_record
from overt.records.schema import SCHEMA, no_record
from overt.records.store import is_server, open_store
from overt.settings import read_settings
from overt.text import printable

__all__ = ["db"]

db = typer.Typer(help="The record of events.", no_args_is_help=True)
console = plain_console(stderr=True)

Records = Annotated[
    str | None,
    typer.Option(help="SQLite file or postgresql:// address; if not given, of the data folder"),
]


@db.command()
def rebuild(*, records: Records = None) -> None:
    """Make the tables of deployments, alerts and counts anew from the events."""
    with _open(records) as store, console.status("reading the events"):
        number = store.rebuild()
    print(f"rebuilt from {number:,} events")


@db.command()
def check(*, records: Records = None) -> int:
    """Compare the tables of deployments, alerts and counts with the events; 1 where they differ."""
    with _open(records) as store, console.status("reading the events"):
        found = store.check()
    for mismatch in found:
        print(f"{mismatch.projection}: {mismatch.rows:,} rows are not what the events say")
    if found:
        console.print("hint: run `overt db rebuild`, and ask who changed them", soft_wrap=True)
        return 1
    print("every table is what the events say")
    return 0


@db.command()
def upgrade(*, records: Records = None) -> None:
    """Bring a record of an older schema to the newest one, in one transaction.

    A SQLite file is copied beside itself first; of a server's record make a backup before. Other
    commands do the same when they open it: this one says what it does.
    """
    address = _address(records)
    found = inspect_record(address)
    if found.schema is None:
        raise no_record(found.where, "events")
    if found.is_current:
        print(f"schema {found.schema}: the newest")
        return
    with console.status("reading the events"), closing(open_store(address)):
        pass
    print(f"schema {found.schema} -> {SCHEMA}, {found.events:,} events")


@contextmanager
def _open(records: str | None) -> Generator[Store]:
    """Open a record that is there; none is made here."""
    with closing(open_store(_address(records))) as store:
        yield store


def _address(records: str | None) -> str:
    """Name a record that is there; none is made here."""
    address = records or str(read_settings().record_address)
    if not is_server(address) and not Path(address).exists():
        raise InputError(
            f"{printable(address)}: got no such file, want a record of events",
            hint="name the record with --records, or its folder with OVERT_DATA_DIR",
        )
    return address
