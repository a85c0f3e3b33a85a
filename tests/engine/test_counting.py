"""Minutes are handed over once, and nothing is lost between them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders import NOON
from hypothesis import given
from hypothesis import strategies as st

from overt.engine.counting import MinuteCounter
from overt.values.counts import FaceCounts
from overt.values.quality import Reason

MINUTE = timedelta(minutes=1)
deeds = st.sampled_from(["frame", "compared", "unfit", "brief", "partial", "alert"])


def do(counter: MinuteCounter, deed: str) -> None:
    match deed:
        case "frame":
            counter.frame(dropped=2)
        case "compared":
            counter.compared()
        case "unfit":
            counter.unfit(Reason.BLURRED)
        case "partial":
            counter.partial()
        case "brief":
            counter.brief()
        case _:
            counter.alert()


@given(st.lists(st.tuples(st.integers(0, 200), deeds), max_size=40))
def test_every_deed_is_counted_in_its_minute(walk: list[tuple[int, str]]) -> None:
    counter = MinuteCounter("gate")
    given_out: list[FaceCounts] = []
    want: list[tuple[int, str]] = sorted(walk, key=lambda step: step[0])
    for seconds, deed in want:
        finished = counter.turn(NOON + timedelta(seconds=seconds))
        if finished:
            given_out.append(finished)
        do(counter, deed)
    assert counter.seen == sum(deed in ("compared", "unfit") for _, deed in want)
    last = counter.take()
    assert counter.seen == sum(deed in ("compared", "unfit") for _, deed in want)
    given_out += [last] if last else []
    assert [counts.minute for counts in given_out] == sorted(
        {NOON + seconds // 60 * MINUTE for seconds, _ in want}
    )
    for counts in given_out:
        done = [deed for seconds, deed in want if NOON + seconds // 60 * MINUTE == counts.minute]
        assert counts.camera == "gate"
        assert counts.frames == done.count("frame")
        assert counts.dropped == 2 * done.count("frame")
        assert counts.compared == done.count("compared")
        assert counts.unfit.get(Reason.BLURRED, 0) == done.count("unfit")
        assert counts.seen == done.count("compared") + done.count("unfit")
        assert (counts.brief, counts.alerts) == (done.count("brief"), done.count("alert"))
        assert counts.partial == done.count("partial")


def test_the_same_minute_is_not_handed_over() -> None:
    counter = MinuteCounter("gate")
    assert counter.turn(NOON) is None
    assert counter.turn(NOON + timedelta(seconds=59.999)) is None
    finished = counter.turn(NOON + MINUTE)
    assert finished is not None
    assert finished.minute == NOON


def test_a_minute_without_frames_is_not_made_up() -> None:
    counter = MinuteCounter("gate")
    counter.turn(NOON)
    counter.turn(NOON + 10 * MINUTE)
    last = counter.take()
    assert last is not None
    assert last.minute == NOON + 10 * MINUTE
    assert counter.take() is None


def test_what_is_counted_without_a_minute_is_a_mistake() -> None:
    with pytest.raises(RuntimeError, match="got no minute, want one begun"):
        MinuteCounter("gate").compared()
