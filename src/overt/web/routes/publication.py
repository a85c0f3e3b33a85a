"""Reading the report on a closed deployment as the public will, and publishing it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response

from overt.web.gate import Person
from overt.web.permissions import may
from overt.web.publication import obstacles, pinned_at, publish, publisher_of
from overt.web.render import go_to
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

router = APIRouter(prefix="/deployments/{deployment_id}/publication")


@router.get("")
def publication(
    request: Request,
    here: Here,
    who: Person,
    deployment_id: str,
    size: Annotated[int, Query(ge=0, le=2**53)] = 0,
    as_of: AsOf = "",
) -> Response:
    """Show what is published of a deployment; and, of a state of the record, what would be."""
    record = here.office.deployment(deployment_id)
    where = request.app.url_path_for
    about = About(
        title=record.name,
        period="",
        back=(where("deployment", deployment_id=record.id), record.name),
        at=where("publication_publish", deployment_id=record.id),
        at_read=where("publication_read", deployment_id=record.id),
        at_page=where("publication_page", deployment_id=record.id),
        is_of=lambda one: one.deployment == deployment_id,
    )
    return show(
        request,
        here,
        about,
        in_the_way=obstacles(here, record),
        foresee=lambda publisher, pinned: publisher.foresee(deployment_id, pinned),
        publishes=may(who.role, "publication_publish"),
        size=size,
        as_of=as_of,
    )


@router.post("/read")
def publication_read(request: Request, here: Here, who: Person, deployment_id: str) -> Response:
    """Sign the record as it is now, and show the report that follows from it."""
    publisher = publisher_of(here)
    publisher.require(deployment_id)
    pinned = publisher.pin()
    here.audit.note("report read", account=who.account.id, deployment=deployment_id)
    return to_read(request.app.url_path_for("publication", deployment_id=deployment_id), pinned)


@router.get("/page")
def publication_page(
    here: Here,
    who: Person,  # noqa: ARG001 - the gate
    deployment_id: str,
    size: Size,
    as_of: AsOf,
) -> Response:
    """Give the page that would be published, as a part of our own page or by itself."""
    return framed(publisher_of(here).foresee(deployment_id, pinned_at(size, as_of)))


@router.post("")
def publication_publish(
    request: Request,
    here: Here,
    who: Person,
    deployment_id: str,
    size: Annotated[int, Form(ge=1, le=2**53)],
    as_of: Typed,
    seen: Typed,
    as_it_is: Typed = "",
) -> Response:
    """Publish the report that was read, once."""
    pinned = pinned_at(size, as_of)
    noted = publish(here, deployment_id, pinned, seen=seen, by=who.account, as_it_is=bool(as_it_is))
    tell_published(request, noted)
    return go_to(request, "publication", deployment_id=deployment_id)
