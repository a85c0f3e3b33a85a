"""The lists of this machine, in numbers: when built, by whom, for what; and their destruction."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from overt.errors import VaultError
from overt.web.building.lists import destroyed, find, held, opened
from overt.web.gate import Person
from overt.web.permissions import may
from overt.web.render import go_to, page, tell
from overt.web.services import Here
from overt.wiring import make_list_retention

__all__ = ["router"]

router = APIRouter()


@router.get("/watchlists")
def watchlists(request: Request, here: Here, who: Person) -> Response:
    """List what is held, and what was destroyed."""
    return page(
        request,
        "watchlists.html",
        held=held(here),
        destroyed=destroyed(here),
        builds=may(who.role, "watchlist_form"),
        build=here.builds.mine(who),
    )


@router.get("/watchlists/lists/{key}")
def watchlist(request: Request, here: Here, who: Person, key: str) -> Response:
    """Show one list in numbers: no name and no picture of anybody."""
    found = find(here, key)
    inside, problem = opened(here, found)
    return page(
        request,
        "watchlist.html",
        found=found,
        inside=inside,
        problem=problem,
        destroys=may(who.role, "watchlist_destroy"),
    )


@router.post("/watchlists/lists/{key}/destroy")
def watchlist_destroy(request: Request, here: Here, who: Person, key: str) -> Response:
    """Destroy a list: its key first, so that no copy of it can be read again."""
    lists = make_list_retention(here.settings, store=here.store, clock=here.clock)
    here.audit.note("watchlist destroyed", account=who.account.id, key=key[:40])
    for receipt in lists.destroy(key):
        if receipt.error:
            raise VaultError(
                f"watchlist: got {receipt.error}, want it destroyed",
                hint="it is tried again at each retention run",
            )
    tell(request, "Destroyed: its key is gone, and no copy of it can be read.")
    return go_to(request, "watchlists")
