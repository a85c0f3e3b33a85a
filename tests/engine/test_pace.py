"""Which frames are looked at."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from builders import make_frame, noise

from overt.engine.pace import Pace

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
