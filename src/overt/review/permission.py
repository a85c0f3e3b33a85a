"""Whether a deployment may run now: the one way from the record to an `Authority`."""

from __future__ import annotations

from datetime import datetime

from overt.errors import AuthorityError
from overt.governance.authority import Authority, authorise
from overt.governance.policy import Policy
from overt.governance.rules import Subject, among_agreed
from overt.review.known import as_known, require_as_authorised
from overt.review.office import Office

__all__ = ["permit_recorded", "permit_trial"]


def permit_trial(subject: Subject, *, policy: Policy, deployment: str, now: datetime) -> Authority:
    """Authorise a trial on the word of its file alone; nothing else can be run so.

    Raises:
        AuthorityError: rules fail, or it is no trial: then people must have drafted, authorised
            and briefed it, in the record.
    """
    authority = authorise(subject, policy=policy, deployment_id=deployment, now=now)
    if not subject.deployment.trial:
        raise AuthorityError(
            f"deployment {subject.deployment.name!r}: got no authority in the record, want one: "
            "the file's own word is enough for a trial alone",
            hint="`overt deployment draft`, submit, authorise and brief; then "
            "`overt run FILE --deployment ID`",
        )
    if not among_agreed(subject):
        raise AuthorityError(
            f"deployment {subject.deployment.name!r}: got a trial that lists others than the blue "
            "list, want people who agreed alone"
        )
    return authority


def permit_recorded(
    subject: Subject,
    *,
    office: Office,
    policy: Policy,
    deployment: str,
    draft: str,
    now: datetime,
) -> Authority:
    """Authorise anew, in this process, what people have authorised and briefed in the record.

    Args:
        subject: what the file, the list and the model here are.
        office: over the record.
        policy: of this machine: the one under which it was authorised.
        deployment: its id in the record.
        draft: sha256 of the file here.
        now: UTC.

    Raises:
        MoveError: it is not briefed, runs already, or is over.
        WindowError: it is not the time.
        AuthorityError: rules fail by now; or file, list, model or policy are not those authorised.
    """
    record = office.runnable(deployment, draft=draft)
    known = as_known(record, subject, before=office.before(deployment))
    authority = authorise(known, policy=policy, deployment_id=deployment, now=now)
    require_as_authorised(record, authority.event())
    return authority
