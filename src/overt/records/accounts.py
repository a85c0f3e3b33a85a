"""Accounts in their database: who there is, how they log in, and the one rule that needs them all.

At least one administrator is always left: without one nobody could ever let anybody in again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.exc import IntegrityError

from overt.errors import InputError, MissingError, RefusedError
from overt.records.account_database import AccountDatabase
from overt.records.account_tables import accounts as table
from overt.records.account_tables import invitations, stamp
from overt.text import name_key
from overt.values.account import Account, Role
from overt.values.deployment import Rank

__all__ = ["AccountStore", "Credentials", "account_of"]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a login is held against."""

    account: Account
    password: str  # its Argon2id hash
    code_secret: bytes | None  # sealed


class AccountStore:
    """The accounts. Threads and processes may share them."""

    def __init__(self, database: AccountDatabase) -> None:
        self._database = database

    def all(self) -> tuple[Account, ...]:
        """Give every account, closed ones too, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(table).order_by(table.c.name)).all()
        return tuple(account_of(row) for row in rows)

    def is_empty(self) -> bool:
        """Tell whether there is no account yet."""
        with self._database.reading() as connection:
            return count(connection) == 0

    def get(self, account: str) -> Account:
        """Give one account.

        Raises:
            MissingError: there is none of this id.
        """
        return self.credentials(account).account

    def credentials(self, account: str) -> Credentials:
        """Give what a login of an account is held against.

        Raises:
            MissingError: there is none of this id.
        """
        with self._database.reading() as connection:
            return credentials_of(require(connection, account))

    def by_login(self, login: str) -> Credentials | None:
        """Give what a login is held against; None where there is no such account."""
        with self._database.reading() as connection:
            row = connection.execute(select(table).where(table.c.login == login)).first()
        return None if row is None else credentials_of(row)

    def add(self, account: Account, *, password: str) -> None:
        """Add an account.

        Args:
            account: the account.
            password: its Argon2id hash.

        Raises:
            InputError: its login or its name is taken.
        """
        with self._database.writing() as connection:
            insert(connection, account, password)

    def invite(self, token: str, *, until: datetime) -> None:
        """Let whoever has this token make the first account; earlier tokens end.

        Args:
            token: its sha256.
            until: when it ends.
        """
        with self._database.writing() as connection:
            connection.execute(invitations.delete())
            connection.execute(invitations.insert().values(token=token, until=stamp(until)))

    def is_invited(self, token: str, *, now: datetime) -> bool:
        """Tell whether a token (its sha256) may still make the first account."""
        with self._database.reading() as connection:
            return invited(connection, token, now)

    def add_first(self, account: Account, *, password: str, token: str, now: datetime) -> None:
        """Add the first account, and end the token that let somebody do so.

        Raises:
            RefusedError: there is an account already, or the token (its sha256) is not good now.
        """
        with self._database.writing() as connection:
            if count(connection) or not invited(connection, token, now):
                raise RefusedError(
                    "first account: got a link that was used or is over, want a new one",
                    hint="start the console again: it prints a link while there is no account",
                )
            insert(connection, account, password)
            connection.execute(invitations.delete())

    def set_password(self, account: str, password: str, *, must_change: bool) -> None:
        """Change a password (its Argon2id hash)."""
        self._change(account, password=password, must_change=must_change)

    def set_role(self, account: str, role: Role, rank: Rank) -> None:
        """Change what somebody is there for.

        Raises:
            RefusedError: no administrator would be left.
        """
        self._change(account, role=role, rank=rank)

    def set_closed(self, account: str, *, closed: bool) -> None:
        """Close an account, or open it again; its name stays taken.

        Raises:
            RefusedError: no administrator would be left.
        """
        self._change(account, closed=closed)

    def set_code(self, account: str, secret: bytes | None, *, used: int = 0) -> None:
        """Ask for one-time codes of a secret (sealed), or for none.

        Args:
            account: its id.
            secret: sealed; None: no code is asked for.
            used: the last period whose code was taken.
        """
        self._change(account, code_secret=secret, code_used=used)

    def use_code(self, account: str, period: int) -> bool:
        """Take a period's code, once: tell whether it, and none after it, was taken before."""
        with self._database.writing() as connection:
            changed = connection.execute(
                update(table)
                .where(table.c.id == account, table.c.code_used < period)
                .values(code_used=period)
            )
        return changed.rowcount == 1

    def _change(self, account: str, **values: Any) -> None:
        with self._database.writing() as connection:
            require(connection, account)
            connection.execute(update(table).where(table.c.id == account).values(**values))
            if not count(connection, role=Role.ADMINISTRATOR, closed=False):
                raise RefusedError(
                    "account: got the last administrator, want one left",
                    hint="make somebody else an administrator first",
                )


def count(connection: Connection, **values: Any) -> int:
    """Count the accounts that have these values."""
    query = select(func.count()).select_from(table).filter_by(**values)
    return connection.execute(query).scalar_one()


def insert(connection: Connection, account: Account, password: str) -> None:
    values = {
        "id": account.id,
        "login": account.login,
        "name": account.name,
        "name_key": name_key(account.name),
        "role": account.role,
        "rank": account.rank,
        "made": stamp(account.made),
        "password": password,
        "must_change": account.must_change,
        "closed": account.closed,
        "code_secret": None,
        "code_used": 0,
    }
    try:
        connection.execute(table.insert().values(values))
    except IntegrityError as error:
        raise InputError(
            "account: got a login or a name that somebody has, want another",
            hint="a person has one account; of two people with one name, write what tells them "
            "apart (a collar number)",
        ) from error


def invited(connection: Connection, token: str, now: datetime) -> bool:
    query = select(invitations).where(
        invitations.c.token == token, invitations.c.until > stamp(now)
    )
    return connection.execute(query).first() is not None


def require(connection: Connection, account: str) -> Row[Any]:
    """Find an account's row.

    Raises:
        MissingError: there is none.
    """
    row = connection.execute(select(table).where(table.c.id == account)).first()
    if row is None:
        raise MissingError("account: got none of this id, want one", hint="see the list of them")
    return row


def credentials_of(row: Row[Any]) -> Credentials:
    return Credentials(account_of(row), row.password, row.code_secret)


def account_of(row: Row[Any]) -> Account:
    """Read an account of its row, or of a row that has its columns."""
    return Account(
        id=row.id,
        login=row.login,
        name=row.name,
        role=Role(row.role),
        rank=Rank(row.rank),
        made=datetime.fromisoformat(row.made),
        must_change=bool(row.must_change),
        closed=bool(row.closed),
        has_code=row.code_secret is not None,
    )
