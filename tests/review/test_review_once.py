"""An act that is sent more than once is recorded once, whichever desk it reaches."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from review_places import Room
from review_steps import raised

from overt.errors import ConflictError, InputError, MoveError
from overt.ids import derived_id
from overt.review.alert_state import AlertState
from overt.values.alert_events import EngagementEnded, EngagementStarted, ForceRecorded
from overt.values.review import Decision, Factors, Finding

BY = "F. Constable"
KEY = derived_id("act", "account", "key")


def to_engage(room: Room) -> str:
    deployment = room.running()
    room.record(deployment, raised("a1"))
    desk = room.desk(deployment)
    desk.claim("a1", by="D. Operator")
    room.look(deployment, "D. Operator", "a1")
    desk.adjudicate("a1", Decision.ENGAGE, by="D. Operator", factors=Factors())
    return deployment


def started(room: Room, deployment: str) -> int:
    return len(list(room.store.events(deployment=deployment, kinds=(EngagementStarted.kind,))))


def test_many_at_once_record_one(room: Room) -> None:
    """Threads of one desk, and desks of their own as other processes have."""
    deployment = to_engage(room)
    shared = room.desk(deployment)
    desks = [shared, shared, *(room.desk(deployment) for _ in range(4))]
    body = EngagementStarted("a1", BY)
    with ThreadPoolExecutor(len(desks)) as threads:
        sent = [threads.submit(desk.once, body, identifier=KEY) for desk in desks]
        states = {each.result().state for each in sent}
    assert states == {AlertState.ENGAGING}
    assert started(room, deployment) == 1


def test_it_comes_again_after_more_was_done_and_another_key_is_another_act(room: Room) -> None:
    deployment = to_engage(room)
    desk, body = room.desk(deployment), EngagementStarted("a1", BY)
    desk.once(body, identifier=KEY)
    desk.once(EngagementEnded("a1", BY, Finding.UNCONFIRMED, None), identifier=KEY + "2")
    again = room.desk(deployment).once(body, identifier=KEY)
    assert again.state is AlertState.UNCONFIRMED
    with pytest.raises(MoveError):
        desk.once(body, identifier=KEY + "3")
    assert started(room, deployment) == 1


def test_one_key_is_for_one_act_of_somebody(room: Room) -> None:
    deployment = to_engage(room)
    desk = room.desk(deployment)
    desk.once(EngagementStarted("a1", BY), identifier=KEY)
    with pytest.raises(ConflictError, match="got record force under the identifier of start"):
        desk.once(ForceRecorded("a1", BY, "held by the arm"), identifier=KEY)
    with pytest.raises(InputError):
        desk.once(ForceRecorded("a1", " ", "held by the arm"), identifier=KEY + "2")
    assert desk.alert("a1").force == 0
