"""Reading the report on a month or a year as the public will, and publishing it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request, Response

from overt.web.gate import Person
from overt.web.permissions import may
from overt.web.publication import (
    list_periods,
    period_obstacles,
    pinned_at,
    publish_period,
    publisher_of,
)
from overt.web.released import released
from overt.web.render import go_to, page
from overt.web.routes.reading import (
    About,
    AsOf,
    Size,
    Typed,
    framed,
    show,
    tell_published,
    to_read,
)
from overt.web.services import Here

__all__ = ["router"]

router = APIRouter(prefix="/periods")
Name = Annotated[str, Path(pattern=r"^[0-9]{4}(-[0-9]{2})?$")]


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
    where = request.app.url_path_for
    about = About(
        title=period,
        period=period,
        back=(where("periods"), "Months and years"),
        at=where("period", period=period),
        at_read=where("period_read", period=period),
        at_page=where("period_page", period=period),
        is_of=lambda one: one.period == period,
    )
    return show(
        request,
        here,
        about,
        in_the_way=period_obstacles(here, period),
        foresee=lambda publisher, pinned: publisher.foresee_period(period, pinned),
        publishes=may(who.role, "period_publish"),
        size=size,
        as_of=as_of,
    )


@router.post("/{period}/read")
def period_read(request: Request, here: Here, who: Person, period: Name) -> Response:
    """Sign the record as it is now, and show the report that follows from it."""
    publisher = publisher_of(here)
    publisher.require_period(period)
    pinned = publisher.pin()
    here.audit.note("report read", account=who.account.id, period=period)
    return to_read(request.app.url_path_for("period", period=period), pinned)


@router.get("/{period}/page")
def period_page(
    here: Here,
    who: Person,  # noqa: ARG001 - the gate
    period: Name,
    size: Size,
    as_of: AsOf,
) -> Response:
    """Give the page that would be published, as a part of our own page or by itself."""
    return framed(publisher_of(here).foresee_period(period, pinned_at(size, as_of)))


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
    tell_published(request, noted)
    return go_to(request, "period", period=period)
