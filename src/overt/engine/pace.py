"""How often faces are looked for, and where: tracks are carried between. Load makes it less.

Where looking takes up nearly all of a live camera's time, its decoder falls behind, frames wait,
and an alert comes late. So before that, step by step, some looks are made only around the faces
that are followed, and then the interval between two looks is lengthened; and all is undone when
there is room. It never goes beyond what tracks bear (see `benchmarks.intervals`). Each look that
is made in part, and each that is left out so, is counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from overt.values.frame import Frame

__all__ = ["STEPS", "WHOLE", "Load", "Pace", "Step"]


@dataclass(frozen=True, slots=True)
class Step:
    """How much a camera looks."""

    times: float  # the interval between two looks, in usual intervals
    whole_every: int  # so many looks, one is at the whole frame; the others at parts of it


SLACK: Final = 0.25  # of a usual frame's time: time stamps are rounded
FRAME_S: Final = 0.04
# What each cost on clips of 32 passages, 8 of them clear ones of listed people, in passages that
# became no face seen: 1, 1, 1, 2. As many listed people were found at each (2026-11-27). Longer
# intervals cost more: at 1.5, with every look at the whole frame, 5, and a listed person.
STEPS: Final = (Step(1.0, 1), Step(1.0, 2), Step(1.0, 3), Step(1.25, 3))
WHOLE: Final = (Step(1.0, 1), Step(1.25, 1))  # 1 and 2 passages, likewise
WINDOW_S: Final = 2.0  # that a camera's load is taken over
FULL: Final = 0.85  # share of its time that a camera may look; beyond that it looks less
ROOM: Final = 0.6  # share that it would look a step before, for it to go back
ROOM_WINDOWS: Final = 5  # for so many windows in a row
LATE_S: Final = 0.5  # from a frame to the look at it: a camera that is later is behind


class Pace:
    """Says which frames are looked at, so that an interval lies between two at least."""

    def __init__(
        self, interval_s: float, *, step: Step | None = None, in_part: bool = True
    ) -> None:
        """Look at an interval.

        Args:
            interval_s: between two looks, where there is room.
            step: is kept, whatever the load; None: load says which.
            in_part: whether load may lead to looks at parts of a frame.
        """
        self._interval_s = interval_s
        usual = STEPS if in_part else WHOLE
        self._steps = usual if step is None else (step,)
        self._last_s: float | None = None  # of the last look
        self._usual_s: float | None = None  # of the last look at the usual interval
        self._ahead = 0  # looks that the usual interval would have made beyond those made
        self._place = 0  # of the step
        self._since_whole = 0  # looks at parts since the last one at a whole frame
        self.thinned = 0  # looks left out because of load, so far

    @property
    def step(self) -> Step:
        """How much it looks now."""
        return self._steps[self._place]

    @property
    def before(self) -> Step | None:
        """The step before, at which it looks more; None: it looks as usual."""
        return self._steps[self._place - 1] if self._place else None

    @property
    def in_part(self) -> bool:
        """Whether the look that is due now may be at parts of the frame."""
        return self._since_whole + 1 < self.step.whole_every

    def looked(self, *, in_part: bool) -> None:
        """Note how the look that was due was made."""
        self._since_whole = self._since_whole + 1 if in_part else 0

    def due(self, frame: Frame) -> bool:
        """Tell whether this frame is to be looked at, and remember it if so."""
        due = _over(self._last_s, frame.media_s, self.step.times * self._interval_s)
        if due:
            self._last_s = frame.media_s
            self._ahead -= 1
        if _over(self._usual_s, frame.media_s, self._interval_s):
            self._usual_s = frame.media_s
            self._ahead += 1
        self.thinned = max(self.thinned, self._ahead)
        return due

    def slower(self) -> None:
        """Look less, where tracks bear it."""
        self._place = min(self._place + 1, len(self._steps) - 1)

    def faster(self) -> None:
        """Look more, up to the usual."""
        self._place = max(self._place - 1, 0)


@dataclass(slots=True)
class _Looks:
    """Looks of one kind in a window."""

    count: int = 0
    total_s: float = 0.0

    def add(self, seconds: float) -> None:
        self.count += 1
        self.total_s += seconds

    def mean_s(self, otherwise: float = 0.0) -> float:
        return self.total_s / self.count if self.count else otherwise


@dataclass(slots=True)
class _Window:
    """What a camera did in a window of time."""

    begun: float
    whole: _Looks = field(default_factory=_Looks)
    parts: _Looks = field(default_factory=_Looks)
    latest_s: float = 0.0

    @property
    def looked_s(self) -> float:
        return self.whole.total_s + self.parts.total_s

    def growth(self, now: Step, before: Step) -> float:
        """Give how many times as long it would have looked at another step."""
        whole = self.whole.mean_s(self.parts.mean_s())
        part = self.parts.mean_s(whole)

        def a_usual_interval(step: Step) -> float:
            return (whole + (step.whole_every - 1) * part) / step.whole_every / step.times

        spent = a_usual_interval(now)
        return a_usual_interval(before) / spent if spent else 1.0


class Load:
    """Watches how much of its time a live camera looks, and sets its pace."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._window: _Window | None = None
        self._room = 0  # windows in a row in which the step before would have done

    def frame(self, now: float, *, looked_s: float, late_s: float, in_part: bool = False) -> None:
        """Take a frame that is done.

        Args:
            now: seconds, of a clock that never goes back.
            looked_s: how long the stages took on it; 0 where it was not looked at.
            late_s: from the frame until it was done.
            in_part: whether it was looked at in part.
        """
        window = self._window
        if window is None:
            self._window = _Window(now)
            return
        if looked_s:
            (window.parts if in_part else window.whole).add(looked_s)
            window.latest_s = max(window.latest_s, late_s)
        if now - window.begun >= WINDOW_S:
            self._judge(window, window.looked_s / (now - window.begun))
            self._window = _Window(now)

    def _judge(self, window: _Window, share: float) -> None:
        late, before = window.latest_s > LATE_S, self._pace.before
        has_room = (
            before is not None
            and not late
            and share * window.growth(self._pace.step, before) < ROOM
        )
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
