"""The life cycle of a deployment: one enum and one table, and what a trial may besides.

The page of the documentation, a console's buttons and the property test are made from the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from overt.values.duty_events import (
    AuthorityReviewed,
    DeploymentBriefed,
    DeploymentClosed,
    DeploymentDrafted,
    DeploymentPaused,
    DeploymentResumed,
    DeploymentStopOrdered,
    DeploymentSubmitted,
    ThresholdChanged,
)
from overt.values.events import DeploymentAuthorised, DeploymentStarted, DeploymentStopped

__all__ = [
    "MOVES",
    "TRIAL_MOVES",
    "DeploymentAction",
    "DeploymentState",
    "StepBody",
    "action_of",
]


class DeploymentState(StrEnum):
    """Where a deployment stands."""

    NEW = "new"  # nothing is recorded of it
    DRAFTED = "drafted"  # written down
    SUBMITTED = "submitted"  # before an authorising officer
    AUTHORISED = "authorised"  # somebody else than drafted it answers for it
    BRIEFED = "briefed"  # signs, notice, staff and cameras are ready
    RUNNING = "running"
    PAUSED = "paused"  # no frame is looked at
    STOPPED = "stopped"  # recognition is over
    CLOSED = "closed"  # the list is destroyed, nothing that is due is left


class DeploymentAction(StrEnum):
    """What happens to a deployment."""

    DRAFT = "draft"
    SUBMIT = "submit"
    AUTHORISE = "authorise"
    UPHOLD = "review: upheld"
    OVERTURN = "review: not upheld"
    BRIEF = "brief"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    THRESHOLD = "change threshold"
    STOP = "stop"  # a person's order: the kill switch
    END = "end"  # recognition ended, by order or by itself
    CLOSE = "close"


S, A = DeploymentState, DeploymentAction
Moves: TypeAlias = Mapping[tuple[DeploymentState, DeploymentAction], DeploymentState]
StepBody: TypeAlias = (
    DeploymentDrafted
    | DeploymentSubmitted
    | DeploymentAuthorised
    | AuthorityReviewed
    | DeploymentBriefed
    | DeploymentStarted
    | DeploymentPaused
    | DeploymentResumed
    | ThresholdChanged
    | DeploymentStopOrdered
    | DeploymentStopped
    | DeploymentClosed
)

IN_FORCE: Final = (S.AUTHORISED, S.BRIEFED, S.RUNNING, S.PAUSED)

MOVES: Final[Moves] = MappingProxyType(
    {
        (S.NEW, A.DRAFT): S.DRAFTED,
        (S.DRAFTED, A.DRAFT): S.DRAFTED,  # drafted anew
        (S.DRAFTED, A.SUBMIT): S.SUBMITTED,
        (S.DRAFTED, A.CLOSE): S.CLOSED,  # withdrawn
        (S.SUBMITTED, A.DRAFT): S.DRAFTED,  # sent back
        (S.SUBMITTED, A.AUTHORISE): S.AUTHORISED,
        (S.SUBMITTED, A.CLOSE): S.CLOSED,  # refused, or withdrawn
        **{(state, A.UPHOLD): state for state in (*IN_FORCE, S.STOPPED)},
        **{(state, A.OVERTURN): S.STOPPED for state in (*IN_FORCE, S.STOPPED)},
        (S.AUTHORISED, A.BRIEF): S.BRIEFED,
        (S.BRIEFED, A.BRIEF): S.BRIEFED,  # briefed anew
        (S.BRIEFED, A.START): S.RUNNING,
        (S.RUNNING, A.PAUSE): S.PAUSED,
        (S.PAUSED, A.RESUME): S.RUNNING,
        (S.PAUSED, A.START): S.RUNNING,  # the machine was started again
        (S.RUNNING, A.THRESHOLD): S.RUNNING,
        (S.PAUSED, A.THRESHOLD): S.PAUSED,
        # A second order to stop is no mistake: two people may see the same danger.
        **{(state, A.STOP): S.STOPPED for state in (*IN_FORCE, S.STOPPED)},
        **{(state, A.END): S.STOPPED for state in (S.RUNNING, S.PAUSED, S.STOPPED)},
        (S.STOPPED, A.CLOSE): S.CLOSED,
    }
)

# A trial among people who agreed: one person may do it alone, and need not brief anybody.
TRIAL_MOVES: Final[Moves] = MappingProxyType(
    {
        **MOVES,
        (S.NEW, A.AUTHORISE): S.AUTHORISED,
        (S.AUTHORISED, A.START): S.RUNNING,
    }
)

PLAIN: Final[Mapping[type[StepBody], DeploymentAction]] = MappingProxyType(
    {
        DeploymentDrafted: A.DRAFT,
        DeploymentSubmitted: A.SUBMIT,
        DeploymentAuthorised: A.AUTHORISE,
        DeploymentBriefed: A.BRIEF,
        DeploymentStarted: A.START,
        DeploymentPaused: A.PAUSE,
        DeploymentResumed: A.RESUME,
        ThresholdChanged: A.THRESHOLD,
        DeploymentStopOrdered: A.STOP,
        DeploymentStopped: A.END,
        DeploymentClosed: A.CLOSE,
    }
)


def action_of(body: StepBody) -> DeploymentAction:
    """Tell which action an event records."""
    if isinstance(body, AuthorityReviewed):
        return A.UPHOLD if body.upheld else A.OVERTURN
    return PLAIN[type(body)]
