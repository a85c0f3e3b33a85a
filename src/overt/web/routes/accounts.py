"""Accounts, for administrators."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from overt.errors import InputError
from overt.values.account import Role
from overt.values.deployment import Rank
from overt.web.accounts import Given
from overt.web.gate import Person
from overt.web.render import go_to, page, tell
from overt.web.services import Here, Services

__all__ = ["router"]

router = APIRouter()
Typed = Annotated[str, Form(max_length=1000)]


class LinkBy(StrEnum):
    """What an account is linked by to a login service."""

    SUBJECT = "subject"
    CLAIM = "claim"


OfRole = Annotated[Role, Form()]
OfRank = Annotated[Rank, Form()]


@router.get("/accounts")
def accounts(request: Request, here: Here, who: Person) -> Response:  # noqa: ARG001 - the gate
    """List the accounts, and show where one is made."""
    return show_all(request, here)


@router.post("/accounts")
def account_make(
    request: Request,
    here: Here,
    who: Person,
    role: OfRole,
    rank: OfRank = Rank.NONE,
    login: Typed = "",
    name: Typed = "",
) -> Response:
    """Make an account, and show its one-time password, once."""
    try:
        given = here.accounts.make(login=login, name=name, role=role, rank=rank, by=who.account)
    except InputError as error:
        typed = {"login": login, "name": name, "role": role, "rank": rank}
        return show_all(request, here, error=error, typed=typed)
    return show_given(request, given)


@router.get("/accounts/{account_id}")
def account(request: Request, here: Here, who: Person, account_id: str) -> Response:
    """Show an account, and what can be changed."""
    found = here.accounts.store.get(account_id)
    sessions = here.sessions.of(account_id)
    own = found.id == who.account.id
    return page(
        request,
        "account.html",
        account=found,
        sessions=sessions,
        own=own,
        roles=list(Role),
        ranks=list(Rank),
        waits=here.accounts.grants.of(account_id),
        linked=here.sign_ins.store.linked(account_id),
        provider=here.sign_ins.provider,
    )


@router.post("/accounts/{account_id}/role")
def account_role(
    request: Request,
    here: Here,
    who: Person,
    account_id: str,
    role: OfRole,
    rank: OfRank = Rank.NONE,
) -> Response:
    """Change what somebody is there for."""
    changed = here.accounts.change_role(account_id, role, rank, by=who.account)
    tell(request, f"{changed.name} is {changed.role} now, and has to log in again.")
    return go_to(request, "account", account_id=account_id)


@router.post("/accounts/{account_id}/password")
def account_password(request: Request, here: Here, who: Person, account_id: str) -> Response:
    """Give somebody a new one-time password, and show it, once."""
    given = here.accounts.give_password(account_id, by=who.account)
    return show_given(request, given)


@router.post("/accounts/{account_id}/link")
def account_link(
    request: Request,
    here: Here,
    who: Person,
    account_id: str,
    known_as: Typed = "",
    by: Annotated[LinkBy, Form()] = LinkBy.SUBJECT,
) -> Response:
    """Link somebody to who they are at the service of their organisation."""
    found = here.accounts.others(account_id, by=who.account)
    here.sign_ins.link(found, known_as=known_as, by_login=by is LinkBy.CLAIM, by=who.account)
    tell(request, "The link waits to be confirmed.")
    return go_to(request, "account", account_id=account_id)


@router.post("/accounts/{account_id}/link/end")
def account_unlink(request: Request, here: Here, who: Person, account_id: str) -> Response:
    """End a link."""
    here.sign_ins.unlink(here.accounts.others(account_id, by=who.account), by=who.account)
    tell(request, "The link is ended; every session is ended.")
    return go_to(request, "account", account_id=account_id)


@router.post("/accounts/{account_id}/code/remove")
def account_code_remove(request: Request, here: Here, who: Person, account_id: str) -> Response:
    """Ask somebody for no codes any more, who has lost their phone."""
    here.accounts.remove_code(account_id, by=who.account)
    tell(request, "No one-time code is asked for any more.")
    return go_to(request, "account", account_id=account_id)


@router.post("/accounts/{account_id}/sessions/end")
def account_sessions_end(request: Request, here: Here, who: Person, account_id: str) -> Response:
    """Log somebody out everywhere."""
    ended = here.accounts.end_sessions(here.accounts.store.get(account_id).id, by=who.account)
    tell(request, f"Logged out, at {ended} {'place' if ended == 1 else 'places'}.")
    return go_to(request, "account", account_id=account_id)


@router.post("/accounts/{account_id}/close")
def account_close(request: Request, here: Here, who: Person, account_id: str) -> Response:
    """Close an account."""
    here.accounts.set_closed(account_id, closed=True, by=who.account)
    tell(request, "The account is closed. Its name stays taken.")
    return go_to(request, "account", account_id=account_id)


@router.post("/accounts/{account_id}/open")
def account_open(request: Request, here: Here, who: Person, account_id: str) -> Response:
    """Open a closed account again."""
    here.accounts.set_closed(account_id, closed=False, by=who.account)
    tell(request, "The account is open again.")
    return go_to(request, "account", account_id=account_id)


def show_given(request: Request, given: Given) -> Response:
    """Show a one-time password, once, and what it waits for."""
    return page(request, "given.html", status=201, given=given)


def show_all(
    request: Request,
    here: Services,
    *,
    error: InputError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    """List the accounts, with what was typed where it has to be corrected."""
    empty = {"login": "", "name": "", "role": Role.OPERATOR, "rank": Rank.NONE}
    return page(
        request,
        "accounts.html",
        status=422 if error else 200,
        accounts=here.accounts.store.all(),
        waiting={each.account.id for each in here.accounts.grants.all()},
        roles=list(Role),
        ranks=list(Rank),
        typed=typed or empty,
        error=str(error or ""),
        hint=error.hint if error else "",
    )
