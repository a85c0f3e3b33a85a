"""The first page: what somebody can do now."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from overt.review.deployment_record import DeploymentRecord
from overt.review.deployment_state import DeploymentState
from overt.values.account import Role
from overt.web.gate import Person
from overt.web.navigation import links_of
from overt.web.render import page
from overt.web.services import Here

__all__ = ["router"]

router = APIRouter()


@router.get("/")
def home(request: Request, here: Here, who: Person) -> Response:
    """Show what somebody can do, and the deployments that are not over."""
    deployments: tuple[DeploymentRecord, ...] = ()
    if who.role is not Role.ADMINISTRATOR:
        deployments = here.office.deployments()
    going = [each for each in deployments if each.state is not DeploymentState.CLOSED]
    todo = [link for link in links_of(who.role) if link.route != "home"]
    return page(request, "home.html", todo=todo, going=going, says=SAYS[who.role])


SAYS = {
    Role.AUTHORISING: "You authorise deployments, and review urgent authorities. "
    "You do not authorise what you drafted.",
    Role.COMMANDER: "You prepare deployments, lead them on the ground, and end them.",
    Role.OPERATOR: "You judge alerts. Nothing happens to anybody before you have.",
    Role.ENGAGEMENT: "You speak to people after an alert was judged, and write down what came "
    "of it.",
    Role.AUDITOR: "You look at everything that was done, and change nothing.",
    Role.ADMINISTRATOR: "You let people in. You see no picture, no alert and no deployment.",
}
