"""Checking a deployment's cameras, beginning it, and how that goes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse

from overt.web.checking import draft_of
from overt.web.gate import Person
from overt.web.render import go_to, tell
from overt.web.services import Here
from overt.web.starting import check_camera, check_picture, process_of, start

__all__ = ["router"]

router = APIRouter(prefix="/deployments/{deployment_id}")
Name = Annotated[str, Form(max_length=200)]


@router.post("/start")
def deployment_start(request: Request, here: Here, who: Person, deployment_id: str) -> Response:
    """Begin what was briefed, as a process that lives on without the console."""
    record = here.office.deployment(deployment_id)
    start(here, record, draft_of(here, record))
    here.audit.note("run begun", account=who.account.id, deployment=record.id)
    tell(request, "It is being started.")
    return go_to(request, "deployment", deployment_id=deployment_id)


@router.get("/progress")
def deployment_progress(here: Here, who: Person, deployment_id: str) -> Response:  # noqa: ARG001
    """Tell whether something was begun and goes, for the page that waits for it."""
    record = here.office.deployment(deployment_id)
    found = process_of(here, record)
    checks = found.check is not None and found.check.going
    return JSONResponse({"state": record.state, "waits": found.waits or checks})


@router.post("/cameras/check")
def deployment_camera_check(
    request: Request, here: Here, who: Person, deployment_id: str, camera: Name = ""
) -> Response:
    """Watch a camera for some seconds, and record whether it is a go."""
    record = here.office.deployment(deployment_id)
    check_camera(here, record, draft_of(here, record), camera=camera, by=who.name)
    tell(request, "The camera is being watched.")
    return go_to(request, "deployment", deployment_id=deployment_id)


@router.get("/cameras/{camera}/picture")
def deployment_camera_picture(
    here: Here,
    who: Person,  # noqa: ARG001 - the gate
    deployment_id: str,
    camera: str,
) -> Response:
    """Give what the last check of a camera saw, with everybody masked."""
    record = here.office.deployment(deployment_id)
    return Response(check_picture(here, record, camera), media_type="image/png")
