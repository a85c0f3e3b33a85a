"""The steps of a deployment's life that people take in the console."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from overt.errors import InputError, PersonError
from overt.review.deployment_record import DeploymentRecord
from overt.web.checking import draft_of, open_list, subject_of
from overt.web.gate import Person
from overt.web.render import go_to, tell
from overt.web.services import Here

__all__ = ["router"]

router = APIRouter()
Typed = Annotated[str, Form(max_length=2000)]
Names = Annotated[list[str], Form(max_length=200)]


@router.post("/deployments/{deployment_id}/submit")
def deployment_submit(request: Request, here: Here, who: Person, deployment_id: str) -> Response:
    """Put a draft before an authorising officer."""
    draft = draft_of(here, here.office.deployment(deployment_id))
    here.office.submit(deployment_id, draft=draft.digest, by=who.name)
    officer = draft.deployment.statement.officer
    return done(request, deployment_id, f"Submitted. {officer} authorises it, whom its file names.")


@router.post("/deployments/{deployment_id}/authorise")
def deployment_authorise(request: Request, here: Here, who: Person, deployment_id: str) -> Response:
    """Authorise what was submitted, as the officer whom the file names, with the rank it gives."""
    draft = draft_of(here, here.office.deployment(deployment_id))
    rank = draft.deployment.statement.rank
    if who.account.rank is not rank:
        raise PersonError(
            f"deployment {deployment_id}: got it authorised by somebody of rank "
            f"{who.account.rank}, want {rank}, which its file gives",
            hint="have the file corrected and drafted anew",
        )
    subject = subject_of(here, draft.deployment)
    here.office.authorise(deployment_id, subject, draft=draft.digest, by=who.name)
    open_list(here, draft.deployment).take_for(deployment_id)  # with it, the list is to go
    return done(request, deployment_id, "Authorised. Its list goes with it from now on.")


@router.post("/deployments/{deployment_id}/review")
def deployment_review(
    request: Request,
    here: Here,
    who: Person,
    deployment_id: str,
    upheld: Typed = "",
    reason: Typed = "",
) -> Response:
    """Review an urgent authority; not upheld, the deployment ends."""
    here.office.deployment(deployment_id)
    if upheld not in {"yes", "no"}:
        raise InputError("review: got no answer, want whether the authority was right: yes or no")
    right = upheld == "yes"
    here.office.review(
        deployment_id, by=who.name, rank=who.account.rank, upheld=right, reason=reason
    )
    said = "The authority is upheld." if right else "Not upheld: the deployment has ended."
    return done(request, deployment_id, said)


@router.post("/deployments/{deployment_id}/brief")
def deployment_brief(
    request: Request,
    here: Here,
    who: Person,
    deployment_id: str,
    signs: Typed = "",
    notice: Typed = "",
    staff: Annotated[int, Form(ge=0, le=1000)] = 0,
    camera: Names = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Record that everything overt about it is done."""
    here.office.deployment(deployment_id)
    record = here.office.brief(
        deployment_id,
        by=who.name,
        signs=signs,
        notice=notice,
        staff=staff,
        cameras=tuple(camera),
    )
    return done(request, deployment_id, told(record))


@router.post("/deployments/{deployment_id}/close")
def deployment_close(request: Request, here: Here, who: Person, deployment_id: str) -> Response:
    """Close what is over, or withdraw what was never authorised."""
    here.office.deployment(deployment_id)
    here.office.close(deployment_id, by=who.name)
    return done(request, deployment_id, "Closed.")


def told(record: DeploymentRecord) -> str:
    """Say what comes after a briefing."""
    if record.authorised is None:
        return "Briefed."
    return f"Briefed. It can run from {record.authorised.start:%H:%M} UTC on."


def done(request: Request, deployment: str, said: str) -> Response:
    """Go back to the deployment, and tell what was done."""
    tell(request, said)
    return go_to(request, "deployment", deployment_id=deployment)
