"""Publishing the report on a month or a year: read it, then publish what was read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from overt.web.api.call import Asked, Posted
from overt.web.api.publication import (
    ForeseenTold,
    PublishedTold,
    Read,
    VersionTold,
    published_told,
    report_told,
    version_told,
)
from overt.web.api.told import Told
from overt.web.publication import (
    list_periods,
    period_obstacles,
    pinned_at,
    publish_period,
    publisher_of,
)
from overt.web.released import released

__all__ = ["router"]

router = APIRouter(prefix="/periods", tags=["periods"])
Name = Annotated[str, Path(pattern="^[0-9]{4}(-[0-9]{2})?$", description="as 2026-03, or 2026")]


class PeriodTold(Told):
    """A month or a year that is over; its report comes when no deployment is `not_closed`."""

    period: str
    deployments: int
    not_closed: int


class PeriodsTold(Told):
    """The months and years that are over and had a deployment in public, the latest first."""

    periods: list[PeriodTold]


class PeriodPublicationTold(Told):
    """What is published of a month or a year, the newest first; and what is in the way of more."""

    period: str
    base: str
    in_the_way: list[str]
    versions: list[VersionTold]


@router.get("", name="api_periods")
def periods(call: Asked) -> PeriodsTold:
    """List the months and years that are over."""
    found = list_periods(call.here)
    told = [
        PeriodTold(period=each.name, deployments=each.deployments, not_closed=each.waits)
        for each in found
    ]
    return PeriodsTold(periods=told)


@router.get("/{period}", name="api_period")
def period(call: Asked, period: Name) -> PeriodPublicationTold:
    """Tell what is published of a month or a year, and what has to be so before more can be."""
    obstacles = period_obstacles(call.here, period)
    every = released(call.here.settings.web_public_dir)
    return PeriodPublicationTold(
        period=period,
        base=call.here.settings.web_public_base,
        in_the_way=list(obstacles),
        versions=[version_told(one) for one in every if one.period == period],
    )


@router.post("/{period}/read", name="api_period_read", response_model=ForeseenTold)
def read(call: Posted, period: Name) -> Response:
    """Sign the record as it is now, and give the report that follows; nothing is published."""

    def done() -> ForeseenTold:
        publisher = publisher_of(call.here)
        publisher.require_period(period)
        foreseen = publisher.foresee_period(period, publisher.pin())
        call.here.audit.note("report read", account=call.token.account.id, period=period)
        return report_told(foreseen)

    return call.once(done)


@router.post("/{period}", name="api_period_publish", response_model=PublishedTold)
def release(call: Posted, period: Name, body: Read) -> Response:
    """Publish what was read, once; refused where it is not the report of now."""

    def done() -> PublishedTold:
        noted = publish_period(
            call.here,
            period,
            pinned_at(body.size, body.as_of.isoformat()),
            seen=body.sha256,
            by=call.token.account,
            as_it_is=body.as_it_is,
        )
        return published_told(noted)

    return call.once(done)
