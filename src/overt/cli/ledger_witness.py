"""`overt ledger witness` and `overt ledger cosign`: others who saw the log grow, by files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from overt.cli.files import read_file, write_file
from overt.cli.plain import plain_console
from overt.cli.recording import opened_log
from overt.clock import SystemClock
from overt.governance.witnessing import add_answer, ask_witness, witness_keys
from overt.ledger.keys import VerifierKey
from overt.ledger.request import WitnessRequest
from overt.ledger.witness_book import WitnessBook
from overt.text import printable

__all__ = ["cosign", "witness"]

witness = typer.Typer(help="Others who saw the log grow.", no_args_is_help=True)
console = plain_console(stderr=True)
Folder = Annotated[Path, typer.Option(help="the witness's own folder")]


@witness.command()
def begin(
    name: Annotated[str, typer.Argument(help="the witness's name, as oversight.example/w1")],
    *,
    folder: Folder,
) -> None:
    """Become a witness: make a key, and print the public key that the log's operator needs."""
    print(WitnessBook(folder).begin(name).text)


@witness.command()
def request(
    name: Annotated[str, typer.Argument(help="the witness's name, of the settings")],
    path: Annotated[Path, typer.Argument(help="the file to write")],
    *,
    after: Annotated[
        int | None, typer.Option(min=0, help="leaves that it cosigned last, where it says so")
    ] = None,
) -> None:
    """Write what a witness needs to cosign the last checkpoint: it, and a proof that it goes on."""
    with opened_log() as (settings, log):
        asked = ask_witness(log, name=name, known=witness_keys(settings.witnesses), after=after)
    write_file(path, asked.data)
    console.print(
        f"{printable(str(path))}: from {asked.proof.old_size} to {asked.proof.size} events",
        soft_wrap=True,
    )


@witness.command()
def add(
    path: Annotated[Path, typer.Argument(help="what the witness answered")],
) -> None:
    """Keep a witness's cosignature on its checkpoint, once it is sure to be of a known witness."""
    answer = read_file(path, want="a witness's answer")
    with opened_log() as (settings, log):
        checkpoint, found = add_answer(log, answer, known=witness_keys(settings.witnesses))
    for one in found:
        at = one.at.isoformat(timespec="seconds")
        print(f"{checkpoint.size} events\twitnessed by {one.key.name}\t{at}")


def cosign(
    path: Annotated[Path, typer.Argument(help="the log's request")],
    *,
    folder: Folder,
    log: Annotated[list[str], typer.Option(help="public key of a log that is watched")],
    out: Annotated[
        Path | None, typer.Option(help="file for the answer; if not given, it is printed")
    ] = None,
) -> None:
    """Cosign a checkpoint, as a witness, once it is sure to go on from the last one cosigned.

    Refuses a log that was rolled back or forked. Needs no record, and no network.
    """
    asked = WitnessRequest.parse(read_file(path, want="a request"))
    logs = tuple(VerifierKey.parse(text) for text in log)
    signature = WitnessBook(folder).cosign(asked, logs=logs, at=SystemClock().now())
    answer = f"{signature.text}\n"
    if out is None:
        print(answer, end="")
    else:
        write_file(out, answer.encode())
