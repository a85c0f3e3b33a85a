"""Answers kept for a day, so that a program that was cut off can ask again without doing it twice.

And how far hooks have come. Both are small state of the API, beside the accounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update

from overt.errors import InputError, RefusedError
from overt.records.account_database import AccountDatabase
from overt.records.account_tables import stamp
from overt.records.api_tables import answers, hooks

__all__ = ["KEPT", "Answer", "AnswerStore", "HookStore"]

KEPT: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered."""

    status: int
    content: str  # JSON


class AnswerStore:
    """Answers by account and key."""

    def __init__(self, database: AccountDatabase) -> None:
        self._database = database

    def begin(self, key: str, *, account: str, request: str, now: datetime) -> Answer | None:
        """Take a key for a request, or give what was answered to it.

        Args:
            key: sha256 of the key.
            account: whose it is.
            request: sha256 of what is asked.
            now: when.

        Raises:
            InputError: the key was used for another request.
            RefusedError: it is not known what became of the request.
        """
        mine = (answers.c.account == account, answers.c.key == key)
        with self._database.writing() as connection:
            connection.execute(answers.delete().where(answers.c.begun < stamp(now - KEPT)))
            row = connection.execute(select(answers).where(*mine)).first()
            if row is None:
                connection.execute(
                    answers.insert().values(
                        account=account,
                        key=key,
                        request=request,
                        begun=stamp(now),
                        status=0,
                        content="",
                    )
                )
                return None
        if row.request != request:
            raise InputError(
                "Idempotency-Key: got one that was used for another request, want a new one",
                hint="draw a key at random for each request, and keep it when you ask again",
            )
        if not row.status:
            raise RefusedError(
                "Idempotency-Key: got one whose request is not answered yet, want the answer first",
                hint="ask again; if this stays so, look at what is recorded, and use a new key",
            )
        return Answer(row.status, row.content)

    def keep(self, key: str, answer: Answer, *, account: str) -> None:
        """Keep what was answered."""
        mine = (answers.c.account == account, answers.c.key == key)
        with self._database.writing() as connection:
            connection.execute(
                update(answers).where(*mine).values(status=answer.status, content=answer.content)
            )

    def let_go(self, key: str, *, account: str) -> None:
        """Free a key: nothing was done."""
        mine = (answers.c.account == account, answers.c.key == key)
        with self._database.writing() as connection:
            connection.execute(answers.delete().where(*mine))


class HookStore:
    """How far each hook has come, by the sha256 of its address."""

    def __init__(self, database: AccountDatabase) -> None:
        self._database = database

    def after(self, address: str) -> int | None:
        """Give the place of the last event that was taken there; None: never set up."""
        query = select(hooks.c.after).where(hooks.c.address == address)
        with self._database.reading() as connection:
            return connection.execute(query).scalar()

    def set(self, address: str, after: int) -> None:
        """Note how far it has come."""
        with self._database.writing() as connection:
            done = connection.execute(
                update(hooks).where(hooks.c.address == address).values(after=after)
            )
            if not done.rowcount:
                connection.execute(hooks.insert().values(address=address, after=after))
