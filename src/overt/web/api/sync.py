"""A machine's record brought home over HTTPS: how far it is, and the next part of it."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Final, Self

from anyio import fail_after, to_thread
from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from pydantic import Field, ValidationError, model_validator
from starlette.requests import ClientDisconnect

from overt.errors import InputError, LedgerError, RefusedError
from overt.operations.intake import Sent
from overt.operations.target import MOST_BYTES, MOST_EVENTS, Standing
from overt.web.api.bodies import Body
from overt.web.api.call import Asked, Call, Key, call_of
from overt.web.api.told import Told
from overt.web.services import services_of

__all__ = ["SyncPart", "router"]

router = APIRouter(prefix="/sync", tags=["records"])
FAR: Final = 2**53 - 1  # the largest whole number that every reader of JSON has
# JSON writes some signs of an event in two, as quotes; notes and proof are small beside events.
MOST_BODY_BYTES: Final = 2 * MOST_BYTES + 1024 * 1024
# That a part may be on its way: who drove out of reach keeps nobody's place for ever.
LONGEST_S: Final = 300.0
JSON: Final = "application/json"
HASH: Final = r"^[0-9a-f]{64}$"

Log = Annotated[
    str,
    Path(pattern=r"^[^\s+\x00-\x1f]{1,200}$", description="the log's name, as in its key"),
]
Note = Annotated[str, Field(min_length=1, max_length=65536)]


class SyncPart(Body):
    """The next events of a machine's record, and what opens the commitments of each: or null."""

    after: Annotated[int, Field(ge=0, le=FAR)]
    events: Annotated[
        list[Annotated[str, Field(max_length=MOST_BODY_BYTES)]],
        Field(min_length=1, max_length=MOST_EVENTS),
    ]
    openings: Annotated[
        list[Annotated[str, Field(max_length=MOST_BODY_BYTES)] | None],
        Field(min_length=1, max_length=MOST_EVENTS),
    ]
    checkpoint: Note
    rotations: Annotated[list[Note], Field(max_length=1000)]
    proof: Annotated[list[Annotated[str, Field(pattern=HASH)]], Field(max_length=130)]

    @model_validator(mode="after")
    def _paired(self) -> Self:
        if len(self.openings) != len(self.events):
            raise ValueError("want one of openings for each event")
        return self

    def value(self) -> Sent:
        """Give what is to be checked."""
        return Sent(
            self.after,
            tuple(each.encode() for each in self.events),
            tuple(None if each is None else each.encode() for each in self.openings),
            self.checkpoint.encode(),
            tuple(each.encode() for each in self.rotations),
            tuple(bytes.fromhex(each) for each in self.proof),
        )


class StandingTold(Told):
    """How far this record has come with a log; `place` is that of the event that says so."""

    log: str
    key: str
    size: int
    root: str
    signed: int
    place: int


BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {JSON: {"schema": {"$ref": "#/components/schemas/SyncPart"}}},
    }
}


@router.get("/{log:path}", name="api_sync")
async def standing(
    request: Request,
    call: Asked,
    log: Log,
    *,
    anew: Annotated[bool, Query(description="hash first what is here, and compare")] = False,
) -> StandingTold:
    """Tell how far a machine's record is brought here."""
    limiter = request.app.state.sync_limiter
    return await to_thread.run_sync(lambda: told_of(call, log, anew=anew), limiter=limiter)


@router.post(
    "/{log:path}",
    name="api_sync_take",
    response_model=StandingTold,
    openapi_extra=BODY,
    max_body_size=MOST_BODY_BYTES,
)
async def take(request: Request, log: Log, idempotency_key: Key) -> Response:
    """Take the next part of a machine's record over, all of it or nothing.

    Refused (409) where it does not begin where this record stands, or tells of a deployment that
    began elsewhere or of its alert, and (422) where the log's key, which the setting
    `web_sync_logs` names, did not sign what begins with these events.
    """
    here = services_of(request)
    here.intake.require_known(log)  # before anything of the body is read
    async with request.app.state.sync_room:
        body = await body_of(request)
        what = f"{request.method} {request.url.path}\n{hashlib.sha256(body).hexdigest()}"
        call = call_of(request, idempotency_key, what)
        limiter = request.app.state.sync_limiter
        return await to_thread.run_sync(take_in, call, log, body, limiter=limiter)


async def body_of(request: Request) -> bytes:
    """Read a body that is said to be JSON.

    Raises:
        HTTPException: it is of another kind, breaks off, or does not come.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        raise HTTPException(415, f"part: got no JSON, want {JSON}")
    try:
        with fail_after(LONGEST_S):
            return await request.body()
    except ClientDisconnect:
        raise HTTPException(400, "part: got the beginning of one, want it whole") from None
    except TimeoutError:
        raise HTTPException(
            408,
            f"part: got none within {LONGEST_S:g} s, want it whole",
            headers={"Connection": "close"},
        ) from None


def told_of(call: Call, log: str, *, anew: bool) -> StandingTold:
    """Tell how far it is; `anew`: once what is here was hashed and compared."""
    if not anew:
        return told(log, call.here.intake.standing(log))
    try:
        return told(log, call.here.intake.verify(log))
    except LedgerError as error:
        raise RefusedError(str(error), hint=error.hint) from error


def take_in(call: Call, log: str, body: bytes) -> Response:
    """Check a part and record it, once."""
    sent = part_of(body).value()

    def done() -> StandingTold:
        try:
            now = call.here.intake.take(log, sent)
        except LedgerError as error:
            raise InputError(str(error), hint=error.hint) from error
        account, events = call.token.account.id, str(len(sent.events))
        call.here.audit.note("record taken over", account=account, log_name=log, events=events)
        return told(log, now)

    return call.once(done)


def part_of(body: bytes) -> SyncPart:
    """Read a part. What was given is not repeated.

    Raises:
        InputError: it is none.
    """
    try:
        return SyncPart.model_validate_json(body)
    except ValidationError as error:
        fields = sorted({str(each["loc"][0]) for each in error.errors() if each["loc"]})
        raise InputError(
            f"part: got what cannot be read ({', '.join(fields) or 'no JSON'}), want a part"
        ) from None


def told(log: str, now: Standing) -> StandingTold:
    """Tell how far it is."""
    return StandingTold(
        log=log, key=now.key, size=now.size, root=now.root, signed=now.signed, place=now.place
    )
