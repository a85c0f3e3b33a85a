"""People who decide at the same moment, in processes of their own, on one record."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from builders import NOON
from record_places import Place
from review_places import Room, SetClock
from review_steps import raised
from review_workers import claim_all, judge_own

from overt.errors import ConflictError, MoveError, PersonError
from overt.ids import time_ordered_id
from overt.records.base import Store
from overt.review.alert_state import AlertState
from overt.review.desk import Desk, EvidenceRoom
from overt.review.journal import TRIES
from overt.values.alert_events import AlertClaimed
from overt.values.duty_events import EvidenceViewed
from overt.values.events import Event
from overt.values.review import Decision, Factors


@pytest.fixture
def shared_room(place: Place, tmp_path: Path) -> Iterator[Room]:
    """Give a room over a record that other processes reach: a file, or a real server."""
    with place.store() as store:
        yield Room(store, tmp_path / "data", SetClock())


PEOPLE = ("Ann", "Bob", "Cy")


def at_once(
    worker: Callable[..., None], place: Place, deployment: str, alerts: Sequence[list[str]]
) -> list[list[str]]:
    """Run a worker for each person, and give what each sends."""
    context = multiprocessing.get_context("forkserver")
    together = context.Barrier(len(PEOPLE))
    started: list[tuple[ForkServerProcess, Connection]] = []
    for by, own in zip(PEOPLE, alerts, strict=True):
        ours, theirs = context.Pipe(duplex=False)
        arguments = (place, deployment, own, by, together, theirs)
        process = context.Process(target=worker, args=arguments, daemon=True)
        process.start()
        theirs.close()
        started.append((process, ours))
    try:
        return [ours.recv() for _, ours in started]
    finally:
        for process, ours in started:
            process.join(180)
            process.kill()
            ours.close()


def test_one_of_several_operators_gets_an_alert(shared_room: Room, place: Place) -> None:
    room = shared_room
    deployment = room.running()
    alerts = [f"a{n}" for n in range(12)]
    room.record(deployment, *(raised(alert) for alert in alerts))
    got = at_once(claim_all, place, deployment, [alerts] * len(PEOPLE))
    assert sorted(alert for own in got for alert in own) == sorted(alerts)
    holders = {record.id: record.holder for record in room.desk(deployment).alerts()}
    assert holders == {alert: by for by, own in zip(PEOPLE, got, strict=True) for alert in own}


def test_who_judges_another_alert_is_not_disturbed(shared_room: Room, place: Place) -> None:
    room = shared_room
    deployment = room.running()
    alerts = [[f"{by}{n}" for n in range(5)] for by in PEOPLE]
    room.record(deployment, *(raised(alert) for own in alerts for alert in own))
    assert at_once(judge_own, place, deployment, alerts) == alerts
    states = {record.state for record in room.desk(deployment).alerts()}
    assert states == {AlertState.TO_ENGAGE}


def test_one_look_is_not_for_two_who_judge_at_once(shared_room: Room) -> None:
    """Who looked judges, whoever else acts at that moment; who did not, does not."""
    room = shared_room
    deployment = room.running()
    room.record(deployment, raised("a1"), AlertClaimed("a1", "Bob"))
    room.look(deployment, "Ann", "a1")
    with pytest.raises(PersonError, match="has not looked"):
        room.desk(deployment).adjudicate("a1", Decision.ENGAGE, by="Bob", factors=Factors())
    room.look(deployment, "Bob", "a1")
    # Others' looks come between reading and writing, more often than is tried: none disturbs.
    body = EvidenceViewed("a1", "Cy", "to judge it")
    looks = [Event(time_ordered_id(NOON), deployment, NOON, body) for _ in range(2 * TRIES)]
    done = hurried_desk(room, deployment, looks)
    assert done.adjudicate("a1", Decision.ENGAGE, by="Bob", factors=Factors()).first is not None


class Hurried:
    """A store in which somebody else is first, so often; it passes all else on."""

    def __init__(self, store: Store, events: Sequence[Event]) -> None:
        self._store = store
        self._events = list(events)
        self.leaves, self.erase_openings = store.leaves, store.erase_openings
        self.events, self.close = store.events, store.close

    def append(self, events: Sequence[Event], /, **more: object) -> tuple[int, ...]:
        if self._events:
            self._store.append([self._events.pop(0)])
        return self._store.append(events, **more)  # pyright: ignore[reportArgumentType]: passed on


def hurried_desk(room: Room, deployment: str, events: Sequence[Event]) -> Desk:
    return Desk(
        Hurried(room.store, events),  # pyright: ignore[reportArgumentType]: the store's other verbs are not used
        deployment=deployment,
        evidence=EvidenceRoom(seal=room.seal, open=room.open),
        clock=room.clock,
        new_id=time_ordered_id,
    )


def claimed(deployment: str, alert: str, *, at: datetime = NOON) -> Event:
    return Event(time_ordered_id(at), deployment, at, AlertClaimed(alert, "Bob"))


def test_who_comes_second_is_judged_on_what_is_recorded_by_then(shared_room: Room) -> None:
    room = shared_room
    deployment = room.running()
    room.record(deployment, raised("a1"), raised("a2"))
    other = hurried_desk(room, deployment, [claimed(deployment, "a2")])
    assert other.claim("a1", by="Ann").holder == "Ann"
    room.record(deployment, raised("a3"))
    same = hurried_desk(room, deployment, [claimed(deployment, "a3")])
    with pytest.raises(MoveError, match="it is claimed"):
        same.claim("a3", by="Ann")
    holders = {record.id: record.holder for record in room.desk(deployment).alerts()}
    assert holders == {"a1": "Ann", "a2": "Bob", "a3": "Bob"}


def test_who_is_never_first_is_told(shared_room: Room) -> None:
    room = shared_room
    deployment = room.running()
    others = [f"b{n}" for n in range(TRIES)]
    room.record(deployment, raised("a1"), *(raised(alert) for alert in others))
    desk = hurried_desk(room, deployment, [claimed(deployment, alert) for alert in others])
    with pytest.raises(ConflictError, match="at the same moment"):
        desk.claim("a1", by="Ann")
    assert room.desk(deployment).alert("a1").state is AlertState.RAISED
