"""A recording at its own pace: no frame early, none late, and what is dropped is counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from builders import NOON, make_frame, noise

from overt.sources.paced import Paced
from overt.values.frame import Frame


class Watch:
    """Seconds that pass when something takes time, for both clocks alike."""

    def __init__(self) -> None:
        self.passed = 0.0

    def __call__(self) -> float:
        return self.passed

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.passed)


class Reel:
    """A recording whose frames cost nothing to read; none is waited for in real time."""

    camera, live, length, dropped = "gate", False, None, 0

    def __init__(self, watch: Watch, frames: int) -> None:
        self._watch = watch
        self._frames = frames
        self.closed = False

    def frames(self) -> Iterator[Frame]:
        picture = noise(16, 16)
        for index in range(self._frames):
            self._watch.passed = max(self._watch.passed, index / 25)
            yield make_frame(picture, index=index, media_s=index / 25)

    def close(self) -> None:
        self.closed = True


def play(*, takes_s: float, frames: int = 100) -> tuple[list[Frame], Paced]:
    """Look at a recording of 25 frames a second, where a look takes so long."""
    watch = Watch()
    source = Paced(Reel(watch, frames), clock=watch, monotonic=watch)
    given: list[Frame] = []
    for frame in source.frames():
        assert frame.time == watch.now()  # as of a camera: when it came
        given.append(frame)
        watch.passed += takes_s
    return given, source


def test_every_frame_is_given_where_there_is_time() -> None:
    given, source = play(takes_s=0.03)
    assert len(given) == 100
    assert source.dropped == 0
    assert source.live


def test_what_is_late_is_dropped_and_counted() -> None:
    given, source = play(takes_s=0.2)
    assert len(given) + source.dropped == 100
    assert 15 <= len(given) <= 34
    assert all((frame.time - NOON).total_seconds() - frame.media_s <= 0.1 + 1e-6 for frame in given)


def test_a_machine_that_stood_still_goes_on_from_there() -> None:
    given, source = play(takes_s=3.0)
    assert len(given) >= 25  # not one alone, and then nothing for ever
    assert len(given) + source.dropped == 100


def test_it_ends_when_it_is_closed() -> None:
    watch = Watch()
    reel = Reel(watch, 100)
    source = Paced(reel, clock=watch, monotonic=lambda: 0.0)
    frames = source.frames()
    next(frames)
    source.close()
    assert next(frames, None) is None
    assert reel.closed
