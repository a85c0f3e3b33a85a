"""Nobody lets somebody in alone: what an administrator makes waits for another person.

docs/decisions/0014-two-people-let-in.md says why.
"""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import Final

from overt.clock import Clock
from overt.errors import InputError, MissingError, PersonError
from overt.ids import NewId
from overt.records.accounts import AccountStore
from overt.records.grants import GrantStore
from overt.records.sign_ins import SignInStore
from overt.values.account import Account, Grant, Linked, Role
from overt.web.audit import AuditLog
from overt.web.sessions import Sessions

__all__ = ["ALONE", "CONFIRMING", "KEPT", "Grants"]

CONFIRMING: Final = frozenset({Role.ADMINISTRATOR, Role.AUTHORISING})
ALONE: Final = timedelta(hours=24)  # where nobody else could confirm: the holder can refuse
KEPT: Final = timedelta(days=7)  # what nobody has confirmed is over


class Grants:
    """What waits for another person. Threads may share it."""

    def __init__(
        self,
        store: GrantStore,
        accounts: AccountStore,
        links: SignInStore,
        *,
        sessions: Sessions,
        audit: AuditLog,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._links = links
        self._sessions = sessions
        self._audit = audit
        self._clock = clock
        self._new_id = new_id

    def others(self, account: str, *, by: str) -> int:
        """Count who could confirm what somebody makes for an account."""
        return self._store.others(CONFIRMING, without=frozenset({account, by}))

    def is_set_up(self, account: str, *, by: str) -> bool:
        """Tell whether somebody else has come in: until then one person sets the console up."""
        return self._store.has_begun(without=frozenset({account, by}))

    def ask(
        self,
        account: Account,
        *,
        by: Account,
        password: str | None = None,
        linked: Linked | None = None,
    ) -> Grant:
        """Have a way in wait for another person, or for its time where there is nobody else.

        Args:
            account: whose way in it is.
            by: who makes it.
            password: an Argon2id hash.
            linked: or a link.
        """
        now = self._clock.now()
        alone = not self.others(account.id, by=by.id)
        grant = Grant(
            id=self._new_id(now),
            account=account,
            by=by.id,
            by_name=by.name,
            made=now,
            works_from=now + ALONE if alone else None,
            linked=linked,
        )
        self._store.add(grant, password=password)
        waits = f"until {grant.works_from:%Y-%m-%dT%H:%MZ}" if grant.works_from else "for another"
        self._audit.note(f"{what(grant)} given", account=account.id, by=by.id, waits=waits)
        return grant

    def all(self) -> tuple[Grant, ...]:
        """Give what waits, the oldest first."""
        return self._store.all(made_after=self._clock.now() - KEPT)

    def of(self, account: str) -> Grant | None:
        """Give what waits for an account; its holder is told on every page."""
        return self._store.of(account, made_after=self._clock.now() - KEPT)

    def confirm(self, grant: str, *, by: Account) -> Grant:
        """Confirm it, as another person: it works now.

        Raises:
            PersonError: who made it, or whose account it is.
            MissingError: it waits no more.
        """
        found = self._store.get(grant)
        if by.id in {found.by, found.account.id}:
            raise PersonError(
                "confirmation: got it of who made it, or of whose account it is, want another",
                hint="ask another administrator, or an authorising officer",
            )
        if found.made <= self._clock.now() - KEPT:
            raise MissingError(
                "confirmation: got one that waited for too long, want a new one",
                hint="have the administrator make it again",
            )
        self._give(grant, by=by.id)
        return found

    def refuse(self, grant: str, *, by: Account) -> Grant:
        """End it: whose account it is, and who could confirm it or has made it, may.

        Raises:
            PersonError: it is somebody else's.
            MissingError: it waits no more.
        """
        found = self._store.get(grant)
        if by.id != found.account.id and by.role not in CONFIRMING:
            raise PersonError("confirmation: got somebody else's, want one's own")
        self._store.take(grant)
        self._audit.note(f"{what(found)} refused", account=found.account.id, by=by.id)
        return found

    def drop(self, account: str) -> None:
        """End what waits for an account: it is closed."""
        self._store.drop(account)

    def settle(self) -> None:
        """Have work what nobody else could confirm, and whose time has come."""
        for grant in self._store.due(now=self._clock.now()):
            # Somebody was first, or whom it links has another account by now: it is over.
            with contextlib.suppress(MissingError, InputError):
                self._give(grant.id, by="")

    def _give(self, grant: str, *, by: str) -> None:
        taken = self._store.take(grant)
        account = taken.grant.account.id
        if taken.password is not None:
            self._accounts.set_password(account, taken.password, must_change=True)
        if taken.grant.linked is not None:
            self._links.link(account, taken.grant.linked)
        self._sessions.end_all(account)
        self._audit.note(f"{what(taken.grant)} confirmed", account=account, by=by or "nobody")


def what(grant: Grant) -> str:
    return "password" if grant.linked is None else "link to service"
