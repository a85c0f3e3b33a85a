"""The queue of alerts, and the page where one is judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request, Response

from overt.errors import ConflictError, MoveError, RefusedError
from overt.review.people import are_known_to_be_one
from overt.review.unjudged import Unjudged
from overt.values.account import Role
from overt.values.review import Decision, Factors, FalseAlertReason
from overt.web.board import WriteRow
from overt.web.gate import Person
from overt.web.live_now import found
from overt.web.odds import odds_of
from overt.web.pictures import Look
from overt.web.render import fragment, go_to, page, part, tell
from overt.web.services import Here, Services
from overt.web.sessions import Signed

__all__ = ["REASON_KEYS", "router"]

router = APIRouter()
Typed = Annotated[str, Form(max_length=2000)]
R = FalseAlertReason
# No E and no R: they choose the decision.
REASON_KEYS: Final = {
    R.LIGHTING: "L",
    R.ANGLE: "A",
    R.BLUR: "B",
    R.RESOLUTION: "S",
    R.CLOTHING: "C",
    R.PASSER_BY: "P",
    R.TWIN: "T",
    R.RELATIVE: "F",
    R.LOOK_ALIKE: "K",
    R.LISTED_IMAGE: "I",
    R.GENDER: "G",
    R.DATA: "D",
    R.OTHER: "O",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was filled in."""

    decision: Decision
    reason: FalseAlertReason | None
    text: str
    factors: Factors


def judgement(
    decision: Annotated[Decision, Form()],
    reason: Annotated[FalseAlertReason | None, Form()] = None,
    text: Typed = "",
    subject: Typed = "",
    system: Typed = "",
    environment: Typed = "",
) -> Judgement:
    """Read a form; a reason that stood beside an engagement is left out."""
    kept = reason if decision is Decision.REJECT else None
    own = text.strip() if kept is FalseAlertReason.OTHER else ""
    return Judgement(decision, kept, own, Factors(subject, system, environment))


@router.get("/alerts")
def alerts(request: Request, here: Here, who: Person) -> Response:
    """Show what waits to be judged, the oldest first."""
    after = here.live.latest()  # before the queue is read: what comes meanwhile is told again
    queue = here.board.rows(who, place=after, write=writer(request))
    return page(request, "alerts.html", after=after, now_s=now_s(here), queue=queue)


@router.get("/alerts/rows")
def alerts_rows(request: Request, here: Here, who: Person) -> Response:
    """Give the rows of the queue alone, for the page that shows it."""
    place = here.live.lately()
    queue = here.board.rows(who, place=place, write=writer(request))
    return fragment(request, "alerts_rows.html", queue=queue)


@router.get("/alerts/{deployment}/{alert}")
def alert(
    request: Request, here: Here, who: Person, deployment: str, alert: str, second: str = ""
) -> Response:
    """Show an alert: to who judges it, its pictures; each look is recorded."""
    record = found(here, deployment)
    desk = here.desk(deployment)
    known = desk.to_judge(alert)
    purpose = purpose_of(here, who, known, second=bool(second))
    look: Look | None = None
    problem = ""
    if purpose:
        try:
            look = here.pictures.look(who, deployment=deployment, alert=alert, purpose=purpose)
        except RefusedError as error:  # the evidence is deleted when it is due
            problem = str(error)
    shots = sorted(name for name in look.addresses if name.startswith("shot-")) if look else []
    return page(
        request,
        "alert.html",
        record=record,
        alert=known,
        after=here.live.latest(),
        now_s=now_s(here),
        odds=odds_of(known.similarity, record, here.live.started(deployment)),
        purpose=purpose,
        look=look,
        shots=shots,
        problem=problem,
        reasons=REASON_KEYS,
        may_second=is_operator(who) and desk.may_second(alert, who.name),
        operator=is_operator(who),
        own=is_own(known, who),
    )


@router.post("/alerts/{deployment}/{alert}/claim")
def alert_claim(request: Request, here: Here, who: Person, deployment: str, alert: str) -> Response:
    """Take an alert, and show it.

    Raises:
        ConflictError: somebody else holds it.
    """
    desk = here.desk(deployment)
    try:
        desk.claim(alert, by=who.name)
    except MoveError as error:
        holder = desk.to_judge(alert).holder
        if not are_known_to_be_one(holder, who.name):
            raise ConflictError(
                f"alert: got it taken by {holder or 'somebody'} a moment before, want one that "
                "nobody holds",
                hint="go back to the queue, and take the next one",
            ) from error
    return go_to(request, "alert", deployment=deployment, alert=alert)


@router.post("/alerts/{deployment}/{alert}/release")
def alert_release(
    request: Request, here: Here, who: Person, deployment: str, alert: str
) -> Response:
    """Give an alert back undecided."""
    here.desk(deployment).release(alert, by=who.name)
    tell(request, "Given back: it waits for somebody.")
    return go_to(request, "alerts")


@router.post("/alerts/{deployment}/{alert}/judge")
def alert_judge(
    request: Request,
    here: Here,
    who: Person,
    deployment: str,
    alert: str,
    judged: Annotated[Judgement, Depends(judgement)],
) -> Response:
    """Record a decision on an alert that one holds."""
    here.desk(deployment).adjudicate(
        alert,
        judged.decision,
        by=who.name,
        factors=judged.factors,
        reason=judged.reason,
        text=judged.text,
    )
    tell(request, SAID[judged.decision])
    return go_to(request, "alerts")


@router.post("/alerts/{deployment}/{alert}/second")
def alert_second(
    request: Request,
    here: Here,
    who: Person,
    deployment: str,
    alert: str,
    judged: Annotated[Judgement, Depends(judgement)],
) -> Response:
    """Record a second opinion, blind to the first: it decides nothing."""
    here.desk(deployment).second_opinion(
        alert,
        judged.decision,
        by=who.name,
        factors=judged.factors,
        reason=judged.reason,
        text=judged.text,
    )
    tell(request, "Second opinion recorded.")
    return go_to(request, "alerts")


SAID: Final = {
    Decision.ENGAGE: "Judged the same person: engagement officers are told.",
    Decision.REJECT: "Judged a false alert: it ends there.",
}


def writer(request: Request) -> WriteRow:
    """Give what writes a row of the queue."""
    return lambda row, kind, token: part(request, "alerts_row.html", token, each=row, kind=kind)


def purpose_of(here: Services, who: Signed, known: Unjudged, *, second: bool) -> str:
    """Tell for which purpose somebody is shown the pictures; "" for none."""
    if who.role is Role.AUDITOR:
        return "oversight"
    desk = here.desk(known.deployment)
    if is_own(known, who):
        return "" if desk.alert(known.id).first is not None else "adjudication"
    if second and desk.may_second(known.id, who.name):
        return "second opinion"
    return ""


def is_own(known: Unjudged, who: Signed) -> bool:
    """Tell whether somebody holds an alert."""
    return bool(known.holder) and are_known_to_be_one(known.holder, who.name)


def is_operator(who: Signed) -> bool:
    """Tell whether somebody judges alerts."""
    return who.role is Role.OPERATOR


def now_s(here: Services) -> float:
    """Tell the time by this machine: a browser's clock may be off."""
    return here.clock.now().timestamp()
