"""The life cycle of an alert: one enum and one table, and a smaller table for decoys.

The page of the documentation, a console's buttons and the property test are made from the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from overt.values.alert_events import (
    AlertAdjudicated,
    AlertBody,
    AlertClaimed,
    AlertReleased,
    ComplaintRecorded,
    DemographicsRecorded,
    EngagementEnded,
    EngagementStarted,
    FollowUpRecorded,
    ForceRecorded,
    OutcomeRecorded,
)
from overt.values.review import Decision, Disposal, Finding

__all__ = ["DECOY_MOVES", "MOVES", "AlertAction", "AlertState", "HumanBody", "action_of"]


class AlertState(StrEnum):
    """Where an alert stands."""

    RAISED = "raised"  # nobody looks at it yet
    CLAIMED = "claimed"  # one operator holds it
    TO_ENGAGE = "to engage"  # judged a true alert: officers are to speak to the person
    REJECTED = "rejected"  # judged a false alert: it ends here
    ENGAGING = "engaging"  # officers speak to the person
    CONFIRMED_TRUE = "confirmed true"
    CONFIRMED_FALSE = "confirmed false"
    UNCONFIRMED = "unconfirmed"
    NOT_LOCATED = "not located"  # officers did not find the person: it ends here
    ARRESTED = "closed: arrest"  # it ends here, but for what follows an arrest
    CLOSED = "closed"  # ended in another way; of a decoy: it was judged


class AlertAction(StrEnum):
    """What somebody does about an alert."""

    CLAIM = "claim"
    RELEASE = "release"
    ENGAGE = "adjudicate: engage"
    REJECT = "adjudicate: reject"
    SECOND = "second opinion"
    START = "start engagement"
    END_TRUE = "end engagement: confirmed true"
    END_FALSE = "end engagement: confirmed false"
    END_UNCONFIRMED = "end engagement: unconfirmed"
    NOT_LOCATED = "outcome: not located"
    ARREST = "outcome: arrest"
    OUTCOME = "outcome: other disposal, or no action"
    DEMOGRAPHICS = "record demographics"
    FORCE = "record force"
    FOLLOW_UP = "record follow-up"
    COMPLAINT = "record complaint"


S, A = AlertState, AlertAction
Moves: TypeAlias = Mapping[tuple[AlertState, AlertAction], AlertState]
HumanBody: TypeAlias = (
    AlertClaimed
    | AlertReleased
    | AlertAdjudicated
    | EngagementStarted
    | EngagementEnded
    | DemographicsRecorded
    | OutcomeRecorded
    | FollowUpRecorded
    | ForceRecorded
    | ComplaintRecorded
)

FOUND: Final = (S.CONFIRMED_TRUE, S.CONFIRMED_FALSE, S.UNCONFIRMED)
ENGAGED: Final = (*FOUND, S.ARRESTED, S.CLOSED)  # a real alert is closed after an engagement alone

# What is written beside an alert, and where it may be: its state stays.
BESIDE: Final[Mapping[AlertAction, tuple[AlertState, ...]]] = MappingProxyType(
    {
        A.SECOND: tuple(state for state in S if state is not S.RAISED),
        A.DEMOGRAPHICS: ENGAGED,
        A.FORCE: (S.ENGAGING, *ENGAGED),
        A.FOLLOW_UP: (S.ARRESTED,),
        A.COMPLAINT: tuple(S),
    }
)

MOVES: Final[Moves] = MappingProxyType(
    {
        (S.RAISED, A.CLAIM): S.CLAIMED,
        (S.CLAIMED, A.RELEASE): S.RAISED,
        (S.CLAIMED, A.ENGAGE): S.TO_ENGAGE,
        (S.CLAIMED, A.REJECT): S.REJECTED,
        (S.TO_ENGAGE, A.START): S.ENGAGING,
        (S.TO_ENGAGE, A.NOT_LOCATED): S.NOT_LOCATED,
        (S.ENGAGING, A.END_TRUE): S.CONFIRMED_TRUE,
        (S.ENGAGING, A.END_FALSE): S.CONFIRMED_FALSE,
        (S.ENGAGING, A.END_UNCONFIRMED): S.UNCONFIRMED,
        **{(state, A.ARREST): S.ARRESTED for state in FOUND},
        **{(state, A.OUTCOME): S.CLOSED for state in FOUND},
        **{(state, action): state for action, states in BESIDE.items() for state in states},
    }
)

# A decoy ends when it is judged, whichever way: nobody is sent after somebody made up. Up to then
# it can do what a real alert can, so that it is not told apart by what is offered.
DECOY_MOVES: Final[Moves] = MappingProxyType(
    {
        (S.RAISED, A.CLAIM): S.CLAIMED,
        (S.CLAIMED, A.RELEASE): S.RAISED,
        (S.CLAIMED, A.ENGAGE): S.CLOSED,
        (S.CLAIMED, A.REJECT): S.CLOSED,
        (S.CLAIMED, A.SECOND): S.CLAIMED,
        (S.CLOSED, A.SECOND): S.CLOSED,
        (S.RAISED, A.COMPLAINT): S.RAISED,
        (S.CLAIMED, A.COMPLAINT): S.CLAIMED,
    }
)

ENDS: Final[Mapping[Finding, AlertAction]] = MappingProxyType(
    {
        Finding.TRUE: A.END_TRUE,
        Finding.FALSE: A.END_FALSE,
        Finding.UNCONFIRMED: A.END_UNCONFIRMED,
    }
)
OUTCOMES: Final[Mapping[Disposal, AlertAction]] = MappingProxyType(
    {
        Disposal.ARREST: A.ARREST,
        Disposal.OTHER: A.OUTCOME,
        Disposal.NO_ACTION: A.OUTCOME,
        Disposal.NOT_LOCATED: A.NOT_LOCATED,
    }
)
PLAIN: Final[Mapping[type[AlertBody], AlertAction]] = MappingProxyType(
    {
        AlertClaimed: A.CLAIM,
        AlertReleased: A.RELEASE,
        EngagementStarted: A.START,
        DemographicsRecorded: A.DEMOGRAPHICS,
        FollowUpRecorded: A.FOLLOW_UP,
        ForceRecorded: A.FORCE,
        ComplaintRecorded: A.COMPLAINT,
    }
)


def action_of(body: HumanBody) -> AlertAction:
    """Tell which action an event records."""
    match body:
        case AlertAdjudicated(second=True):
            return A.SECOND
        case AlertAdjudicated(decision=decision):
            return A.ENGAGE if decision is Decision.ENGAGE else A.REJECT
        case EngagementEnded(finding=finding):
            return ENDS[finding]
        case OutcomeRecorded(disposal=disposal):
            return OUTCOMES[disposal]
        case _:
            return PLAIN[type(body)]
