"""News of the record for every page that waits for some: one reader, shared by all.

A page that lost its connection comes back with the place in the record up to which it was told,
and is told what came since: nothing is missed, nothing told twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

from overt.errors import OvertError
from overt.records.base import Recorded, Store
from overt.review.alert_state import HumanBody
from overt.review.deployment_record import DeploymentRecord, fold_into
from overt.review.deployment_state import DeploymentState, StepBody
from overt.review.journal import COUNTED
from overt.values.alert_events import DecoyRaised
from overt.values.events import AlertRaised, DeploymentStarted, WatchlistDestroyed

__all__ = ["BEAT_S", "Feed", "News"]

POLL_S: Final = 0.1
KEPT: Final = (
    5000  # news; a page reads the whole queue when it comes back, however long it was away
)
BEAT_S: Final = 10.0  # silence after which a page is told that the console is still there
ALERT: Final = "alert"  # one was raised; a decoy is told like any other
QUEUE: Final = "queue"  # somebody did something about an alert; which, and what, is not told
DEPLOYMENT: Final = "deployment"


@dataclass(frozen=True, slots=True)
class News:
    """Something that pages may want to show."""

    sequence: int  # its place in the record
    kind: str
    deployment: str
    alert: str = ""


class Feed:
    """Reads the record on, and wakes who waits. Threads and requests may share it."""

    def __init__(self, store: Store, *, poll_s: float = POLL_S) -> None:
        self._store = store
        self._poll_s = poll_s
        self._reading = threading.Lock()
        self._latest = 0  # place in the record up to which it was read
        self._news: deque[News] = deque(maxlen=KEPT)
        self._deployments: dict[str, DeploymentRecord] = {}
        self._rates: dict[str, DeploymentStarted] = {}
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._waiters = threading.Lock()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def latest(self) -> int:
        """Read on, and give the place up to which was read.

        Raises:
            RecordsError: the record cannot be read.
        """
        self._read_on()
        return self._latest

    def deployments(self) -> tuple[DeploymentRecord, ...]:
        """Tell how every deployment stands, in the order they were begun."""
        self._read_on()
        found = tuple(self._deployments.values())
        return tuple(each for each in found if each.state is not DeploymentState.NEW)

    def started(self, deployment: str) -> DeploymentStarted | None:
        """Tell how a deployment's recognition last began."""
        return self._rates.get(deployment)

    async def after(self, sequence: int) -> AsyncGenerator[News | None]:
        """Give news after a place in the record as they come; None where there is none for long."""
        event = asyncio.Event()
        waiter = (asyncio.get_running_loop(), event)
        with self._waiters:
            self._waiting.add(waiter)
        try:
            await asyncio.to_thread(self._begin)
            while not self._closed.is_set():
                event.clear()
                came = self._since(sequence)
                for each in came:
                    yield each
                    sequence = each.sequence
                if came:
                    continue
                try:
                    await asyncio.wait_for(event.wait(), BEAT_S)
                except TimeoutError:
                    yield None
        finally:
            with self._waiters:
                self._waiting.discard(waiter)

    def close(self) -> None:
        """End every stream: the console stops."""
        self._closed.set()
        self._wake()
        if self._thread is not None and self._thread.is_alive():
            self._thread.join()

    def _since(self, sequence: int) -> list[News]:
        with self._waiters:
            return [each for each in self._news if each.sequence > sequence]

    def _begin(self) -> None:
        with contextlib.suppress(OvertError):  # it is tried again, and said by every page
            self._read_on()
        with self._waiters:
            if self._thread is None and not self._closed.is_set():
                self._thread = threading.Thread(target=self._follow, name="feed", daemon=True)
                self._thread.start()

    def _follow(self) -> None:
        while not self._closed.wait(self._poll_s):
            with self._waiters:
                idle = not self._waiting
            if idle:
                continue
            with contextlib.suppress(OvertError):
                if self._read_on():
                    self._wake()

    def _wake(self) -> None:
        with self._waiters:
            for loop, event in self._waiting:
                with contextlib.suppress(RuntimeError):  # its loop has ended
                    loop.call_soon_threadsafe(event.set)

    def _read_on(self) -> bool:
        """Read what came since the last time; tell whether there is news."""
        found = False
        with self._reading:
            for recorded in self._store.events(after=self._latest, without=COUNTED):
                self._fold(recorded)
                news = news_of(recorded)
                if news is not None:
                    with self._waiters:
                        self._news.append(news)
                    found = True
                self._latest = recorded.sequence
        return found

    def _fold(self, recorded: Recorded) -> None:
        event = recorded.event
        before = self._deployments.get(event.deployment) or DeploymentRecord(event.deployment)
        self._deployments[event.deployment] = fold_into(before, event)
        if isinstance(event.body, DeploymentStarted):
            self._rates[event.deployment] = event.body


def news_of(recorded: Recorded) -> News | None:
    """Tell what of an event is told; None for what no page shows as it happens."""
    sequence, event = recorded
    match event.body:
        case AlertRaised(alert=alert) | DecoyRaised(alert=alert):
            return News(sequence, ALERT, event.deployment, alert)
        case body if isinstance(body, HumanBody):
            return News(sequence, QUEUE, event.deployment)
        case body if isinstance(body, StepBody | WatchlistDestroyed):
            return News(sequence, DEPLOYMENT, event.deployment)
        case _:
            return None
