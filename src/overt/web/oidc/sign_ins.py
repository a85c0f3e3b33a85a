"""Logging in by an organisation's own service: begun here, answered there, ended here.

Nobody gets an account by it, and no role comes from it: an administrator has linked an account
that is there to somebody whom the service knows.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from overt.clock import Clock
from overt.errors import InputError
from overt.records.logouts import Logout, LogoutStore
from overt.records.sign_ins import Flow, SignInStore
from overt.values.account import Account, Grant, Linked, Vouched
from overt.web.audit import AuditLog
from overt.web.grants import Grants
from overt.web.logins import Logins, Outcome, Wrong
from overt.web.oidc.errors import SignInError, UnreachableError
from overt.web.sessions import Sessions
from overt.web.tokens import digest, new_token

if TYPE_CHECKING:
    from overt.web.oidc.provider import Provider

__all__ = ["Away", "Begun", "SignIns"]

KEPT: Final = timedelta(minutes=10)  # for somebody to log in there
LONGEST: Final = 4096  # characters of what comes back
LONGEST_NAME: Final = 255  # characters of a subject or a login


@dataclass(frozen=True, slots=True)
class Begun:
    """A login has begun: where the browser goes, and the cookie that it comes back with."""

    address: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Away:
    """The service does not answer."""


class SignIns:
    """Logs people in by the service. Threads may share it."""

    def __init__(
        self,
        provider: Provider | None,
        store: SignInStore,
        logouts: LogoutStore,
        grants: Grants,
        *,
        logins: Logins,
        sessions: Sessions,
        audit: AuditLog,
        clock: Clock,
    ) -> None:
        self._provider = provider
        self.store = store
        self._logouts = logouts
        self._grants = grants
        self._logins = logins
        self._sessions = sessions
        self._audit = audit
        self._clock = clock

    @property
    def provider(self) -> Provider | None:
        """The service; None where the settings name none."""
        return self._provider

    def wait_until(self, *, address: str) -> datetime | None:
        """Count a try of an address; None where it may begin one, else until when it may not."""
        until = self._sessions.wait_for_provider(address)
        if until is not None:
            self._audit.refused("login refused: locked", address=address)
        return until

    def begin(self, provider: Provider, *, back: str, address: str) -> Begun | Away:
        """Begin a login.

        Args:
            provider: where.
            back: the console's own address that the browser comes back to.
            address: where it comes from.
        """
        cookie, state, nonce, verifier = (new_token() for _ in range(4))
        try:
            where = provider.address(back=back, state=state, nonce=nonce, verifier=verifier)
        except SignInError as error:
            self._audit.refused("service away", why=str(error), address=address)
            return Away()
        now = self._clock.now()
        flow = Flow(digest(state), nonce, verifier)
        self.store.begin(digest(cookie), flow, now=now, until=now + KEPT)
        return Begun(where, cookie)

    def finish(
        self, provider: Provider, came: Mapping[str, str], cookie: str, *, back: str, address: str
    ) -> Outcome | Away:
        """End a login with what the browser brought back, once."""
        try:
            account, vouched = self._whose(provider, came, cookie, back=back)
        except UnreachableError as error:
            self._audit.refused("service away", why=str(error), address=address)
            return Away()
        except SignInError as error:
            self._audit.refused("login by service failed", why=str(error), address=address)
            return Wrong()
        outcome = self._logins.enter_known(account, vouched=vouched, address=address)
        if not isinstance(outcome, Wrong):
            self._sessions.provider_said(address)
        return outcome

    def link(self, account: Account, *, known_as: str, by_login: bool, by: Account) -> Grant:
        """Link an account to somebody whom the service knows; it waits for another person.

        Raises:
            InputError: nothing to link by, or they are linked to another account.
        """
        provider, name = self._provider, known_as.strip()
        if provider is None or (by_login and not provider.claim):
            raise InputError("link: got none for a service that is not set, want it set first")
        if not 0 < len(name) <= LONGEST_NAME:
            raise InputError(f"link: got {len(name)} characters, want 1 to {LONGEST_NAME}")
        linked = (
            Linked(provider.issuer, "", name.casefold())
            if by_login
            else Linked(provider.issuer, name, "")
        )
        self.store.require_free(account.id, linked)
        return self._grants.ask(account, by=by, linked=linked)

    def unlink(self, account: Account, *, by: Account) -> None:
        """End a link; sessions that were begun by it end too."""
        self.store.unlink(account.id)
        self._sessions.end_all(account.id)
        self._audit.note("link to service ended", account=account.id, by=by.id)

    def end(self, provider: Provider, text: str, *, address: str) -> dict[str, str] | None:
        """End the sessions that the service says have ended (OpenID Connect Back-Channel Logout).

        Args:
            provider: the service.
            text: its logout token, as it was sent.
            address: where it comes from.

        Returns:
            The sessions' ids, each with its account's; None where it cannot be believed.
        """
        try:
            ended = self._ended(provider, text)
        except SignInError as error:
            self._audit.refused("logout by service refused", why=str(error), address=address)
            return None
        for account in sorted(set(ended.values())):
            self._audit.note("logout by service", account=account, address=address)
        return ended

    def _ended(self, provider: Provider, text: str) -> dict[str, str]:
        said = provider.ended(text)
        session = digest(said.session) if said.session else ""
        token = digest(f"{provider.issuer} {said.token}")
        logout = Logout(provider.issuer, said.subject, session, token, said.until)
        ended = self._logouts.end(logout, now=self._clock.now())
        if ended is None:
            raise SignInError("logout token: got one that was used (jti), want each once")
        return ended

    def _whose(
        self, provider: Provider, came: Mapping[str, str], cookie: str, *, back: str
    ) -> tuple[str, Vouched]:
        """Find whose account it is, and by which word.

        Raises:
            SignInError: nobody's, or it cannot be believed.
        """
        self._grants.settle()
        flow = self.store.take(digest(cookie), now=self._clock.now()) if cookie else None
        if flow is None:
            raise SignInError("state: got one of no login that is under way here, want one")
        if not hmac.compare_digest(digest(came.get("state", "")), flow.state):
            raise SignInError("state: got another one, want that of this login")
        if came.get("iss", provider.issuer) != provider.issuer:
            raise SignInError("answer: got one of another issuer, want the one that is set")
        code = came.get("code", "")
        if not code or "error" in came or len(code) > LONGEST:
            raise SignInError("answer: got no code, want one")
        asked = self._clock.now()
        known = provider.exchange(code, back=back, nonce=flow.nonce, verifier=flow.verifier)
        account = self.store.account(provider.issuer, subject=known.subject, login=known.login)
        if account is None:
            raise SignInError("subject: got one that no account is linked to, want a linked one")
        return account, Vouched(
            provider.issuer, digest(known.session) if known.session else "", asked
        )
