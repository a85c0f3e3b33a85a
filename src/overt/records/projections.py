"""What an event changes in the projections: pure, and the only place that says so.

A change makes its row where there is none. So any order of events gives some rows and never an
error: whether the order makes sense is not judged here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final, TypeAlias, cast

from overt.values import alert_events as alerts
from overt.values import duty_events as duty
from overt.values import events
from overt.values.counts import FaceCounts
from overt.values.events import Body, Event

__all__ = ["EFFECTS", "Change", "Effect", "Value", "changes"]

Value: TypeAlias = "str | int | float | bool | None"

LONGEST_KEY: Final = 200  # characters; PostgreSQL's indices hold no more than 2,704 bytes a row


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one row."""

    table: str
    key: Mapping[str, str]
    put: Mapping[str, Value]  # columns that get this value
    add: Mapping[str, int]  # columns that grow by it


@dataclass(frozen=True, slots=True)
class Effect:
    """What a kind of event changes in the row of its alert, or else of its deployment."""

    at: str = ""  # the column that gets the event's time
    copied: tuple[str, ...] = ()  # columns that get the body's field of the same name
    renamed: Mapping[str, str] = field(default_factory=dict[str, str])  # column: the body's field
    fixed: Mapping[str, Value] = field(default_factory=dict[str, Value])
    counted: str = ""  # the column that grows by one


EFFECTS: Final[Mapping[type[Body], Effect]] = MappingProxyType(
    {
        duty.DeploymentDrafted: Effect("drafted", ("name",)),
        duty.DeploymentSubmitted: Effect("submitted"),
        events.DeploymentAuthorised: Effect(
            "authorised",
            ("place", "purpose", "trial", "threshold", "watchlist", "listed", "bundle", "urgent"),
            {"window_start": "start", "window_end": "end"},
        ),
        events.DeploymentConfigured: Effect("", ("policy", "software")),
        duty.AuthorityReviewed: Effect("reviewed", ("upheld",)),
        duty.DeploymentBriefed: Effect("briefed"),
        events.DeploymentStarted: Effect("started", ("software",)),
        duty.DeploymentPaused: Effect("paused"),
        duty.DeploymentResumed: Effect("resumed"),
        duty.ThresholdChanged: Effect("", (), {"threshold": "after"}, counted="threshold_changes"),
        duty.DeploymentStopOrdered: Effect("stop_ordered"),
        events.DeploymentStopped: Effect("stopped", (), {"stop_reason": "reason"}),
        events.WatchlistDestroyed: Effect("list_destroyed"),
        duty.DeletionFailed: Effect(counted="failed_deletions"),
        duty.DeploymentClosed: Effect("closed"),
        events.AlertRaised: Effect(
            "",
            ("camera", "category", "similarity", "threshold", "predicted_rate"),
            {"raised": "time"},
            {"decoy": False},
        ),
        alerts.DecoyRaised: Effect("", ("camera",), {"raised": "time"}, {"decoy": True}),
        alerts.AlertClaimed: Effect("claimed"),
        alerts.AlertReleased: Effect(fixed={"claimed": None}),
        alerts.AlertAdjudicated: Effect("decided", ("decision",), {"reject_reason": "reason"}),
        alerts.EngagementStarted: Effect("engaged"),
        alerts.EngagementEnded: Effect(
            "engagement_ended", ("finding",), {"false_reason": "reason"}
        ),
        alerts.OutcomeRecorded: Effect(
            "", ("disposal", "arrest", "violence_against_women_and_girls")
        ),
        alerts.FollowUpRecorded: Effect("", ("follow_up",)),
        alerts.ForceRecorded: Effect(counted="force"),
        alerts.ComplaintRecorded: Effect(counted="complaints"),
        duty.EvidenceViewed: Effect(counted="views"),
        duty.EvidenceDeleted: Effect("evidence_deleted"),
        duty.HoldPlaced: Effect("", (), {"held_until": "until"}),
        duty.HoldReleased: Effect(fixed={"held_until": None}),
    }
)
SECOND_OPINION: Final = Effect("", (), {"second_decision": "decision"})


def changes(event: Event) -> tuple[Change, ...]:
    """Tell what an event changes."""
    body = event.body
    if isinstance(body, events.FacesCounted):
        return of_counts(held(event.deployment), body.counts)
    effect = EFFECTS.get(type(body))
    if isinstance(body, alerts.AlertAdjudicated) and body.second:
        effect = SECOND_OPINION
    if effect is None:
        return ()
    table, key = "deployments", {"deployment": held(event.deployment)}
    alert = cast("str | None", getattr(body, "alert", None))
    if alert == "" and isinstance(body, alerts.ComplaintRecorded):
        alert = None  # it is about the deployment
    if alert is not None:
        table, key = "alerts", {**key, "alert": held(alert)}
    return (Change(table, key, put(effect, event), {effect.counted: 1} if effect.counted else {}),)


def put(effect: Effect, event: Event) -> dict[str, Value]:
    """Take what an effect says out of an event."""
    values: dict[str, Value] = {column: written(event, column) for column in effect.copied}
    values |= {column: written(event, name) for column, name in effect.renamed.items()}
    values |= effect.fixed
    if effect.at:
        values[effect.at] = time(event.at)
    return values


def of_counts(deployment: str, counts: FaceCounts) -> tuple[Change, ...]:
    """Add what a camera saw in a part of a minute."""
    key = {
        "deployment": deployment,
        "camera": held(counts.camera),
        "minute": time(counts.minute),
    }
    numbers = {
        "frames": counts.frames,
        "dropped": counts.dropped,
        "seen": counts.seen,
        "compared": counts.compared,
        "brief": counts.brief,
        "alerts": counts.alerts,
    }
    unfit = (
        Change("unfit", {**key, "reason": reason.value}, {}, {"faces": faces})
        for reason, faces in counts.unfit.items()
    )
    return (Change("counts", key, {}, numbers), *unfit)


def written(event: Event, name: str) -> Value:
    """Write a field of an event's body as a column's value."""
    value: object = getattr(event.body, name)
    if isinstance(value, datetime):
        return time(value)
    if isinstance(value, str):
        return str(value).replace("\0", "\ufffd")  # PostgreSQL's texts hold no NUL
    return cast("Value", value)


def held(name: str) -> str:
    """Write a name so that every database can hold and index it."""
    return name.replace("\0", "\ufffd")[:LONGEST_KEY]


def time(at: datetime) -> str:
    """Write a time as in the column `at` of events: UTC, microseconds."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
