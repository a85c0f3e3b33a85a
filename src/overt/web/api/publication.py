"""Publishing the report on a closed deployment: read it, then publish what was read."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, Field

from overt.web.api.bodies import Body, Id, Lax
from overt.web.api.call import Asked, Call, Posted
from overt.web.api.told import Told
from overt.web.publication import obstacles, pinned_at, publish, publisher_of
from overt.web.released import Released, released

if TYPE_CHECKING:
    from overt.operations.foreseen import Foreseen, Noted

__all__ = [
    "ForeseenTold",
    "PublishedTold",
    "Read",
    "VersionTold",
    "published_told",
    "report_told",
    "router",
    "version_told",
]

router = APIRouter(prefix="/deployments/{deployment}/publication", tags=["deployments"])


class VersionTold(Told):
    """A version of a report that is published; `folder` and `record` are within the site."""

    version: int
    folder: str
    made: datetime
    sha256: str
    record: str
    current: bool


class PublicationTold(Told):
    """What is published of a deployment, the newest first; and what is in the way of more."""

    deployment: str
    base: str
    in_the_way: list[str]
    versions: list[VersionTold]


class ForeseenTold(Told):
    """A report as it would be published, byte for byte: `sha256` is of its `report.json`.

    `deployment` is empty where it is on a month or a year.
    """

    deployment: str
    size: int
    as_of: datetime
    sha256: str
    version: int
    new: bool
    open: list[str]
    does_not_add_up: list[str]
    report: dict[str, Any]


class PublishedTold(Told):
    """What is published; `now`: by this request, not before; `deployment` as above."""

    deployment: str
    where: str
    sha256: str
    version: int
    now: bool


class Read(Body):
    """What was read, and is to be published; `as_it_is` also where something is open."""

    size: Annotated[int, Field(ge=1, le=2**53)]
    as_of: Annotated[AwareDatetime, Lax]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    as_it_is: bool = False


@router.get("", name="api_publication")
def publication(call: Asked, deployment: Id) -> PublicationTold:
    """Tell what is published of a deployment, and what has to be so before more can be."""
    record = call.here.office.deployment(deployment)
    every = released(call.here.settings.web_public_dir)
    return PublicationTold(
        deployment=record.id,
        base=call.here.settings.web_public_base,
        in_the_way=list(obstacles(call.here, record)),
        versions=[version_told(one) for one in every if one.deployment == deployment],
    )


@router.post("/read", name="api_publication_read", response_model=ForeseenTold)
def read(call: Posted, deployment: Id) -> Response:
    """Sign the record as it is now, and give the report that follows; nothing is published."""
    return call.once(lambda: foreseen_told(call, deployment))


@router.post("", name="api_publication_publish", response_model=PublishedTold)
def release(call: Posted, deployment: Id, body: Read) -> Response:
    """Publish what was read, once; refused where it is not the report of now."""

    def done() -> PublishedTold:
        noted = publish(
            call.here,
            deployment,
            pinned_at(body.size, body.as_of.isoformat()),
            seen=body.sha256,
            by=call.token.account,
            as_it_is=body.as_it_is,
        )
        return published_told(noted)

    return call.once(done)


def foreseen_told(call: Call, deployment: str) -> ForeseenTold:
    """Read a report as it would be published."""
    publisher = publisher_of(call.here)
    publisher.require(deployment)
    foreseen = publisher.foresee(deployment, publisher.pin())
    call.here.audit.note("report read", account=call.token.account.id, deployment=deployment)
    return report_told(foreseen)


def report_told(foreseen: Foreseen) -> ForeseenTold:
    """Tell of a report as it would be published."""
    return ForeseenTold(
        deployment=foreseen.subject.deployment,
        size=foreseen.pinned.size,
        as_of=foreseen.pinned.as_of,
        sha256=foreseen.sha256,
        version=len(foreseen.earlier) + 1,
        new=foreseen.is_news,
        open=list(foreseen.untold),
        does_not_add_up=list(foreseen.wrong),
        report=json.loads(foreseen.data),
    )


def published_told(noted: Noted) -> PublishedTold:
    """Tell of a report that is published."""
    return PublishedTold(
        deployment=noted.deployment,
        where=noted.where,
        sha256=noted.sha256,
        version=noted.number,
        now=noted.fresh,
    )


def version_told(one: Released) -> VersionTold:
    return VersionTold(
        version=one.number,
        folder=one.folder,
        made=one.made,
        sha256=one.sha256,
        record=one.record,
        current=one.is_current,
    )
