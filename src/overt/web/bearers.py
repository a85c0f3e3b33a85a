"""Tokens of the API: made for oneself, or allowed by an administrator and collected by its account.

Nobody but the account's own holder ever sees a secret: an administrator who could make themselves
a token of somebody else's account would act in their name.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from overt.clock import Clock
from overt.errors import InputError, MissingError
from overt.ids import NewId
from overt.records.api_tokens import TokenStore
from overt.values.account import Account
from overt.values.token import Scope, Token
from overt.web.audit import AuditLog
from overt.web.tokens import digest, new_token

__all__ = ["A_MINUTE", "LONGEST_DAYS", "Bearers"]

LONGEST_DAYS: Final = 366
A_MINUTE: Final = 240  # requests of one token
TOUCH: Final = timedelta(minutes=1)
LONGEST_LABEL: Final = 100


class Bearers:
    """The tokens of this console's accounts. Threads may share it."""

    def __init__(self, store: TokenStore, *, audit: AuditLog, clock: Clock, new_id: NewId) -> None:
        self._store = store
        self._audit = audit
        self._clock = clock
        self._new_id = new_id
        self._minutes: dict[str, tuple[datetime, int]] = {}
        self._lock = threading.Lock()

    def make(self, account: Account, *, label: str, scopes: Iterable[Scope], days: int) -> str:
        """Make a token of one's own, and give its secret: it is shown once.

        Raises:
            InputError: no label, no scope, or no number of days that a token can last.
        """
        token = self._new(account, label, scopes, days, collected=True)
        secret = new_token()
        self._store.add(token, secret=digest(secret))
        self._note("token made", token, by=account)
        return secret

    def allow(
        self, account: Account, *, label: str, scopes: Iterable[Scope], days: int, by: Account
    ) -> None:
        """Let somebody have a token, which they collect in their profile.

        Raises:
            InputError: as for `make`.
        """
        token = self._new(account, label, scopes, days, collected=False)
        self._store.add(token, secret=None)
        self._note("token allowed", token, by=by)

    def collect(self, token: str, *, account: Account) -> str:
        """Draw the secret of a token that was allowed, and give it: it is shown once.

        Raises:
            MissingError: none of this id waits for this account.
        """
        secret = new_token()
        if not self._store.collect(token, account=account.id, secret=digest(secret)):
            raise MissingError("token: got none of this id to collect, want one that waits")
        self._audit.note("token collected", account=account.id, token=token)
        return secret

    def all(self, account: str | None = None) -> tuple[Token, ...]:
        """Give the tokens of an account, or of everybody."""
        return self._store.all(account)

    def revoke(self, token: str, *, by: Account, anybody: bool = False) -> None:
        """End a token, one's own or (as an administrator) anybody's.

        Raises:
            MissingError: there is none of this id, or it is another's.
        """
        self._store.revoke(token, account=None if anybody else by.id)
        self._audit.note("token revoked", account=by.id, token=token)

    def find(self, secret: str) -> Token | None:
        """Give the token of a secret, where it is good now.

        An account that must change a password that somebody gave it opens nothing here either.
        """
        found = self._store.find(digest(secret))
        now = self._clock.now()
        if found is None or now >= found.until or found.account.must_change:
            return None
        if found.used is None or now - found.used >= TOUCH:
            self._store.touch(found.id, now=now)
        return found

    def holds(self, token: Token) -> bool:
        """Tell whether a token is still good, for what goes on for long: it may be revoked."""
        now = self._clock.now()
        return any(
            each.id == token.id
            and now < each.until
            and not each.account.closed
            and not each.account.must_change
            and each.account.role is token.account.role
            for each in self.all(token.account.id)
        )

    def wait_s(self, token: str) -> int:
        """Count a request, and tell how many seconds to wait before it may be asked; 0: none."""
        now = self._clock.now()
        with self._lock:
            begun, asked = self._minutes.get(token, (now, 0))
            if not timedelta() <= now - begun < timedelta(minutes=1):
                begun, asked = now, 0
                old = [key for key, (at, _) in self._minutes.items() if now - at > TOUCH]
                for key in old:
                    del self._minutes[key]
            self._minutes[token] = (begun, asked + 1)
        if asked < A_MINUTE:
            return 0
        return max(1, round(60 - (now - begun).total_seconds()))

    def _new(
        self, account: Account, label: str, scopes: Iterable[Scope], days: int, *, collected: bool
    ) -> Token:
        name, wanted = label.strip(), frozenset(scopes)
        if not 0 < len(name) <= LONGEST_LABEL or not name.isprintable():
            raise InputError(f"label: got none that can be shown, want 1 to {LONGEST_LABEL} signs")
        if not wanted:
            raise InputError("scopes: got none, want what the token is for")
        if not 1 <= days <= LONGEST_DAYS:
            raise InputError(f"days: got {days}, want 1 to {LONGEST_DAYS}")
        now = self._clock.now()
        token = Token(
            self._new_id(now), account, name, wanted, now, now, collected=collected, used=None
        )
        return replace(token, until=now + timedelta(days=days))

    def _note(self, what: str, token: Token, *, by: Account) -> None:
        scopes = " ".join(sorted(token.scopes))
        self._audit.note(what, account=token.account.id, by=by.id, token=token.id, scopes=scopes)
