"""A desk that keeps few alerts in memory, against one that keeps all; and what one more costs."""

from __future__ import annotations

import gc
import tracemalloc

import numpy as np
from review_places import Room
from review_steps import raised

from overt.errors import OvertError
from overt.review.alert_record import fold_alerts
from overt.review.desk import Desk
from overt.values.duty_events import EvidenceDeleted
from overt.values.review import Decision, Factors, FalseAlertReason

NAMES = ("Ann Operator", "Bob Operator")
FEW = 3
OFTEN = (0, 0, 0, 1, 2, 3, 4, 5, 5, 5, 6)  # what is done, by `act`
AT_ONCE = 500
PER_ALERT = 450  # bytes of memory: its id, where it is in the record, that it waits


def few(room: Room, deployment: str) -> Desk:
    return room.desk(deployment, kept=FEW)


def act(room: Room, desk: Desk, alert: str, by: str, what: int) -> None:
    """Do something about an alert, if it may be done."""
    try:
        match what:
            case 0:
                desk.claim(alert, by=by)
            case 1:
                desk.release(alert, by=by)
            case 2:
                desk.adjudicate(alert, Decision.ENGAGE, by=by, factors=Factors())
            case 3:
                reason = FalseAlertReason.BLUR
                desk.second_opinion(alert, Decision.REJECT, by=by, factors=Factors(), reason=reason)
            case 4:
                desk.start_engagement(alert, by=by)
            case 5:
                room.look(desk.alert(alert).deployment, by, alert)
            case _:
                room.record(desk.alert(alert).deployment, EvidenceDeleted(alert, "c", "due"))
    except OvertError:
        pass


def test_a_desk_that_keeps_few_tells_what_one_that_keeps_all_tells(room: Room) -> None:
    deployment = room.running()
    chance = np.random.default_rng(5)
    small, alerts = few(room, deployment), list[str]()
    for step in range(200):
        room.clock.forward(seconds=1)
        if step % 10 == 0:
            alerts.append(f"a-{len(alerts):03}")
            room.record(deployment, raised(alerts[-1]))
        alert, by = str(chance.choice(alerts)), str(chance.choice(NAMES))
        act(room, small, alert, by, int(chance.choice(OFTEN)))
        if step % 40 == 0:
            large = room.desk(deployment)
            for at_most in (0, 2, 5, 100):
                assert small.queue(at_most=at_most) == large.queue(at_most=at_most)
    events = room.store.events(deployment=deployment)
    want = {each.id: each for each in fold_alerts(each.event for each in events)}
    assert len(want) == len(alerts) == 20
    assert len({each.state for each in want.values()}) > 3
    assert any(each.evidence_deleted for each in want.values())
    for desk in (small, few(room, deployment), room.desk(deployment)):
        assert desk.alerts() == tuple(want.values())
        assert {alert: desk.alert(alert) for alert in reversed(alerts)} == want
        assert desk.engaged() == tuple(each for each in want.values() if each.to_engage)
        assert [each.id for each in desk.waiting()] == [
            each.id for each in want.values() if each.first is None
        ]


def test_an_alert_that_nobody_looks_at_costs_little_memory(room: Room) -> None:
    """However many wait, or are over: what a page does not show stays in the record."""
    deployment = room.running()
    desk = few(room, deployment)
    assert desk.queue(at_most=50).free == 0
    tracemalloc.start()
    try:
        sizes: list[int] = []
        for made in (0, AT_ONCE):
            room.record(deployment, *(raised(f"a-{made + n:034}") for n in range(AT_ONCE)))
            assert desk.queue(at_most=50).free == made + AT_ONCE
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert (sizes[1] - sizes[0]) / AT_ONCE < PER_ALERT
