"""`overt sync`: a machine that was away brings its record home."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from overt.cli.files import read_file
from overt.cli.plain import plain_console
from overt.clock import SystemClock
from overt.errors import InputError
from overt.governance.transparency import TransparencyLog
from overt.ids import time_ordered_id
from overt.operations.sync import sync
from overt.operations.target import RecordTarget, Target
from overt.operations.target_https import HttpsTarget, address_of, token_in, trust
from overt.records.store import is_server, open_exchange
from overt.settings import Settings, read_settings
from overt.text import printable
from overt.wiring import make_log, open_exchange_here

__all__ = ["bring_home"]

Opening: TypeAlias = Callable[[TransparencyLog], AbstractContextManager[Target]]


def bring_home(
    console: Annotated[
        str | None, typer.Argument(help="the force's console, https://HOST[:PORT]")
    ] = None,
    *,
    token_file: Annotated[
        Path | None, typer.Option(help="file with a token of the console, scope records:sync")
    ] = None,
    ca: Annotated[
        Path | None,
        typer.Option(help="who issues the console's certificate, PEM; else who is trusted here"),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            help="instead of a console, the record itself: postgresql://..., or a SQLite file"
        ),
    ] = None,
) -> None:
    """Bring this machine's events to another record, in order, each exactly once.

    Signs them first: this machine needs a log of its own name (`overt ledger begin`), which the
    console knows (its setting `web_sync_logs`). Broken off, it goes on where it was when it is run
    again. What arrived is hashed again at the end.
    """
    settings = read_settings()
    opened = _chosen(settings, console, token_file, ca, to)
    settings.make_data_dir()
    with closing(open_exchange_here(settings)) as source:
        log = make_log(settings, store=source)
        with opened(log) as target, plain_console(stderr=True).status("signing") as shown:
            taken, last = 0, None
            for last in sync(source, target, log):
                taken += last.taken
                shown.update(f"{last.size:,} of {last.of:,} events are there")
            shown.update("hashing what arrived")
            name = log.first_key().name
            there = target.verify(name)
    print(f"{name}\t{taken} events brought\t{there} there\troot {last.root if last else ''}")


def _chosen(
    settings: Settings,
    console: str | None,
    token_file: Path | None,
    ca: Path | None,
    to: str | None,
) -> Opening:
    """Say where the record goes, once that can be so.

    Raises:
        InputError: it goes nowhere or to two places, or what is named cannot be used.
    """
    if console is not None and to is None:
        if token_file is None:
            raise InputError(
                "--token-file: got none, want a file with a token of the console",
                hint="make one of the scope records:sync in the console, under Tokens",
            )
        address_of(console)
        token, context = token_in(read_file(token_file, want="a token")), trust(ca)
        return lambda log: nullcontext(
            HttpsTarget(console, token=token, log=log, context=context, wait=time.sleep)
        )
    if to is None or console is not None:
        raise InputError(
            f"sync: got {'no place' if to is None else 'two places'} to bring the record to, want "
            "the address of a console, or --to and a record"
        )
    if token_file is not None or ca is not None:
        raise InputError("--token-file, --ca: got one with --to, want it with a console")
    _require_another(settings, to)
    return lambda _: _record(to)


@contextmanager
def _record(address: str) -> Generator[Target]:
    """Open a record whose database may be written."""
    with closing(open_exchange(address)) as store:
        yield RecordTarget(store, clock=SystemClock(), new_id=time_ordered_id)


def _require_another(settings: Settings, to: str) -> None:
    """Refuse this machine's own record, and a file that is not there: none is made here."""
    own = settings.record_address
    same = to == own if is_server(to) else Path(to).absolute() == Path(own).absolute()
    if same:
        raise InputError("--to: got this machine's own record, want another")
    if not is_server(to) and not Path(to).exists():
        raise InputError(
            f"--to: got {printable(to)}, which is not there, want a record of events",
            hint="mount the disk it lies on, or give a server's address; a console's is given "
            "without --to",
        )
