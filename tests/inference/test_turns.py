"""So many at once, and whoever has waited longest comes next."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from overt.inference import turns as module
from overt.inference.turns import Turns

STEP_S = 0.002
PATIENCE_S = 180.0  # a busy machine is slow, not wrong


def test_who_comes_back_at_once_keeps_nobody_waiting() -> None:
    turns, stop, greedy = Turns(1), threading.Event(), count()

    def hog() -> None:  # a camera that looks all the time
        while not stop.is_set():
            with turns:
                next(greedy)
                time.sleep(STEP_S)  # as a network that runs: others may

    with ThreadPoolExecutor(2) as pool:
        try:
            first = pool.submit(hog)
            while next(greedy) < 2:
                time.sleep(STEP_S)

            def other() -> None:
                for _ in range(20):
                    with turns:
                        pass

            pool.submit(other).result(PATIENCE_S)
        finally:
            stop.set()
        first.result(PATIENCE_S)


def test_no_more_run_at_once_than_may_and_all_come() -> None:
    turns, lock, inside, most = Turns(3), threading.Lock(), 0, 0

    def one() -> None:
        nonlocal inside, most
        for _ in range(20):
            with turns:
                with lock:
                    inside += 1
                    most = max(most, inside)
                time.sleep(STEP_S / 4)
                with lock:
                    inside -= 1

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(one) for _ in range(8)]:
            done.result(PATIENCE_S)
    assert (inside, most) == (0, 3)


def test_who_fails_hands_on_too() -> None:
    turns = Turns(1)
    for _ in range(3):
        with pytest.raises(ValueError, match="wrong"), turns:
            raise ValueError("wrong")
    with ThreadPoolExecutor(1) as pool:
        pool.submit(turns.__enter__).result(PATIENCE_S)


@pytest.mark.parametrize("too_late", [False, True])
def test_who_gives_up_waiting_takes_no_turn_along(
    monkeypatch: pytest.MonkeyPatch, *, too_late: bool
) -> None:
    turns = Turns(1)

    class Interrupted(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            if too_late:
                turns.__exit__()  # it is this one's turn just as it gives up
            raise KeyboardInterrupt(timeout)

    turns.__enter__()
    monkeypatch.setattr(module.threading, "Event", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        turns.__enter__()
    monkeypatch.undo()
    if not too_late:
        turns.__exit__()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(turns.__enter__).result(PATIENCE_S)
