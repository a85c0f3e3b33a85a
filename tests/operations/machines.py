"""A machine's data folder for tests: a record with events, keys, evidence, a log."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from overt.ids import time_ordered_id
from overt.records.base import Store
from overt.settings import Settings
from overt.values.duty_events import DeploymentDrafted, HoldPlaced
from overt.values.events import DeploymentStopped, Event
from overt.wiring import make_log, open_keys, open_records

VAN = "police.example/van-3"


def settings_in(folder: Path, **more: object) -> Settings:
    """Set a machine whose data lie in a folder."""
    values: dict[str, object] = {"data_dir": folder / "data", "cache_dir": folder / "cache", **more}
    settings = Settings(**values)  # pyright: ignore[reportArgumentType]: checked as they are read
    settings.make_data_dir()
    return settings


def stops(
    reasons: Iterable[str], *, at: datetime | None = None, deployment: str = "d"
) -> list[Event]:
    """Make events without private text."""
    when = at or datetime.now(UTC)
    return [
        Event(time_ordered_id(when), deployment, when, DeploymentStopped(reason))
        for reason in reasons
    ]


def drafted(deployment: str) -> Event:
    """Make the event that a deployment begins with."""
    when = datetime.now(UTC)
    body = DeploymentDrafted("A. Drafter", "High Street", "0" * 64)
    return Event(time_ordered_id(when), deployment, when, body)


def hold(by: str, *, at: datetime | None = None) -> Event:
    """Make an event with private text."""
    when = at or datetime.now(UTC)
    body = HoldPlaced("a1", by, "case 7", when + timedelta(days=1))
    return Event(time_ordered_id(when), "d", when, body)


def begin(settings: Settings, *, events: int = 3, origin: str = "police.example/lfr") -> None:
    """Begin a record, its keys and its log, and sign it."""
    with closing(open_records(settings)) as store:
        store.append(stops(f"reason {n}" for n in range(events)))
        open_keys(settings)
        sign(settings, store, origin=origin)


def make_van(folder: Path, *, events: int, origin: str = VAN) -> Settings:
    """Make a van's record, the fifth of its events (or the last) with private text, signed."""
    folder.mkdir(exist_ok=True)
    settings = settings_in(folder)
    with closing(open_records(settings)) as store:
        made = stops(f"{n}" for n in range(events - 1))
        store.append([*made[:4], hold("A. Reviewer"), *made[4:]])
        open_keys(settings)
        sign(settings, store, origin=origin)
    return settings


def sign(settings: Settings, store: Store, *, origin: str = "police.example/lfr") -> None:
    """Sign the record as it is now."""
    log = make_log(settings, store=store)
    if not log.is_there:
        log.begin(origin)
    log.checkpoint()
