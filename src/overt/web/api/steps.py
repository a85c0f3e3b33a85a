"""The steps of a deployment's life that a program takes in somebody's name.

Authorising it, and reviewing an urgent authority, are not among them: an officer reads what they
answer for, on the page, and says so there.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Response
from pydantic import Field

from overt.web.aftercare import open_alerts, rules_after
from overt.web.api.bodies import Body, Id, SomeWords, Words
from overt.web.api.call import Asked, Posted
from overt.web.api.told import DeploymentTold, deployment_told
from overt.web.api.told_steps import AfterTold, CheckTold, after_told, check_told
from overt.web.checking import checked, draft_of
from overt.web.drafting import take_draft
from overt.web.drafts import MOST_BYTES
from overt.web.starting import check_camera

__all__ = ["router"]

router = APIRouter(prefix="/deployments", tags=["deployments"])
FILE: Final = "deployment.toml"  # the name that a file comes with is used for nothing


class Drafted(Body):
    """A deployment's file: the TOML text itself."""

    file: Annotated[str, Field(min_length=1, max_length=MOST_BYTES)]


class Camera(Body):
    """A camera, by its name in the deployment's file."""

    camera: Annotated[str, Field(min_length=1, max_length=200)]


class Briefing(Body):
    """What makes it overt: signs, notice, staff who are there, and the cameras that are used."""

    signs: SomeWords
    notice: SomeWords
    staff: Annotated[int, Field(ge=0, le=1000)]
    cameras: Annotated[list[Words], Field(max_length=200)]


@router.post("", name="api_deployment_draft", response_model=DeploymentTold)
def draft(call: Posted, body: Drafted) -> Response:
    """Draft a deployment by its file."""

    def done() -> DeploymentTold:
        content = body.file.encode("utf-8", "surrogatepass")
        made = take_draft(call.here, FILE, content, by=call.by, again=None)
        return deployment_told(call.here.office.deployment(made))

    return call.once(done)


@router.post("/{deployment}/draft", name="api_deployment_redraft", response_model=DeploymentTold)
def redraft(call: Posted, deployment: Id, body: Drafted) -> Response:
    """Draft a deployment anew: what was submitted before no longer counts."""

    def done() -> DeploymentTold:
        record = call.here.office.deployment(deployment)
        content = body.file.encode("utf-8", "surrogatepass")
        take_draft(call.here, FILE, content, by=call.by, again=record)
        return deployment_told(call.here.office.deployment(deployment))

    return call.once(done)


@router.get("/{deployment}/check", name="api_deployment_check")
def check(call: Asked, deployment: Id) -> CheckTold:
    """Check every rule of the policy, as of now or of the window's start."""
    record = call.here.office.deployment(deployment)
    found = checked(call.here, record, draft_of(call.here, record).deployment)
    return check_told(deployment, found)


@router.post("/{deployment}/submit", name="api_deployment_submit", response_model=DeploymentTold)
def submit(call: Posted, deployment: Id) -> Response:
    """Put a draft before the authorising officer whom its file names."""

    def done() -> DeploymentTold:
        office = call.here.office
        draft = draft_of(call.here, office.deployment(deployment))
        return deployment_told(office.submit(deployment, draft=draft.digest, by=call.by))

    return call.once(done)


@router.post(
    "/{deployment}/cameras/check",
    name="api_deployment_camera_check",
    response_model=DeploymentTold,
)
def camera_check(call: Posted, deployment: Id, body: Camera) -> Response:
    """Watch a camera for some seconds, and record whether it is a go; see `/check` afterwards."""

    def done() -> DeploymentTold:
        record = call.here.office.deployment(deployment)
        draft = draft_of(call.here, record)
        check_camera(call.here, record, draft, camera=body.camera, by=call.by)
        return deployment_told(record)

    return call.once(done)


@router.post("/{deployment}/brief", name="api_deployment_brief", response_model=DeploymentTold)
def brief(call: Posted, deployment: Id, body: Briefing) -> Response:
    """Record that everything overt about it is done."""

    def done() -> DeploymentTold:
        call.here.office.deployment(deployment)
        record = call.here.office.brief(
            deployment,
            by=call.by,
            signs=body.signs,
            notice=body.notice,
            staff=body.staff,
            cameras=tuple(body.cameras),
        )
        return deployment_told(record)

    return call.once(done)


@router.get("/{deployment}/after", name="api_deployment_after")
def after(call: Asked, deployment: Id) -> AfterTold:
    """Tell what is still to be done after a deployment."""
    call.here.office.deployment(deployment)
    rules, untold = rules_after(call.here, deployment)
    left = open_alerts(call.here, deployment)
    return after_told(deployment, left, rules=rules, untold=untold)


@router.post("/{deployment}/close", name="api_deployment_close", response_model=DeploymentTold)
def close(call: Posted, deployment: Id) -> Response:
    """Close what is over, or withdraw what was never authorised."""

    def done() -> DeploymentTold:
        call.here.office.deployment(deployment)
        return deployment_told(call.here.office.close(deployment, by=call.by))

    return call.once(done)
