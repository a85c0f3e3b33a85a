"""`overt ledger`: sign the record, and publish it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from overt.cli.files import write_file
from overt.cli.ledger_timestamp import timestamp
from overt.cli.ledger_witness import cosign, witness
from overt.cli.recording import opened_log
from overt.governance.witnessing import last_witnessed, witness_keys
from overt.ledger.witness import Witnesses

__all__ = ["ledger"]

ledger = typer.Typer(help="The record as a log that cannot be rewritten.", no_args_is_help=True)


@ledger.command()
def begin(
    origin: Annotated[str, typer.Argument(help="the log's name, as police.example/lfr")],
) -> None:
    """Begin the log: make its signing key, and print the public key that readers need."""
    with opened_log() as (_, log):
        print(log.begin(origin).text)


@ledger.command()
def key() -> None:
    """Print the public key that readers trust, then those that followed it."""
    with opened_log() as (_, log):
        for one in log.chain().keys:
            print(one.text)


@ledger.command()
def checkpoint() -> None:
    """Sign the record as it is now; refuses when it does not go on from the last checkpoint."""
    with opened_log() as (_, log):
        print(log.checkpoint().data.decode(), end="")


@ledger.command()
def rotate() -> None:
    """Change the signing key: announced in the record, and signed by the old key."""
    with opened_log() as (_, log):
        print(log.rotate().text)


@ledger.command()
def export(
    path: Annotated[Path, typer.Argument(help="the file to write")],
    *,
    witnessed: Annotated[
        bool,
        typer.Option("--witnessed", help="up to the last checkpoint that all witnesses cosigned"),
    ] = False,
) -> None:
    """Write the public export: every event, personal fields as commitments, and checkpoints.

    Signs a new checkpoint of everything first, unless --witnessed. Where a checkpoint in it was
    stamped by an authority, the newest stamp is written beside it, as PATH.tsr.
    """
    with opened_log() as (settings, log):
        known = witness_keys(settings.witnesses)
        until = last_witnessed(log, known=known) if witnessed else None
        verified = log.export(path, until=until)
        stamp = log.timestamp(verified.size)
    print(f"{path}\t{verified.size} events\troot {verified.root.hex()}")
    if until is not None:
        for one in Witnesses(known, len(known)).check(until):
            print(f"{path}\twitnessed by {one.key.name}")
    if stamp is not None:
        beside = path.with_name(path.name + ".tsr")
        write_file(beside, stamp)
        print(f"{beside}\ttimestamp")


ledger.command("cosign")(cosign)
ledger.add_typer(witness, name="witness")
ledger.add_typer(timestamp, name="timestamp")
