"""`overt sync`: a machine that was away brings its record home."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from overt.cli.plain import plain_console
from overt.clock import SystemClock
from overt.errors import InputError
from overt.ids import time_ordered_id
from overt.operations.sync import sync, verify_received
from overt.records.store import is_server, open_exchange
from overt.settings import Settings, read_settings
from overt.text import printable
from overt.wiring import make_log, open_exchange_here

__all__ = ["bring_home"]


def bring_home(
    *,
    to: Annotated[
        str,
        typer.Option(help="the record that takes it over: postgresql://..., or a SQLite file"),
    ],
) -> None:
    """Bring this machine's events to another record, in order, each exactly once.

    Signs them first: this machine needs a log of its own name (`overt ledger begin`). Broken off,
    it goes on where it was when it is run again. What arrived is hashed again at the end.
    """
    settings = read_settings()
    settings.make_data_dir()
    _require_another(settings, to)
    console = plain_console(stderr=True)
    clock = SystemClock()
    with closing(open_exchange_here(settings)) as source, closing(open_exchange(to)) as target:
        log = make_log(settings, store=source)
        taken, last = 0, None
        with console.status("signing") as shown:
            for last in sync(source, target, log, clock=clock, new_id=time_ordered_id):
                taken += last.taken
                shown.update(f"{last.size:,} of {last.of:,} events are there")
            shown.update("hashing what arrived")
            name = log.first_key().name
            there = verify_received(target, log=name)
    print(f"{name}\t{taken} events brought\t{there} there\troot {last.root if last else ''}")


def _require_another(settings: Settings, to: str) -> None:
    """Refuse this machine's own record, and a file that is not there: none is made here."""
    own = settings.record_address
    same = to == own if is_server(to) else Path(to).absolute() == Path(own).absolute()
    if same:
        raise InputError("--to: got this machine's own record, want another")
    if not is_server(to) and not Path(to).exists():
        raise InputError(
            f"--to: got {printable(to)}, which is not there, want a record of events",
            hint="mount the disk it lies on, or give a server's address",
        )
