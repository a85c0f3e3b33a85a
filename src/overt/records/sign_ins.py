"""Logins by an organisation's own service: those under way, and who is known there as what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from overt.errors import InputError
from overt.records.access_tables import links, sign_ins
from overt.records.account_database import AccountDatabase
from overt.records.account_tables import stamp
from overt.values.account import Linked

__all__ = ["Flow", "SignInStore"]


@dataclass(frozen=True, slots=True)
class Flow:
    """A login that somebody has begun, and that the service is to answer."""

    state: str  # its sha256
    nonce: str
    verifier: str


class SignInStore:
    """Logins under way, each taken up once, and links. Threads and processes may share it."""

    def __init__(self, database: AccountDatabase) -> None:
        self._database = database

    def begin(self, browser: str, flow: Flow, *, now: datetime, until: datetime) -> None:
        """Keep what a login began with, under the sha256 of its browser's cookie."""
        values = {"state": flow.state, "nonce": flow.nonce, "verifier": flow.verifier}
        with self._database.writing() as connection:
            connection.execute(sign_ins.delete().where(sign_ins.c.until <= stamp(now)))
            connection.execute(
                sign_ins.insert().values(browser=browser, until=stamp(until), **values)
            )

    def take(self, browser: str, *, now: datetime) -> Flow | None:
        """Give what a login began with, once; None where there is none, or it took too long."""
        with self._database.writing() as connection:
            mine = sign_ins.c.browser == browser
            row = connection.execute(select(sign_ins).where(mine)).first()
            connection.execute(sign_ins.delete().where(mine))
        if row is None or row.until <= stamp(now):
            return None
        return Flow(row.state, row.nonce, row.verifier)

    def link(self, account: str, linked: Linked) -> None:
        """Say who an account's person is at a service, in place of what was said before.

        Raises:
            InputError: another account is linked to them.
        """
        values = {"issuer": linked.issuer, "subject": linked.subject or None}
        with self._database.writing() as connection:
            connection.execute(links.delete().where(links.c.account == account))
            try:
                connection.execute(
                    links.insert().values(account=account, login=linked.login or None, **values)
                )
            except IntegrityError as error:
                raise taken() from error

    def require_free(self, account: str, linked: Linked) -> None:
        """Refuse a link to somebody who has another account.

        Raises:
            InputError: they have.
        """
        same = or_(links.c.subject == linked.subject, links.c.login == linked.login)
        query = select(links).where(links.c.issuer == linked.issuer, same)
        with self._database.reading() as connection:
            if connection.execute(query.where(links.c.account != account)).first() is not None:
                raise taken()

    def unlink(self, account: str) -> None:
        """Say that an account's person is nobody at any service."""
        with self._database.writing() as connection:
            connection.execute(links.delete().where(links.c.account == account))

    def linked(self, account: str) -> Linked | None:
        """Tell who an account's person is at a service."""
        with self._database.reading() as connection:
            row = connection.execute(select(links).where(links.c.account == account)).first()
        return None if row is None else Linked(row.issuer, row.subject or "", row.login or "")

    def account(self, issuer: str, *, subject: str, login: str) -> str | None:
        """Find whose account it is; who was linked by login is held to this subject from now on.

        A login can be given to somebody else one day, a subject cannot (OpenID Connect Core 1.0,
        section 5.7).

        Returns:
            The account's id; None where nobody is linked.
        """
        with self._database.writing() as connection:
            of_issuer = links.c.issuer == issuer
            query = select(links.c.account).where(of_issuer, links.c.subject == subject)
            found: str | None = connection.execute(query).scalar()
            if found is None and login:
                by_login = (of_issuer, links.c.login == login, links.c.subject.is_(None))
                found = connection.execute(select(links.c.account).where(*by_login)).scalar()
                connection.execute(update(links).where(*by_login).values(subject=subject))
        return found


def taken() -> InputError:
    return InputError(
        "link: got who is linked to another account, want somebody else",
        hint="a person has one account; end the other link first",
    )
