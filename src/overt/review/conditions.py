"""What must be so before a step of a deployment's life cycle is recorded, beside the table.

Who may take it (two people, rank), when (the window, a review in time), and with what (a briefing
that is complete, a threshold that the policy allows).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from overt.errors import AuthorityError, PersonError, RefusedError, WindowError
from overt.governance.policy import Policy
from overt.governance.policy_kinds import written_duration
from overt.governance.policy_known import Admission
from overt.governance.rules_later import unchecked
from overt.review.deployment_record import DeploymentRecord, Review, apply, review_due
from overt.review.deployment_state import DeploymentState, StepBody
from overt.review.people import are_known_to_be_one
from overt.values.deployment import Window
from overt.values.duty_events import (
    AuthorityReviewed,
    DeploymentBriefed,
    DeploymentClosed,
    DeploymentResumed,
    DeploymentSubmitted,
    ThresholdChanged,
)
from overt.values.events import DeploymentAuthorised, DeploymentStarted

__all__ = ["advance", "require_draft"]

FAILED: Final = (Review.OVERDUE, Review.NOT_UPHELD)


def advance(
    record: DeploymentRecord, body: StepBody, *, policy: Policy, at: datetime
) -> DeploymentRecord:
    """Take one step, for a fact that is about to be recorded.

    Raises:
        MoveError: the life cycle has no such step from here.
        PersonError: this person may not take it.
        WindowError: it is not the time.
        RefusedError: something else must be so first; the message says what.
    """
    moved = apply(record, body, at=at)
    match body:
        case DeploymentSubmitted(draft=draft):
            require_draft(record, draft)
        case DeploymentAuthorised():
            _require_officer(record, body, at)
        case AuthorityReviewed():
            _require_reviewer(record, body, policy)
        case DeploymentBriefed():
            _require_briefing(record, body, policy)
        case DeploymentStarted() | DeploymentResumed():
            _require_in_time(record, policy=policy, now=at)
            if record.briefed is not None and record.started_at is None:
                _require_checked(record, record.briefed.cameras, policy)
        case ThresholdChanged():
            _require_threshold(record, body, policy)
        case DeploymentClosed():
            _require_destroyed(record)
        case _:  # a draft, a pause; and to stop needs nothing at all
            pass
    return moved


def require_draft(record: DeploymentRecord, draft: str) -> None:
    """Refuse another file than was drafted (by its sha256)."""
    if record.drafted is None or record.drafted.draft != draft:
        want = record.drafted.draft if record.drafted else "one that was drafted"
        raise AuthorityError(
            f"deployment {record.id}: got a file with sha256 {draft}, want {want}",
            hint="draft the changed file anew: `overt deployment draft`",
        )


def _require_in_time(record: DeploymentRecord, *, policy: Policy, now: datetime) -> None:
    """Refuse to start or go on outside the window, or on an authority that failed its review.

    Raises:
        AuthorityError: nothing is authorised, or a review is overdue or did not uphold it.
        WindowError: `now` lies outside the window.
    """
    authorised = record.authorised
    if authorised is None:
        raise AuthorityError(f"deployment {record.id}: got no authority, want one")
    if not Window(authorised.start, authorised.end).holds(now):
        raise WindowError(
            f"deployment {record.id}: got {now.isoformat(timespec='seconds')}, want a time from "
            f"{authorised.start.isoformat(timespec='seconds')} to before "
            f"{authorised.end.isoformat(timespec='seconds')}, the authorised window"
        )
    within = policy.duration("authority-urgent-review")
    if (review := review_due(record, now, within=within)) in FAILED:
        raise AuthorityError(
            f"deployment {record.id}: got an urgent authority whose review is {review}, "
            "want it upheld in time",
            hint="have it reviewed: `overt deployment review`; where it is too late, draft anew",
        )


def _require_officer(record: DeploymentRecord, body: DeploymentAuthorised, at: datetime) -> None:
    _require_another(record, body.officer, record.hands, what="authorised", did="drafted it")
    if body.given > at:
        raise AuthorityError(
            f"deployment {record.id}: got an authority given at {body.given.isoformat()}, "
            f"want it given by now, {at.isoformat(timespec='seconds')}"
        )


def _require_reviewer(record: DeploymentRecord, body: AuthorityReviewed, policy: Policy) -> None:
    authorised = record.authorised
    if authorised is None or not authorised.urgent:
        raise RefusedError(f"deployment {record.id}: got a review, want it of an urgent authority")
    others = (*record.hands, authorised.officer)
    _require_another(record, body.by, others, what="reviewed", did="drafted or authorised it")
    _require_rank(record, body.rank, policy.allowed("authority-rank"))


def _require_briefing(record: DeploymentRecord, body: DeploymentBriefed, policy: Policy) -> None:
    cameras = record.authorised.cameras if record.authorised else ()
    least = policy.number("officers-present")
    unnamed = [name for name in cameras if name not in body.cameras]
    unknown = [name for name in body.cameras if name not in cameras]
    missing = [
        *(["where signs stand"] if not body.signs.strip() else []),
        *(["where it was announced"] if not body.notice.strip() else []),
        *([f"{least:g} or more officers (got {body.staff})"] if body.staff < least else []),
        *([f"a check of camera {', '.join(unnamed)}"] if unnamed else []),
        *([f"no camera but {', '.join(cameras)}"] if unknown else []),
    ]
    if missing:
        raise RefusedError(
            f"deployment {record.id}: got a briefing that is not complete, "
            f"want {'; '.join(missing)}",
            hint="see to it, then brief again",
        )
    _require_checked(record, cameras, policy)


def _require_checked(record: DeploymentRecord, cameras: tuple[str, ...], policy: Policy) -> None:
    """Refuse cameras that nobody checked for this deployment, or that failed when last checked."""
    if record.authorised is None:
        return
    within = policy.duration("camera-check")
    start = record.authorised.start
    without = unchecked(cameras, passed=record.passed, start=start, within=within)
    if without:
        raise RefusedError(
            f"deployment {record.id}: got no go of camera {', '.join(without)}, want one that was "
            f"recorded since the draft, at most {written_duration(within)} before the start",
            hint="run `overt camera check --deployment FILE --camera "
            f"{without[0]} --by NAME`, then brief again",
        )


def _require_threshold(record: DeploymentRecord, body: ThresholdChanged, policy: Policy) -> None:
    where = f"deployment {record.id}: threshold"
    admissions = policy.allowed("trial-admits")
    lowest, ceiling = policy.number("threshold-lowest"), policy.number("predicted-false-alerts")
    if not body.reason.strip():
        raise RefusedError(f"{where}: got no reason, want one")
    if body.before != record.threshold:
        raise RefusedError(f"{where}: got a change from {body.before}, want {record.threshold}")
    if body.after == body.before:
        raise RefusedError(f"{where}: got {body.after}, want another: that is in force")
    admitted = record.trial and Admission.THRESHOLD in admissions
    if not admitted and body.after < lowest:
        raise RefusedError(f"{where}: got {body.after}, want {lowest:g} or more")
    if body.predicted_after > ceiling:
        raise RefusedError(
            f"{where}: got {body.after}, which predicts a false alert in "
            f"{1 / body.predicted_after:,.0f} comparisons, want 1 in {1 / ceiling:,.0f} or fewer"
        )
    if not (record.trial and Admission.RANK in admissions):
        _require_rank(record, body.rank, policy.allowed("authority-rank"))


def _require_destroyed(record: DeploymentRecord) -> None:
    if record.state is DeploymentState.STOPPED and record.list_destroyed is None:
        raise RefusedError(
            f"deployment {record.id}: got a watchlist that is still there, want it destroyed "
            "(list-destroyed)",
            hint="`overt retention run` destroys it on the machine that holds it; so does "
            "`overt deployment close --watchlist FOLDER`",
        )


def _require_another(
    record: DeploymentRecord, by: str, others: tuple[str, ...], *, what: str, did: str
) -> None:
    if any(are_known_to_be_one(by, other) for other in others):
        raise PersonError(f"deployment {record.id}: got it {what} by who {did}, want somebody else")


def _require_rank(record: DeploymentRecord, rank: str, ranks: tuple[str, ...]) -> None:
    if rank not in ranks:
        raise PersonError(
            f"deployment {record.id}: got rank {rank!r}, want one of {', '.join(ranks) or 'none'}"
        )
