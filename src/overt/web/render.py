"""Pages of templates. Everything that is filled in is escaped."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from typing import Final, cast

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup, escape
from starlette.datastructures import URL

from overt.text import printable
from overt.web.navigation import links_of
from overt.web.services import services_of
from overt.web.sessions import Signed

__all__ = ["SEE_OTHER", "environment", "fragment", "go_to", "page", "part", "tell"]

SEE_OTHER: Final = 303
CODE: Final = re.compile("`([^`]+)`")


def page(request: Request, template: str, *, status: int = 200, **filled: object) -> HTMLResponse:
    """Write a page. Every template also has who asks, their links, and what is told once."""
    services = services_of(request)
    signed: Signed | None = getattr(request.state, "signed", None)
    told = services.sessions.store.told(signed.session.id) if signed and status == 200 else ""
    html = (
        environment()
        .get_template(template)
        .render(
            signed=signed,
            csrf=signed.csrf if signed else "",
            links=links_of(signed.role) if signed and not signed.account.must_change else (),
            here=current(request),
            told=told,
            unasked=services.accounts.grants.of(signed.account.id) if signed else None,
            url=request.app.url_path_for,
            **filled,
        )
    )
    return HTMLResponse(html, status_code=status)


def fragment(request: Request, template: str, **filled: object) -> HTMLResponse:
    """Write a part of a page, for a script of that page; what is told once is left to pages."""
    signed: Signed | None = getattr(request.state, "signed", None)
    return HTMLResponse(part(request, template, signed.csrf if signed else "", **filled))


def part(request: Request, template: str, token: str, **filled: object) -> str:
    """Write a part of a page, with a token for its forms."""
    chosen = environment().get_template(template)
    return chosen.render(csrf=token, url=request.app.url_path_for, **filled)


def go_to(request: Request, route: str, **parameters: str) -> RedirectResponse:
    """Send a browser to a page after it has done something, so that a reload does it not again."""
    path: URL = request.app.url_path_for(route, **parameters)
    return RedirectResponse(str(path), status_code=SEE_OTHER)


def tell(request: Request, text: str) -> None:
    """Have the next page say what was done."""
    signed: Signed | None = getattr(request.state, "signed", None)
    if signed is not None:
        services_of(request).sessions.store.tell(signed.session.id, text)


def current(request: Request) -> str:
    """Give the name of the route that answers; "" where none does."""
    return str(getattr(request.scope.get("route"), "name", ""))


@cache
def environment() -> jinja2.Environment:
    """Make what fills templates."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("overt.web", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # else each page looks whether each of its templates has changed
    )
    filters = cast("dict[str, object]", made.filters)
    filters |= {
        "printable": printable,
        "with_code": with_code,
        "day": day,
        "moment": moment,
        "second": second,
    }
    return made


def with_code(text: str) -> Markup:
    """Write what stands between backticks, a command mostly, as code."""
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(printable(text)))))  # noqa: S704 - escaped


def day(time: datetime) -> str:
    """Write a day, UTC."""
    return time.astimezone(UTC).strftime("%-d %B %Y")


def moment(time: datetime) -> str:
    """Write a time to the minute, UTC."""
    return time.astimezone(UTC).strftime("%-d %B %Y, %H:%M UTC")


def second(time: datetime) -> str:
    """Write a time of today to the second, UTC."""
    return time.astimezone(UTC).strftime("%H:%M:%S UTC")
