"""Letting few at a time do something, in the order in which they came."""

from __future__ import annotations

import threading
from collections import deque

__all__ = ["Turns"]


class Turns:
    """So many at once; who leaves hands on to whoever has waited longest.

    A semaphore of the standard library is taken by who leaves it and comes back at once, before
    anybody who waits for it has woken up: one busy camera could keep another from looking for good.
    """

    def __init__(self, at_once: int) -> None:
        self._lock = threading.Lock()
        self._free = at_once
        self._waiting: deque[threading.Event] = deque()

    def __enter__(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = threading.Event()
            self._waiting.append(turn)
        try:
            turn.wait()
        except BaseException:  # Ctrl-C: a turn that nobody takes would never come back
            self._give_up(turn)
            raise

    def __exit__(self, *_: object) -> None:
        self._leave()

    def _give_up(self, turn: threading.Event) -> None:
        with self._lock:
            waited = turn in self._waiting
            if waited:
                self._waiting.remove(turn)
        if not waited:  # it was this one's turn meanwhile
            self._leave()

    def _leave(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1
