"""Which frames are looked at."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from builders import make_frame, noise

from overt.engine.pace import (
    FULL,
    LATE_S,
    ROOM_WINDOWS,
    STEPS,
    WHOLE,
    WINDOW_S,
    Load,
    Pace,
    Step,
)

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


def at_step(place: int) -> Pace:
    pace = Pace(0.12)
    for _ in range(place):
        pace.slower()
    return pace


def test_what_is_left_out_because_of_load_is_counted() -> None:
    pace = Pace(0.12)
    times = [number / 25 for number in range(75)]
    usual = looked_at(pace, times)
    assert pace.thinned == 0
    for _ in STEPS:
        pace.slower()
    later = [each + 10 for each in times]
    slow = looked_at(pace, later)
    assert slow == later[::4]
    assert pace.thinned == len(usual) - len(slow)
    for _ in STEPS:
        pace.faster()
    before = pace.thinned
    assert looked_at(pace, [each + 20 for each in times]) == [each + 20 for each in times[::3]]
    assert pace.thinned == before


def test_steps_go_to_their_limit_and_no_further() -> None:
    pace = at_step(9)
    assert pace.step == STEPS[-1]
    assert pace.before == STEPS[-2]
    for _ in range(9):
        pace.faster()
    assert (pace.step, pace.before) == (Step(1.0, 1), None)


def test_each_step_looks_less_than_the_one_before() -> None:
    assert STEPS[0] == Step(1.0, 1)
    for before, step in itertools.pairwise(STEPS):
        assert step.times >= before.times
        assert step.whole_every >= before.whole_every
        assert step != before


@pytest.mark.parametrize("place", range(len(STEPS)))
def test_one_look_of_so_many_is_at_the_whole_frame(place: int) -> None:
    pace, looks = at_step(place), 30
    in_part: list[bool] = []
    for _ in range(looks):
        in_part.append(pace.in_part)
        pace.looked(in_part=pace.in_part)
    whole = [number for number, part in enumerate(in_part) if not part]
    every = STEPS[place].whole_every
    assert len(whole) == looks // every
    assert all(b - a == every for a, b in itertools.pairwise(whole))


def test_a_whole_look_where_a_part_would_do_begins_the_count_anew() -> None:
    pace = at_step(1)
    pace.looked(in_part=True)
    assert not pace.in_part
    pace.looked(in_part=False)
    assert pace.in_part
    pace.looked(in_part=False)
    assert pace.in_part


def test_a_step_that_is_given_is_kept() -> None:
    step = Step(1.5, 3)
    pace = Pace(0.12, step=step)
    pace.slower()
    assert pace.step == step
    pace.faster()
    assert (pace.step, pace.before) == (step, None)


def loaded(
    load: Load,
    *,
    since: float,
    windows: int,
    share: float,
    late_s: float = 0.1,
    part_share: float = 0.0,
) -> float:
    """Let so many windows pass in which a camera looked for a share of its time; give the end.

    `part_share` of its time goes into looks at parts, as many as there are at whole frames.
    """
    frames = 50
    for number in range(1, windows * frames + 1):
        now, in_part = since + number * WINDOW_S / frames, number % 2 == 0 and part_share > 0
        each_s = (part_share if in_part else share) * WINDOW_S / frames
        looked_s = 2 * each_s if part_share else each_s
        load.frame(now, looked_s=looked_s, late_s=late_s, in_part=in_part)
    return since + windows * WINDOW_S


def begun() -> tuple[Pace, Load]:
    pace = Pace(0.12)
    load = Load(pace)
    load.frame(0.0, looked_s=9.0, late_s=9.0)  # the first frame's time tells nothing
    return pace, load


def test_a_camera_that_looks_all_the_time_looks_less_and_comes_back() -> None:
    pace, load = begun()
    now = loaded(load, since=0.0, windows=1, share=FULL)
    assert pace.step == STEPS[1]
    now = loaded(load, since=now, windows=1, share=FULL)
    assert pace.step == STEPS[2]
    # A look in part took a third of the time of one at the whole frame.
    now = loaded(load, since=now, windows=9, share=0.4, part_share=0.13)  # would be 0.64 before
    assert pace.step == STEPS[2]
    now = loaded(load, since=now, windows=ROOM_WINDOWS - 1, share=0.2, part_share=0.07)
    assert pace.step == STEPS[2]
    now = loaded(load, since=now, windows=1, share=0.2, part_share=0.07)
    assert pace.step == STEPS[1]
    # With every look at the whole frame it would be 0.8, then 0.5.
    now = loaded(load, since=now, windows=2 * ROOM_WINDOWS, share=0.4, part_share=0.13)
    assert pace.step == STEPS[1]
    loaded(load, since=now, windows=ROOM_WINDOWS, share=0.25, part_share=0.08)
    assert pace.step == STEPS[0]


def test_a_camera_that_is_late_is_behind_however_little_it_looks() -> None:
    pace, load = begun()
    now = loaded(load, since=0.0, windows=1, share=0.1, late_s=LATE_S + 0.01)
    assert pace.step == STEPS[1]
    loaded(load, since=now, windows=9, share=0.1, late_s=LATE_S + 0.01)
    assert pace.step == STEPS[-1]


def test_one_with_room_stays_as_it_is() -> None:
    pace, load = begun()
    loaded(load, since=0.0, windows=20, share=FULL - 0.05)
    assert (pace.step, pace.thinned) == (STEPS[0], 0)


def test_where_parts_cost_more_than_their_pixels_only_the_interval_is_longer() -> None:
    pace = Pace(0.12, in_part=False)
    for step in (*WHOLE[1:], WHOLE[-1]):
        assert not pace.in_part
        pace.slower()
        assert pace.step == step
    assert not pace.in_part
    assert max(step.times for step in WHOLE) == max(step.times for step in STEPS)
