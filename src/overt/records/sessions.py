"""Who is logged in where, and how often somebody has tried in vain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, and_, or_, select, update

from overt.records.access_tables import logouts, service_sessions
from overt.records.account_database import AccountDatabase
from overt.records.account_tables import accounts, sessions, stamp, tries
from overt.records.accounts import account_of
from overt.values.account import Session, Vouched

__all__ = ["SessionStore", "TryStore"]

NO_PAUSE: Final = datetime(1970, 1, 1, tzinfo=UTC)
JOINED = select(
    accounts, sessions.c.id.label("session"), sessions.c.begun, sessions.c.seen
).join_from(sessions, accounts)


class SessionStore:
    """The sessions. A token is known here by its sha256 only."""

    def __init__(self, database: AccountDatabase) -> None:
        self._database = database

    def add(self, token: str, *, id: str, account: str, now: datetime) -> None:  # noqa: A002
        """Begin a session."""
        at = stamp(now)
        values = {"token": token, "id": id, "account": account, "begun": at, "seen": at}
        with self._database.writing() as connection:
            connection.execute(sessions.insert().values(**values, flash=""))

    def add_vouched(
        self,
        token: str,
        vouched: Vouched,
        *,
        id: str,  # noqa: A002
        account: str,
        now: datetime,
    ) -> bool:
        """Begin a session by a service's word; False where the service has taken it back since."""
        at = stamp(now)
        values = {"token": token, "id": id, "account": account, "begun": at, "seen": at}
        since = and_(logouts.c.account == account, logouts.c.at >= stamp(vouched.at))
        # Where the service told no id of this session, one that it names may be it.
        over = or_(logouts.c.sid == vouched.sid, and_(since, logouts.c.sid == ""))
        with self._database.writing() as connection:
            ended = select(logouts.c.token).where(over if vouched.sid else since)
            if connection.execute(ended).first() is not None:
                return False
            connection.execute(sessions.insert().values(**values, flash=""))
            connection.execute(
                service_sessions.insert().values(session=id, issuer=vouched.issuer, sid=vouched.sid)
            )
        return True

    def find(self, token: str) -> Session | None:
        """Give the session of a token; None where there is none, or its account is closed."""
        query = JOINED.where(sessions.c.token == token)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None or row.closed else session_of(row)

    def of(self, account: str) -> tuple[Session, ...]:
        """Give the sessions of an account, the newest first."""
        query = JOINED.where(accounts.c.id == account).order_by(sessions.c.begun.desc())
        with self._database.reading() as connection:
            return tuple(session_of(row) for row in connection.execute(query))

    def touch(self, session: str, *, now: datetime) -> None:
        """Note that its person did something now."""
        self._update(session, seen=stamp(now))

    def tell(self, session: str, text: str) -> None:
        """Keep what the next page tells."""
        self._update(session, flash=text)

    def told(self, session: str) -> str:
        """Give what is to be told, once; "" for nothing."""
        query = select(sessions.c.flash).where(sessions.c.id == session)
        with self._database.reading() as connection:
            text: str = connection.execute(query).scalar() or ""
        if text:
            self._update(session, flash="")
        return text

    def end(self, session: str) -> None:
        """End one session."""
        with self._database.writing() as connection:
            connection.execute(sessions.delete().where(sessions.c.id == session))

    def end_all(self, account: str) -> int:
        """End every session of an account, and tell how many there were."""
        with self._database.writing() as connection:
            done = connection.execute(sessions.delete().where(sessions.c.account == account))
        return done.rowcount

    def sweep(self, *, begun_before: datetime, seen_before: datetime) -> None:
        """Remove sessions that are over by time."""
        over = or_(sessions.c.begun <= stamp(begun_before), sessions.c.seen <= stamp(seen_before))
        with self._database.writing() as connection:
            connection.execute(sessions.delete().where(over))

    def _update(self, session: str, **values: Any) -> None:
        with self._database.writing() as connection:
            connection.execute(update(sessions).where(sessions.c.id == session).values(**values))


class TryStore:
    """How often somebody tried in vain to log in, by a hash of the login or of the address."""

    def __init__(self, database: AccountDatabase) -> None:
        self._database = database

    def begin(
        self, subject: str, *, now: datetime, wait: Callable[[int], timedelta], forget: timedelta
    ) -> datetime | None:
        """Count a try as failed before it is looked at: of many at once none gets by.

        Args:
            subject: whose try it is.
            now: when.
            wait: how long nothing is looked at after so many failures.
            forget: how long after the last failure nothing is held against anybody.

        Returns:
            None where it may be looked at; else until when it may not.
        """
        with self._database.writing() as connection:
            connection.execute(tries.delete().where(tries.c.last < stamp(now - forget)))
            row = connection.execute(select(tries).where(tries.c.subject == subject)).first()
            if row is not None and row.until > stamp(now):
                return datetime.fromisoformat(row.until)
            failures = 1 if row is None else row.failures + 1
            pause = wait(failures)
            # Without a pause none to compare with: of two at once the one whose time was read
            # first may be written second, and would seem to come too early.
            until = now + pause if pause else NO_PAUSE
            values = {"failures": failures, "last": stamp(now), "until": stamp(until)}
            if row is None:
                connection.execute(tries.insert().values(subject=subject, **values))
            else:
                connection.execute(update(tries).where(tries.c.subject == subject).values(**values))
        return None

    def failures(self, subject: str) -> int:
        """Tell how many failures are held against somebody."""
        query = select(tries.c.failures).where(tries.c.subject == subject)
        with self._database.reading() as connection:
            return connection.execute(query).scalar() or 0

    def clear(self, subject: str) -> None:
        """Hold nothing against somebody any more."""
        with self._database.writing() as connection:
            connection.execute(tries.delete().where(tries.c.subject == subject))

    def take_back(self, subject: str) -> None:
        """Take back one try that did not fail."""
        with self._database.writing() as connection:
            connection.execute(
                update(tries)
                .where(tries.c.subject == subject, tries.c.failures > 0)
                .values(failures=tries.c.failures - 1, until=stamp(NO_PAUSE))
            )


def session_of(row: Row[Any]) -> Session:
    return Session(
        id=row.session,
        account=account_of(row),
        begun=datetime.fromisoformat(row.begun),
        seen=datetime.fromisoformat(row.seen),
    )
