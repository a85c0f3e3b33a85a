"""Errors as pages, or as problem details (RFC 9457) where a program asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from overt.errors import (
    AuthorityError,
    ClockError,
    ConflictError,
    InputError,
    LoginError,
    MissingError,
    OvertError,
    PersonError,
    RecordsError,
    RefusedError,
)
from overt.web.gate import ChangeFirstError, cookie_of, take_cookie
from overt.web.render import go_to, page
from overt.web.services import services_of

__all__ = ["API_PREFIX", "add_problems", "problem", "status_of", "wants_problem"]

API_PREFIX: Final = "/api/"
# The first that fits: kinds before what they are kinds of.
STATUS: Final[tuple[tuple[type[OvertError], int], ...]] = (
    (LoginError, 401),
    (PersonError, 403),
    (AuthorityError, 403),
    (MissingError, 404),
    (RefusedError, 409),
    (ConflictError, 409),
    (RecordsError, 503),
    (ClockError, 503),
    (InputError, 422),
)
TITLES: Final = {
    400: "The request cannot be read",
    401: "Log in first",
    403: "Not for you",
    404: "Not found",
    405: "Not possible here",
    409: "Not now",
    413: "Too large",
    422: "Something is to be corrected",
    429: "Too many tries",
    500: "Something went wrong",
    503: "Not available",
}
OURS: Final = "nothing was recorded; who runs the console finds the cause in its log"


def status_of(error: OvertError) -> int:
    """Give the HTTP status of an error."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def wants_problem(request: Request) -> bool:
    """Tell whether a program asks, not a browser for a page."""
    if request.url.path.startswith(API_PREFIX):
        return True
    accepted = request.headers.get("accept", "")
    return "text/html" not in accepted and "json" in accepted


def problem(request: Request, status: int, *, says: str, hint: str = "") -> Response:
    """Tell what went wrong."""
    title = TITLES.get(status, "Refused")
    if wants_problem(request):
        told = {"type": "about:blank", "title": title, "status": status, "detail": says}
        answer = JSONResponse(
            told | ({"hint": hint} if hint else {}),
            status_code=status,
            media_type="application/problem+json",
        )
        if status == 401 and request.url.path.startswith(API_PREFIX):
            answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    return page(request, "problem.html", status=status, title=title, says=says, hint=hint)


def add_problems(app: FastAPI) -> None:
    """Have an app answer errors by these."""
    handlers: list[tuple[type[Exception], Callable[[Request, Exception], Response]]] = [
        (OvertError, refused),
        (RequestValidationError, unread),
        (HTTPException, unrouted),
    ]
    for kind, handler in handlers:
        app.add_exception_handler(kind, handler)


def refused(request: Request, error: Exception) -> Response:
    """Answer an error that overt raised on purpose."""
    if not isinstance(error, OvertError):
        raise error
    if isinstance(error, ChangeFirstError) and not wants_problem(request):
        return go_to(request, "password_form")
    status = status_of(error)
    if status == 401 and not wants_problem(request):
        answer = go_to(request, "login_form")
        if (
            cookie_of(request, services_of(request)) is not None
        ):  # a link from elsewhere brings none
            take_cookie(answer, services_of(request))
        return answer
    if status >= 500 and getattr(request.state, "signed", None) is None:
        # Files and servers are named in it: for who is logged in.
        return problem(request, status, says="the console cannot answer now", hint=OURS)
    return problem(request, status, says=str(error), hint=error.hint)


def unread(request: Request, error: Exception) -> Response:
    """Answer a form or an address with a value that is none. What was given is not repeated."""
    if not isinstance(error, RequestValidationError):
        raise error
    fields = sorted({str(each["loc"][-1]) for each in error.errors()})
    return problem(
        request,
        422,
        says=f"{', '.join(fields)}: got what cannot be read, want a value that can",
        hint="go back, correct it, and send it again",
    )


def unrouted(request: Request, error: Exception) -> Response:
    """Answer an address that there is not, or not for this method."""
    if not isinstance(error, HTTPException):
        raise error
    says = "there is no such page" if error.status_code == 404 else str(error.detail)
    answer = problem(request, error.status_code, says=says)
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer
