"""The phone view of engagement officers: who is to be spoken to, and what came of it."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from overt.errors import MoveError, RefusedError
from overt.review.alert_record import AlertRecord, allowed
from overt.review.alert_state import HumanBody, action_of
from overt.review.desk import Desk
from overt.values.demographics import AgeBand, Ethnicity, EthnicityGroup, Gender, group_of
from overt.values.review import ArrestCategory, Disposal, FalseAlertReason, Finding
from overt.web.acts import ACTIONS, act_of, identifier_of, steps
from overt.web.engaging import engaged, find, hand_over
from overt.web.forms import Answers
from overt.web.gate import Person
from overt.web.problems import wants_problem
from overt.web.render import go_to, page, tell
from overt.web.routes.news import WARNED, told_of
from overt.web.services import Here

__all__ = ["router"]

router = APIRouter()


@router.get("/engage")
def engage(request: Request, here: Here, who: Person) -> Response:  # noqa: ARG001 - the gate
    """List the alerts to engage, and what is still to be written down."""
    return page(request, "engage.html", found=engaged(here), now=here.clock.now())


@router.get("/engage/list")
def engage_list(request: Request, here: Here, who: Person) -> Response:  # noqa: ARG001
    """Give the list alone, for a page that asks again and again."""
    return page(request, "engage_list.html", found=engaged(here), now=here.clock.now())


@router.get("/engage/left")
def engage_left(here: Here, who: Person) -> Response:
    """Tell whether the session ends soon; asking keeps it alive no longer."""
    left = here.sessions.left(who)
    ends = left is not None and left.least <= WARNED
    return JSONResponse({"ends": ends} | (told_of(left) if left else {}))


@router.get("/engage/{deployment_id}/{alert_id}")
def engage_alert(
    request: Request, here: Here, who: Person, deployment_id: str, alert_id: str
) -> Response:
    """Show an alert, and every form of it: a phone may have no connection for the next."""
    handed = hand_over(here, who, deployment_id, alert_id)
    return page(
        request,
        "engage_alert.html",
        handed=handed,
        record=handed.record,
        open_now=open_forms(handed.record),
        forms=list(ACTIONS),
        actions=dict(ACTIONS),
        steps=steps(),
        new_key=lambda: here.new_id(here.clock.now()),
        now=here.clock.now(),
        findings=list(Finding),
        reasons=list(FalseAlertReason),
        disposals=[each for each in Disposal if each is not Disposal.NOT_LOCATED],
        arrests=list(ArrestCategory),
        groups={
            group: [each for each in Ethnicity if group_of(each) is group]
            for group in EthnicityGroup
        },
        genders=list(Gender),
        ages=list(AgeBand),
    )


@router.post("/engage/{deployment_id}/{alert_id}/{what}")
def engage_act(
    request: Request,
    here: Here,
    who: Person,
    form: Answers,
    deployment_id: str,
    alert_id: str,
    what: str,
) -> Response:
    """Record what was done; sent twice with one key, it is recorded once."""
    find(here, deployment_id, alert_id)
    body = act_of(what, alert_id, who.name, form)
    identifier = identifier_of(who, form.get("act", ""))
    record = once(here.desk(deployment_id), body, identifier)
    if wants_problem(request):
        return JSONResponse({"state": record.state, "open": open_forms(record)})
    tell(request, f"Recorded. The alert is now: {record.state}.")
    return go_to(request, "engage_alert", deployment_id=deployment_id, alert_id=alert_id)


def once(desk: Desk, body: HumanBody, identifier: str) -> AlertRecord:
    """Record an act once; where another came first, say so in words for the street.

    Raises:
        RefusedError: the alert stands elsewhere by now.
    """
    try:
        return desk.once(body, identifier=identifier)
    except MoveError as error:
        state = desk.alert(body.alert).state
        raise RefusedError(
            f"{action_of(body)}: got it for an alert that is {state!s} by now, want it before",
            hint="another officer or another phone was first; look at the alert, and agree on "
            "what is still to be written down",
        ) from error


def open_forms(record: AlertRecord) -> list[str]:
    """Name the forms that can be sent now."""
    now = allowed(record)
    return [what for what, actions in ACTIONS.items() if any(each in now for each in actions)]
