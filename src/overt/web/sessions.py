"""Sessions: begun at login, ended by time, by the person, or by what changes their account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from overt.clock import Clock
from overt.ids import NewId
from overt.records.sessions import SessionStore, TryStore
from overt.values.account import Account, Role, Session, Vouched
from overt.web.tokens import csrf_of, digest, new_token
from overt.web.tries import FORGET, wait_of_account, wait_of_address

__all__ = ["IDLE", "LONGEST", "Left", "Sessions", "Signed"]

IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)  # a shift
TOUCH: Final = timedelta(minutes=1)  # how exactly it is known when somebody was last there


@dataclass(frozen=True, slots=True)
class Signed:
    """Who asks: the session of a request, and the token that its forms carry."""

    session: Session
    csrf: str

    @property
    def account(self) -> Account:
        """Whose session it is."""
        return self.session.account

    @property
    def name(self) -> str:
        """What the record says of who did something: the `by` of every verb."""
        return self.account.name

    @property
    def role(self) -> Role:
        """What they are there for."""
        return self.account.role


@dataclass(frozen=True, slots=True)
class Left:
    """How long a session lasts from now."""

    idle: timedelta  # where its person does nothing
    whole: timedelta  # in any case

    @property
    def least(self) -> timedelta:
        """What comes first."""
        return min(self.idle, self.whole)


class Sessions:
    """The sessions of this console. Threads may share it."""

    def __init__(
        self, store: SessionStore, tries: TryStore, *, clock: Clock, new_id: NewId
    ) -> None:
        self.store = store
        self._tries = tries
        self.clock = clock
        self._new_id = new_id

    def begin(self, account: str) -> str:
        """Begin a session, and give its token: to the browser, and to nobody else."""
        now = self.clock.now()
        self.store.sweep(begun_before=now - LONGEST, seen_before=now - IDLE)
        token = new_token()
        self.store.add(digest(token), id=self._new_id(now), account=account, now=now)
        return token

    def begin_vouched(self, account: str, vouched: Vouched) -> str | None:
        """Begin a session by a service's word; None where the service has taken it back since."""
        now = self.clock.now()
        self.store.sweep(begun_before=now - LONGEST, seen_before=now - IDLE)
        token = new_token()
        identifier = self._new_id(now)
        begun = self.store.add_vouched(
            digest(token), vouched, id=identifier, account=account, now=now
        )
        return token if begun else None

    def find(self, token: str, *, active: bool) -> Signed | None:
        """Give the session of a token, where it is not over.

        Args:
            token: as the browser sent it.
            active: whether its person did something: a page that asks by itself keeps none alive.
        """
        found = self.store.find(digest(token))
        if found is None:
            return None
        now = self.clock.now()
        if self.is_over(found, now=now):
            self.store.end(found.id)
            return None
        if active and now - found.seen >= TOUCH:
            self.store.touch(found.id, now=now)
        return Signed(found, csrf_of(token))

    def left(self, signed: Signed) -> Left | None:
        """Tell how long a session lasts, for what goes on for long; None where it is over."""
        now = self.clock.now()
        for each in self.store.of(signed.account.id):
            if each.id == signed.session.id and not each.account.closed:
                if self.is_over(each, now=now):
                    return None
                return Left(each.seen + IDLE - now, each.begun + LONGEST - now)
        return None

    def is_over(self, session: Session, *, now: datetime) -> bool:
        """Tell whether a session is over by time."""
        return now - session.seen >= IDLE or now - session.begun >= LONGEST

    def of(self, account: str) -> tuple[Session, ...]:
        """Give the sessions of somebody that are not over."""
        now = self.clock.now()
        return tuple(each for each in self.store.of(account) if not self.is_over(each, now=now))

    def end(self, session: str) -> None:
        """End one session."""
        self.store.end(session)

    def end_all(self, account: str) -> int:
        """End every session of an account."""
        return self.store.end_all(account)

    def may_try(self, login: str, *, address: str = "") -> bool:
        """Count a try, and tell whether it may be looked at now."""
        return self.wait_until(login, address=address) is None

    def wait_until(self, login: str, *, address: str = "") -> datetime | None:
        """Count a try as failed before it is looked at.

        Returns:
            None where it may be looked at; else until when nothing is.
        """
        now = self.clock.now()
        if address:
            subject = digest(f"address {address}")
            until = self._tries.begin(subject, now=now, wait=wait_of_address, forget=FORGET)
            if until is not None:
                return until
        subject = digest(f"login {login}")
        return self._tries.begin(subject, now=now, wait=wait_of_account, forget=FORGET)

    def wait_for_provider(self, address: str) -> datetime | None:
        """Count a login that is to be answered elsewhere as failed until it is answered well.

        Returns:
            None where it may begin; else until when none may, from this address.
        """
        now, subject = self.clock.now(), digest(f"service {address}")
        return self._tries.begin(subject, now=now, wait=wait_of_address, forget=FORGET)

    def provider_said(self, address: str) -> None:
        """Take back such a login: it was answered well."""
        self._tries.take_back(digest(f"service {address}"))

    def locks(self, login: str) -> bool:
        """Tell whether the last failure has locked an account for a while."""
        return wait_of_account(self._tries.failures(digest(f"login {login}"))) > timedelta()

    def tried_well(self, login: str, *, address: str = "") -> None:
        """Take back a try that was right."""
        self._tries.clear(digest(f"login {login}"))
        if address:
            self._tries.take_back(digest(f"address {address}"))
