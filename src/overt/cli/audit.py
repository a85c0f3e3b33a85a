"""`overt audit`: who did what when."""

from __future__ import annotations

import csv
import dataclasses
import sys
from datetime import datetime
from typing import Annotated

import typer

from overt.cli.recording import opened_record, time_given
from overt.cli.showing import plain_console
from overt.text import name_key, printable, sheet_cell
from overt.values.events import Body, Event

__all__ = ["audit"]

COLUMNS = ("sequence", "at", "deployment", "kind", "by", "detail")
PLAIN = (str, int, float, bool)


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
        for sequence, event in store.events(deployment=deployment, kind=kind):
            if not _wanted(event, by=by, alert=alert, start=start):
                continue
            shown += 1
            cells = _row(sequence, event)
            if rows:
                rows.writerow([sheet_cell(cell) for cell in cells])
            else:
                print("\t".join(cells))
    plain_console(stderr=True).print(f"{shown} events")


def _wanted(event: Event, *, by: str | None, alert: str | None, start: datetime | None) -> bool:
    about = (by is None or _did(event.body, by)) and (
        alert is None or getattr(event.body, "alert", None) == alert
    )
    return about and (start is None or event.at >= start)


def _did(body: Body, by: str) -> bool:
    """Tell whether somebody did it, however their name is written; "" asks for what nobody did."""
    done_by = actor(body)
    return done_by == by or (bool(name_key(by)) and name_key(done_by) == name_key(by))


def actor(body: Body) -> str:
    """Give who did it; "" where nobody did: it came by itself."""
    return str(getattr(body, "by", getattr(body, "officer", "")))


def _row(sequence: int, event: Event) -> list[str]:
    body = event.body
    at = event.at.isoformat(timespec="milliseconds")
    cells = [str(sequence), at, event.deployment, body.kind, actor(body), _detail(body)]
    return [printable(cell) for cell in cells]


def _detail(body: Body) -> str:
    """Give the plain fields of a body; what is nested is in the record."""
    fields = ((field.name, getattr(body, field.name)) for field in dataclasses.fields(body))
    return ", ".join(
        f"{name}={value}" for name, value in fields if isinstance(value, PLAIN) and name != "by"
    )
