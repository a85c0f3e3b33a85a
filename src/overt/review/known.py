"""What the record knows of a deployment that is about to be judged, or run, once more."""

from __future__ import annotations

from dataclasses import replace

from overt.errors import AuthorityError
from overt.governance.rules import Before, Subject
from overt.review.deployment_record import DeploymentRecord
from overt.values.events import DeploymentAuthorised
from overt.values.private import ERASED

__all__ = ["as_known", "require_as_authorised"]


def as_known(record: DeploymentRecord, subject: Subject, *, before: tuple[Before, ...]) -> Subject:
    """Add to a subject what is recorded of it, so that rules on it can be told.

    Args:
        record: of this deployment.
        subject: its file, list and model.
        before: the deployment that was authorised before it (`review.previous`); a trial is
            compared with none.
    """
    drafted = record.drafted.by if record.drafted is not None else ERASED
    return replace(
        subject,
        before=() if subject.deployment.trial else before,
        drafted_by=None if drafted == ERASED else drafted,
        reviewed=record.reviewed_at if record.review and record.review.upheld else None,
        briefed=record.briefed,
        passed=record.passed,
    )


def require_as_authorised(record: DeploymentRecord, event: DeploymentAuthorised) -> None:
    """Refuse to run with anything but what the officer authorised: list, model, rules, words.

    Raises:
        AuthorityError: the message names what differs.
    """
    authorised = record.authorised
    if authorised is None:
        raise AuthorityError(f"deployment {record.id}: got no authority, want one")
    known = (
        authorised if authorised.officer != ERASED else replace(authorised, officer=event.officer)
    )
    if known == event:
        return
    names = known.__dataclass_fields__
    differing = [name for name in names if getattr(known, name) != getattr(event, name)]
    raise AuthorityError(
        f"deployment {record.id}: got another {', '.join(differing)} than was authorised",
        hint="run what was authorised, or have this drafted and authorised anew",
    )
