"""News of the record for every page that waits for some: one reader, shared by all.

A page that lost its connection comes back with the place in the record up to which it was told,
and is told what came since: nothing is missed, nothing told twice. What came since is one message,
made once for all pages that were told up to the same place. A page that takes it slowly is told
more at a time, and nothing piles up for it here.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncGenerator, Iterable
from typing import Final

from overt.errors import OvertError
from overt.records.base import Recorded, Store
from overt.review.deployment_record import DeploymentRecord, fold_into
from overt.review.deployment_state import DeploymentState
from overt.review.journal import COUNTED
from overt.values.events import DeploymentStarted
from overt.web.news import ALERTS, Message, Recent, first_of, news_of

__all__ = ["BEAT_S", "Feed"]

POLL_S: Final = 0.1
AT_FIRST: Final = 2000  # events of before that a new console reads: pages may have missed them
BEAT_S: Final = 10.0  # after which a page is told that the console is still there, news or none


class Feed:
    """Reads the record on, and wakes who waits. Threads and requests may share it."""

    def __init__(self, store: Store, *, poll_s: float = POLL_S) -> None:
        self._store = store
        self._poll_s = poll_s
        self._reading = threading.Lock()
        self._read_at = float("-inf")  # seconds of the monotonic clock
        self._latest = 0  # place in the record up to which it was read
        self._recent: Recent | None = None  # None: nothing was read yet
        self._deployments: dict[str, DeploymentRecord] = {}
        self._rates: dict[str, DeploymentStarted] = {}
        self._waiting: dict[asyncio.AbstractEventLoop, set[asyncio.Event]] = {}
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

    def lately(self) -> int:
        """Give the place up to which was read a moment ago: of what was told, nothing is after it.

        Raises:
            RecordsError: the record was not read a moment ago, and cannot be.
        """
        if self._is_stale():
            with self._reading:
                if self._is_stale():  # else somebody read it while this one waited
                    self._read_now()
        return self._latest

    def deployments(self) -> tuple[DeploymentRecord, ...]:
        """Tell how every deployment stands, in the order they were begun."""
        self._read_on()
        return self.known_deployments()

    def known_deployments(self) -> tuple[DeploymentRecord, ...]:
        """Tell how every deployment stood when the record was last read."""
        with self._waiters:
            found = tuple(self._deployments.values())
        return tuple(each for each in found if each.state is not DeploymentState.NEW)

    def started(self, deployment: str) -> DeploymentStarted | None:
        """Tell how a deployment's recognition last began."""
        return self._rates.get(deployment)

    async def after(self, sequence: int) -> AsyncGenerator[Message | None]:
        """Give messages after a place in the record as news come, and None each time it beats."""
        loop, event = asyncio.get_running_loop(), asyncio.Event()
        self._enter(loop, event)
        try:
            await asyncio.to_thread(self._begin)
            beat = loop.time() + BEAT_S
            while not self._closed.is_set():
                event.clear()
                message = await self._since(sequence)
                if message is not None:
                    yield message
                    sequence = message.sequence
                if loop.time() >= beat:
                    yield None
                    beat = loop.time() + BEAT_S
                elif message is None:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout_at(beat):
                            await event.wait()
        finally:
            self._leave(loop, event)

    def close(self) -> None:
        """End every stream: the console stops."""
        self._closed.set()
        self._wake()
        if self._thread is not None and self._thread.is_alive():
            self._thread.join()

    def _enter(self, loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
        with self._waiters:
            self._waiting.setdefault(loop, set()).add(event)

    def _leave(self, loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
        with self._waiters:
            self._waiting[loop].discard(event)
            if not self._waiting[loop]:
                del self._waiting[loop]

    async def _since(self, sequence: int) -> Message | None:
        """Give what came after a place: from memory, or of long ago from the record."""
        recent = self._recent
        if recent is None or sequence >= self._latest:
            return None
        if sequence >= recent.begin:
            return recent.since(sequence)
        return await asyncio.to_thread(self._long_ago, sequence)

    def _long_ago(self, sequence: int) -> Message | None:
        """Read what came after a place that is no longer in memory."""
        with contextlib.suppress(OvertError):  # asked again when the next news come
            return first_of(self._store.events(after=sequence, without=COUNTED))
        return None

    def _begin(self) -> None:
        with contextlib.suppress(OvertError):  # it is tried again, and said by every page
            self.lately()
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
                self._read_on()

    def _wake(self) -> None:
        with self._waiters:
            for loop, events in self._waiting.items():
                with contextlib.suppress(RuntimeError):  # its loop has ended
                    loop.call_soon_threadsafe(set_all, tuple(events))

    def _is_stale(self) -> bool:
        return time.monotonic() - self._read_at > 2 * self._poll_s

    def _read_on(self) -> None:
        """Read what came since the last time."""
        with self._reading:
            self._read_now()

    def _read_now(self) -> None:
        """Read it; whoever does so wakes who waits, for nobody else will find it."""
        first = self._recent is None
        if first:
            self._read_first()
        news = self._take(self._store.events(after=self._latest, without=COUNTED))
        self._read_at = time.monotonic()
        if first or news:
            self._wake()

    def _read_first(self) -> None:
        """Read how deployments stood shortly before now, without what became of their alerts.

        Desks read that. A console that is begun again in the middle must not take long.
        """
        begin = max(0, self._store.last() - AT_FIRST)
        for recorded in self._store.events(without=(*COUNTED, *ALERTS)):
            if recorded.sequence > begin:
                break
            self._fold(recorded)
        self._recent, self._latest = Recent(begin), begin

    def _take(self, came: Iterable[Recorded]) -> bool:
        news = False
        for recorded in came:
            self._fold(recorded)
            told = news_of(recorded)
            if told is not None and self._recent is not None:
                self._recent.add(told)
                news = True
            self._latest = recorded.sequence
        return news

    def _fold(self, recorded: Recorded) -> None:
        event = recorded.event
        before = self._deployments.get(event.deployment) or DeploymentRecord(event.deployment)
        after = fold_into(before, event)
        if isinstance(event.body, DeploymentStarted):
            self._rates[event.deployment] = event.body
        if after is not before or event.deployment not in self._deployments:
            with self._waiters:
                self._deployments[event.deployment] = after


def set_all(events: Iterable[asyncio.Event]) -> None:
    for event in events:
        event.set()
