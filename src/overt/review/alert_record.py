"""What is known of one alert, folded from its events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from overt.errors import MoveError, PersonError, RefusedError
from overt.review.alert_state import (
    DECOY_MOVES,
    MOVES,
    AlertAction,
    AlertState,
    HumanBody,
    action_of,
)
from overt.review.people import are_known_to_be_one, are_known_to_differ
from overt.values.alert_events import (
    AlertAdjudicated,
    AlertClaimed,
    AlertReleased,
    ComplaintRecorded,
    DecoyRaised,
    DemographicsRecorded,
    EngagementEnded,
    EngagementStarted,
    FollowUpRecorded,
    ForceRecorded,
    OutcomeRecorded,
)
from overt.values.demographics import Demographics
from overt.values.duty_events import EvidenceDeleted, EvidenceViewed
from overt.values.events import AlertRaised, Event
from overt.values.review import Decision, Disposal, FollowUp
from overt.values.watchlist import Category

__all__ = ["AlertRecord", "advance", "allowed", "fold_alert", "fold_alerts", "fold_into"]


@dataclass(frozen=True, slots=True)
class AlertRecord:
    """One alert: as it was raised, and what people did about it so far."""

    id: str
    deployment: str
    raised: datetime  # UTC: when it was recorded
    camera: str
    time: datetime  # of the frame
    category: Category
    similarity: float  # on the reference scale
    shots: int
    flags: tuple[str, ...]
    commitment: str
    decoy: bool  # made up: left out of every count, and never engaged
    state: AlertState = AlertState.RAISED
    holder: str = ""  # who has claimed it; "" nobody
    claimed: datetime | None = None  # the last time
    first: AlertAdjudicated | None = None
    decided: datetime | None = None
    second: AlertAdjudicated | None = None  # blind; it decides nothing
    engaged: datetime | None = None  # when the engagement started
    ended: datetime | None = None  # when it ended
    finding: EngagementEnded | None = None
    demographics: Demographics | None = None
    outcome: OutcomeRecorded | None = None
    follow_ups: tuple[FollowUp, ...] = ()
    force: int = 0  # how often it was recorded
    complaints: int = 0
    viewers: frozenset[str] = frozenset()  # who has looked at its pictures, as they were named
    evidence_deleted: bool = False

    @property
    def arrested(self) -> bool:
        """Whether it ended with an arrest."""
        return self.outcome is not None and self.outcome.disposal is Disposal.ARREST

    @property
    def to_engage(self) -> bool:
        """Whether it was judged to be engaged, whatever came after; a decoy never is."""
        judged = self.first is not None and self.first.decision is Decision.ENGAGE
        return judged and not self.decoy

    def age(self) -> tuple[datetime, str]:
        """Give what sorts alerts, the oldest first."""
        return self.raised, self.id


def allowed(record: AlertRecord) -> tuple[AlertAction, ...]:
    """Tell what can be done about an alert now, in the order of the actions."""
    moves = DECOY_MOVES if record.decoy else MOVES
    return tuple(action for action in AlertAction if (record.state, action) in moves)


def advance(record: AlertRecord, body: HumanBody, *, at: datetime) -> AlertRecord:
    """Take one step, for a fact that is about to be recorded.

    Raises:
        MoveError: the life cycle has no such step from here.
        PersonError: this person may not take it, or is to look at the pictures first.
        RefusedError: they have not looked, and the pictures are deleted.
    """
    _require_person(record, body)
    moved = apply(record, body, at=at)
    _require_look(record, body)
    return moved


def apply(record: AlertRecord, body: HumanBody, *, at: datetime) -> AlertRecord:
    """Take one step that is recorded already: who took it was checked then.

    Raises:
        MoveError: the life cycle has no such step from here.
    """
    action = action_of(body)
    state = (DECOY_MOVES if record.decoy else MOVES).get((record.state, action))
    if state is None:
        wanted = ", ".join(allowed(record)) or "nothing"
        raise MoveError(
            f"alert {record.id}: got {action}, want one of: {wanted} (it is {record.state})"
        )
    return _noted(replace(record, state=state), body, at)


def _require_person(record: AlertRecord, body: HumanBody) -> None:
    """Check who decides: the one who holds it; and a second opinion is another person's.

    A step that there is not is told by `apply`: here it is let pass.
    """
    if not isinstance(body, AlertAdjudicated):
        return
    other = record.second if not body.second else record.first
    own = other is not None and are_known_to_be_one(other.by, body.by)
    if body.second and (own or are_known_to_be_one(record.holder, body.by)):
        raise PersonError(f"alert {record.id}: got a second opinion of the first, want another's")
    if body.second and record.second is not None:
        raise MoveError(f"alert {record.id}: got a third opinion, want two at most")
    if not body.second and own:
        raise PersonError(
            f"alert {record.id}: got both opinions from one person, want them from two"
        )
    held = record.state is AlertState.CLAIMED and bool(record.holder)
    if not body.second and held and are_known_to_differ(record.holder, body.by):
        raise PersonError(
            f"alert {record.id}: got a decision of somebody else, want it of who claimed it"
        )


def _require_look(record: AlertRecord, body: HumanBody) -> None:
    """Check that who judges has looked at the pictures, whichever way they come.

    Somebody else's look does not count, nor one whose name was erased. A decoy is no exception: it
    must not be told apart. Once the pictures are deleted, only who had looked before can judge.
    """
    if not isinstance(body, AlertAdjudicated):
        return
    if any(are_known_to_be_one(viewer, body.by) for viewer in record.viewers):
        return
    if record.evidence_deleted:
        raise RefusedError(
            f"alert {record.id}: got a judgement of somebody who has not looked at it, and its "
            "pictures are deleted; want one of who looked at them before",
            hint="leave it unjudged: reports count it as never adjudicated",
        )
    raise PersonError(
        f"alert {record.id}: got a judgement of somebody who has not looked at it, want that they "
        "have",
        hint="open it in the console, or `overt alert view ID --by NAME --purpose adjudicate "
        "--out FILE`; then judge it",
    )


def _noted(record: AlertRecord, body: HumanBody, at: datetime) -> AlertRecord:
    """Write down what a step says, beside the state."""
    match body:
        case AlertClaimed(by=by):
            noted = replace(record, holder=by, claimed=at)
        case AlertReleased():
            noted = replace(record, holder="")
        case AlertAdjudicated():
            noted = _judged(record, body, at)
        case EngagementStarted():
            noted = replace(record, engaged=at)
        case EngagementEnded():
            noted = replace(record, finding=body, ended=at)
        case OutcomeRecorded():
            noted = replace(record, outcome=body)
        case _:
            noted = _noted_beside(record, body)
    return noted


def _judged(record: AlertRecord, body: AlertAdjudicated, at: datetime) -> AlertRecord:
    if body.second:
        return replace(record, second=body)
    return replace(record, first=body, decided=at)


def _noted_beside(
    record: AlertRecord,
    body: DemographicsRecorded | FollowUpRecorded | ForceRecorded | ComplaintRecorded,
) -> AlertRecord:
    match body:
        case DemographicsRecorded(demographics=demographics):
            return replace(record, demographics=demographics)
        case FollowUpRecorded(follow_up=follow_up):
            return replace(record, follow_ups=(*record.follow_ups, follow_up))
        case ForceRecorded():
            return replace(record, force=record.force + 1)
        case ComplaintRecorded():
            return replace(record, complaints=record.complaints + 1)


def fold_alert(events: Iterable[Event]) -> AlertRecord:
    """Fold events to the one alert that they are about; events about no alert are passed over.

    Raises:
        MoveError: they are about no alert or several, or take a step that there is not.
    """
    alerts = fold_alerts(events)
    if len(alerts) != 1:
        raise MoveError(f"alert: got events of {len(alerts)}, want those of one")
    return alerts[0]


def fold_alerts(events: Iterable[Event]) -> tuple[AlertRecord, ...]:
    """Fold events to all alerts that they are about, in the order in which they were raised.

    Raises:
        MoveError: they take a step that there is not.
    """
    alerts: dict[str, AlertRecord] = {}
    for event in events:
        fold_into(alerts, event)
    return tuple(alerts.values())


def fold_into(alerts: dict[str, AlertRecord], event: Event) -> None:
    """Take one event into the alerts so far, by id; what is about no alert changes nothing.

    Raises:
        MoveError: the event is about an alert that was not raised, was raised twice, or takes a
            step that there is not.
    """
    match event.body:
        case AlertRaised(alert=alert) | DecoyRaised(alert=alert):
            if alert in alerts:
                raise MoveError(f"alert {alert}: got it raised again, want it raised once")
            alerts[alert] = _raised(event, event.body)
        case ComplaintRecorded(alert=""):  # about the deployment
            pass
        case EvidenceDeleted(alert=alert) if alert in alerts:
            alerts[alert] = replace(alerts[alert], evidence_deleted=True)
        case EvidenceViewed(alert=alert, by=by) if alert in alerts:
            alerts[alert] = replace(alerts[alert], viewers=alerts[alert].viewers | {by})
        case body:
            if isinstance(body, HumanBody):
                _step(alerts, body, at=event.at)


def _step(alerts: dict[str, AlertRecord], body: HumanBody, *, at: datetime) -> None:
    if body.alert not in alerts:
        raise MoveError(f"alert {body.alert}: got {action_of(body)}, want it raised first")
    alerts[body.alert] = apply(alerts[body.alert], body, at=at)


def _raised(event: Event, body: AlertRaised | DecoyRaised) -> AlertRecord:
    return AlertRecord(
        id=body.alert,
        deployment=event.deployment,
        raised=event.at,
        camera=body.camera,
        time=body.time,
        category=body.category,
        similarity=body.similarity,
        shots=body.shots,
        flags=body.flags,
        commitment=body.commitment,
        decoy=isinstance(body, DecoyRaised),
    )
