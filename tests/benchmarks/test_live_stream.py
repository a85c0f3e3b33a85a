"""What the benchmark of live cameras sends and counts."""

from __future__ import annotations

import io
import threading
import time
from itertools import pairwise

import av
import pytest
from street import FRAMES, RATE, Street

from benchmarks.metered import Meter
from benchmarks.processes import cpu_s, thread_cpu_s
from benchmarks.stream import pieces


def test_pieces_are_a_stream_picture_by_picture(street: Street) -> None:
    sent = list(pieces(street.clip, times=2))
    assert len(sent) == 2 * FRAMES
    assert sent[0].due_s == 0
    for before, piece in pairwise(sent):
        assert piece.due_s - before.due_s == pytest.approx(1 / RATE, abs=1e-3)
    whole = io.BytesIO(b"".join(each.content for each in sent))
    with av.open(whole, mode="r") as stream:
        assert stream.format.name == "mpegts"
        assert len(list(stream.decode(video=0))) == 2 * FRAMES


def spin(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


class Stage:
    """Something that works."""

    def work(self, seconds: float) -> str:
        spin(seconds)
        return "done"


def test_a_watched_call_is_counted_once_and_answers_as_before() -> None:
    meter, shared = Meter(), Stage()
    meter.watch(shared, "work", "stage")
    meter.watch(shared, "work", "stage")  # two cameras share it
    assert shared.work(0.05) == "done"
    assert meter.spent_s["stage"] == pytest.approx(0.05, abs=0.02)
    Stage().work(0.01)
    assert meter.spent_s["stage"] == pytest.approx(0.05, abs=0.02)  # of that object alone


def test_threads_are_told_apart() -> None:
    over = threading.Event()

    def work() -> None:
        spin(0.1)
        over.wait()

    before = cpu_s()
    thread = threading.Thread(target=work, name="decode a", daemon=True)
    thread.start()
    while thread_cpu_s()["decode a"] < 0.1:
        time.sleep(0.01)
    assert cpu_s() - before >= 0.1
    over.set()
    thread.join()
    assert "decode a" not in thread_cpu_s()
