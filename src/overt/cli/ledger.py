"""`overt ledger`: sign the record, and publish it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from overt.cli.recording import opened_record
from overt.governance.transparency import TransparencyLog
from overt.wiring import make_log

__all__ = ["ledger"]

ledger = typer.Typer(help="The record as a log that cannot be rewritten.", no_args_is_help=True)


@ledger.command()
def begin(
    origin: Annotated[str, typer.Argument(help="the log's name, as police.example/lfr")],
) -> None:
    """Begin the log: make its signing key, and print the public key that readers need."""
    with _opened() as log:
        print(log.begin(origin).text)


@ledger.command()
def key() -> None:
    """Print the public key that readers trust, then those that followed it."""
    with _opened() as log:
        for one in log.chain().keys:
            print(one.text)


@ledger.command()
def checkpoint() -> None:
    """Sign the record as it is now; refuses when it does not go on from the last checkpoint."""
    with _opened() as log:
        print(log.checkpoint().data.decode(), end="")


@ledger.command()
def rotate() -> None:
    """Change the signing key: announced in the record, and signed by the old key."""
    with _opened() as log:
        print(log.rotate().text)


@ledger.command()
def export(path: Annotated[Path, typer.Argument(help="the file to write")]) -> None:
    """Write the public export: every event, personal fields as commitments, and checkpoints."""
    with _opened() as log:
        verified = log.export(path)
    print(f"{path}\t{verified.size} events\troot {verified.root.hex()}")


@contextmanager
def _opened() -> Generator[TransparencyLog]:
    with opened_record() as (settings, store):
        yield make_log(settings, store=store)
