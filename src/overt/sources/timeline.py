"""Time stamps that only go forward, whatever the container says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from overt.errors import SourceError

__all__ = ["Timeline", "utc"]

LEAST_S: Final = 1e-4  # times that differ by less are one time, apart by rounding
CUT_S: Final = 1.0  # a step back of more than this is a new beginning, not a jitter


class Timeline:
    """Turns a source's time stamps into seconds since its first frame, each later than the last.

    A stamp that is missing or repeated is replaced by one frame's length after the last; one that
    is a little early by half of that, so that time is not carried ever further ahead. A stamp that
    goes back by more than a second (streams joined end to end, a counter that wrapped) starts a
    new count from there, so that what follows keeps its own rhythm.
    """

    def __init__(self, *, step_s: float) -> None:
        self._step_s = step_s  # one frame's length, by the source's average rate
        self._last_s: float | None = None
        self._stamp_s: float | None = None  # the last one
        self._zero_s: float | None = None  # the stamp that stands for second 0

    def place(self, stamp_s: float | None) -> float:
        """Give the time of the next frame in seconds; `stamp_s` is None where it has none."""
        after = 0.0 if self._last_s is None else self._last_s + self._step_s
        repeated = stamp_s == self._stamp_s
        at_s = after if stamp_s is None or repeated else self._placed(stamp_s, after)
        self._last_s, self._stamp_s = at_s, stamp_s
        return at_s

    def restart(self, at_s: float, *, step_s: float) -> None:
        """Begin a new count: the next frame is at `at_s` seconds, or just after the last one."""
        self._step_s = step_s
        self._zero_s = self._stamp_s = None
        least = 0.0 if self._last_s is None else self._last_s + self._step_s
        self._last_s = max(at_s, least) - self._step_s

    def _placed(self, stamp_s: float, after: float) -> float:
        if self._zero_s is None:
            self._zero_s = stamp_s - after
        at_s = stamp_s - self._zero_s
        if self._last_s is None or at_s > self._last_s + LEAST_S:
            return at_s
        if self._last_s - at_s > CUT_S:
            self._zero_s = stamp_s - after
            return after
        return self._last_s + self._step_s / 2


def utc(started: datetime) -> datetime:
    """Give a time in UTC.

    Raises:
        SourceError: it has no time zone.
    """
    if started.tzinfo is None:
        raise SourceError(
            f"started: got {started.isoformat()} without a time zone, "
            "want one (2026-03-01T10:00:00Z)"
        )
    return started.astimezone(UTC)
