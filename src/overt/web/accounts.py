"""What is done to accounts: made, changed, closed. Each change is an audit line."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from overt.clock import Clock
from overt.errors import InputError, PersonError, RefusedError
from overt.ids import NewId
from overt.records.accounts import AccountStore, Credentials
from overt.review.people import require_name
from overt.values.account import Account, Grant, Role
from overt.values.deployment import Rank
from overt.vault.keys import KeyRing
from overt.vault.sealed import seal, unseal
from overt.web.audit import AuditLog
from overt.web.codes import new_secret, period_of
from overt.web.grants import Grants
from overt.web.passwords import Hasher, one_time_password, require_password
from overt.web.sessions import Sessions
from overt.web.tokens import digest, new_token

__all__ = ["FIRST_LINK_KEPT", "Accounts", "Given"]

FIRST_LINK_KEPT: Final = timedelta(hours=1)
LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
CODE_KEY: Final = "accounts"


@dataclass(frozen=True, slots=True)
class Given:
    """A one-time password, which is told once."""

    account: Account
    password: str
    grant: Grant | None  # what it waits for; None: it works now


class Accounts:
    """The accounts of this console. Threads may share it."""

    def __init__(
        self,
        store: AccountStore,
        grants: Grants,
        *,
        sessions: Sessions,
        keys: KeyRing,
        hasher: Hasher,
        audit: AuditLog,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self.store = store
        self.grants = grants
        self._sessions = sessions
        self._keys = keys
        self._hasher = hasher
        self._audit = audit
        self._clock = clock
        self._new_id = new_id

    def first_link(self) -> str | None:
        """Give a new token to make the first account with; None where there is an account."""
        if not self.store.is_empty():
            return None
        token = new_token()
        self.store.invite(digest(token), until=self._clock.now() + FIRST_LINK_KEPT)
        self._audit.note("first link made")
        return token

    def is_invited(self, token: str) -> bool:
        """Tell whether a token may still make the first account."""
        return self.store.is_invited(digest(token), now=self._clock.now())

    def make_first(self, token: str, *, login: str, name: str, password: str) -> Account:
        """Make the first administrator, with the token of the first link.

        Raises:
            InputError: a login, name or password that cannot be used.
            RefusedError: there is an account already, or the link is over.
        """
        account = self._new(login, name, Role.ADMINISTRATOR, Rank.NONE, must_change=False)
        require_password(password, login=account.login, name=account.name)
        if not self.is_invited(token):  # before work is done for anybody
            raise RefusedError("first account: got a link that was used or is over, want a new one")
        self.store.add_first(
            account,
            password=self._hasher.hash(password),
            token=digest(token),
            now=self._clock.now(),
        )
        self._audit.note("first account made", account=account.id, role=account.role)
        return account

    def make(self, *, login: str, name: str, role: Role, rank: Rank, by: Account) -> Given:
        """Make an account, and give its one-time password.

        It waits for another person. While nobody else has ever come in it works at once: a console
        is set up by one person.

        Raises:
            InputError: what was given cannot be used, or is taken.
        """
        account = self._new(login, name, role, rank, must_change=True)
        password = one_time_password()
        hashed = self._hasher.hash(password)
        alone = not self.grants.is_set_up(account.id, by=by.id)
        # What nobody knows opens nothing.
        first = hashed if alone else self._hasher.hash(one_time_password())
        self.store.add(account, password=first)
        self._audit.note("account made", account=account.id, by=by.id, role=account.role)
        if alone:
            self._audit.note("password given", account=account.id, by=by.id, waits="for nobody")
            return Given(account, password, None)
        return Given(account, password, self.grants.ask(account, by=by, password=hashed))

    def change_role(self, account: str, role: Role, rank: Rank, *, by: Account) -> Account:
        """Change what somebody is there for: every session of theirs ends.

        Raises:
            PersonError: one's own; somebody else must.
            RefusedError: no administrator would be left.
        """
        found = self.others(account, by=by)
        changed = replace(found, role=role, rank=rank)
        self.store.set_role(account, role, rank)
        self._sessions.end_all(account)
        was = f"{found.role}, {found.rank}"
        self._audit.note("role changed", account=account, by=by.id, was=was, role=f"{role}, {rank}")
        return changed

    def give_password(self, account: str, *, by: Account) -> Given:
        """Give somebody a new one-time password, which waits for another person.

        Until then the present one works, and its holder is told. To keep somebody out at once, end
        their sessions and close the account: that needs nobody else.
        """
        found = self.others(account, by=by)
        password = one_time_password()
        hashed = self._hasher.hash(password)
        return Given(found, password, self.grants.ask(found, by=by, password=hashed))

    def end_given(self, held: Credentials) -> Credentials:
        """End a password that somebody else gave: its holder has come in by another way."""
        self.store.set_password(
            held.account.id, self._hasher.hash(one_time_password()), must_change=False
        )
        self._audit.note("given password ended", account=held.account.id)
        return self.store.credentials(held.account.id)

    def set_closed(self, account: str, *, closed: bool, by: Account) -> None:
        """Close an account, or open it again; its sessions end.

        Raises:
            PersonError: one's own; somebody else must.
            RefusedError: no administrator would be left.
        """
        self.others(account, by=by)
        self.store.set_closed(account, closed=closed)
        self.grants.drop(account)
        self._sessions.end_all(account)
        self._audit.note("closed" if closed else "opened again", account=account, by=by.id)

    def end_sessions(self, account: str, *, by: Account) -> int:
        """Log somebody out everywhere, and tell of how many places."""
        ended = self._sessions.end_all(account)
        self._audit.note("logged out everywhere", account=account, by=by.id)
        return ended

    def remove_code(self, account: str, *, by: Account) -> None:
        """Ask somebody for no codes any more, who has lost their phone: their sessions end."""
        self.others(account, by=by)
        self.store.set_code(account, None)
        self._sessions.end_all(account)
        self._audit.note("codes removed", account=account, by=by.id)

    def change_password(self, account: Account, *, old: str, new: str) -> None:
        """Change one's own password: every session ends, this one too.

        Raises:
            InputError: the old one is wrong, or the new one cannot be used.
        """
        held = self.store.credentials(account.id)
        self.require_password(account, old)
        require_password(new, login=account.login, name=account.name)
        if self._hasher.verify(held.password, new):
            raise InputError("password: got the old one, want another")
        self.store.set_password(account.id, self._hasher.hash(new), must_change=False)
        self._sessions.end_all(account.id)
        self._audit.note("password changed", account=account.id)

    def require_password(self, account: Account, password: str) -> None:
        """Ask for somebody's password again, before what changes how they log in.

        Raises:
            InputError: it is not theirs, or was tried too often.
        """
        if not self._sessions.may_try(account.login):
            raise InputError("password: got too many wrong ones, want a pause", hint="wait a while")
        if not self._hasher.verify(self.store.credentials(account.id).password, password):
            self._audit.note("password wrong", account=account.id)
            raise InputError("password: got a wrong one, want your present one")
        self._sessions.tried_well(account.login)

    def set_code(self, account: Account, *, secret: str, code: str) -> None:
        """Ask for one-time codes from now on, where the app shows the right one.

        Raises:
            InputError: it is not the code of now.
        """
        period = period_of(secret, code, now=self._clock.now())
        if period is None:
            raise InputError(
                "code: got another one, want the one that the app shows now",
                hint="check that the phone's clock is right",
            )
        key = self._keys.create(CODE_KEY)
        sealed = seal(key, secret.encode(), context=f"code:{account.id}".encode())
        self.store.set_code(account.id, sealed, used=period)
        self._audit.note("codes set up", account=account.id)

    def drop_code(self, account: Account) -> None:
        """Ask for no codes any more."""
        self.store.set_code(account.id, None)
        self._audit.note("codes removed", account=account.id)

    def new_code_secret(self) -> str:
        """Draw a secret for an app."""
        return new_secret()

    def use_code(self, account: str, code: str) -> bool:
        """Take a one-time code, once; tell whether it is right."""
        sealed = self.store.credentials(account).code_secret
        if sealed is None:
            return False
        context = f"code:{account}".encode()
        secret = unseal(self._keys.get(CODE_KEY), sealed, context=context).decode()
        period = period_of(secret, code, now=self._clock.now())
        return period is not None and self.store.use_code(account, period)

    def _new(self, login: str, name: str, role: Role, rank: Rank, *, must_change: bool) -> Account:
        now: datetime = self._clock.now()
        tidy = login.strip().lower()
        if not LOGIN.fullmatch(tidy):
            raise InputError(
                "login: got what is none, want 2 to 40 of a-z, 0-9, dot, hyphen, underscore",
                hint="as j.smith or 4711",
            )
        if not name.strip():
            raise InputError("name: got none, want the person's name")
        return Account(
            id=self._new_id(now),
            login=tidy,
            name=require_name(name),
            role=role,
            rank=rank,
            made=now,
            must_change=must_change,
            closed=False,
            has_code=False,
        )

    def others(self, account: str, *, by: Account) -> Account:
        """Give an account that is somebody else's.

        Raises:
            PersonError: it is one's own.
        """
        if account == by.id:
            raise PersonError(
                "account: got one's own, want somebody else's",
                hint="ask another administrator; your password and codes are in your profile",
            )
        return self.store.get(account)
