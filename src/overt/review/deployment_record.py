"""What is known of one deployment, folded from its events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, get_args

from overt.errors import MoveError
from overt.review.deployment_state import (
    MOVES,
    TRIAL_MOVES,
    DeploymentAction,
    DeploymentState,
    StepBody,
    action_of,
)
from overt.values.alert_events import ComplaintRecorded
from overt.values.duty_events import (
    AuthorityReviewed,
    CameraChecked,
    DeploymentBriefed,
    DeploymentClosed,
    DeploymentDrafted,
    DeploymentStopOrdered,
    DeploymentSubmitted,
    ThresholdChanged,
)
from overt.values.events import (
    DeploymentAuthorised,
    DeploymentStarted,
    DeploymentStopped,
    Event,
    WatchlistDestroyed,
)
from overt.values.go_no_go import GoNoGo

__all__ = [
    "FOLDED",
    "DeploymentRecord",
    "Review",
    "allowed",
    "apply",
    "fold_deployment",
    "fold_into",
    "review_due",
]

# The kinds that `fold_into` takes: whoever asks a record how deployments stand need read no other.
FOLDED: Final = tuple(
    body.kind
    for body in (*get_args(StepBody), WatchlistDestroyed, CameraChecked, ComplaintRecorded)
)


@dataclass(frozen=True, slots=True)
class DeploymentRecord:
    """One deployment: on whose word, and how far it is."""

    id: str
    state: DeploymentState = DeploymentState.NEW
    drafted: DeploymentDrafted | None = None  # the last draft
    submitted: DeploymentSubmitted | None = None
    hands: tuple[str, ...] = ()  # who drafted or submitted it, ever: none of them authorises it
    authorised: DeploymentAuthorised | None = None
    authorised_at: datetime | None = None  # UTC: when it was recorded, as all of these
    review: AuthorityReviewed | None = None  # of an urgent authority; the last
    reviewed_at: datetime | None = None
    checks: tuple[CameraChecked, ...] = ()  # of cameras, since the last draft
    briefed: DeploymentBriefed | None = None  # the last
    started_at: datetime | None = None  # the first time
    threshold: float | None = None  # in force; None: nothing is authorised
    changes: tuple[ThresholdChanged, ...] = ()
    stop_reason: str = ""  # of an order or of recognition's end, the first
    ended_at: datetime | None = None  # when recognition ended
    list_destroyed: datetime | None = None
    closed_at: datetime | None = None
    complaints: int = 0  # about the deployment itself
    out_of_turn: int = 0  # what a machine recorded where it had no place: to be looked into

    @property
    def trial(self) -> bool:
        """Whether it is a trial among people who agreed."""
        return self.authorised is not None and self.authorised.trial

    @property
    def passed(self) -> Mapping[str, datetime]:
        """When each camera came out as a go; one that has failed since is not in it."""
        last = {check.camera: check for check in self.checks}
        return {name: check.at for name, check in last.items() if check.verdict is GoNoGo.GO}

    @property
    def name(self) -> str:
        """What it is called: of a trial that was never drafted, its place."""
        if self.drafted is not None:
            return self.drafted.name
        return self.authorised.place if self.authorised is not None else self.id


class Review(StrEnum):
    """How the review of an urgent authority stands."""

    NOT_NEEDED = "not needed"
    WAITED_FOR = "waited for"
    OVERDUE = "overdue"  # the authority fails
    UPHELD = "upheld"
    NOT_UPHELD = "not upheld"  # the authority fails


def review_due(record: DeploymentRecord, now: datetime, *, within: timedelta) -> Review:
    """Tell how the review of an urgent authority stands.

    Args:
        record: of the deployment.
        now: UTC.
        within: how soon after the authority was given it is to be reviewed.
    """
    if record.authorised is None or not record.authorised.urgent:
        return Review.NOT_NEEDED
    due = record.authorised.given + within
    if record.review is None or record.reviewed_at is None:
        return Review.WAITED_FOR if now <= due else Review.OVERDUE
    if not record.review.upheld:
        return Review.NOT_UPHELD
    return Review.UPHELD if record.reviewed_at <= due else Review.OVERDUE


def allowed(record: DeploymentRecord) -> tuple[DeploymentAction, ...]:
    """Tell what can happen to a deployment now, in the order of the actions."""
    moves = TRIAL_MOVES if record.trial else MOVES
    return tuple(action for action in DeploymentAction if (record.state, action) in moves)


def apply(record: DeploymentRecord, body: StepBody, *, at: datetime) -> DeploymentRecord:
    """Take one step. Who may take it is checked before it is recorded: see `conditions`.

    Raises:
        MoveError: the life cycle has no such step from here.
    """
    action = action_of(body)
    trial = record.trial or (isinstance(body, DeploymentAuthorised) and body.trial)
    state = (TRIAL_MOVES if trial else MOVES).get((record.state, action))
    if state is None:
        wanted = ", ".join(allowed(record)) or "nothing"
        raise MoveError(
            f"deployment {record.id}: got {action}, want one of: {wanted} (it is {record.state})"
        )
    return _noted(replace(record, state=state), body, at)


def _noted(record: DeploymentRecord, body: StepBody, at: datetime) -> DeploymentRecord:
    """Write down what a step says, beside the state: before recognition here, from then on below.

    A new draft is a new beginning: what was submitted before no longer counts.
    """
    noted = record
    match body:
        case DeploymentDrafted():
            hands = (*record.hands, body.by)
            noted = replace(record, drafted=body, submitted=None, hands=hands, checks=())
        case DeploymentSubmitted():
            noted = replace(record, submitted=body, hands=(*record.hands, body.by))
        case DeploymentAuthorised():
            noted = replace(record, authorised=body, authorised_at=at, threshold=body.threshold)
        case AuthorityReviewed():
            noted = replace(record, review=body, reviewed_at=at)
            noted = noted if body.upheld else _ended(noted, f"review: {body.reason}")
        case DeploymentBriefed():
            noted = replace(record, briefed=body)
        case _:
            noted = _noted_running(record, body, at)
    return noted


def _noted_running(record: DeploymentRecord, body: StepBody, at: datetime) -> DeploymentRecord:
    noted = record
    match body:
        case DeploymentStarted():
            noted = replace(record, started_at=record.started_at or at)
        case ThresholdChanged(after=after):
            noted = replace(record, threshold=after, changes=(*record.changes, body))
        case DeploymentStopOrdered(reason=reason):
            noted = _ended(record, reason)
        case DeploymentStopped(reason=reason):
            noted = replace(_ended(record, reason), ended_at=at)
        case DeploymentClosed():
            noted = replace(record, closed_at=at)
        case _:  # a pause and its end change the state alone
            pass
    return noted


def _ended(record: DeploymentRecord, reason: str) -> DeploymentRecord:
    return replace(record, stop_reason=record.stop_reason or reason)


def fold_deployment(events: Iterable[Event], *, deployment: str) -> DeploymentRecord:
    """Fold a deployment's events; those of others are passed over.

    Raises:
        MoveError: the events take a step that there is not.
    """
    record = DeploymentRecord(deployment)
    for event in events:
        if event.deployment == deployment:
            record = fold_into(record, event)
    return record


def fold_into(record: DeploymentRecord, event: Event) -> DeploymentRecord:
    """Take one event of this deployment; what is no step of its life cycle changes no state.

    Raises:
        MoveError: the event takes a step that there is not.
    """
    match event.body:
        case WatchlistDestroyed():
            return replace(record, list_destroyed=event.at)
        case CameraChecked() as body:
            return replace(record, checks=(*record.checks, body))
        case ComplaintRecorded(alert=""):
            return replace(record, complaints=record.complaints + 1)
        case DeploymentStarted() | DeploymentStopped() as body:
            return _machine_step(record, body, at=event.at)
        case body:
            return apply(record, body, at=event.at) if isinstance(body, StepBody) else record


def _machine_step(
    record: DeploymentRecord, body: DeploymentStarted | DeploymentStopped, *, at: datetime
) -> DeploymentRecord:
    """Take what a machine did, also where it came too late, as after a stop that it had not read.

    It happened, so it is no error of the record; and it must not keep people from stopping it.
    """
    try:
        return apply(record, body, at=at)
    except MoveError:
        return replace(record, out_of_turn=record.out_of_turn + 1)
