"""A body for every action of a deployment, and its life cycle as people would tell it: no table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from builders import LIST_DIGEST, NOON

from overt.review.deployment_state import DeploymentAction, StepBody
from overt.values.duty_events import (
    AuthorityReviewed,
    CameraChecked,
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
from overt.values.go_no_go import GoNoGo

A = DeploymentAction
CAMERAS = ("gate", "north")
DRAFT = "d" * 64


def authorised(
    *,
    trial: bool = False,
    urgent: bool = False,
    officer: str = "A. Officer",
    hours: float = 2,
    threshold: float = 0.64,
) -> DeploymentAuthorised:
    """Authorise from two hours before noon to so many after it."""
    return DeploymentAuthorised(
        place="High Street",
        purpose="crime hotspot or its access routes",
        trial=trial,
        start=NOON - timedelta(hours=2),
        end=NOON + timedelta(hours=hours),
        cameras=("gate", "north"),
        threshold=threshold,
        watchlist=LIST_DIGEST,
        listed=20,
        bundle="b" * 64,
        officer=officer,
        rank="Inspector" if urgent else "Superintendent",
        given=NOON - timedelta(hours=3),
        reference="REG/12",
        necessity="n",
        proportionality="p",
        urgent=urgent,
        policy="f" * 64,
        policy_name="reference",
    )


def checked(
    camera: str, *, at: datetime = NOON - timedelta(hours=3), verdict: GoNoGo = GoNoGo.GO
) -> CameraChecked:
    """Sign for a camera's check, an hour before the window begins."""
    reasons = () if verdict is GoNoGo.GO else ("light on faces: got 0.05 of white, want 0.1",)
    return CameraChecked("T. Technician", camera, at, verdict, reasons, "", "b" * 64)


def step(action: DeploymentAction, *, by: str = "Drafter", trial: bool = False) -> StepBody:
    """Make the body of an action."""
    bodies: dict[DeploymentAction, StepBody] = {
        A.DRAFT: DeploymentDrafted(by, "high street", DRAFT),
        A.SUBMIT: DeploymentSubmitted(by, DRAFT),
        A.AUTHORISE: authorised(trial=trial),
        A.UPHOLD: AuthorityReviewed(by, "Superintendent", upheld=True, reason="right"),
        A.OVERTURN: AuthorityReviewed(by, "Superintendent", upheld=False, reason="not urgent"),
        A.BRIEF: DeploymentBriefed(by, "both ends", "web site", 4, ("gate", "north")),
        A.START: DeploymentStarted("0.1.0", 5e-7, extrapolated=True),
        A.PAUSE: DeploymentPaused(by, "crowd"),
        A.RESUME: DeploymentResumed(by),
        A.THRESHOLD: ThresholdChanged(by, "Superintendent", "too many", 0.64, 0.66, 5e-7, 2e-7),
        A.STOP: DeploymentStopOrdered(by, "enough"),
        A.END: DeploymentStopped("stopped"),
        A.CLOSE: DeploymentClosed(by),
    }
    return bodies[action]


def may(history: Sequence[DeploymentAction], action: DeploymentAction, *, trial: bool) -> bool:
    """Tell from all that happened whether something may happen next, as a person would.

    Slow and obvious: nothing is remembered but what happened, and every action asks it anew.
    `trial`: an authority, if there is one or if this is it, is of a trial.
    """
    last_draft = max((n for n, past in enumerate(history) if past is A.DRAFT), default=-1)
    drafted = last_draft >= 0
    submitted = A.SUBMIT in history[last_draft + 1 :]
    given = A.AUTHORISE in history
    over = any(end in history for end in (A.STOP, A.END, A.OVERTURN))
    closed = A.CLOSE in history
    ran = A.START in history
    standing = False
    for past in history:
        standing = past is A.PAUSE or (standing and past not in (A.RESUME, A.START))
    runs = ran and not over
    answers = {
        A.DRAFT: not given,
        A.SUBMIT: drafted and not submitted and not given,
        A.AUTHORISE: not given and (submitted or (trial and not drafted)),
        A.UPHOLD: given,
        A.OVERTURN: given,
        A.BRIEF: given and not over and not ran,
        A.START: (given and not over and not ran and (trial or A.BRIEF in history))
        or (runs and standing),
        A.PAUSE: runs and not standing,
        A.RESUME: runs and standing,
        A.THRESHOLD: runs,
        A.STOP: given,
        A.END: ran or over,
        A.CLOSE: over or (drafted and not given),
    }
    return answers[action] and not closed
