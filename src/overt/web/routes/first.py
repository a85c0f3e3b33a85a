"""The first administrator, by the link that was printed when the console started."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from overt.errors import InputError, MissingError
from overt.web.gate import give_cookie
from overt.web.passwords import require_same
from overt.web.render import go_to, page
from overt.web.services import Here, Services

__all__ = ["router"]

router = APIRouter()
Typed = Annotated[str, Form(max_length=1000)]


@router.get("/first/{token}")
def first_form(request: Request, here: Here, token: str) -> Response:
    """Show where the first administrator is made."""
    require_link(here, token)
    return page(request, "first.html", token=token, login="", name="", error="", hint="")


@router.post("/first/{token}")
def first(
    request: Request,
    here: Here,
    token: str,
    login: Typed = "",
    name: Typed = "",
    password: Typed = "",
    again: Typed = "",
) -> Response:
    """Make the first administrator, and log them in."""
    require_link(here, token)
    try:
        require_same(password, again)
        account = here.accounts.make_first(token, login=login, name=name, password=password)
    except InputError as error:
        told = {"token": token, "login": login, "name": name}
        return page(request, "first.html", status=422, error=str(error), hint=error.hint, **told)
    entered = go_to(request, "home")
    give_cookie(entered, here.sessions.begin(account.id), here)
    return entered


def require_link(here: Services, token: str) -> None:
    """Refuse a link that is over, was used, or never was.

    Raises:
        MissingError: it is.
    """
    if not here.accounts.is_invited(token):
        raise MissingError(
            "first account: got a link that was used or is over, want a new one",
            hint="start the console again: it prints a link while there is no account",
        )
