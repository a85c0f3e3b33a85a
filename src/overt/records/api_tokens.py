"""Tokens of the API in the accounts' database. A secret is known here by its sha256 only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from overt.errors import MissingError
from overt.records.account_database import AccountDatabase
from overt.records.account_tables import accounts, stamp
from overt.records.accounts import account_of
from overt.records.api_tables import tokens
from overt.values.token import Scope, Token

__all__ = ["TokenStore"]

JOINED = select(
    accounts,
    tokens.c.id.label("token"),
    tokens.c.secret,
    tokens.c.label,
    tokens.c.scopes,
    tokens.c.token_made,
    tokens.c.until,
    tokens.c.used,
).join_from(tokens, accounts)


class TokenStore:
    """The tokens. Threads and processes may share them."""

    def __init__(self, database: AccountDatabase) -> None:
        self._database = database

    def add(self, token: Token, *, secret: str | None) -> None:
        """Add a token; without a secret it waits to be collected."""
        with self._database.writing() as connection:
            connection.execute(
                tokens.insert().values(
                    id=token.id,
                    secret=secret,
                    account=token.account.id,
                    label=token.label,
                    scopes=" ".join(sorted(token.scopes)),
                    token_made=stamp(token.made),
                    until=stamp(token.until),
                    used="",
                )
            )

    def collect(self, token: str, *, account: str, secret: str) -> bool:
        """Give a token its secret, once; tell whether this account had one to collect."""
        with self._database.writing() as connection:
            done = connection.execute(
                update(tokens)
                .where(tokens.c.id == token, tokens.c.account == account, tokens.c.secret.is_(None))
                .values(secret=secret)
            )
        return done.rowcount == 1

    def find(self, secret: str) -> Token | None:
        """Give the token of a secret; None where there is none, or its account is closed."""
        with self._database.reading() as connection:
            row = connection.execute(JOINED.where(tokens.c.secret == secret)).first()
        return None if row is None or row.closed else token_of(row)

    def all(self, account: str | None = None) -> tuple[Token, ...]:
        """Give the tokens of an account, or of everybody, the newest first."""
        query = JOINED.order_by(tokens.c.token_made.desc())
        if account is not None:
            query = query.where(tokens.c.account == account)
        with self._database.reading() as connection:
            return tuple(token_of(row) for row in connection.execute(query))

    def touch(self, token: str, *, now: datetime) -> None:
        """Note that it was used now."""
        with self._database.writing() as connection:
            connection.execute(update(tokens).where(tokens.c.id == token).values(used=stamp(now)))

    def revoke(self, token: str, *, account: str | None = None) -> None:
        """End a token: of this account, or of any.

        Raises:
            MissingError: there is none of this id there.
        """
        query = tokens.delete().where(tokens.c.id == token)
        if account is not None:
            query = query.where(tokens.c.account == account)
        with self._database.writing() as connection:
            if connection.execute(query).rowcount != 1:
                raise MissingError("token: got none of this id, want one", hint="see the list")


def token_of(row: Row[Any]) -> Token:
    return Token(
        id=row.token,
        account=account_of(row),
        label=row.label,
        scopes=frozenset(Scope(scope) for scope in row.scopes.split()),
        made=datetime.fromisoformat(row.token_made),
        until=datetime.fromisoformat(row.until),
        collected=row.secret is not None,
        used=datetime.fromisoformat(row.used) if row.used else None,
    )
