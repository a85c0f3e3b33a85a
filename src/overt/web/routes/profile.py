"""One's own password, one-time codes and sessions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from overt.errors import InputError
from overt.web.codes import address_of, drawn
from overt.web.gate import Person, give_cookie, take_cookie
from overt.web.passwords import require_same
from overt.web.render import go_to, page, tell
from overt.web.services import Here, Services
from overt.web.sessions import Signed

__all__ = ["router"]

router = APIRouter()
Typed = Annotated[str, Form(max_length=1000)]


@router.get("/profile")
def profile(request: Request, here: Here, who: Person) -> Response:
    """Show what is one's own."""
    sessions = here.sessions.of(who.account.id)
    return page(request, "profile.html", sessions=sessions, error="", hint="")


@router.get("/profile/password")
def password_form(request: Request, who: Person) -> Response:
    """Show where one's password is changed."""
    return page(request, "password.html", given=who.account.must_change, error="", hint="")


@router.post("/profile/password")
def password(
    request: Request,
    here: Here,
    who: Person,
    old: Typed = "",
    new: Typed = "",
    again: Typed = "",
) -> Response:
    """Change one's password: other sessions end, and this one goes on under a new token."""
    try:
        require_same(new, again)
        here.accounts.change_password(who.account, old=old, new=new)
    except InputError as error:
        return page(
            request,
            "password.html",
            status=422,
            given=who.account.must_change,
            error=str(error),
            hint=error.hint,
        )
    here.pictures.forget(who.session.id)
    here.builds.forget(who.session.id)
    changed = go_to(request, "home")
    give_cookie(changed, here.sessions.begin(who.account.id), here)
    return changed


@router.get("/profile/code")
def code_form(request: Request, here: Here, who: Person) -> Response:
    """Show a new secret for an app that shows one-time codes."""
    return show_secret(request, here, who, here.accounts.new_code_secret())


@router.post("/profile/code")
def code(
    request: Request,
    here: Here,
    who: Person,
    secret: Typed = "",
    signature: Typed = "",
    password: Typed = "",
    code: Typed = "",
) -> Response:
    """Ask for one-time codes from now on."""
    if not here.signer.holds(signature, "secret", who.session.id, secret):
        raise InputError("code: got a secret of another page, want the one that was shown")
    try:
        here.accounts.require_password(who.account, password)
        here.accounts.set_code(who.account, secret=secret, code=code)
    except InputError as error:
        return show_secret(request, here, who, secret, error=error)
    tell(request, "One-time codes are set up. You are asked for one at each login.")
    return go_to(request, "profile")


@router.post("/profile/code/remove")
def code_remove(request: Request, here: Here, who: Person, password: Typed = "") -> Response:
    """Ask for no one-time codes any more."""
    try:
        here.accounts.require_password(who.account, password)
    except InputError as error:
        return page(
            request,
            "profile.html",
            status=422,
            sessions=here.sessions.of(who.account.id),
            error=str(error),
            hint=error.hint,
        )
    here.accounts.drop_code(who.account)
    tell(request, "One-time codes are removed. Your password alone lets you in.")
    return go_to(request, "profile")


@router.post("/profile/sessions/end")
def sessions_end(request: Request, here: Here, who: Person) -> Response:
    """Log out everywhere, here too."""
    here.accounts.end_sessions(who.account.id, by=who.account)
    here.pictures.forget(who.session.id)
    here.builds.forget(who.session.id)
    left = go_to(request, "login_form")
    take_cookie(left, here)
    return left


def show_secret(
    request: Request, here: Services, who: Signed, secret: str, *, error: InputError | None = None
) -> Response:
    """Show a secret, as a drawing for a phone, as text, and as an address."""
    address = address_of(secret, login=who.account.login)
    return page(
        request,
        "code.html",
        status=422 if error else 200,
        secret=secret,
        signature=here.signer.sign("secret", who.session.id, secret),
        address=address,
        drawn=drawn(address),
        error=str(error or ""),
        hint=error.hint if error else "",
    )
