"""`overt ledger timestamp`: an authority's word on when a checkpoint existed (RFC 3161), by files.

What stamps is imported when it is asked for: it comes with the extra `timestamp`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from overt.cli.files import read_file, write_file
from overt.cli.plain import plain_console
from overt.cli.recording import opened_log
from overt.governance.witnessing import latest_note
from overt.ledger.checkpoint import Checkpoint
from overt.text import printable

__all__ = ["timestamp"]

timestamp = typer.Typer(help="When a checkpoint existed.", no_args_is_help=True)
console = plain_console(stderr=True)


@timestamp.command()
def request(
    path: Annotated[Path, typer.Argument(help="the file to write, as checkpoint.tsq")],
) -> None:
    """Write what an authority is asked about the last checkpoint."""
    from overt.ledger.timestamp import timestamp_request

    with opened_log() as (_, log):
        note = latest_note(log)
    write_file(path, timestamp_request(note))
    size = Checkpoint.parse(note.text).size
    console.print(f"{printable(str(path))}: of {size} events", soft_wrap=True)


@timestamp.command()
def attach(
    path: Annotated[Path, typer.Argument(help="the authority's response, as checkpoint.tsr")],
    *,
    root: Annotated[Path, typer.Option(help="the authority's root certificates, PEM")],
) -> None:
    """Keep an authority's response, once it is sure to be of a checkpoint: exports carry it."""
    from overt.ledger.timestamp import find_stamped

    response = read_file(path, want="a response")
    roots = read_file(root, want="certificates")
    with opened_log() as (_, log):
        chain = log.chain()
        checkpoints = [chain.open(note) for note in log.checkpoints()]
        checkpoint, at = find_stamped(checkpoints, response, roots=roots)
        log.add_timestamp(checkpoint.size, response)
    print(f"{checkpoint.size} events\tstamped {at.isoformat(timespec='seconds')}")
