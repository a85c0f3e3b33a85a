"""`overt retention`: what is held of people, why, until when; and its deletion when it is due."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated

import typer

from overt.cli.recording import opened_record
from overt.cli.showing import plain_console
from overt.clock import SystemClock
from overt.governance.retention import Held, Retention
from overt.text import printable
from overt.wiring import make_retention

__all__ = ["retention"]

retention = typer.Typer(help="Deletion of what is due.", no_args_is_help=True)
AlertId = Annotated[str, typer.Argument(help="the alert's id")]
By = Annotated[str, typer.Option(help="who does it")]


@retention.command()
def status() -> None:
    """Show what is held, why, and until when; exit code 1 where something is overdue."""
    clock = SystemClock()
    with _opened() as kept:
        held = kept.held()
    now = clock.now()
    for item in held:
        due = item.due.isoformat(timespec="seconds")
        print(f"{item.alert}\t{item.deployment}\t{due}\t{_why(item, overdue=item.is_due(now))}")
    plain_console(stderr=True).print(f"evidence of {len(held)} alerts is held")
    if any(item.is_due(now) for item in held):
        raise typer.Exit(1)


@retention.command()
def run() -> None:
    """Delete what is due, and record a receipt for each; exit code 1 where a deletion failed."""
    with _opened() as kept:
        receipts = kept.run()
    for receipt in receipts:
        told = f"FAILED: {printable(receipt.error)}" if receipt.error else "deleted"
        print(f"{receipt.alert}\t{told}\t{receipt.reason}")
    if not all(receipt.done for receipt in receipts):
        raise typer.Exit(1)


@retention.command()
def hold(
    alert: AlertId,
    *,
    by: By,
    reason: Annotated[str, typer.Option(help="the case it is for")],
    days: Annotated[int, typer.Option(min=1, help="how long; the policy sets the most")],
) -> None:
    """Keep an alert's evidence for a case; a hold placed again is renewed."""
    until = SystemClock().now() + timedelta(days=days)
    with _opened() as kept:
        kept.hold(alert, by=by, reason=reason, until=until)
    print(f"{alert}\theld until {until.isoformat(timespec='seconds')}")


@retention.command()
def release(alert: AlertId, *, by: By) -> None:
    """End a hold: the evidence is due as if there had been none."""
    with _opened() as kept:
        kept.release(alert, by=by)
    print(f"{alert}\treleased")


@contextmanager
def _opened() -> Generator[Retention]:
    with opened_record() as (settings, store):
        yield make_retention(settings, store=store, clock=SystemClock())


def _why(item: Held, *, overdue: bool) -> str:
    kept = f"on hold: {printable(item.hold)}" if item.hold else "until it is due after use"
    return f"OVERDUE, {kept}" if overdue else kept
