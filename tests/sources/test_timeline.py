"""Time stamps that only go forward."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overt.sources.timeline import Timeline

STAMPS = st.lists(st.none() | st.floats(-1e5, 1e5, allow_nan=False), min_size=1, max_size=40)


def places(stamps: list[float | None], *, step_s: float = 0.04) -> list[float]:
    timeline = Timeline(step_s=step_s)
    return [timeline.place(stamp) for stamp in stamps]


@given(STAMPS)
def test_times_begin_at_nought_and_only_rise(stamps: list[float | None]) -> None:
    got = places(stamps)
    assert got[0] == 0
    assert all(b > a for a, b in pairwise(got))


@given(st.lists(st.integers(1, 500), max_size=40), st.integers(-1000, 1000))
def test_stamps_that_rise_are_kept(steps: list[int], first: int) -> None:
    stamps = [first / 25]
    for step in steps:
        stamps.append(stamps[-1] + step / 25)
    assert places([*stamps]) == pytest.approx([s - stamps[0] for s in stamps], abs=1e-6)


@pytest.mark.parametrize(
    ("stamps", "want"),
    [
        ([None, None, None], [0, 0.04, 0.08]),
        ([0.0, 0.0, 0.0], [0, 0.04, 0.08]),
        ([5.0, 5.2, 5.16, 5.3], [0, 0.2, 0.22, 0.3]),  # a jitter
        ([9.0, 9.04, 0.0, 0.04], [0, 0.04, 0.08, 0.12]),  # joined: a new count
        ([None, 3.0, 3.1], [0, 0.04, 0.14]),
    ],
)
def test_what_is_missing_or_goes_back(stamps: list[float | None], want: list[float]) -> None:
    assert places(stamps) == pytest.approx(want)


def test_restart_takes_up_at_the_given_second() -> None:
    timeline = Timeline(step_s=0.04)
    assert [timeline.place(s) for s in (7.0, 7.04)] == pytest.approx([0, 0.04])
    timeline.restart(10.0, step_s=0.1)
    assert [timeline.place(s) for s in (0.0, 0.2, None)] == pytest.approx([10, 10.2, 10.3])
    timeline.restart(1.0, step_s=0.1)
    assert timeline.place(99.0) == pytest.approx(10.4)  # never back


@given(st.floats(0.01, 0.2), st.floats(0.025, 0.2))
def test_a_burst_is_caught_up_with(burst_s: float, pace_s: float) -> None:
    """Frames that came at once lie ahead of their stamps for a while, not for ever."""
    stamps = [i * 0.001 for i in range(round(burst_s * 100))]
    stamps += [stamps[-1] + pace_s * i for i in range(1, 400)] if stamps else [0.0]
    got = places([*stamps])
    assert got[-1] == pytest.approx(stamps[-1], abs=0.05)
