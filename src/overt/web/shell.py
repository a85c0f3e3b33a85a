"""What stands around every answer: headers, the access log, metrics, and the last catch."""

from __future__ import annotations

import json
import logging
import time
import traceback
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from overt.web.audit import AUDIT_LOGGER
from overt.web.permissions import PERMISSIONS, Bearer
from overt.web.problems import OURS, problem
from overt.web.services import Services

__all__ = ["ACCESS_LOGGER", "ERROR_LOGGER", "LOGGERS", "POLICY", "Shell"]

ACCESS_LOGGER: Final = "overt.access"
ERROR_LOGGER: Final = "overt.errors"
LOGGERS: Final = (ACCESS_LOGGER, ERROR_LOGGER, AUDIT_LOGGER)  # what the console writes
access: Final = logging.getLogger(ACCESS_LOGGER)
errors: Final = logging.getLogger(ERROR_LOGGER)

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
HSTS: Final = "max-age=31536000"
LOOPBACK_NAMES: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})


class Shell:
    """An ASGI app around the console's."""

    def __init__(self, app: ASGIApp, *, services: Services) -> None:
        self._app = app
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._add_headers(MutableHeaders(scope=message), scope)
            await send(message)

        try:
            if self._is_for_us(scope):
                await self._app(scope, receive, answer)
            else:
                told = PlainTextResponse("got another host's name, want this one's", 421)
                await told(scope, receive, answer)
        except Exception as error:  # noqa: BLE001 - the web handler: nothing of it gets out
            self._note(scope, error)
            if not status:
                await self._sorry(scope, receive, answer)
        finally:
            self._log(scope, status, time.perf_counter() - begun)

    def _is_for_us(self, scope: Scope) -> bool:
        """Refuse other names of this machine without TLS: another site's page could use one."""
        host = Headers(scope=scope).get("host", "").rpartition(":")
        name = host[0] if host[0] and host[2].isdecimal() else "".join(host)
        return self._services.secure or name in LOOPBACK_NAMES

    def _add_headers(self, headers: MutableHeaders, scope: Scope) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if self._services.secure:
            headers["Strict-Transport-Security"] = HSTS
        static = scope["path"].startswith("/static/")
        headers["Cache-Control"] = "no-cache" if static else "no-store"

    async def _sorry(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = problem(Request(scope, receive), 500, says="the console has a fault", hint=OURS)
        await told(scope, receive, send)

    def _note(self, scope: Scope, error: Exception) -> None:
        """Log where it happened, not what was said: a message may quote what was typed."""
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        line = {"log": "error", "kind": type(error).__name__, "route": route_of(scope)}
        errors.error("%s", json.dumps(line | {"at": self._time(), "places": places}))

    def _log(self, scope: Scope, status: int, took_s: float) -> None:
        """Log the request by its route's name: an address may hold a name or a token."""
        route, method = route_of(scope), str(scope["method"])
        method = method if method in METHODS else "other"
        line = {"at": self._time(), "log": "access", "method": method, "route": route}
        if route not in POLLED or status >= 400:  # several a second: they would bury the others
            access.info("%s", json.dumps(line | {"status": status, "ms": round(took_s * 1e3, 1)}))
        self._services.metrics.answered(route=route, method=method, status=status, took_s=took_s)
        access_of = PERMISSIONS.get(route)
        if isinstance(access_of, Bearer):
            self._services.metrics.asked(operation=route, scope=access_of.scope, status=status)

    def _time(self) -> str:
        return self._services.clock.now().isoformat(timespec="milliseconds")


POLLED: Final = frozenset(
    {
        "live_now",
        "live_view",
        "alerts_rows",
        "present",
        "engage_left",
        "watchlist_build_now",
        "deployment_progress",
    }
)
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def route_of(scope: Scope) -> str:
    """Give the name of the route that answers; "-" where none does."""
    return str(getattr(scope.get("route"), "name", "-"))
