"""What machines ask: whether the console answers, and its metrics."""

from __future__ import annotations

import hmac
import ipaddress

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from overt.errors import OvertError, PersonError
from overt.web.services import Here, Services

__all__ = ["router"]

router = APIRouter()
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BEYOND = 2**62  # no record is as long


@router.get("/healthz")
def healthz(here: Here) -> Response:
    """Tell whether the accounts and the record can be read."""
    try:
        here.accounts.store.is_empty()
        for _ in here.store.events(after=BEYOND):
            break
    except OvertError:
        return JSONResponse({"status": "unavailable"}, status_code=503)
    return JSONResponse({"status": "ok"})


@router.get("/metrics")
def metrics(request: Request, here: Here) -> Response:
    """Give the metrics to this machine, or to who has the token.

    Raises:
        PersonError: it is neither.
    """
    if not is_this_machine(request) and not has_token(request, here):
        raise PersonError("metrics: got another machine without the token, want it")
    return Response(here.metrics.text(), media_type=METRICS_TYPE)


def is_this_machine(request: Request) -> bool:
    """Tell whether the request comes from this machine."""
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def has_token(request: Request, here: Services) -> bool:
    """Tell whether the request carries the token of the settings' file, read anew each time."""
    path = here.settings.web_metrics_token
    if path is None:
        return False
    try:
        want = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return False
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    return bool(want) and hmac.compare_digest(given.encode(), want.encode())
