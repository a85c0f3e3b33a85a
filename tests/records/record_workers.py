"""What other processes do with a record in the tests; each function runs in its own process."""

from __future__ import annotations

import os
import random
import resource
import time
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from overt.errors import ConflictError, RecordsError
from overt.ids import time_ordered_id
from overt.records.base import Guard
from overt.records.store import open_store
from overt.values.alert_events import AlertClaimed
from overt.values.counts import FaceCounts
from overt.values.events import AlertRaised, DeploymentStopped, Event, FacesCounted
from overt.values.watchlist import Category

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOBODY = 65534


def stopped(deployment: str = "d", reason: str = "done") -> Event:
    """Make an event with an id of its own."""
    return Event(time_ordered_id(NOON), deployment, NOON, DeploymentStopped(reason))


def counted(deployment: str = "d", seen: int = 0) -> Event:
    """Make another kind of event."""
    body = FacesCounted(FaceCounts("north", NOON, seen=seen, compared=seen))
    return Event(time_ordered_id(NOON), deployment, NOON, body)


def raised(deployment: str = "d", alert: str = "a1") -> Event:
    """Make an alert."""
    body = AlertRaised(
        alert=alert,
        camera="north",
        time=NOON,
        category=Category.COURTS,
        score=0.5,
        similarity=0.65,
        threshold=0.64,
        listed=1000,
        predicted_rate=1e-7,
        extrapolated=False,
        shots=3,
        flags=(),
        commitment="00ff",
    )
    return Event(time_ordered_id(NOON), deployment, NOON, body)


def claimed(deployment: str = "d", alert: str = "a1", by: str = "PC 12") -> Event:
    """Make an event that a person makes."""
    return Event(time_ordered_id(NOON), deployment, NOON, AlertClaimed(alert, by))


def claim_each(address: str, told: Connection, by: str, alerts: int) -> None:
    """Claim every alert that nobody holds, beside others who do the same; say which were won."""
    store = open_store(address, busy_timeout_s=60)
    won: list[tuple[str, str]] = []
    for alert in (f"a{n}" for n in range(alerts)):
        while True:
            seen = list(store.events(deployment="d"))
            bodies = [recorded.event.body for recorded in seen]
            if any(isinstance(body, AlertClaimed) and body.alert == alert for body in bodies):
                break
            try:
                store.append([claimed("d", alert, by)], guard=Guard("d", seen[-1].sequence))
            except ConflictError:
                continue
            won.append((alert, by))
            break
    store.close()
    told.send(won)


def append_for_ever(address: str, acknowledged: Connection, seed: int) -> None:
    """Append batches and say after each which numbers its events have, until killed.

    It rests for a moment in between: SQLite's lock is not fair to those who wait for it.
    """
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    store = open_store(address, busy_timeout_s=60)
    while True:
        events = [stopped(f"d{seed}") for _ in range(chance.randint(1, 5))]
        acknowledged.send(list(zip(store.append(events), [e.id for e in events], strict=True)))
        time.sleep(chance.uniform(0, 0.01))


def append_often(address: str, acknowledged: Connection, writer: int, appends: int) -> None:
    """Append batches beside other processes, and give the numbers in the end."""
    store = open_store(address, busy_timeout_s=60)
    chance = random.Random(writer)  # noqa: S311 - not for secrets
    done: list[tuple[int, str]] = []
    for _ in range(appends):
        events = [stopped(f"d{writer}") for _ in range(chance.randint(1, 4))]
        done.extend(zip(store.append(events), [e.id for e in events], strict=True))
    store.close()
    acknowledged.send(done)


def append_until_full(address: str, told: Connection, limit_bytes: int) -> None:
    """Append until no file may grow further; say what was acknowledged and how it ended."""
    store = open_store(address)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))
    done: list[tuple[int, str]] = []
    try:
        while True:
            events = [stopped(reason="x" * 500) for _ in range(20)]
            done.extend(zip(store.append(events), [e.id for e in events], strict=True))
    except RecordsError as error:
        told.send((done, str(error), error.hint))


def open_as_nobody(folder: Path, told: Connection) -> None:
    """Open a record without root's right to write everything, and say how it ended."""
    if os.geteuid() == 0:
        os.setuid(NOBODY)
    try:
        open_store(folder / "events.db").close()
        told.send("opened")
    except RecordsError as error:
        told.send(str(error))
