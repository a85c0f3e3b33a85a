"""The record: pages of events as they are hashed, and a stream of what happens now."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import closing
from itertools import islice
from typing import Annotated, Any, Final, cast

import anyio
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from overt.records.base import Store
from overt.web.announcing import announcement
from overt.web.api.call import Asked, Call
from overt.web.api.told import EventsPage, Recorded

__all__ = ["router"]

router = APIRouter(tags=["records"])
FAR: Final = 2**53 - 1  # the largest whole number that every reader of JSON has
BATCH: Final = 200
POLL_S: Final = 0.5
BEAT_S: Final = 15.0  # a line that says nothing, so that both ends know that the other is there
AGAIN_S: Final = 5.0  # how often it is asked whether the token still holds
EVENT_STREAM: Final = "text/event-stream"

After = Annotated[int, Query(ge=0, le=FAR, description="the last event that is known already")]


@router.get("/records", name="api_records")
def records(
    call: Asked, *, after: After = 0, limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> EventsPage:
    """Give a page of the record, as it is hashed: private texts are commitments."""
    found = read(call.here.store, after, limit)
    events = [Recorded(sequence=n, event=json.loads(leaf)) for n, leaf in found]
    return EventsPage(events=events, next=found[-1][0] if found else after)


@router.get(
    "/events",
    name="api_events",
    response_class=StreamingResponse,
    responses={200: {"content": {EVENT_STREAM: {"schema": {"type": "string"}}}}},
)
async def events(
    request: Request,
    call: Asked,
    *,
    after: After | None = None,
    last_event_id: Annotated[int | None, Header(ge=0, le=FAR)] = None,
    until_quiet: Annotated[bool, Query(description="end when there is nothing new")] = False,
) -> StreamingResponse:
    """Stream what happens, as server-sent events; without `after`, from now on.

    Each has a topic, `overt/DEPLOYMENT/KIND`, and no private text; of an alert its id alone.
    """
    first = last_event_id if last_event_id is not None else after
    if first is None:
        first = await run_in_threadpool(lambda: call.here.overseen.now().after)
    stream = streamed(request, call, first, until_quiet=until_quiet)
    return StreamingResponse(stream, media_type=EVENT_STREAM)


async def streamed(
    request: Request, call: Call, after: int, *, until_quiet: bool
) -> AsyncGenerator[bytes]:
    """Write what is new until the program leaves or its token ends."""
    beat = checked = time.monotonic()
    yield b": begun\n\n"
    while not await request.is_disconnected():
        new = await run_in_threadpool(read, call.here.store, after, BATCH)
        for sequence, leaf in new:
            yield written(announcement(sequence, leaf))
            after = sequence
        now = time.monotonic()
        if now - checked >= AGAIN_S:
            checked = now
            if not await run_in_threadpool(call.here.bearers.holds, call.token):
                return
        if new:
            beat = now
            continue
        if until_quiet:
            return
        if now - beat >= BEAT_S:
            beat = now
            yield b": still here\n\n"
        await anyio.sleep(POLL_S)


def read(store: Store, after: int, limit: int) -> list[tuple[int, bytes]]:
    """Give the next events and their places."""
    leaves = cast("Generator[bytes]", store.leaves(after=after))
    with closing(leaves):
        return list(enumerate(islice(leaves, limit), start=after + 1))


def written(told: dict[str, Any]) -> bytes:
    """Write one server-sent event."""
    data = json.dumps(told, ensure_ascii=False)
    return f"id: {told['sequence']}\nevent: {told['kind']}\ndata: {data}\n\n".encode()
