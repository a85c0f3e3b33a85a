"""Calls that Ray may never come back from, because its head is gone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

__all__ = ["within"]

T = TypeVar("T")


def within(wait_s: float, call: Callable[[], T]) -> T:
    """Give what a call gives, or raise what it raises, if it does so in time.

    Raises:
        TimeoutError: it did not; the thread that it is in is left behind.
    """
    given: list[T] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            given.append(call())
        except BaseException as error:  # noqa: BLE001 - raised by whoever waits
            raised.append(error)

    thread = threading.Thread(target=run, name="asks Ray", daemon=True)
    thread.start()
    thread.join(wait_s)
    if raised:
        raise raised[0]
    if not given:
        raise TimeoutError
    return given[0]
