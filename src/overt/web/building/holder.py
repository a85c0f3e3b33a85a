"""Whose a build is: a session of the console, or a program's token; and who may see it."""

from __future__ import annotations

from typing import TypeAlias

from overt.values.token import Token
from overt.web.bearers import Bearers
from overt.web.sessions import Sessions, Signed

__all__ = ["Holder", "is_gone", "is_of_session", "may_hold"]

Holder: TypeAlias = Signed | Token


def may_hold(who: Holder, *, begun_by: Holder) -> bool:
    """Tell whether a build is for who asks.

    A session's build is that session's alone. A token's is that token's, and of the sessions of
    its account: a person goes through the photographs, which no program is given.
    """
    if isinstance(begun_by, Signed):
        return is_of_session(begun_by, who.session.id) if isinstance(who, Signed) else False
    if isinstance(who, Signed):
        return who.account.id == begun_by.account.id
    return who.id == begun_by.id


def is_of_session(holder: Holder, session: str) -> bool:
    """Tell whether it is this session."""
    return isinstance(holder, Signed) and holder.session.id == session


def is_gone(holder: Holder, *, sessions: Sessions, bearers: Bearers) -> bool:
    """Tell whether a session is over, or a token good no more."""
    if isinstance(holder, Signed):
        return sessions.left(holder) is None
    return not bearers.holds(holder)
