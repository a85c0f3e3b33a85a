"""One place for the newest thing."""

from __future__ import annotations

import threading

import pytest

from overt.errors import SourceError
from overt.sources.slot import Slot


def test_the_newest_is_taken_and_the_others_counted() -> None:
    slot: Slot[int] = Slot()
    for number in range(5):
        slot.put(number)
    assert (slot.take(), slot.dropped) == (4, 4)
    slot.put(5)
    slot.end()
    slot.put(6)
    assert (slot.take(), slot.dropped) == (None, 6)


def test_an_error_comes_after_the_last_item_and_only_the_first_counts() -> None:
    slot: Slot[int] = Slot()
    slot.put(1)
    slot.end(SourceError("first"))
    slot.end(SourceError("second"))
    assert slot.take() == 1
    for _ in range(2):
        with pytest.raises(SourceError, match="first"):
            slot.take()


def test_nothing_is_lost_without_being_counted() -> None:
    slot: Slot[int] = Slot()
    taken: list[int] = []

    def consume() -> None:
        while (item := slot.take()) is not None:
            taken.append(item)

    thread = threading.Thread(target=consume)
    thread.start()
    for number in range(1, 5001):
        slot.put(number)
    slot.end()
    thread.join()
    assert taken == sorted(taken)
    assert len(taken) + slot.dropped == 5000
