"""What runs now: masked views, health, numbers, time left; pause, go on, stop."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse

from overt.engine.live_wire import Shown
from overt.report.view_picture import MEDIA_TYPE
from overt.review.deployment_state import DeploymentState
from overt.web.gate import Person
from overt.web.live_now import found, now_of
from overt.web.odds import odds_of
from overt.web.permissions import may
from overt.web.render import go_to, page, tell
from overt.web.services import Here, Services
from overt.web.sessions import Signed

__all__ = ["router"]

router = APIRouter()
Reason = Annotated[str, Form(max_length=500)]
GOING = (DeploymentState.RUNNING, DeploymentState.PAUSED)


@router.get("/live")
def live(request: Request, here: Here, who: Person) -> Response:
    """Show the deployment that runs; of several, the one begun last, and links to the others."""
    return show(request, here, who, None)


@router.get("/live/{deployment}")
def live_deployment(request: Request, here: Here, who: Person, deployment: str) -> Response:
    """Show one deployment."""
    return show(request, here, who, deployment)


@router.get("/live/{deployment}/now")
def live_now(here: Here, who: Person, deployment: str) -> Response:  # noqa: ARG001 - the gate
    """Tell how a deployment stands, for the page that shows it."""
    return JSONResponse(asdict(now_of(here, found(here, deployment))))


@router.get("/live/{deployment}/{camera}/view")
def live_view(here: Here, who: Person, deployment: str, camera: str) -> Response:  # noqa: ARG001
    """Give the newest masked view of a camera; nothing where there is none of now."""
    picture = here.views.picture(deployment, camera)
    if picture is None:
        return Response(status_code=204)
    return Response(
        picture.content, media_type=MEDIA_TYPE, headers={"X-Frame-Number": str(picture.number)}
    )


@router.post("/live/{deployment}/pause")
def live_pause(
    request: Request, here: Here, who: Person, deployment: str, reason: Reason = ""
) -> Response:
    """Have recognition stand still."""
    here.office.pause(deployment, by=who.name, reason=reason.strip() or "not said")
    tell(request, "Paused: no frame is looked at.")
    return go_to(request, "live_deployment", deployment=deployment)


@router.post("/live/{deployment}/resume")
def live_resume(request: Request, here: Here, who: Person, deployment: str) -> Response:
    """Have recognition go on."""
    here.office.resume(deployment, by=who.name)
    tell(request, "Recognition goes on.")
    return go_to(request, "live_deployment", deployment=deployment)


@router.post("/live/{deployment}/stop")
def live_stop(
    request: Request, here: Here, who: Person, deployment: str, reason: Reason = ""
) -> Response:
    """End recognition for good. No authority is asked for, nor a reason insisted on."""
    here.office.stop(deployment, by=who.name, reason=reason.strip() or "not said")
    tell(request, "Stopped: no frame is looked at any more.")
    return go_to(request, "live_deployment", deployment=deployment)


def show(request: Request, here: Services, who: Signed, deployment: str | None) -> Response:
    """Show a deployment, or that none runs."""
    latest = here.live.latest()  # before the page is made: what comes meanwhile is told again
    every = here.live.deployments()
    going = [each for each in every if each.state in GOING]
    record = found(here, deployment) if deployment else (going[-1] if going else None)
    return page(
        request,
        "live.html",
        record=record,
        others=[each for each in going if record is None or each.id != record.id],
        cameras=[shown(each) for each in here.views.cameras(record.id)] if record else [],
        now=now_of(here, record) if record else None,
        after=latest,
        odds=odds_of(record.threshold or 0.0, record, here.live.started(record.id))
        if record
        else None,
        going=record is not None and record.state in GOING,
        paused=record is not None and record.state is DeploymentState.PAUSED,
        steers=may(who.role, "live_pause"),
        stops=may(who.role, "live_stop"),
        judges=may(who.role, "alerts"),
    )


def shown(camera: Shown) -> dict[str, object]:
    """Give what a page draws around a camera's view."""
    zone = " ".join(f"{x * 100:g},{y * 100:g}" for x, y in camera.zone)
    return {"name": camera.health.camera, "zone": zone}
