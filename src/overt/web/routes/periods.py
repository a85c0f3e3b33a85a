"""Reading the report on a month or a year as the public will, and publishing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from overt.web.gate import Person
from overt.web.permissions import may
from overt.web.publication import (
    checks_of,
    list_periods,
    page_of,
    period_obstacles,
    pinned_at,
    publish_period,
    publisher_of,
)
from overt.web.released import released
from overt.web.render import SEE_OTHER, go_to, page, tell
from overt.web.routes.aftercare import policy_of
from overt.web.services import Here
from overt.web.shell import POLICY
from overt.wiring import make_log

if TYPE_CHECKING:
    from overt.operations.foreseen import Foreseen

__all__ = ["router"]

router = APIRouter(prefix="/periods")
Name = Annotated[str, Path(pattern=r"^[0-9]{4}(-[0-9]{2})?$")]
Size = Annotated[int, Query(ge=1, le=2**53)]
AsOf = Annotated[str, Query(max_length=40)]
Typed = Annotated[str, Form(max_length=64)]


@router.get("")
def periods(request: Request, here: Here, who: Person) -> Response:  # noqa: ARG001 - the gate
    """List the months and years that are over, and what is published of them."""
    every = released(here.settings.web_public_dir)
    current = {one.period: one for one in every if one.period and one.is_current}
    return page(request, "periods.html", periods=list_periods(here), current=current)


@router.get("/{period}")
def period(
    request: Request,
    here: Here,
    who: Person,
    period: Name,
    size: Annotated[int, Query(ge=0, le=2**53)] = 0,
    as_of: AsOf = "",
) -> Response:
    """Show what is published of a month or a year; and, of a state of the record, what would be."""
    in_the_way = period_obstacles(here, period)
    foreseen: Foreseen | None = None
    if size and not in_the_way:
        foreseen = publisher_of(here).foresee_period(period, pinned_at(size, as_of))
    log = make_log(here.settings, store=here.store)
    every = released(here.settings.web_public_dir)
    where = request.app.url_path_for
    shown = page(
        request,
        "publication.html",
        title=period,
        period=period,
        back=(where("periods"), "Months and years"),
        at=where("period", period=period),
        at_read=where("period_read", period=period),
        at_page=where("period_page", period=period),
        in_the_way=in_the_way,
        foreseen=foreseen,
        checks=checks_of(foreseen) if foreseen else (),
        versions=[one for one in every if one.period == period],
        key=log.first_key().text if log.is_there else "",
        publishes=may(who.role, "period_publish"),
        base=here.settings.web_public_base,
        reading=urlencode({"size": size, "as_of": as_of}),
    )
    shown.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return shown


@router.post("/{period}/read")
def period_read(request: Request, here: Here, who: Person, period: Name) -> Response:
    """Sign the record as it is now, and show the report that follows from it."""
    publisher = publisher_of(here)
    publisher.require_period(period)
    pinned = publisher.pin()
    here.audit.note("report read", account=who.account.id, period=period)
    path = request.app.url_path_for("period", period=period)
    at = urlencode({"size": pinned.size, "as_of": pinned.as_of.isoformat()})
    return RedirectResponse(f"{path}?{at}", status_code=SEE_OTHER)


@router.get("/{period}/page")
def period_page(
    here: Here,
    who: Person,  # noqa: ARG001 - the gate
    period: Name,
    size: Size,
    as_of: AsOf,
) -> Response:
    """Give the page that would be published, as a part of our own page or by itself."""
    html = page_of(publisher_of(here).foresee_period(period, pinned_at(size, as_of)))
    answer = HTMLResponse(html)
    answer.headers["Content-Security-Policy"] = policy_of(html).replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    )
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


@router.post("/{period}")
def period_publish(
    request: Request,
    here: Here,
    who: Person,
    period: Name,
    size: Annotated[int, Form(ge=1, le=2**53)],
    as_of: Typed,
    seen: Typed,
    as_it_is: Typed = "",
) -> Response:
    """Publish the report that was read, once."""
    noted = publish_period(
        here, period, pinned_at(size, as_of), seen=seen, by=who.account, as_it_is=bool(as_it_is)
    )
    said = f"Version {noted.number} is published." if noted.fresh else "It is published already."
    tell(request, said)
    return go_to(request, "period", period=period)
