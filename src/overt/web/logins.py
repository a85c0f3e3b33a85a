"""Logging in: the password, then the code where one is asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from overt.clock import Clock
from overt.errors import MissingError
from overt.records.accounts import Credentials
from overt.values.account import Vouched
from overt.web.accounts import Accounts
from overt.web.audit import AuditLog
from overt.web.passwords import LONGEST, Hasher
from overt.web.sessions import Sessions
from overt.web.tokens import Signer

__all__ = ["AskCode", "Entered", "Later", "Logins", "Outcome", "Wrong"]

TICKET_KEPT: Final = timedelta(minutes=5)
TICKET_PARTS: Final = 6


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody is logged in."""

    token: str  # of the session
    must_change: bool


@dataclass(frozen=True, slots=True)
class AskCode:
    """The password was right; a one-time code is asked for."""

    ticket: str  # to be brought back with the code


@dataclass(frozen=True, slots=True)
class Wrong:
    """It was wrong; what of it is not told."""


@dataclass(frozen=True, slots=True)
class Later:
    """It was not looked at: too many failures."""

    until: datetime


Outcome: TypeAlias = Entered | AskCode | Wrong | Later


class Logins:
    """Logs people in. Threads may share it."""

    def __init__(
        self,
        accounts: Accounts,
        sessions: Sessions,
        *,
        hasher: Hasher,
        audit: AuditLog,
        clock: Clock,
        signer: Signer,
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._hasher = hasher
        self._audit = audit
        self._clock = clock
        self._signer = signer

    def enter(self, login: str, password: str, *, address: str, before: str | None) -> Outcome:
        """Log somebody in with their password.

        Args:
            login: as typed.
            password: as typed.
            address: where it comes from.
            before: the token of the browser's session until now: it ends.
        """
        tidy = login.strip().lower()[:LONGEST]
        until = self._sessions.wait_until(tidy, address=address)
        if until is not None:
            self._audit.refused("login refused: locked", address=address)
            return Later(until)
        self._accounts.grants.settle()
        held = self._accounts.store.by_login(tidy)
        right = self._hasher.verify(held.password if held else None, password[: LONGEST + 1])
        if held is None or not right or held.account.closed:
            return self._failed("login failed", tidy, held.account.id if held else "", address)
        if self._hasher.is_old(held.password):
            again = replace(held, password=self._hasher.hash(password))
            self._accounts.store.set_password(
                held.account.id, again.password, must_change=held.account.must_change
            )
            held = again
        if held.account.has_code:
            return AskCode(self._ticket(held))
        return self._entered(held, address=address, before=before, typed=True)

    def enter_code(self, ticket: str, code: str, *, address: str, before: str | None) -> Outcome:
        """Log somebody in with their code, after the password."""
        held, vouched = self._read(ticket)
        if held is None:
            return Wrong()
        account, login = held.account.id, held.account.login
        until = self._sessions.wait_until(login, address=address)
        if until is not None:
            self._audit.refused("login refused: locked", account=account, address=address)
            return Later(until)
        if not self._accounts.use_code(account, code):
            return self._failed("code wrong", login, account, address)
        return self._entered(held, address=address, before=before, vouched=vouched, typed=True)

    def enter_known(self, account: str, *, vouched: Vouched, address: str) -> Outcome:
        """Log somebody in whom a service vouches for; a code is asked for where one is set up.

        A password that somebody gave them ends: nobody needs it any more.

        Args:
            account: its id.
            vouched: by which service.
            address: where they come from.
        """
        held = self._accounts.store.credentials(account)
        if held.account.closed:
            self._audit.note("login by service failed", account=account, address=address)
            return Wrong()
        if held.account.must_change:
            held = self._accounts.end_given(held)
        if held.account.has_code:
            return AskCode(self._ticket(held, vouched))
        return self._entered(held, address=address, before=None, vouched=vouched)

    def _entered(
        self,
        held: Credentials,
        *,
        address: str,
        before: str | None,
        vouched: Vouched | None = None,
        typed: bool = False,
    ) -> Outcome:
        """Begin a session.

        Args:
            held: whose, as they showed themselves.
            address: where they come from.
            before: the token of the browser's session until now.
            vouched: by which service, where it is one.
            typed: whether a password or a code was tried: what failed before is forgotten.
        """
        account, login = held.account, held.account.login
        if before is not None and (old := self._sessions.find(before, active=False)) is not None:
            self._sessions.end(old.session.id)
        if vouched is None:
            token = self._sessions.begin(account.id)
        elif (token := self._sessions.begin_vouched(account.id, vouched)) is None:
            return self._failed("login by service failed", login, account.id, address)
        now = self._accounts.store.credentials(account.id)
        if now.password != held.password or now.account.closed:
            # Changed while this went on: what ended all sessions has not seen this one.
            self._sessions.end_all(account.id)
            return self._failed("login failed", login, account.id, address)
        if typed:  # what was tried with passwords says nothing of a service
            self._sessions.tried_well(login, address=address)
        way = "password" if vouched is None else "service"
        self._audit.note("login", account=account.id, address=address, way=way)
        return Entered(token, now.account.must_change)

    def _failed(self, what: str, login: str, account: str, address: str) -> Wrong:
        """Note a failure, not what was typed: people type passwords where the login goes."""
        self._audit.note(what, account=account, address=address)
        if self._sessions.locks(login):
            self._audit.note("locked for a while", account=account, address=address)
        return Wrong()

    def _ticket(self, held: Credentials, vouched: Vouched | None = None) -> str:
        until = (self._clock.now() + TICKET_KEPT).isoformat()
        word = ("", "", "")
        if vouched is not None:
            word = (vouched.issuer, vouched.sid, vouched.at.isoformat())
        # Of the password too: a change of it ends the ticket.
        signature = self._signer.sign("code", held.account.id, until, *word, held.password)
        return "|".join((held.account.id, until, *word, signature))

    def _read(self, ticket: str) -> tuple[Credentials | None, Vouched | None]:
        """Give who has shown the password, or whom a service vouches for; None: nobody, of late."""
        account, until, *word, signature = [*ticket.split("|"), *[""] * TICKET_PARTS][:TICKET_PARTS]
        try:
            held = self._accounts.store.credentials(account)
        except MissingError:
            return None, None
        signed = ("code", account, until, *word, held.password)
        if held.account.closed or not self._signer.holds(signature, *signed):
            return None, None
        if self._clock.now() >= datetime.fromisoformat(until):
            return None, None
        issuer, sid, at = word
        return held, Vouched(issuer, sid, datetime.fromisoformat(at)) if issuer else None
