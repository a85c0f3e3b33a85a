"""`overt retention`: what is held of people, why, until when; and its deletion when it is due."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

import typer

from overt.cli.plain import plain_console
from overt.cli.recording import opened_record, time_given
from overt.clock import SystemClock
from overt.errors import ClockError
from overt.governance.known_time import DOUBT_HINT, confirm
from overt.governance.retention import Held, Retention
from overt.governance.retention_indexes import HeldIndex, IndexRetention
from overt.governance.retention_lists import NO_DEPLOYMENT, HeldList, ListRetention
from overt.ids import time_ordered_id
from overt.records.base import Store
from overt.review.people import require_name
from overt.text import printable
from overt.wiring import make_index_retention, make_list_retention, make_retention

__all__ = ["retention"]

retention = typer.Typer(help="Deletion of what is due.", no_args_is_help=True)
AlertId = Annotated[str, typer.Argument(help="the alert's id")]
By = Annotated[str, typer.Option(help="who does it")]


@dataclass(frozen=True, slots=True)
class _All:
    """Everything that is held of people on this machine."""

    evidence: Retention
    lists: ListRetention
    indexes: IndexRetention
    store: Store


@retention.command()
def status() -> None:
    """Show what is held, why, and until when; exit code 1 where something is overdue."""
    now = SystemClock().now()
    with _opened() as kept:
        evidence, lists, indexes = kept.evidence.held(), kept.lists.held(), kept.indexes.held()
    held = (*evidence, *lists, *indexes)
    for item in sorted(held, key=lambda each: each.due):
        print("\t".join(_cells(item, now)))
    counts = f"{len(evidence)} alerts, {len(lists)} lists and {len(indexes)} indexes"
    plain_console(stderr=True).print(f"held: evidence of {counts}")
    if any(item.is_due(now) for item in held):
        raise typer.Exit(1)


@retention.command()
def run(
    *,
    ahead: Annotated[
        int,
        typer.Option(
            min=0, max=60, help="minutes until the next run: what is due by then goes now"
        ),
    ] = 15,
    clock_is_right: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="where the clock was doubted: the day; recorded"),
    ] = None,
    by: Annotated[str, typer.Option(help="with --clock-is-right: who says so")] = "",
) -> None:
    """Delete what is due, and record a receipt for each; exit code 1 where a deletion failed.

    Evidence, lists that were left behind, indexes of who was listed. What a hold keeps, it keeps
    to its end. By a clock that is more than 32 days past everything known, evidence that was on
    hold and indexes stay.
    """
    early = timedelta(minutes=ahead)
    with _opened() as kept:
        if clock_is_right is not None:
            confirm(
                kept.store,
                day=time_given("clock-is-right", clock_is_right),
                by=require_name(by),
                clock=SystemClock(),
                new_id=time_ordered_id,
            )
        receipts = (*kept.lists.run(), *kept.evidence.run(ahead=early))
        receipts = (*receipts, *kept.indexes.run(ahead=early))
    for receipt in receipts:
        told = f"FAILED: {printable(receipt.error)}" if receipt.error else "deleted"
        print(f"{receipt.what}\t{told}\t{receipt.reason}")
    if doubted := [each.error for each in receipts if each.doubted]:
        raise ClockError(doubted[0], hint=DOUBT_HINT)
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
        kept.evidence.hold(alert, by=by, reason=reason, until=until)
    print(f"{alert}\theld until {until.isoformat(timespec='seconds')}")


@retention.command()
def release(alert: AlertId, *, by: By) -> None:
    """End a hold: the evidence is due as if there had been none."""
    with _opened() as kept:
        kept.evidence.release(alert, by=by)
    print(f"{alert}\treleased")


@contextmanager
def _opened() -> Generator[_All]:
    clock = SystemClock()
    with opened_record() as (settings, store):
        yield _All(
            make_retention(settings, store=store, clock=clock),
            make_list_retention(settings, store=store, clock=clock),
            make_index_retention(settings, store=store, clock=clock),
            store,
        )


def _cells(item: Held | HeldList | HeldIndex, now: datetime) -> tuple[str, ...]:
    match item:
        case Held(alert=what, deployment=deployment, hold=hold):
            why = f"on hold: {printable(hold)}" if hold else "until it is due after use"
        case HeldList(key=what, deployments=deployments, why=why):
            deployment = ", ".join(deployments) or NO_DEPLOYMENT
        case HeldIndex(key=what, deployment=deployment, why=why):
            pass
    due = item.due.isoformat(timespec="seconds")
    return what, deployment, due, f"OVERDUE, {why}" if item.is_due(now) else why
