"""Ways in that wait for another person: nobody lets somebody in alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, select

from overt.errors import MissingError
from overt.records.access_tables import grants
from overt.records.account_database import AccountDatabase
from overt.records.account_tables import accounts, stamp
from overt.records.accounts import account_of
from overt.values.account import Grant, Linked, Role

__all__ = ["GrantStore", "Taken"]

MAKER = accounts.alias("maker")
JOINED = select(accounts, grants, MAKER.c.name.label("by_name")).select_from(
    grants.join(accounts, grants.c.account == accounts.c.id).join(MAKER, grants.c.by == MAKER.c.id)
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A grant that was taken up: it is there no more, and what it gives is to be given."""

    grant: Grant
    password: str | None  # Argon2id hash; None: it is a link


class GrantStore:
    """Grants, at most one of an account. Threads and processes may share them."""

    def __init__(self, database: AccountDatabase) -> None:
        self._database = database

    def add(self, grant: Grant, *, password: str | None) -> None:
        """Keep a grant, in place of what waited for this account before.

        Args:
            grant: it.
            password: its Argon2id hash; None: it is a link.
        """
        linked = grant.linked or Linked("", "", "")
        values = {
            "account": grant.account.id,
            "grant": grant.id,
            "by": grant.by,
            "granted": stamp(grant.made),
            "works_from": None if grant.works_from is None else stamp(grant.works_from),
            "given": password,
            "issuer": linked.issuer or None,
            "subject": linked.subject or None,
            "known_as": linked.login or None,
        }
        with self._database.writing() as connection:
            connection.execute(grants.delete().where(grants.c.account == grant.account.id))
            connection.execute(grants.insert().values(values))

    def all(self, *, made_after: datetime) -> tuple[Grant, ...]:
        """Give what waits, the oldest first; older ones are over."""
        query = JOINED.where(grants.c.granted > stamp(made_after)).order_by(grants.c.granted)
        return self._read(query)

    def of(self, account: str, *, made_after: datetime) -> Grant | None:
        """Give what waits for an account."""
        query = JOINED.where(grants.c.account == account, grants.c.granted > stamp(made_after))
        return next(iter(self._read(query)), None)

    def due(self, *, now: datetime) -> tuple[Grant, ...]:
        """Give what works from now on without another person."""
        return self._read(JOINED.where(grants.c.works_from <= stamp(now)))

    def get(self, grant: str) -> Grant:
        """Give one.

        Raises:
            MissingError: there is none of this id any more.
        """
        found = self._read(JOINED.where(grants.c.grant == grant))
        if not found:
            raise gone()
        return found[0]

    def take(self, grant: str) -> Taken:
        """Take one up, once: of two at the same time one gets it.

        Raises:
            MissingError: there is none of this id any more.
        """
        with self._database.writing() as connection:
            row = connection.execute(JOINED.where(grants.c.grant == grant)).first()
            connection.execute(grants.delete().where(grants.c.grant == grant))
        if row is None:
            raise gone()
        return Taken(grant_of(row), row.given)

    def drop(self, account: str) -> None:
        """End what waits for an account."""
        with self._database.writing() as connection:
            connection.execute(grants.delete().where(grants.c.account == account))

    def others(self, roles: frozenset[Role], *, without: frozenset[str]) -> int:
        """Count the accounts of these roles that are open and have chosen their own password."""
        query = select(func.count()).select_from(accounts)
        able = and_(
            accounts.c.role.in_(sorted(roles)),
            accounts.c.id.not_in(sorted(without)),
        )
        query = query.where(able).filter_by(closed=False, must_change=False)
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()

    def has_begun(self, *, without: frozenset[str]) -> bool:
        """Tell whether anybody else has ever come in, of any role, closed by now or not."""
        query = select(accounts.c.id).where(accounts.c.id.not_in(sorted(without)))
        with self._database.reading() as connection:
            return connection.execute(query.filter_by(must_change=False)).first() is not None

    def _read(self, query: Select[Any]) -> tuple[Grant, ...]:
        with self._database.reading() as connection:
            return tuple(grant_of(row) for row in connection.execute(query))


def grant_of(row: Row[Any]) -> Grant:
    known = Linked(row.issuer, row.subject or "", row.known_as or "") if row.issuer else None
    return Grant(
        id=row.grant,
        account=account_of(row),
        by=row.by,
        by_name=row.by_name,
        made=datetime.fromisoformat(row.granted),
        works_from=None if row.works_from is None else datetime.fromisoformat(row.works_from),
        linked=known,
    )


def gone() -> MissingError:
    return MissingError(
        "confirmation: got one that waits no more, want one that does",
        hint="somebody was first, it was refused, or another has taken its place",
    )
