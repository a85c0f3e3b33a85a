"""Which frames are looked at."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from builders import make_frame, noise

from overt.engine.pace import FULL, LATE_S, ROOM_WINDOWS, STEPS, WINDOW_S, Load, Pace

FRAME = make_frame(noise(4, 4))


def looked_at(pace: Pace, times: list[float]) -> list[float]:
    return [time for time in times if pace.due(replace(FRAME, media_s=time))]


@pytest.mark.parametrize(
    ("fps", "every"), [(5, 1), (10, 2), (15, 2), (25, 3), (30, 4), (50, 6), (60, 7)]
)
def test_the_interval_lies_between_two(fps: int, every: int) -> None:
    times = [number / fps for number in range(10 * fps)]
    assert looked_at(Pace(0.12), times) == times[::every]


@pytest.mark.parametrize("fps", [23.976, 25, 29.97, 30, 50])
def test_rounded_time_stamps_make_no_difference(fps: float) -> None:
    exact = [number / fps for number in range(1000)]
    for digits in (2, 3):
        rounded = [round(time, digits) for time in exact]
        steps = [b - a for a, b in itertools.pairwise(looked_at(Pace(0.12), rounded))]
        assert min(steps) >= 0.12 - 0.0101
        assert max(steps) <= 0.12 + 1 / fps + 0.011


def test_no_interval_is_every_frame() -> None:
    times = [0.0, 0.04, 0.04, 0.08]
    assert looked_at(Pace(0.0), times) == times


def test_time_that_goes_back_begins_anew() -> None:
    pace = Pace(0.12)
    assert looked_at(pace, [5.0, 5.04, 5.08]) == [5.0]
    assert looked_at(pace, [0.0, 0.04, 0.08, 0.12]) == [0.0, 0.12]


def test_after_a_gap_the_next_frame_is_looked_at() -> None:
    assert looked_at(Pace(0.12), [0.0, 0.04, 9.0, 9.04]) == [0.0, 9.0]


def test_what_is_left_out_because_of_load_is_counted() -> None:
    pace = Pace(0.12)
    times = [number / 25 for number in range(75)]
    usual = looked_at(pace, times)
    assert pace.thinned == 0
    pace.slower()
    pace.slower()
    later = [each + 10 for each in times]
    slow = looked_at(pace, later)
    assert slow == later[::5]
    assert pace.thinned == len(usual) - len(slow)
    pace.faster()
    pace.faster()
    before = pace.thinned
    assert looked_at(pace, [each + 20 for each in times]) == [each + 20 for each in times[::3]]
    assert pace.thinned == before


def test_the_interval_grows_to_its_limit_and_no_further() -> None:
    pace = Pace(0.12)
    for _ in range(9):
        pace.slower()
    assert pace.times == STEPS[-1]
    for _ in range(9):
        pace.faster()
    assert (pace.times, pace.shorter) == (1.0, None)


def loaded(load: Load, *, since: float, windows: int, share: float, late_s: float = 0.1) -> float:
    """Let so many windows pass in which a camera looked for a share of its time; give the end."""
    frames = 50
    for number in range(1, windows * frames + 1):
        now = since + number * WINDOW_S / frames
        load.frame(now, looked_s=share * WINDOW_S / frames, late_s=late_s)
    return since + windows * WINDOW_S


def begun() -> tuple[Pace, Load]:
    pace = Pace(0.12)
    load = Load(pace)
    load.frame(0.0, looked_s=9.0, late_s=9.0)  # the first frame's time tells nothing
    return pace, load


def test_a_camera_that_looks_all_the_time_looks_less_often_and_comes_back() -> None:
    pace, load = begun()
    now = loaded(load, since=0.0, windows=1, share=FULL)
    assert pace.times == STEPS[1]
    now = loaded(load, since=now, windows=1, share=FULL)
    assert pace.times == STEPS[2]
    now = loaded(load, since=now, windows=9, share=0.55)  # would be 0.66 at the shorter interval
    assert pace.times == STEPS[2]
    now = loaded(load, since=now, windows=ROOM_WINDOWS - 1, share=0.2)
    assert pace.times == STEPS[2]
    now = loaded(load, since=now, windows=1, share=0.2)
    assert pace.times == STEPS[1]
    loaded(load, since=now, windows=ROOM_WINDOWS, share=0.2)
    assert pace.times == 1.0


def test_a_camera_that_is_late_is_behind_however_little_it_looks() -> None:
    pace, load = begun()
    now = loaded(load, since=0.0, windows=1, share=0.1, late_s=LATE_S + 0.01)
    assert pace.times == STEPS[1]
    loaded(load, since=now, windows=9, share=0.1, late_s=LATE_S + 0.01)
    assert pace.times == STEPS[2]


def test_one_with_room_stays_as_it_is() -> None:
    pace, load = begun()
    loaded(load, since=0.0, windows=20, share=FULL - 0.05)
    assert (pace.times, pace.thinned) == (1.0, 0)
