"""What one person has made to let somebody in, for another person to confirm or to refuse."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from overt.web.gate import Person
from overt.web.grants import KEPT
from overt.web.render import go_to, page, tell
from overt.web.services import Here

__all__ = ["router"]

router = APIRouter()


@router.get("/confirm")
def grants(request: Request, here: Here, who: Person) -> Response:  # noqa: ARG001 - the gate
    """List what waits."""
    linked = here.sign_ins.store.linked
    waiting = [(each, linked(each.account.id)) for each in here.accounts.grants.all()]
    return page(request, "grants.html", waiting=waiting, kept=KEPT)


@router.post("/confirm/{grant_id}")
def grant_confirm(request: Request, here: Here, who: Person, grant_id: str) -> Response:
    """Confirm it: it works now."""
    done = here.accounts.grants.confirm(grant_id, by=who.account)
    tell(request, f"Confirmed. {done.account.name} can come in with it.")
    return go_to(request, "grants")


@router.post("/confirm/{grant_id}/refuse")
def grant_refuse(request: Request, here: Here, who: Person, grant_id: str) -> Response:
    """End it."""
    done = here.accounts.grants.refuse(grant_id, by=who.account)
    tell(request, f"Refused. What was made for {done.account.name} opens nothing.")
    return go_to(request, "grants")


@router.post("/profile/refuse/{grant_id}")
def grant_refuse_own(request: Request, here: Here, who: Person, grant_id: str) -> Response:
    """End what somebody has made for oneself, unasked."""
    here.accounts.grants.refuse(grant_id, by=who.account)
    tell(request, "Refused. Your password stays as it is. Tell an auditor who made it.")
    return go_to(request, "home")
