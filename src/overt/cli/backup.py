"""`overt backup` and `overt restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from overt.cli.plain import plain_console
from overt.clock import SystemClock
from overt.ids import time_ordered_id
from overt.operations.backup import make_backup
from overt.operations.restore import restore as put_back
from overt.review.people import require_name
from overt.settings import read_settings
from overt.text import printable

__all__ = ["backup", "restore"]


def backup(
    to: Annotated[Path, typer.Argument(help="a new folder, or a new file that ends with .tar")],
) -> None:
    """Copy the record, the log's files and what is sealed, while others go on working.

    The keys of people's data are not in it: what was deleted since would come back with them.
    """
    console = plain_console(stderr=True)
    with console.status("copying"):
        made = make_backup(read_settings(), to, clock=SystemClock())
    size = sum(each.size for each in made.files)
    print(
        f"{printable(str(to))}\t{made.events} events\troot {made.root}\t"
        f"{len(made.files)} files\t{size} bytes"
    )


def restore(
    path: Annotated[Path, typer.Argument(help="what `overt backup` made")],
    *,
    by: Annotated[str, typer.Option(help="who does it; recorded")],
) -> int:
    """Put a machine back from a backup, checked; then delete what is due. Overwrites nothing.

    Broken off, it goes on when it is run again. Exit code 1 where something could not be deleted.
    """
    console = plain_console(stderr=True)
    name = require_name(by)
    with console.status("checking and copying"):
        done = put_back(read_settings(), path, by=name, clock=SystemClock(), new_id=time_ordered_id)
    print(f"restored {done.manifest.events} events of {done.manifest.made.isoformat()}")
    for receipt in done.receipts:
        told = f"FAILED: {printable(receipt.error)}" if receipt.error else "deleted"
        print(f"{receipt.what}\t{told}\t{receipt.reason}")
    if done.lost:
        console.print(
            f"{done.lost} events after the backup are lost. Where the log had signed or published "
            "them, it cannot go on under its name: docs/guides/operations.md",
            soft_wrap=True,
        )
    return 0 if all(receipt.done for receipt in done.receipts) else 1
