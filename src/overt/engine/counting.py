"""Counting faces by camera and minute: numbers only."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from overt.values.counts import FaceCounts
from overt.values.quality import Reason

__all__ = ["MinuteCounter"]


class MinuteCounter:
    """Adds up one camera's minute, and hands it over when the next one begins."""

    def __init__(self, camera: str) -> None:
        self._camera = camera
        self._current: FaceCounts | None = None
        self._seen = 0  # since the first frame

    @property
    def begun(self) -> bool:
        """Whether there is a minute to count in: no frame, no minute."""
        return self._current is not None

    @property
    def running(self) -> FaceCounts | None:
        """What was counted in the minute that runs; a value, so that any thread may ask."""
        return self._current

    @property
    def seen(self) -> int:
        """Faces seen since the first frame, those of the running minute among them."""
        return self._seen

    def turn(self, time: datetime) -> FaceCounts | None:
        """Begin the minute of `time` where it is a new one, and give the one before."""
        minute = time.replace(second=0, microsecond=0)
        finished = None
        if self._current is not None and self._current.minute != minute:
            finished = self.take()
        if self._current is None:
            self._current = FaceCounts(self._camera, minute)
        return finished

    def frame(self, *, dropped: int) -> None:
        """Count a frame, and those that were dropped before it."""
        now = self._now
        self._current = replace(now, frames=now.frames + 1, dropped=now.dropped + dropped)

    def dropped(self, frames: int) -> None:
        """Count frames that were dropped after the last one that was handed out."""
        self._current = replace(self._now, dropped=self._now.dropped + frames)

    def passed_over(self) -> None:
        """Count the frame just counted as one that nobody looked at: recognition is paused."""
        now = self._now
        self._current = replace(now, frames=now.frames - 1, dropped=now.dropped + 1)

    def thinned(self, looks: int) -> None:
        """Count looks that were left out because of load."""
        if looks:
            self._current = replace(self._now, thinned=self._now.thinned + looks)

    def partial(self) -> None:
        """Count a look that was made only around the faces that are followed."""
        self._current = replace(self._now, partial=self._now.partial + 1)

    def compared(self) -> None:
        """Count a face seen that was compared."""
        now = self._now
        self._current = replace(now, seen=now.seen + 1, compared=now.compared + 1)
        self._seen += 1

    def unfit(self, reason: Reason) -> None:
        """Count a face seen that was not compared."""
        now = self._now
        unfit = {**now.unfit, reason: now.unfit.get(reason, 0) + 1}
        self._current = replace(now, seen=now.seen + 1, unfit=unfit)
        self._seen += 1

    def brief(self) -> None:
        """Count a track too short to be a face seen."""
        self._current = replace(self._now, brief=self._now.brief + 1)

    def alert(self) -> None:
        """Count an alert."""
        self._current = replace(self._now, alerts=self._now.alerts + 1)

    def take(self) -> FaceCounts | None:
        """Hand over what was counted since the last time; None when no minute was begun."""
        finished, self._current = self._current, None
        return finished

    @property
    def _now(self) -> FaceCounts:
        if self._current is None:
            raise RuntimeError("counting: got no minute, want one begun by `turn`")
        return self._current
