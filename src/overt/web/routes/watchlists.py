"""The lists of this machine, in numbers: when built, by whom, for what; and their destruction."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from overt.web.building.lists import destroy, destroyed, find, held, opened
from overt.web.gate import Person
from overt.web.permissions import may
from overt.web.render import go_to, page, tell
from overt.web.services import Here

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
    destroy(here, key, account=who.account.id)
    tell(request, "Destroyed: its key is gone, and no copy of it can be read.")
    return go_to(request, "watchlists")
