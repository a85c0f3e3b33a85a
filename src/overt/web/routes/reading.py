"""The parts that the pages of one deployment's report and of a month's or a year's share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from fastapi import Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from overt.web.publication import checks_of, page_of, pinned_at, publisher_of
from overt.web.released import Released, released
from overt.web.render import SEE_OTHER, page, tell
from overt.web.routes.aftercare import policy_of
from overt.web.services import Services
from overt.web.shell import POLICY
from overt.wiring import make_log

if TYPE_CHECKING:
    from starlette.datastructures import URLPath

    from overt.operations.foreseen import Foreseen, Noted, Pinned
    from overt.operations.publishing import Publisher

__all__ = ["About", "AsOf", "Size", "Typed", "framed", "show", "tell_published", "to_read"]

Size = Annotated[int, Query(ge=1, le=2**53)]
AsOf = Annotated[str, Query(max_length=40)]
Typed = Annotated[str, Form(max_length=64)]


@dataclass(frozen=True, slots=True)
class About:
    """What a report is on, and where its pages are."""

    title: str
    period: str  # "" of a deployment
    back: tuple[URLPath, str]
    at: URLPath
    at_read: URLPath
    at_page: URLPath
    is_of: Callable[[Released], bool]  # whether a version is one of its report


def show(
    request: Request,
    here: Services,
    about: About,
    *,
    in_the_way: tuple[str, ...],
    foresee: Callable[[Publisher, Pinned], Foreseen],
    publishes: bool,
    size: int,
    as_of: str,
) -> Response:
    """Show what is published; and, of a state of the record, what would be.

    Args:
        request: as it came.
        here: the console.
        about: what the report is on.
        in_the_way: what has to be so before it can be read.
        foresee: has the report of a state computed.
        publishes: whether who looks may publish it.
        size: of the record in the state that is read; 0: none is.
        as_of: its time.
    """
    foreseen: Foreseen | None = None
    if size and not in_the_way:
        foreseen = foresee(publisher_of(here), pinned_at(size, as_of))
    log = make_log(here.settings, store=here.store)
    shown = page(
        request,
        "publication.html",
        title=about.title,
        period=about.period,
        back=about.back,
        at=about.at,
        at_read=about.at_read,
        at_page=about.at_page,
        in_the_way=in_the_way,
        foreseen=foreseen,
        checks=checks_of(foreseen) if foreseen else (),
        versions=[one for one in released(here.settings.web_public_dir) if about.is_of(one)],
        key=log.first_key().text if log.is_there else "",
        publishes=publishes,
        base=here.settings.web_public_base,
        reading=urlencode({"size": size, "as_of": as_of}),
    )
    shown.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return shown


def to_read(path: URLPath, pinned: Pinned) -> Response:
    """Lead to the page that shows the report of a state."""
    at = urlencode({"size": pinned.size, "as_of": pinned.as_of.isoformat()})
    return RedirectResponse(f"{path}?{at}", status_code=SEE_OTHER)


def framed(foreseen: Foreseen) -> Response:
    """Give the page that would be published, as a part of our own page or by itself."""
    html = page_of(foreseen)
    answer = HTMLResponse(html)
    answer.headers["Content-Security-Policy"] = policy_of(html).replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    )
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def tell_published(request: Request, noted: Noted) -> None:
    """Say on the next page what was published."""
    said = f"Version {noted.number} is published." if noted.fresh else "It is published already."
    tell(request, said)
