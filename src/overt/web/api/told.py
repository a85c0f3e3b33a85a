"""What programs are told. No name of anybody is in it, and no picture."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from overt.report.monitoring import Look
from overt.review.alert_record import AlertRecord, allowed
from overt.review.deployment_record import DeploymentRecord
from overt.review.unjudged import Unjudged, unjudged
from overt.statistics.agreement import Kappa
from overt.web.overseen import Seen

__all__ = [
    "AlertTold",
    "Alerts",
    "DeploymentTold",
    "Deployments",
    "EventsPage",
    "Figures",
    "Problem",
    "Told",
    "alert_told",
    "deployment_told",
    "figures_told",
]


class Told(BaseModel):
    """What every answer keeps to."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(BaseModel):
    """What went wrong (RFC 9457): `detail` says what was got and what is wanted."""

    type: str
    title: str
    status: int
    detail: str
    hint: str = ""


class AlertTold(Told):
    """An alert. `state` and `next` are null for who is to judge it."""

    id: str
    deployment: str
    camera: str
    time: datetime
    category: str
    similarity: float
    shots: int
    flags: list[str]
    held: bool
    state: str | None
    next: list[str] | None


class Alerts(Told):
    """Alerts of a deployment, in the order in which they were raised."""

    alerts: list[AlertTold]


class DeploymentTold(Told):
    """A deployment. `stop_reason` and `name` were written to be published."""

    id: str
    name: str
    state: str
    trial: bool
    place: str | None
    start: datetime | None
    end: datetime | None
    cameras: list[str]
    listed: int | None
    threshold: float | None
    started_at: datetime | None
    ended_at: datetime | None
    stop_reason: str


class Deployments(Told):
    """Every deployment, in the order in which they were begun."""

    deployments: list[DeploymentTold]


class Recorded(Told):
    """An event as it is hashed: private texts are commitments."""

    sequence: int
    event: dict[str, Any]


class EventsPage(Told):
    """A page of the record; ask on with `after` = `next` until there are no more events."""

    events: list[Recorded]
    next: int


class RateTold(Told):
    """The false alert rate and its confidence sequence: it holds at every look."""

    faces_seen: int
    false_alerts: int
    not_adjudicated: int
    estimate: float | None
    low: float
    high: float
    ceiling: float
    level: float
    method: str
    state: str


class TimesTold(Told):
    """How long alerts waited to be judged, seconds."""

    judged: int
    waiting: int
    median_s: float | None
    ninth_decile_s: float | None
    longest_s: float | None


class AgreementTold(Told):
    """How two people judged the same alerts; kappa is null where there is none."""

    pairs: int
    agreed: int
    kappa: float | None
    low: float | None
    high: float | None


class Figures(Told):
    """What is watched while deployments run; trials and decoys are left out."""

    after: int
    false_alert_rate: RateTold
    adjudication: TimesTold
    second_opinions: AgreementTold


def alert_told(alert: AlertRecord | Unjudged, *, openly: bool) -> AlertTold:
    """Tell of an alert.

    Args:
        alert: as it stands.
        openly: also how it was judged; a decoy is told apart once it was.
    """
    seen = unjudged(alert) if isinstance(alert, AlertRecord) else alert
    state, following = None, None
    if openly and isinstance(alert, AlertRecord):
        state, following = "decoy", []
        if not alert.decoy or alert.first is None:
            as_real = replace(alert, decoy=False)  # until it is judged nothing tells it apart
            state, following = str(alert.state), [str(action) for action in allowed(as_real)]
    return AlertTold(
        id=seen.id,
        deployment=seen.deployment,
        camera=seen.camera,
        time=seen.time,
        category=str(seen.category),
        similarity=seen.similarity,
        shots=seen.shots,
        flags=list(seen.flags),
        held=bool(seen.holder),
        state=state,
        next=following,
    )


def deployment_told(record: DeploymentRecord) -> DeploymentTold:
    """Tell of a deployment; not who drafted or authorised it."""
    authorised = record.authorised
    return DeploymentTold(
        id=record.id,
        name=record.name,
        state=str(record.state),
        trial=record.trial,
        place=None if authorised is None else authorised.place,
        start=None if authorised is None else authorised.start,
        end=None if authorised is None else authorised.end,
        cameras=[] if authorised is None else list(authorised.cameras),
        listed=None if authorised is None else authorised.listed,
        threshold=record.threshold,
        started_at=record.started_at,
        ended_at=record.ended_at,
        stop_reason=record.stop_reason,
    )


def figures_told(seen: Seen) -> Figures:
    """Tell of the figures."""
    agreed, kappa = seen.agreement, seen.agreement.kappa
    some = kappa if isinstance(kappa, Kappa) else None
    return Figures(
        after=seen.after,
        false_alert_rate=rate_told(seen, seen.looks[-1] if seen.looks else None),
        adjudication=TimesTold(
            judged=seen.times.judged,
            waiting=seen.times.waiting,
            median_s=seen.times.median_s,
            ninth_decile_s=seen.times.ninth_decile_s,
            longest_s=seen.times.longest_s,
        ),
        second_opinions=AgreementTold(
            pairs=agreed.pairs,
            agreed=agreed.agreed,
            kappa=some and some.value,
            low=some and some.low,
            high=some and some.high,
        ),
    )


def rate_told(seen: Seen, last: Look | None) -> RateTold:
    """Tell of the rate at the last look."""
    rate = seen.rate
    return RateTold(
        faces_seen=last.faces if last else 0,
        false_alerts=last.false_alerts if last else 0,
        not_adjudicated=last.not_adjudicated if last else 0,
        estimate=last.false_alerts / last.faces if last and last.faces else None,
        low=float(rate.low[-1]) if last else 0.0,
        high=float(rate.high[-1]) if last else 1.0,
        ceiling=rate.against,
        level=rate.level,
        method=rate.method,
        state=str(rate.side),
    )
