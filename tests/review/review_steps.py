"""A body for every action, and the life cycle of an alert as people would tell it: no table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from builders import NOON

from overt.review.alert_state import AlertAction, HumanBody
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
from overt.values.demographics import Demographics, Ethnicity, Gender
from overt.values.events import AlertRaised, Body, Event
from overt.values.review import (
    ArrestCategory,
    Decision,
    Disposal,
    Factors,
    FalseAlertReason,
    Finding,
    FollowUp,
)
from overt.values.watchlist import Category

A = AlertAction
ENDS = (A.END_TRUE, A.END_FALSE, A.END_UNCONFIRMED)
OUTCOMES = (A.ARREST, A.OUTCOME, A.NOT_LOCATED)


def step(action: AlertAction, *, by: str = "Officer One", alert: str = "a1") -> HumanBody:
    """Make the body of an action."""
    twin = FalseAlertReason.TWIN
    bodies: dict[AlertAction, HumanBody] = {
        A.CLAIM: AlertClaimed(alert, by),
        A.RELEASE: AlertReleased(alert, by),
        A.ENGAGE: AlertAdjudicated(alert, by, Decision.ENGAGE, Factors(), None, "", second=False),
        A.REJECT: AlertAdjudicated(alert, by, Decision.REJECT, Factors(), twin, "", second=False),
        A.SECOND: AlertAdjudicated(alert, by, Decision.REJECT, Factors(), twin, "", second=True),
        A.START: EngagementStarted(alert, by),
        A.END_TRUE: EngagementEnded(alert, by, Finding.TRUE, None),
        A.END_FALSE: EngagementEnded(alert, by, Finding.FALSE, twin),
        A.END_UNCONFIRMED: EngagementEnded(alert, by, Finding.UNCONFIRMED, None),
        A.ARREST: OutcomeRecorded(
            alert,
            by,
            Disposal.ARREST,
            ArrestCategory.COURTS,
            violence_against_women_and_girls=False,
        ),
        A.OUTCOME: OutcomeRecorded(
            alert, by, Disposal.NO_ACTION, None, violence_against_women_and_girls=False
        ),
        A.NOT_LOCATED: OutcomeRecorded(
            alert, by, Disposal.NOT_LOCATED, None, violence_against_women_and_girls=False
        ),
        A.DEMOGRAPHICS: DemographicsRecorded(
            alert, by, Demographics(Ethnicity.B1, Ethnicity.B9, Gender.FEMALE)
        ),
        A.FORCE: ForceRecorded(alert, by, "held by the arm"),
        A.FOLLOW_UP: FollowUpRecorded(alert, by, FollowUp.RELEASED),
        A.COMPLAINT: ComplaintRecorded(alert, by, "COMP/7"),
    }
    return bodies[action]


def event(body: Body, *, minute: int = 0, deployment: str = "d1") -> Event:
    """Record a body, so many minutes after noon."""
    return Event(f"e{minute}", deployment, NOON + timedelta(minutes=minute), body)


def raised(alert: str = "a1", *, decoy: bool = False) -> AlertRaised | DecoyRaised:
    """Raise an alert, or a decoy that looks like it."""
    if decoy:
        return DecoyRaised(
            alert=alert,
            camera="gate",
            time=NOON,
            category=Category.COURTS,
            similarity=0.687,
            shots=3,
            flags=("small face",),
            commitment="c" * 64,
            by="S. Senior",
            agreed="forms, 9",
        )
    return AlertRaised(
        alert=alert,
        camera="gate",
        time=NOON,
        category=Category.COURTS,
        score=0.7,
        similarity=0.687,
        threshold=0.64,
        listed=20,
        predicted_rate=5e-7,
        extrapolated=True,
        shots=3,
        flags=("small face",),
        commitment="c" * 64,
    )


def may(history: Sequence[AlertAction], action: AlertAction, *, decoy: bool) -> bool:
    """Tell from all that happened whether something may happen next, as a person would.

    Slow and obvious: nothing is remembered but what happened, and every action asks it anew.
    """
    held = False
    for past in history:
        held = past is A.CLAIM or (held and past is not A.RELEASE)
    judged = A.ENGAGE in history or A.REJECT in history
    started = A.START in history
    ended = any(end in history for end in ENDS)
    over = any(outcome in history for outcome in OUTCOMES)
    sent = A.ENGAGE in history and not decoy
    answers = {
        A.CLAIM: not held and not judged,
        A.RELEASE: held and not judged,
        A.ENGAGE: held and not judged,
        A.REJECT: held and not judged,
        A.SECOND: held or judged,
        A.START: sent and not started and not over,
        A.NOT_LOCATED: sent and not started and not over,
        **dict.fromkeys(ENDS, started and not ended),
        A.ARREST: ended and not over,
        A.OUTCOME: ended and not over,
        A.DEMOGRAPHICS: ended,
        A.FORCE: started,
        A.FOLLOW_UP: A.ARREST in history,
        A.COMPLAINT: not (decoy and judged),
    }
    return answers[action]
