"""Known passages put into the record: what true recognition rates are counted from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from overt.clock import Clock
from overt.errors import ConflictError, InputError, RefusedError
from overt.ids import NewId
from overt.records.base import Guard, Store
from overt.review.journal import COUNTED
from overt.review.people import require_name
from overt.values.duty_events import PassagesRecorded
from overt.values.events import (
    AlertRaised,
    Body,
    DeploymentAuthorised,
    Event,
    KnownPassage,
)
from overt.values.watchlist import Category

__all__ = ["record_passages"]


@dataclass(slots=True)
class _Known:
    """What is recorded of the deployment so far."""

    after: int = 0
    authorised: DeploymentAuthorised | None = None
    passages: int = 0
    alerts: dict[str, AlertRaised] = field(default_factory=dict[str, AlertRaised])


def record_passages(
    store: Store,
    deployment: str,
    passages: Sequence[KnownPassage],
    *,
    by: str,
    file: str,
    clock: Clock,
    new_id: NewId,
) -> int:
    """Record the passages of a deployment, all or none, and give how many.

    Args:
        store: the record.
        deployment: at which volunteers walked past.
        passages: theirs, recognised or not.
        by: who organised the test and answers for the list.
        file: sha256 of the file they were read from.
        clock: of this machine.
        new_id: makes ids.

    Raises:
        RefusedError: the deployment was not authorised, or its passages are recorded already.
        InputError: a passage is not of it: another camera, time or alert.
    """
    known = _read(store, deployment)
    if known.authorised is None:
        raise RefusedError(f"deployment {deployment}: got none that was authorised, want one")
    if known.passages:
        raise RefusedError(
            f"deployment {deployment}: got passages again, want them once: "
            f"{known.passages} are recorded",
            hint="a passage that was forgotten cannot be added: rates would depend on who adds",
        )
    for passage in passages:
        _require_of(passage, known.authorised, known.alerts)
    now = clock.now()
    bodies: list[Body] = [PassagesRecorded(require_name(by), file, len(passages)), *passages]
    events = [Event(new_id(now), deployment, now, body) for body in bodies]
    try:
        store.append(events, guard=Guard(deployment, known.after))
    except ConflictError as error:
        raise ConflictError(
            f"deployment {deployment}: got others recording at the same moment, want a pause",
            hint="try again",
        ) from error
    return len(passages)


def _read(store: Store, deployment: str) -> _Known:
    known = _Known()
    for recorded in store.events(deployment=deployment, without=COUNTED):
        known.after = recorded.sequence
        match recorded.event.body:
            case DeploymentAuthorised() as body:
                known.authorised = body
            case KnownPassage():
                known.passages += 1
            case AlertRaised(alert=alert) as body:
                known.alerts[alert] = body
            case _:
                pass
    return known


def _require_of(
    passage: KnownPassage, authorised: DeploymentAuthorised, alerts: dict[str, AlertRaised]
) -> None:
    """Refuse a passage that cannot have been at this deployment."""
    where = f"passage {passage.passage}"
    if passage.camera not in authorised.cameras:
        cameras = ", ".join(authorised.cameras)
        raise InputError(f"{where}: got camera {passage.camera!r}, want one of {cameras}")
    if not authorised.start <= passage.time < authorised.end:
        raise InputError(
            f"{where}: got time {passage.time.isoformat()}, want one within "
            f"{authorised.start.isoformat()} to {authorised.end.isoformat()}"
        )
    if not passage.alert:
        return
    alert = alerts.get(passage.alert)
    if alert is None:
        raise InputError(f"{where}: got alert {passage.alert}, want one of this deployment")
    if alert.category is not Category.BLUE:
        raise InputError(
            f"{where}: got alert {passage.alert} of {alert.category}, want one of the blue list"
        )
