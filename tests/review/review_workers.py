"""What other processes do at a desk in the tests; each function runs in its own process."""

from __future__ import annotations

from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from record_places import Place

from overt.clock import SystemClock
from overt.errors import MoveError, VaultError
from overt.ids import time_ordered_id
from overt.records.base import Store
from overt.review.desk import Desk, EvidenceRoom
from overt.values.review import Decision, Factors


def empty(*_: object) -> bytes:
    """Open no evidence: there is none in this process."""
    raise VaultError("got no evidence, want some")


def sealed(*_: object) -> str:
    """Seal nothing."""
    raise VaultError("got no vault, want one")


def desk_over(store: Store, deployment: str) -> Desk:
    """Sit down at a desk where no evidence is looked at."""
    return Desk(
        store,
        deployment=deployment,
        evidence=EvidenceRoom(seal=sealed, open=empty),
        clock=SystemClock(),
        new_id=time_ordered_id,
    )


def claim_all(
    place: Place, deployment: str, alerts: list[str], by: str, together: Barrier, told: Connection
) -> None:
    """Claim alerts, each at the same moment as others do; send which were got."""
    got: list[str] = []
    with place.store(busy_timeout_s=60) as store:
        desk = desk_over(store, deployment)
        for alert in alerts:
            together.wait(180)
            try:
                desk.claim(alert, by=by)
            except MoveError:
                continue
            got.append(alert)
    told.send(got)


def judge_own(
    place: Place, deployment: str, alerts: list[str], by: str, together: Barrier, told: Connection
) -> None:
    """Claim and judge one's own alerts, all the while others judge theirs; send how many."""
    with place.store(busy_timeout_s=60) as store:
        desk = desk_over(store, deployment)
        together.wait(180)
        for alert in alerts:
            desk.claim(alert, by=by)
            with suppress(VaultError):  # nothing is sealed; that they look is recorded before
                desk.view(alert, by=by, purpose="to judge it")
            desk.adjudicate(alert, Decision.ENGAGE, by=by, factors=Factors())
    told.send(alerts)
