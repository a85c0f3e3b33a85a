"""Deployments: the list, one as a checklist, its rules and its list; and drafting."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Request, Response, UploadFile

from overt.errors import InputError, OvertError, RefusedError
from overt.review.deployment_record import DeploymentRecord
from overt.review.deployment_state import DeploymentState
from overt.web.checking import checked, draft_of, listed
from overt.web.drafting import take_draft
from overt.web.drafts import MOST_BYTES, Draft
from overt.web.gate import Person
from overt.web.life import buttons, life
from overt.web.render import go_to, page, tell
from overt.web.services import Here, Services
from overt.web.sessions import Signed
from overt.web.starting import last_checks, may_start, process_of

__all__ = ["router"]

router = APIRouter()
Uploaded = Annotated[UploadFile, File()]


@router.get("/deployments")
def deployments(request: Request, here: Here, who: Person) -> Response:  # noqa: ARG001 - the gate
    """List the deployments by state."""
    found = here.office.deployments()
    states = {
        state: [each for each in found if each.state is state]
        for state in DeploymentState
        if any(each.state is state for each in found)
    }
    return page(request, "deployments.html", states=states)


@router.get("/deployments/draft")
def deployment_draft_form(request: Request, who: Person) -> Response:  # noqa: ARG001
    """Show where a deployment's file is uploaded."""
    return page(request, "deployment_draft.html", record=None, error="", hint="")


@router.post("/deployments/draft")
def deployment_draft(request: Request, here: Here, who: Person, file: Uploaded) -> Response:
    """Draft a deployment by its file."""
    try:
        identifier = take_upload(here, who, file, again=None)
    except (InputError, RefusedError) as error:
        return again(request, error, record=None)
    tell(request, "Drafted. Check every rule, then submit it.")
    return go_to(request, "deployment", deployment_id=identifier)


@router.get("/deployments/{deployment_id}")
def deployment(request: Request, here: Here, who: Person, deployment_id: str) -> Response:
    """Show a deployment's life as a checklist, and what this person can do now."""
    record = here.office.deployment(deployment_id)
    draft, missing = here_or_not(here, record)
    can = buttons(record, who)
    if "deployment_start" in can:
        can["deployment_start"] = may_start(here, record, draft)
    return page(
        request,
        "deployment.html",
        record=record,
        steps=list(life(record)),
        can=can,
        process=process_of(here, record),
        checks=last_checks(record),
        draft=draft,
        missing=missing,
        rank=who.account.rank,
    )


@router.get("/deployments/{deployment_id}/file")
def deployment_file(here: Here, who: Person, deployment_id: str) -> Response:  # noqa: ARG001
    """Give a deployment's file as it was drafted."""
    draft = draft_of(here, here.office.deployment(deployment_id))
    named = {"Content-Disposition": f'attachment; filename="{draft.digest[:16]}.toml"'}
    return Response(draft.text, media_type="application/toml", headers=named)


@router.get("/deployments/{deployment_id}/check")
def deployment_check(
    request: Request,
    here: Here,
    who: Person,  # noqa: ARG001
    deployment_id: str,
) -> Response:
    """Check every rule of the policy."""
    record = here.office.deployment(deployment_id)
    draft = draft_of(here, record)
    found = checked(here, record, draft.deployment)
    return page(request, "deployment_check.html", record=record, found=found)


@router.get("/deployments/{deployment_id}/watchlist")
def deployment_watchlist(
    request: Request,
    here: Here,
    who: Person,  # noqa: ARG001
    deployment_id: str,
) -> Response:
    """Show a deployment's list in numbers, and who on it looks alike, without a picture."""
    record = here.office.deployment(deployment_id)
    found = listed(here, draft_of(here, record).deployment)
    return page(request, "deployment_watchlist.html", record=record, found=found)


@router.post("/deployments/{deployment_id}/draft")
def deployment_redraft(
    request: Request, here: Here, who: Person, deployment_id: str, file: Uploaded
) -> Response:
    """Draft a deployment anew, by another file: what was submitted before no longer counts."""
    record = here.office.deployment(deployment_id)
    try:
        take_upload(here, who, file, again=record)
    except (InputError, RefusedError) as error:
        return again(request, error, record=record)
    tell(request, "Drafted anew. Check every rule, then submit it.")
    return go_to(request, "deployment", deployment_id=deployment_id)


def take_upload(
    here: Services, who: Signed, file: UploadFile, *, again: DeploymentRecord | None
) -> str:
    """Draft by an uploaded file, and give the deployment's id."""
    content = file.file.read(MOST_BYTES + 1)
    return take_draft(here, file.filename or "", content, by=who.name, again=again)


def here_or_not(here: Services, record: DeploymentRecord) -> tuple[Draft | None, str]:
    """Give a deployment's file, or why it cannot be shown."""
    try:
        return draft_of(here, record), ""
    except OvertError as error:
        return None, f"{error}. {error.hint.capitalize()}." if error.hint else str(error)


def again(
    request: Request, error: InputError | RefusedError, *, record: DeploymentRecord | None
) -> Response:
    """Show the form again, with what is to be corrected."""
    return page(
        request,
        "deployment_draft.html",
        status=422,
        record=record,
        error=str(error),
        hint=error.hint,
    )
