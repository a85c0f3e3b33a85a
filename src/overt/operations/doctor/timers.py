"""The timers: when what was due was last deleted, and whether something is overdue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from overt.clock import Clock
from overt.errors import OvertError
from overt.operations.doctor.finding import Family, Finding, cannot_tell, fails, failure, holds
from overt.records.base import Store
from overt.settings import Settings
from overt.wiring import make_index_retention, make_list_retention, make_retention

__all__ = ["check_overdue", "check_timers"]

LONGEST: Final = timedelta(minutes=30)  # the timer runs every ten minutes
ADVICE: Final = (
    "`systemctl list-timers overt-retention.timer`; by hand `overt retention run`; see "
    "docs/guides/retention.md"
)


def check_timers(last_run: datetime | None, *, holding: int, now: datetime) -> Finding:
    """Judge when the last deletion ran here.

    Args:
        last_run: when; None: never.
        holding: keys of people's data that are here.
        now: by this machine's clock.
    """
    about = "last `overt retention run`"
    if last_run is None:
        if not holding:
            return cannot_tell(Family.TIMERS, about, "never, and nothing is held of anybody")
        return fails(
            Family.TIMERS, about, f"got never, want one: {holding} keys of people's data", ADVICE
        )
    got = last_run.isoformat(timespec="seconds")
    if now - last_run > LONGEST:
        minutes = LONGEST // timedelta(minutes=1)
        return fails(Family.TIMERS, about, f"got {got}, want one within {minutes} minutes", ADVICE)
    return holds(Family.TIMERS, about, got)


def check_overdue(settings: Settings, store: Store, *, clock: Clock) -> Iterator[Finding]:
    """Look whether something is held past its time."""
    about = "what is held of people"
    now = clock.now()
    try:
        held = (
            *make_retention(settings, store=store, clock=clock).held(),
            *make_list_retention(settings, store=store, clock=clock).held(),
            *make_index_retention(settings, store=store, clock=clock).held(),
        )
    except OvertError as error:
        yield failure(Family.TIMERS, about, error)
        return
    overdue = sum(each.is_due(now) for each in held)
    if overdue:
        got = f"got {overdue} of {len(held)} overdue, want none"
        yield fails(Family.TIMERS, about, got, "`overt retention run`, then see why it did not run")
    else:
        yield holds(Family.TIMERS, about, f"{len(held)} held, none overdue")
