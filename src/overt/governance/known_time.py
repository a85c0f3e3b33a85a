"""Whether a clock can be right, by what is known of the time: the record, and earlier runs here.

A clock that is wrong destroys what a case needs, and puts acts before what they follow. Receipts of
deletions prove no time: they are written whatever the clock says, as deleting is the safe side.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from overt.clock import STEP_TOLERANCE, Clock
from overt.errors import ClockError, InputError, VaultError
from overt.ids import NewId
from overt.records.base import Store
from overt.values.duty_events import (
    ClockConfirmed,
    DeletionFailed,
    DisclosureDeleted,
    EvidenceDeleted,
)
from overt.values.events import Event, FacesCounted, WatchlistDestroyed
from overt.vault.keys import KeyRing

__all__ = [
    "CLOCK",
    "DOUBT_HINT",
    "FARTHEST",
    "RECEIPTS",
    "confirm",
    "doubt",
    "note",
    "require_onward",
]

CLOCK: Final = "clock"  # the deployment that events about a machine's clock carry
# A hold and an index are kept for 31 days after an event at most; a day more for the run that
# deletes them.
FARTHEST: Final = timedelta(days=32)
DAY: Final = timedelta(days=1)
RECEIPTS: Final = (
    DeletionFailed.kind,
    DisclosureDeleted.kind,
    EvidenceDeleted.kind,
    WatchlistDestroyed.kind,
)
DOUBT_HINT: Final = (
    "set the clock (NTP) and run it again; where the clock is right, somebody says so once: "
    "`overt retention run --clock-is-right DATE --by NAME`"
)


def doubt(now: datetime, store: Store, *, keys: KeyRing) -> str:
    """Say why a time is too far past everything known to delete what a case may need; "" if not.

    Raises:
        VaultError: the time of the last run cannot be read.
        RecordsError: the record cannot be read.
    """
    known = _last_run(keys)
    if known is not None and now - known <= FARTHEST:
        return ""  # the record need not be read: it can only know of a later time
    for recorded in store.events(without=(FacesCounted.kind, *RECEIPTS)):
        known = max(known or recorded.event.at, recorded.event.at)
    if known is None or now - known <= FARTHEST:
        return ""
    return (
        f"clock: got {now.isoformat(timespec='seconds')}, want it within {FARTHEST.days} days of "
        f"{known.isoformat(timespec='seconds')}, the last time that the record or a run here knows"
    )


def note(now: datetime, *, keys: KeyRing) -> None:
    """Note when this machine last deleted what was due, by a clock that was not doubted.

    Raises:
        VaultError: it cannot be read or written.
    """
    before = _last_run(keys)
    if before is None or now > before:
        keys.last_run.write(now.isoformat().encode())


def confirm(store: Store, *, day: datetime, by: str, clock: Clock, new_id: NewId) -> None:
    """Record that somebody found the clock right: from then on its time is known.

    Args:
        store: the record.
        day: a time within a day of now, by another clock than this machine's.
        by: who looked.
        clock: of this machine.
        new_id: makes identifiers.

    Raises:
        InputError: the clock says another day.
    """
    now = clock.now()
    if abs(now - day) > DAY:
        raise InputError(
            f"clock: got it confirmed for {day.date()}, want {now.date()}, the day by this machine",
            hint="set the clock (NTP), or say which day it is by another clock",
        )
    store.append([Event(new_id(now), CLOCK, now, ClockConfirmed(by))])


def require_onward(now: datetime, last: datetime | None) -> None:
    """Refuse to record an act before what is recorded already.

    Raises:
        ClockError: the clock is behind the deployment's last event by more than two seconds.
    """
    if last is not None and last - now > STEP_TOLERANCE:
        raise ClockError(
            f"clock: got {now.isoformat(timespec='seconds')}, want "
            f"{last.isoformat(timespec='seconds')} or later, the deployment's last event",
            hint="set the clock (NTP) and do it again; stopping is recorded by any clock",
        )


def _last_run(keys: KeyRing) -> datetime | None:
    content = keys.last_run.read()
    if content is None:
        return None
    try:
        return datetime.fromisoformat(content.decode())
    except ValueError as error:
        raise VaultError(
            f"keys/last-run: got {content[:80]!r}, want a time",
            hint="remove the file: the record's own times are then all that is known",
        ) from error
