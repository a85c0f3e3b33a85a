"""What is not recorded yet: numbered, bounded, kept until acknowledged."""

from __future__ import annotations

import threading

import pytest
from builders import NOON
from consoles import PATIENCE_S, until

from overt.engine.outbox import Outbox
from overt.values.counts import FaceCounts

MINUTE = FaceCounts("a", NOON, frames=5)


def taken(outbox: Outbox, acknowledged: int = 0) -> list[int]:
    kept, _, _, _ = outbox.take(acknowledged=acknowledged, wait_s=0)
    return [each.number for each in kept]


def test_what_is_not_acknowledged_is_given_again() -> None:
    outbox = Outbox()
    for _ in range(3):
        outbox.put(MINUTE)
    assert taken(outbox) == taken(outbox) == [1, 2, 3]
    assert taken(outbox, 2) == [3]
    outbox.put(MINUTE)
    assert taken(outbox, 3) == [4]
    assert taken(outbox, 4) == []


def test_where_nobody_records_the_camera_waits() -> None:
    outbox = Outbox(at_most=2)
    put = threading.Thread(target=lambda: [outbox.put(MINUTE) for _ in range(3)])
    put.start()
    until(lambda: taken(outbox) == [1, 2])
    put.join(0.3)
    assert put.is_alive()
    assert taken(outbox) == [1, 2]
    taken(outbox, 1)
    put.join(PATIENCE_S)
    assert not put.is_alive()
    assert taken(outbox, 1) == [2, 3]


def test_who_waits_for_room_is_let_go_when_all_is_forgotten() -> None:
    outbox = Outbox(at_most=1)
    outbox.put(MINUTE)
    put = threading.Thread(target=outbox.put, args=(MINUTE,))
    put.start()
    outbox.forget()
    put.join(PATIENCE_S)
    assert not put.is_alive()
    assert outbox.take(acknowledged=0, wait_s=0) == ((), None, True, None)


def test_news_end_a_wait() -> None:
    outbox = Outbox()
    threading.Timer(0.1, outbox.put, (MINUTE,)).start()
    kept, _, ended, _ = outbox.take(acknowledged=0, wait_s=PATIENCE_S)
    assert (len(kept), ended) == (1, False)


@pytest.mark.parametrize("error", [None, ZeroDivisionError("a bug")])
def test_its_end_is_told_with_the_first_error(error: BaseException | None) -> None:
    outbox = Outbox()
    outbox.put(MINUTE)
    outbox.end(error)
    outbox.end(MemoryError())
    kept, _, ended, told = outbox.take(acknowledged=0, wait_s=PATIENCE_S)
    assert (len(kept), ended, told) == (1, True, error)


def test_counts_that_are_put_are_not_told_as_running_too() -> None:
    outbox = Outbox()
    outbox.note(MINUTE)
    assert outbox.take(acknowledged=0, wait_s=0)[1] == MINUTE
    outbox.put(MINUTE)
    assert outbox.take(acknowledged=0, wait_s=0)[1] is None
