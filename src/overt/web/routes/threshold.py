"""Changing the threshold of a deployment that runs, with what it would mean in sight."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from overt.report.words import about_faces_seen
from overt.web.gate import Person
from overt.web.render import go_to, page, tell
from overt.web.services import Here
from overt.web.threshold import FACES, change, choices

__all__ = ["router"]

router = APIRouter(prefix="/deployments/{deployment_id}/threshold")
Number = Annotated[float, Form(gt=0, lt=1)]


@router.get("")
def threshold(request: Request, here: Here, who: Person, deployment_id: str) -> Response:
    """Show what other thresholds would mean with this list."""
    record = here.office.deployment(deployment_id)
    shown = choices(here, record, who.account)
    return page(request, "threshold.html", record=record, choices=shown, faces=FACES)


@router.post("")
def threshold_change(
    request: Request,
    here: Here,
    who: Person,
    deployment_id: str,
    before: Number,
    after: Number,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Change it."""
    record = here.office.deployment(deployment_id)
    done = change(here, record, before=before, after=after, who=who.account, reason=reason)
    rare = about_faces_seen(done.predicted_after)
    tell(request, f"The threshold is {done.after:g} now: {rare} raises a false alert.")
    return go_to(request, "deployment", deployment_id=deployment_id)
