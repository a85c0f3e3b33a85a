"""Logging in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from overt.web.gate import Person, address_of, cookie_of, gate, give_cookie, take_cookie
from overt.web.logins import AskCode, Entered, Later, Outcome
from overt.web.render import go_to, page
from overt.web.services import Here, Services
from overt.web.sessions import Signed

__all__ = ["router"]

router = APIRouter()
Typed = Annotated[str, Form(max_length=1000)]


@router.get("/login")
def login_form(request: Request, signed: Annotated[Signed | None, Depends(gate)]) -> Response:
    """Show where to log in."""
    if signed is not None:
        return go_to(request, "home")
    return page(request, "login.html", error="", hint="")


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
    here.audit.note("logout", account=who.account.id)
    left = go_to(request, "login_form")
    take_cookie(left, here)
    return left


def answer(request: Request, here: Services, outcome: Outcome) -> Response:
    """Tell how a login went."""
    match outcome:
        case Entered(token=token, must_change=must_change):
            entered = go_to(request, "password_form" if must_change else "home")
            give_cookie(entered, token, here)
            return entered
        case AskCode(ticket=ticket):
            return page(request, "login_code.html", ticket=ticket)
        case Later(until=until):
            left_s = max(1, round((until - here.clock.now()).total_seconds()))
            said = "Too many tries. Nothing was looked at."
            shown = page(
                request,
                "login.html",
                status=429,
                error=said,
                hint=f"Try again in {left_s} seconds.",
            )
            shown.headers["Retry-After"] = str(left_s)
            return shown
        case _:
            said = "The login or the password, or the code, is wrong."
            hint = "Check both. An administrator can give you a new password."
            return page(request, "login.html", status=401, error=said, hint=hint)
