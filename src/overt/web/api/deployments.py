"""Deployments: how they stand, and what stops them."""

from __future__ import annotations

from fastapi import APIRouter, Response

from overt.web.api.bodies import Id, Reason
from overt.web.api.call import Asked, Posted
from overt.web.api.told import Deployments, DeploymentTold, deployment_told
from overt.web.api.told_deployments import (
    CompositionOfTold,
    FileTold,
    NowTold,
    composition_of_told,
    now_told,
)
from overt.web.checking import draft_of, listed
from overt.web.live_now import found, now_of
from overt.web.starting import start

__all__ = ["router"]

router = APIRouter(prefix="/deployments", tags=["deployments"])


@router.get("", name="api_deployments")
def deployments(call: Asked) -> Deployments:
    """List every deployment."""
    return Deployments(deployments=[deployment_told(d) for d in call.here.office.deployments()])


@router.get("/{deployment}", name="api_deployment")
def deployment(call: Asked, deployment: Id) -> DeploymentTold:
    """Show one deployment."""
    return deployment_told(call.here.office.deployment(deployment))


@router.get("/{deployment}/live", name="api_deployment_live")
def live(call: Asked, deployment: Id) -> NowTold:
    """Tell how it stands now, and how its cameras do that run on the console's machine."""
    return now_told(deployment, now_of(call.here, found(call.here, deployment)))


@router.get("/{deployment}/file", name="api_deployment_file")
def file(call: Asked, deployment: Id) -> FileTold:
    """Give a deployment's file as it was drafted; whoever it names is named in it."""
    draft = draft_of(call.here, call.here.office.deployment(deployment))
    return FileTold(deployment=deployment, sha256=draft.digest, file=draft.text)


@router.get("/{deployment}/watchlist", name="api_deployment_watchlist")
def composition(call: Asked, deployment: Id) -> CompositionOfTold:
    """Tell who is on the list that its file names: in numbers, without name and reference."""
    draft = draft_of(call.here, call.here.office.deployment(deployment))
    return composition_of_told(deployment, listed(call.here, draft.deployment))


@router.post("/{deployment}/start", name="api_deployment_start", response_model=DeploymentTold)
def begin(call: Posted, deployment: Id) -> Response:
    """Begin what was briefed, on the console's machine; it is `running` some seconds later."""

    def begun() -> DeploymentTold:
        record = call.here.office.deployment(deployment)
        start(call.here, record, draft_of(call.here, record))
        call.here.audit.note("run begun", account=call.token.account.id, deployment=deployment)
        return deployment_told(record)

    return call.once(begun)


@router.post("/{deployment}/pause", name="api_deployment_pause", response_model=DeploymentTold)
def pause(call: Posted, deployment: Id, body: Reason) -> Response:
    """Have recognition stand still."""
    office = call.here.office
    return call.once(
        lambda: deployment_told(office.pause(deployment, by=call.by, reason=body.reason))
    )


@router.post("/{deployment}/resume", name="api_deployment_resume", response_model=DeploymentTold)
def resume(call: Posted, deployment: Id) -> Response:
    """Have recognition go on, within the window."""
    return call.once(lambda: deployment_told(call.here.office.resume(deployment, by=call.by)))


@router.post("/{deployment}/stop", name="api_deployment_stop", response_model=DeploymentTold)
def stop(call: Posted, deployment: Id, body: Reason) -> Response:
    """End recognition for good."""
    office = call.here.office
    return call.once(
        lambda: deployment_told(office.stop(deployment, by=call.by, reason=body.reason))
    )
