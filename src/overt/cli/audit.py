"""`overt audit`: who did what when."""

from __future__ import annotations

import csv
import sys
from typing import Annotated

import typer

from overt.cli.plain import plain_console
from overt.cli.recording import opened_record, time_given
from overt.review.audit import COLUMNS, audit_lines
from overt.text import sheet_cell

__all__ = ["audit"]


def audit(
    *,
    deployment: Annotated[str | None, typer.Option(help="only of this deployment")] = None,
    kind: Annotated[str | None, typer.Option(help="only of this kind, as alert-claimed")] = None,
    by: Annotated[str | None, typer.Option(help="only by this person")] = None,
    alert: Annotated[str | None, typer.Option(help="only about this alert")] = None,
    since: Annotated[str | None, typer.Option(help="from this time on (ISO 8601)")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="comma-separated, with a heading")] = False,
) -> None:
    """List who did what when, views of pictures included; every filter narrows."""
    start = None if since is None else time_given("since", since)
    rows = csv.writer(sys.stdout) if as_csv else None
    if rows:
        rows.writerow(COLUMNS)
    shown = 0
    with opened_record() as (_, store):
        for line in audit_lines(
            store, deployment=deployment, kind=kind, by=by, alert=alert, since=start
        ):
            shown += 1
            if rows:
                rows.writerow([sheet_cell(cell) for cell in line.cells()])
            else:
                print("\t".join(line.cells()))
    plain_console(stderr=True).print(f"{shown} events")
