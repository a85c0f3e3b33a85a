"""Tokens of the API: one's own, and for the administrator everybody's, but no secret of theirs."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response

from overt.errors import InputError
from overt.values.account import Role
from overt.values.token import Scope
from overt.web.gate import Person
from overt.web.permissions import PERMISSIONS, Bearer
from overt.web.render import go_to, page, tell
from overt.web.services import Here, Services

__all__ = ["router", "scopes_of"]

router = APIRouter()
Typed = Annotated[str, Form(max_length=1000)]
Chosen = Annotated[list[Scope], Form()]
Days = Annotated[int, Form(ge=0, le=10_000)]
USUAL_DAYS: Final = 90


@router.get("/profile/tokens")
def tokens(request: Request, here: Here, who: Person) -> Response:
    """Show one's tokens."""
    return show_own(request, here, who.account.id, who.role)


@router.post("/profile/tokens")
def token_make(
    request: Request,
    here: Here,
    who: Person,
    scopes: Chosen = [],  # noqa: B006 - FastAPI copies it
    label: Typed = "",
    days: Days = USUAL_DAYS,
) -> Response:
    """Make a token, and show it once."""
    try:
        wanted = [scope for scope in scopes if scope in scopes_of(who.role)]
        secret = here.bearers.make(who.account, label=label, scopes=wanted, days=days)
    except InputError as error:
        return show_own(request, here, who.account.id, who.role, error=error)
    return page(request, "token.html", label=label, secret=secret)


@router.post("/profile/tokens/{token_id}/collect")
def token_collect(request: Request, here: Here, who: Person, token_id: str) -> Response:
    """Collect a token that an administrator allowed, and show it once."""
    secret = here.bearers.collect(token_id, account=who.account)
    return page(request, "token.html", label="", secret=secret)


@router.post("/profile/tokens/{token_id}/revoke")
def token_revoke(request: Request, here: Here, who: Person, token_id: str) -> Response:
    """End one of one's tokens."""
    here.bearers.revoke(token_id, by=who.account)
    tell(request, "The token is revoked. Nothing can be asked with it any more.")
    return go_to(request, "tokens")


@router.get("/tokens")
def account_tokens(request: Request, here: Here) -> Response:
    """Show everybody's tokens."""
    return show_all(request, here)


@router.post("/tokens")
def account_token_allow(
    request: Request,
    here: Here,
    who: Person,
    scopes: Chosen = [],  # noqa: B006
    account: Typed = "",
    label: Typed = "",
    days: Days = USUAL_DAYS,
) -> Response:
    """Let somebody have a token, which they collect themselves."""
    found = here.accounts.store.get(account)
    wanted = [scope for scope in scopes if scope in scopes_of(found.role)]
    try:
        here.bearers.allow(found, label=label, scopes=wanted, days=days, by=who.account)
    except InputError as error:
        return show_all(request, here, error=error)
    tell(request, "The token waits: who it is for collects it in their profile.")
    return go_to(request, "account_tokens")


@router.post("/tokens/{token_id}/revoke")
def account_token_revoke(request: Request, here: Here, who: Person, token_id: str) -> Response:
    """End anybody's token."""
    here.bearers.revoke(token_id, by=who.account, anybody=True)
    tell(request, "The token is revoked. Nothing can be asked with it any more.")
    return go_to(request, "account_tokens")


def scopes_of(role: Role) -> tuple[Scope, ...]:
    """Give the scopes with which a role may ask anything at all."""
    useful = {
        access.scope
        for access in PERMISSIONS.values()
        if isinstance(access, Bearer) and role in access.roles
    }
    return tuple(scope for scope in Scope if scope in useful)


def show_own(
    request: Request,
    here: Services,
    account: str,
    role: Role,
    *,
    error: InputError | None = None,
) -> Response:
    """Show one's tokens, with what has to be corrected."""
    return page(
        request,
        "tokens.html",
        status=422 if error else 200,
        tokens=here.bearers.all(account),
        scopes=scopes_of(role),
        days=USUAL_DAYS,
        now=here.clock.now(),
        error=str(error or ""),
        hint=error.hint if error else "",
    )


def show_all(request: Request, here: Services, *, error: InputError | None = None) -> Response:
    """Show everybody's tokens, with what has to be corrected."""
    accounts = here.accounts.store.all()
    return page(
        request,
        "account_tokens.html",
        status=422 if error else 200,
        tokens=here.bearers.all(),
        scopes=list(Scope),
        accounts=[a for a in accounts if not a.closed and scopes_of(a.role)],
        days=USUAL_DAYS,
        now=here.clock.now(),
        error=str(error or ""),
        hint=error.hint if error else "",
    )
