"""Drafting a deployment by its file, from a page or a program."""

from __future__ import annotations

from typing import Final

from overt.errors import RefusedError
from overt.review.deployment_record import DeploymentRecord
from overt.review.deployment_state import DeploymentState
from overt.web.services import Services

__all__ = ["take_draft"]

OVER: Final = (DeploymentState.STOPPED, DeploymentState.CLOSED)


def take_draft(
    here: Services, name: str, content: bytes, *, by: str, again: DeploymentRecord | None
) -> str:
    """Take a file in, record the draft, and give the deployment's id.

    Raises:
        InputError: it is no deployment file.
        RefusedError: it is drafted already.
    """
    draft = here.drafts.take(name, content)
    for each in here.office.deployments():
        is_open = each.state not in OVER and (again is None or each.id != again.id)
        if is_open and each.drafted and each.drafted.draft == draft.digest:
            raise RefusedError(
                f"deployment file: got the one that {each.name} was drafted by, want another",
                hint="go on with that deployment, or close it first",
            )
    return here.office.draft(
        name=draft.deployment.name,
        draft=draft.digest,
        by=by,
        deployment=again.id if again else None,
    )
