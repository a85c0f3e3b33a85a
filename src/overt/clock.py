"""Time, handed in: nothing in overt asks the machine for the time by itself."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from overt.errors import ClockError

__all__ = ["STEP_TOLERANCE", "Clock", "ForwardClock", "SystemClock"]

STEP_TOLERANCE: Final = timedelta(seconds=2)  # what NTP may correct without anybody noticing


class Clock(Protocol):
    """Tells the time, in UTC and aware of it."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class ForwardClock:
    """A clock that refuses to go back: a window cannot be held by a clock that does.

    A step back of up to two seconds (a correction by NTP) is answered with the latest time seen.
    Threads may share it: one that is kept waiting between reading and comparing saw no step.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._latest: datetime | None = None
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Tell the time.

        Raises:
            ClockError: the clock went back by more than two seconds.
        """
        with self._lock:
            return self._forward(self._clock.now())

    def _forward(self, now: datetime) -> datetime:
        if self._latest is not None and now < self._latest:
            if self._latest - now > STEP_TOLERANCE:
                raise ClockError(
                    f"the clock went back: got {now.isoformat()}, "
                    f"want {self._latest.isoformat()} or later"
                )
            return self._latest
        self._latest = now
        return now
