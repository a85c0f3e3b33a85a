"""Logging in and out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from overt.web.gate import Person, address_of, cookie_of, gate, give_cookie, take_cookie
from overt.web.logins import AskCode, Entered, Later, Outcome
from overt.web.render import go_to, page
from overt.web.services import Here, Services
from overt.web.sessions import Signed

__all__ = ["answer", "router", "show_login", "show_wait"]

router = APIRouter()
Typed = Annotated[str, Form(max_length=1000)]


@router.get("/login")
def login_form(
    request: Request, here: Here, signed: Annotated[Signed | None, Depends(gate)]
) -> Response:
    """Show where to log in."""
    if signed is not None:
        return go_to(request, "home")
    return show_login(request, here, ended="ended" in request.query_params)


@router.post("/login")
def login(request: Request, here: Here, login: Typed = "", password: Typed = "") -> Response:
    """Log in with a password."""
    outcome = here.logins.enter(
        login, password, address=address_of(request), before=cookie_of(request, here)
    )
    return answer(request, here, outcome)


@router.post("/login/code")
def login_code(request: Request, here: Here, ticket: Typed = "", code: Typed = "") -> Response:
    """Log in with a one-time code, after the password."""
    outcome = here.logins.enter_code(
        ticket, code, address=address_of(request), before=cookie_of(request, here)
    )
    return answer(request, here, outcome)


@router.post("/logout")
def logout(request: Request, here: Here, who: Person) -> Response:
    """Log out here."""
    here.sessions.end(who.session.id)
    here.pictures.forget(who.session.id)
    here.builds.forget(who.session.id)
    here.audit.note("logout", account=who.account.id)
    left = go_to(request, "login_form")
    take_cookie(left, here)
    return left


def answer(
    request: Request, here: Services, outcome: Outcome, *, by_service: bool = False
) -> Response:
    """Tell how a login went.

    Args:
        request: it.
        here: the services.
        outcome: how it went.
        by_service: another site has sent the browser here.
    """
    match outcome:
        case Entered(token=token, must_change=must_change):
            route = "password_form" if must_change else "home"
            # The cookie goes to no page that another site leads to: the next step must be our own.
            entered = show_moving(request, route) if by_service else go_to(request, route)
            give_cookie(entered, token, here)
            return entered
        case AskCode(ticket=ticket):
            return page(request, "login_code.html", ticket=ticket)
        case Later(until=until):
            return show_wait(request, here, until)
        case _ if by_service:
            said = "Your organisation's login did not let you in here."
            hint = "Try again. If it stays so, an administrator of the console finds the cause."
            return show_login(request, here, status=401, error=said, hint=hint)
        case _:
            said = "The login or the password, or the code, is wrong."
            hint = "Check both. A password that was given to you works once another person has "
            "confirmed it."
            return show_login(request, here, status=401, error=said, hint=hint, wrong=True)


def show_login(
    request: Request,
    here: Services,
    *,
    status: int = 200,
    error: str = "",
    hint: str = "",
    wrong: bool = False,
    ended: bool = False,
) -> Response:
    """Show where to log in, with what went wrong, and whether what was typed is."""
    provider = here.sign_ins.provider
    host = provider.host if provider else ""
    told = {"error": error, "hint": hint, "wrong": wrong, "ended": ended, "provider": host}
    return page(request, "login.html", status=status, **told)


def show_wait(request: Request, here: Services, until: datetime) -> Response:
    """Tell that nothing was looked at, and how long that stays so."""
    left_s = max(1, round((until - here.clock.now()).total_seconds()))
    said, hint = "Too many tries. Nothing was looked at.", f"Try again in {left_s} seconds."
    shown = show_login(request, here, status=429, error=said, hint=hint)
    shown.headers["Retry-After"] = str(left_s)
    return shown


def show_moving(request: Request, route: str) -> Response:
    """Show a page that goes on by itself."""
    where = request.app.url_path_for(route)
    return page(request, "moving.html", title="Logged in", where=str(where), to="")
