"""The lists of the console's machine, in numbers; and their destruction."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from overt.web.api.call import Asked, Posted
from overt.web.api.told_lists import (
    ListsTold,
    ListTold,
    OpenedListTold,
    list_told,
    opened_told,
)
from overt.web.building.lists import destroy, find, held, opened

__all__ = ["router"]

router = APIRouter(prefix="/watchlists", tags=["watchlists"])
KeyName = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.-]{1,100}$", description="of its key")]


@router.get("", name="api_watchlists")
def watchlists(call: Asked) -> ListsTold:
    """List what is held, until when and why."""
    return ListsTold(lists=[list_told(each) for each in held(call.here)])


@router.get("/{key}", name="api_watchlist")
def watchlist(call: Asked, key: KeyName) -> OpenedListTold:
    """Show one list in numbers."""
    found = find(call.here, key)
    inside, problem = opened(call.here, found)
    return opened_told(found, inside, problem)


@router.post("/{key}/destroy", name="api_watchlist_destroy", response_model=ListTold)
def watchlist_destroy(call: Posted, key: KeyName) -> Response:
    """Destroy a list: its key first, so that no copy of it can be read again."""

    def done() -> ListTold:
        found = find(call.here, key)
        destroy(call.here, key, account=call.token.account.id)
        return list_told(found)

    return call.once(done)
