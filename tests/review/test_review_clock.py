"""Nothing is recorded before what it follows, whatever a machine's clock says; stopping always."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders import NOON
from review_places import DRAFT, Room, subject
from review_steps import raised

from overt.errors import ClockError
from overt.values.duty_events import DeploymentStopOrdered, EvidenceDeleted
from overt.values.events import WatchlistDestroyed

BACK = NOON - timedelta(days=1)


def drafted(room: Room) -> str:
    deployment = room.office.draft(name="High Street", draft=DRAFT, by="A. Drafter")
    room.office.submit(deployment, draft=DRAFT, by="A. Drafter")
    return deployment


def test_a_day_back_nothing_is_recorded_but_a_stop(room: Room) -> None:
    room.clock.time = NOON - timedelta(hours=1)
    deployment = drafted(room)
    officer = subject().deployment.statement.officer
    room.office.authorise(deployment, subject(), draft=DRAFT, by=officer)
    room.record(deployment, raised("a1"))
    before = list(room.store.events())
    room.clock.time = BACK
    for act in (
        lambda: room.desk(deployment).claim("a1", by="Ann"),
        lambda: room.office.complain(deployment, "C-1", by="Ann"),
        lambda: room.office.runnable(deployment, draft=DRAFT),
        lambda: room.office.submit(deployment, draft=DRAFT, by="Ann"),
    ):
        with pytest.raises(ClockError, match="the deployment's last event") as refused:
            act()
        assert "NTP" in refused.value.hint
    assert list(room.store.events()) == before
    room.office.stop(deployment, by="Ann", reason="enough")
    stopped = list(room.store.events())[-1].event
    assert (type(stopped.body), stopped.at) == (DeploymentStopOrdered, BACK)
    digest = subject().watchlist.digest
    room.office.list_destroyed(deployment, watchlist=digest)
    assert isinstance(list(room.store.events())[-1].event.body, WatchlistDestroyed)


def test_what_ntp_corrects_is_let_pass_and_receipts_prove_no_time(room: Room) -> None:
    deployment = drafted(room)
    room.clock.forward(days=700)
    room.record(deployment, EvidenceDeleted("a0", "c" * 64, "due after use"))
    room.clock.time = NOON - timedelta(seconds=2)
    room.office.complain(deployment, "C-1", by="Ann")
    room.clock.time = NOON - timedelta(seconds=3)
    with pytest.raises(ClockError):
        room.office.complain(deployment, "C-1", by="Ann")
