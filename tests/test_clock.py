"""A clock that goes back stops recognition; a small correction does not."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from builders import NOON
from hypothesis import given
from hypothesis import strategies as st

from overt.clock import Clock, ForwardClock, SystemClock
from overt.errors import ClockError


class SetClock:
    """A clock that is set by hand."""

    def __init__(self, time: datetime) -> None:
        self.time = time

    def now(self) -> datetime:
        return self.time


def test_the_machine_knows_utc() -> None:
    clock: Clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_it_goes_on() -> None:
    inner = SetClock(NOON)
    clock = ForwardClock(inner)
    assert clock.now() == NOON
    inner.time += timedelta(days=2)
    assert clock.now() == NOON + timedelta(days=2)


@pytest.mark.parametrize("seconds", [0.001, 1, 2])
def test_a_small_correction_holds_the_latest_time(seconds: float) -> None:
    inner = SetClock(NOON)
    clock = ForwardClock(inner)
    clock.now()
    inner.time = NOON - timedelta(seconds=seconds)
    assert clock.now() == NOON


def test_a_thread_that_is_kept_waiting_saw_no_step_back() -> None:
    """Between reading and comparing another one may read, on a busy machine seconds later."""
    read, later = threading.Event(), threading.Event()

    class Waits:
        def now(self) -> datetime:
            if read.is_set():
                return NOON + timedelta(hours=1)
            read.set()
            later.wait(0.3)
            return NOON

    clock = ForwardClock(Waits())
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(clock.now)
        assert read.wait(60)
        second = threads.submit(clock.now)
        second.add_done_callback(lambda _: later.set())
        assert first.result() == NOON
        assert second.result() == NOON + timedelta(hours=1)


def test_a_step_back_says_got_and_want() -> None:
    inner = SetClock(NOON)
    clock = ForwardClock(inner)
    clock.now()
    inner.time = NOON - timedelta(seconds=2, microseconds=1)
    with pytest.raises(ClockError, match=r"got 2026-03-01T11:59:57.*want 2026-03-01T12:00:00"):
        clock.now()


def test_small_steps_back_do_not_add_up_unseen() -> None:
    inner = SetClock(NOON)
    clock = ForwardClock(inner)
    clock.now()
    for _ in range(2):
        inner.time -= timedelta(seconds=1)
        assert clock.now() == NOON
    inner.time -= timedelta(seconds=1)
    with pytest.raises(ClockError):
        clock.now()


@given(st.lists(st.floats(-1.9, 30), max_size=30))
def test_what_it_tells_never_falls(steps: list[float]) -> None:
    inner = SetClock(NOON)
    clock = ForwardClock(inner)
    told = [clock.now()]
    for step in steps:
        inner.time = told[-1] + timedelta(seconds=step)
        told.append(clock.now())
    assert told == sorted(told)
