"""How often faces are looked for: tracks are carried between. A loaded camera looks less often.

Where looking takes up nearly all of a live camera's time, its decoder falls behind, frames wait,
and an alert comes late. So the interval between two looks is lengthened, step by step, before that,
and shortened again when there is room; never beyond what tracks bear (see `benchmarks.intervals`).
Each look that is left out so is counted.
"""

from __future__ import annotations

from typing import Final

from overt.values.frame import Frame

__all__ = ["STEPS", "Load", "Pace"]

SLACK: Final = 0.25  # of a usual frame's time: time stamps are rounded
FRAME_S: Final = 0.04
# Of the usual interval. At 1.5 all listed people that the usual one finds were found, and 29 of 32
# passages counted, where the usual interval counts 32; at 2 one of five was lost (2026-11-27).
STEPS: Final = (1.0, 1.25, 1.5)
WINDOW_S: Final = 2.0  # that a camera's load is taken over
FULL: Final = 0.85  # share of its time that a camera may look; beyond that it looks less often
ROOM: Final = 0.6  # share that it would look at a shorter interval, for it to be shortened
ROOM_WINDOWS: Final = 5  # for so many windows in a row
LATE_S: Final = 0.5  # from a frame to the look at it: a camera that is later is behind


class Pace:
    """Says which frames are looked at, so that an interval lies between two at least."""

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._last_s: float | None = None  # of the last look
        self._usual_s: float | None = None  # of the last look at the usual interval
        self._ahead = 0  # looks that the usual interval would have made beyond those made
        self._step = 0
        self.thinned = 0  # looks left out because of load, so far

    @property
    def times(self) -> float:
        """The interval now, in usual intervals."""
        return STEPS[self._step]

    def due(self, frame: Frame) -> bool:
        """Tell whether this frame is to be looked at, and remember it if so."""
        due = _over(self._last_s, frame.media_s, self.times * self._interval_s)
        if due:
            self._last_s = frame.media_s
            self._ahead -= 1
        if _over(self._usual_s, frame.media_s, self._interval_s):
            self._usual_s = frame.media_s
            self._ahead += 1
        self.thinned = max(self.thinned, self._ahead)
        return due

    def slower(self) -> None:
        """Look less often, where tracks bear it."""
        self._step = min(self._step + 1, len(STEPS) - 1)

    def faster(self) -> None:
        """Look more often, up to the usual."""
        self._step = max(self._step - 1, 0)

    @property
    def shorter(self) -> float | None:
        """The next shorter interval, as a share of this one; None: it is the usual."""
        return STEPS[self._step - 1] / STEPS[self._step] if self._step else None


class Load:
    """Watches how much of its time a live camera looks, and sets its pace."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._begun: float | None = None
        self._looked_s = 0.0
        self._latest_s = 0.0
        self._room = 0  # windows in a row in which a shorter interval would have done

    def frame(self, now: float, *, looked_s: float, late_s: float) -> None:
        """Take a frame that is done.

        Args:
            now: seconds, of a clock that never goes back.
            looked_s: how long the stages took on it; 0 where it was not looked at.
            late_s: from the frame until it was done.
        """
        if self._begun is None:
            self._begun = now
            return
        self._looked_s += looked_s
        self._latest_s = max(self._latest_s, late_s) if looked_s else self._latest_s
        if now - self._begun >= WINDOW_S:
            self._judge(self._looked_s / (now - self._begun), late=self._latest_s > LATE_S)
            self._begun, self._looked_s, self._latest_s = now, 0.0, 0.0

    def _judge(self, share: float, *, late: bool) -> None:
        shorter = self._pace.shorter
        has_room = shorter is not None and share / shorter < ROOM and not late
        self._room = self._room + 1 if has_room else 0
        if share >= FULL or late:
            self._pace.slower()
        elif self._room >= ROOM_WINDOWS:
            self._room = 0
            self._pace.faster()


def _over(last_s: float | None, media_s: float, interval_s: float) -> bool:
    """Tell whether an interval is over; time that goes back (a looped file) begins anew."""
    if last_s is None:
        return True
    passed = media_s - last_s
    return not 0 <= passed < interval_s - SLACK * FRAME_S
