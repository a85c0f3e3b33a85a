"""`overt passages`: put a blue-list test into the record."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from overt.cli.recording import opened_record
from overt.clock import SystemClock
from overt.ids import time_ordered_id
from overt.review.blue_list import record_passages
from overt.review.passages_file import read_passages

__all__ = ["passages"]

passages = typer.Typer(help="Known passages of blue-list volunteers.", no_args_is_help=True)


@passages.callback()
def group() -> None:
    """Known passages of blue-list volunteers."""


@passages.command("record")
def record(
    deployment: Annotated[str, typer.Argument(help="the deployment's id")],
    file: Annotated[Path, typer.Argument(help="a CSV, one line a passage")],
    *,
    by: Annotated[str, typer.Option(help="who organised the test")],
) -> None:
    """Record who of the blue list walked past, and who was recognised; once a deployment.

    The columns are passage, camera, volunteer, time, alert, ethnicity, gender, age. `alert` is
    empty where nobody was recognised; ethnicity is one of the 18+1 codes, as volunteers say.
    """
    walked = read_passages(file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    with opened_record() as (_, store):
        recorded = record_passages(
            store,
            deployment,
            walked,
            by=by,
            file=digest,
            clock=SystemClock(),
            new_id=time_ordered_id,
        )
    seen = sum(passage.recognised for passage in walked)
    print(f"{deployment}\t{recorded} passages\t{seen} recognised")
