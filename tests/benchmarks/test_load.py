"""The console under a small load, killed in the middle: no alert lost, none told twice."""

from __future__ import annotations

import secrets
from dataclasses import replace

import numpy as np
import pytest
from ports import free_port

from benchmarks.load.plan import Plan
from benchmarks.load.run import Ran, run
from benchmarks.load.verdict import Line, judge

HELD = (
    "alerts recorded",
    "lost (alerts x viewers)",
    "told twice",
    "told that are not recorded",
    "alerts held by two",
    "steps that the life cycle has not",
    "told taken and not recorded so",
    "taken",
    "other answers",
)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    plan = Plan(
        folder=tmp_path_factory.mktemp("load"),
        port=free_port(),
        records="",
        viewers=10,
        rate=10.0,
        seconds=8.0,
        acts=3.0,
        secret=secrets.token_hex(16),
    )
    return run(plan, say=lambda _: None)


def broken(ran: Ran) -> list[str]:
    """Name the promises that are not kept, but for those that a busy machine breaks."""
    lines: list[Line] = judge(ran)
    assert {line.what.strip() for line in lines} >= set(HELD)
    return [line.what.strip() for line in lines if line.what.strip() in HELD and not line.kept]


def test_every_viewer_is_told_of_every_alert_once_though_the_console_is_killed(ran: Ran) -> None:
    assert broken(ran) == []
    assert np.isfinite(ran.told.back).all()  # each lost its stream, and came back
    assert len(ran.lives) == 2
    # What was raised while it was away was told too.
    assert ran.written.alerts == ran.told.counts.shape[1] == 80


def test_a_promise_that_is_not_kept_is_told(ran: Ran) -> None:
    once, twice, never = (ran.told.counts.copy() for _ in range(3))
    twice[3, 7], never[3, 7] = 2, 0
    assert broken(replace(ran, told=replace(ran.told, counts=once))) == []
    assert broken(replace(ran, told=replace(ran.told, counts=twice))) == ["told twice"]
    assert broken(replace(ran, told=replace(ran.told, counts=never))) == ["lost (alerts x viewers)"]
    taken = next(act for act in ran.told.acts if act.status == 303)
    acts = [*ran.told.acts, replace(taken, by="Viewer 999")]
    assert broken(replace(ran, told=replace(ran.told, acts=acts))) == [
        "told taken and not recorded so"
    ]
