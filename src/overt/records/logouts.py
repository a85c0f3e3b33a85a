"""What a login service has said ended: each word of it taken once, and the sessions it ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select

from overt.records.access_tables import links, logouts, service_sessions
from overt.records.account_database import AccountDatabase
from overt.records.account_tables import sessions, stamp

__all__ = ["Logout", "LogoutStore"]


@dataclass(frozen=True, slots=True)
class Logout:
    """That one session of somebody ended at their service, or all of them."""

    issuer: str
    subject: str  # "" where the session alone is named
    sid: str  # sha256 of the service's id of the session; "" for all of the subject
    token: str  # sha256 of the id of what said so
    until: datetime  # nothing of that id is taken before


class LogoutStore:
    """Ends sessions by the word of a service. Threads and processes may share it."""

    def __init__(self, database: AccountDatabase) -> None:
        self._database = database

    def end(self, logout: Logout, *, now: datetime) -> dict[str, str] | None:
        """End the sessions that a logout is about.

        Who is let in at this moment by a login from before is stopped by what is kept of it.

        Returns:
            The sessions' ids, each with its account's; None where it was said before.
        """
        with self._database.writing() as connection:
            connection.execute(logouts.delete().where(logouts.c.until <= stamp(now)))
            same = select(logouts.c.token).where(logouts.c.token == logout.token)
            if connection.execute(same).first() is not None:
                return None
            account = ""
            if logout.subject:
                whose = and_(links.c.issuer == logout.issuer, links.c.subject == logout.subject)
                account = connection.execute(select(links.c.account).where(whose)).scalar() or ""
            values = {"token": logout.token, "sid": logout.sid, "account": account}
            connection.execute(
                logouts.insert().values(**values, at=stamp(now), until=stamp(logout.until))
            )
            if logout.subject and not account:
                return {}  # of somebody who has no account here
            wanted = [service_sessions.c.issuer == logout.issuer]
            if account:
                wanted.append(sessions.c.account == account)
            if logout.sid:  # sessions of which the service told no id may be the one
                ids = (logout.sid, "") if account else (logout.sid,)
                wanted.append(service_sessions.c.sid.in_(ids))
            query = select(sessions.c.id, sessions.c.account).join_from(sessions, service_sessions)
            found = {row.id: row.account for row in connection.execute(query.where(*wanted))}
            connection.execute(sessions.delete().where(sessions.c.id.in_(found)))
        return found
