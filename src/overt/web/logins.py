"""Logging in: the password, then the code where one is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from overt.clock import Clock
from overt.web.accounts import Accounts
from overt.web.audit import AuditLog
from overt.web.passwords import LONGEST, Hasher
from overt.web.sessions import Sessions
from overt.web.tokens import Signer

__all__ = ["AskCode", "Entered", "Later", "Logins", "Outcome", "Wrong"]

TICKET_KEPT: Final = timedelta(minutes=5)


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
            self._audit.note("login refused: locked", address=address)
            return Later(until)
        held = self._accounts.store.by_login(tidy)
        right = self._hasher.verify(held.password if held else None, password[: LONGEST + 1])
        if held is None or not right or held.account.closed:
            return self._failed("login failed", tidy, held.account.id if held else "", address)
        if self._hasher.is_old(held.password):
            self._accounts.store.set_password(
                held.account.id,
                self._hasher.hash(password),
                must_change=held.account.must_change,
            )
        if held.account.has_code:
            return AskCode(self._ticket(held.account.id, tidy))
        return self._entered(held.account.id, tidy, address=address, before=before)

    def enter_code(self, ticket: str, code: str, *, address: str, before: str | None) -> Outcome:
        """Log somebody in with their code, after the password."""
        account, login = self._read(ticket)
        if not account:
            return Wrong()
        until = self._sessions.wait_until(login, address=address)
        if until is not None:
            self._audit.note("login refused: locked", account=account, address=address)
            return Later(until)
        if not self._accounts.use_code(account, code):
            return self._failed("code wrong", login, account, address)
        return self._entered(account, login, address=address, before=before)

    def _entered(self, account: str, login: str, *, address: str, before: str | None) -> Entered:
        self._sessions.tried_well(login, address=address)
        if before is not None and (old := self._sessions.find(before, active=False)) is not None:
            self._sessions.end(old.session.id)
        token = self._sessions.begin(account)
        self._audit.note("login", account=account, address=address)
        return Entered(token, self._accounts.store.get(account).must_change)

    def _failed(self, what: str, login: str, account: str, address: str) -> Wrong:
        """Note a failure, not what was typed: people type passwords where the login goes."""
        self._audit.note(what, account=account, address=address)
        if self._sessions.locks(login):
            self._audit.note("locked for a while", account=account, address=address)
        return Wrong()

    def _ticket(self, account: str, login: str) -> str:
        until = (self._clock.now() + TICKET_KEPT).isoformat()
        return "|".join((account, login, until, self._signer.sign("code", account, login, until)))

    def _read(self, ticket: str) -> tuple[str, str]:
        """Read who has shown the password; two empty texts where nobody has, of late."""
        account, login, until, signature = [*ticket.split("|"), "", "", "", ""][:4]
        if not self._signer.holds(signature, "code", account, login, until):
            return "", ""
        if self._clock.now() >= datetime.fromisoformat(until):
            return "", ""
        return account, login
