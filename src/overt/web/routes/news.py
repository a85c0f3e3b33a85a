"""News as server-sent events: pages learn of alerts without asking again and again."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from datetime import timedelta

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from overt.errors import InputError
from overt.web.gate import Person
from overt.web.services import Here, Services
from overt.web.sessions import Left, Signed

__all__ = ["WARNED", "router", "told_of"]

router = APIRouter()
STREAM = "text/event-stream"
RETRY_MS = 1000
WARNED = timedelta(minutes=2)  # before a session ends, its person is told
STAYS = "event: staying\ndata: {}\n\n"
LONGEST = 18  # digits of a place in the record


@router.get("/news")
async def news(request: Request, here: Here, who: Person, after: str = "0") -> Response:
    """Stream news after a place in the record; a browser that comes back says which.

    Raises:
        InputError: it is asked by what takes no stream.
    """
    if STREAM not in request.headers.get("accept", ""):
        raise InputError(f"news: got a request that takes no stream, want one for {STREAM}")
    last = request.headers.get("last-event-id") or after
    place = int(last) if last.isascii() and last.isdecimal() and len(last) <= LONGEST else 0
    return StreamingResponse(
        stream(here, who, place, request.app.state.gate_limiter),
        media_type=STREAM,
        headers={"X-Accel-Buffering": "no"},
    )


@router.get("/present")
def present(who: Person) -> Response:  # noqa: ARG001 - the gate notes that they are there
    """Have a session go on: its person moves or types on a page that waits for news."""
    return Response(status_code=204)


async def stream(
    here: Services, who: Signed, after: int, limiter: CapacityLimiter
) -> AsyncGenerator[str]:
    """Write news until the session ends or the console stops; say before that it ends."""
    yield f"retry: {RETRY_MS}\n\n"
    told = False
    async for message in here.live.after(after):
        if message is not None:
            yield message.text
            continue
        left = await to_thread.run_sync(here.sessions.left, who, limiter=limiter)
        if left is None:
            yield "event: over\ndata: {}\n\n"
            return
        ends = left.least <= WARNED
        yield ending(left) if ends else STAYS if told else ": still there\n\n"
        told = ends


def ending(left: Left) -> str:
    """Write that the session ends soon, and whether its person can have it go on."""
    return f"event: ending\ndata: {json.dumps(told_of(left))}\n\n"


def told_of(left: Left) -> dict[str, object]:
    """Tell how long a session lasts, and whether it ends however much its person does."""
    return {"left_s": round(left.least.total_seconds()), "whole": left.whole <= left.idle}
