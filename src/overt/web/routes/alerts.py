"""The queue of alerts, and the page where one is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request, Response

from overt.errors import ConflictError, MoveError, RefusedError
from overt.review.deployment_record import DeploymentRecord
from overt.review.deployment_state import DeploymentState
from overt.review.people import are_known_to_be_one
from overt.review.unjudged import Unjudged
from overt.values.account import Role
from overt.values.review import Decision, Factors, FalseAlertReason
from overt.web.gate import Person
from overt.web.odds import Odds, odds_of
from overt.web.pictures import Look
from overt.web.render import fragment, go_to, page, tell
from overt.web.routes.live import found
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
OVER: Final = (DeploymentState.NEW, DeploymentState.CLOSED)


@dataclass(frozen=True, slots=True)
class Row:
    """An alert in the queue."""

    alert: Unjudged
    place: str
    odds: Odds
    own: bool  # who asks holds it


@dataclass(frozen=True, slots=True)
class Queue:
    """What somebody may judge."""

    waiting: tuple[Row, ...]
    seconds: tuple[Row, ...]
    operator: bool  # who asks judges


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
    queue = queue_of(here, who)
    return page(request, "alerts.html", after=after, now_s=now_s(here), queue=queue)


@router.get("/alerts/rows")
def alerts_rows(request: Request, here: Here, who: Person) -> Response:
    """Give the rows of the queue alone, for the page that shows it."""
    return fragment(request, "alerts_rows.html", queue=queue_of(here, who))


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
        may_second=is_operator(who) and any(x.id == alert for x in desk.for_second(who.name)),
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


def queue_of(here: Services, who: Signed) -> Queue:
    """Give what waits to be judged, and what may be judged a second time."""
    waiting: list[Row] = []
    seconds: list[Row] = []
    for record in here.live.deployments():
        if record.state in OVER or record.authorised is None:
            continue
        desk = here.desk(record.id)
        waiting += rows_of(desk.waiting(), record, here, who)
        if is_operator(who):
            seconds += rows_of(desk.for_second(who.name), record, here, who)
    waiting.sort(key=lambda row: row.alert.raised)
    seconds = [row for row in seconds if row.alert.id not in {each.alert.id for each in waiting}]
    return Queue(tuple(waiting), tuple(seconds), operator=is_operator(who))


def rows_of(
    found: Sequence[Unjudged], record: DeploymentRecord, here: Services, who: Signed
) -> list[Row]:
    """Make rows of a deployment's alerts."""
    started = here.live.started(record.id)
    return [
        Row(each, record.name, odds_of(each.similarity, record, started), is_own(each, who))
        for each in found
    ]


def purpose_of(here: Services, who: Signed, known: Unjudged, *, second: bool) -> str:
    """Tell for which purpose somebody is shown the pictures; "" for none."""
    if who.role is Role.AUDITOR:
        return "oversight"
    desk = here.desk(known.deployment)
    if is_own(known, who):
        return "" if desk.alert(known.id).first is not None else "adjudication"
    if second and any(each.id == known.id for each in desk.for_second(who.name)):
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
