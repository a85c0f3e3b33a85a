"""One request of a program: in whose name, and done once however often it is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from overt.errors import ConflictError, InputError, LoginError, RefusedError
from overt.records.answers import Answer
from overt.values.account import Role
from overt.values.token import Token
from overt.web.services import Services, services_of
from overt.web.tokens import digest

__all__ = ["Asked", "Call", "Key", "Posted", "call_of"]

JSON: Final = "application/json"
KEY: Final = r"^[A-Za-z0-9_.:-]{8,128}$"


@dataclass(frozen=True, slots=True)
class Call:
    """What a program asks with."""

    here: Services
    token: Token
    key: str = ""  # sha256 of the idempotency key
    request: str = ""  # sha256 of what is asked

    @property
    def by(self) -> str:
        """Who answers for it."""
        return self.token.account.name

    @property
    def role(self) -> Role:
        """What they are there for."""
        return self.token.account.role

    def once(self, do: Callable[[], BaseModel]) -> Response:
        """Do it, or give the answer of the last time.

        A refusal is not kept, for nothing was done: the same request is judged anew.
        """
        answers, account = self.here.answers, self.token.account.id
        now = self.here.clock.now()
        known = answers.begin(self.key, account=account, request=self.request, now=now)
        if known is not None:
            headers = {"Idempotency-Replayed": "true"}
            return Response(known.content, known.status, headers, JSON)
        try:
            content = do().model_dump_json()
        except (RefusedError, InputError, ConflictError):
            answers.let_go(self.key, account=account)
            raise
        answers.keep(self.key, Answer(200, content), account=account)
        return Response(content, media_type=JSON)


def token_of(request: Request) -> Token:
    token: Token | None = getattr(request.state, "token", None)
    if token is None:
        raise LoginError("token: got none, want one in the header Authorization")
    return token


def asked(request: Request) -> Call:
    """Give what a program asks with."""
    return Call(services_of(request), token_of(request))


Key = Annotated[
    str,
    Header(
        pattern=KEY,
        description="drawn at random for each request, kept for a day",
    ),
]


def call_of(request: Request, key: str, what: str) -> Call:
    """Give what a program asks with; `what` tells its request from others."""
    return Call(services_of(request), token_of(request), digest(key), digest(what))


async def posted(request: Request, idempotency_key: Key) -> Call:
    """Give what a program asks with that wants something done, once."""
    body = await request.body()
    return call_of(request, idempotency_key, f"{request.method} {request.url.path}\n{body.hex()}")


Asked = Annotated[Call, Depends(asked)]
Posted = Annotated[Call, Depends(posted)]
