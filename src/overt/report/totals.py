"""The totals of a deployment, folded from its events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from overt.values.counts import FaceCounts
from overt.values.events import (
    AlertRaised,
    DeploymentAuthorised,
    DeploymentStarted,
    DeploymentStopped,
    Event,
    FacesCounted,
)

__all__ = ["Totals", "fold"]

NOTHING: Final = FaceCounts("all cameras", datetime.min.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Totals:
    """What a deployment did, as its events tell it."""

    authorised: DeploymentAuthorised | None = None
    started: DeploymentStarted | None = None
    stopped: DeploymentStopped | None = None
    counts: FaceCounts = NOTHING
    alerts: tuple[AlertRaised, ...] = ()


def fold(events: Iterable[Event]) -> Totals:
    """Add up the events of one deployment, in order."""
    totals = Totals()
    for event in events:
        totals = _step(totals, event)
    return totals


def _step(totals: Totals, event: Event) -> Totals:
    match event.body:
        case DeploymentAuthorised() as body:
            return replace(totals, authorised=body)
        case DeploymentStarted() as body:
            return replace(totals, started=body)
        case DeploymentStopped() as body:
            return replace(totals, stopped=body)
        case FacesCounted(counts=counts):
            return replace(totals, counts=totals.counts.plus(counts))
        case AlertRaised() as body:
            return replace(totals, alerts=(*totals.alerts, body))
        case _:
            return totals  # what people did, and what was destroyed
