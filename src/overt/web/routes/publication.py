"""Reading the report on a closed deployment as the public will, and publishing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from overt.web.gate import Person
from overt.web.permissions import may
from overt.web.publication import (
    checks_of,
    obstacles,
    page_of,
    pinned_at,
    publish,
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

router = APIRouter(prefix="/deployments/{deployment_id}/publication")
Size = Annotated[int, Query(ge=1, le=2**53)]
AsOf = Annotated[str, Query(max_length=40)]
Typed = Annotated[str, Form(max_length=64)]


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
    foreseen: Foreseen | None = None
    in_the_way = obstacles(here, record)
    if size and not in_the_way:
        foreseen = publisher_of(here).foresee(deployment_id, pinned_at(size, as_of))
    log = make_log(here.settings, store=here.store)
    every = released(here.settings.web_public_dir)
    where = request.app.url_path_for
    shown = page(
        request,
        "publication.html",
        title=record.name,
        period="",
        back=(where("deployment", deployment_id=record.id), record.name),
        at=where("publication_publish", deployment_id=record.id),
        at_read=where("publication_read", deployment_id=record.id),
        at_page=where("publication_page", deployment_id=record.id),
        in_the_way=in_the_way,
        foreseen=foreseen,
        checks=checks_of(foreseen) if foreseen else (),
        versions=[one for one in every if one.deployment == deployment_id],
        key=log.first_key().text if log.is_there else "",
        publishes=may(who.role, "publication_publish"),
        base=here.settings.web_public_base,
        reading=urlencode({"size": size, "as_of": as_of}),
    )
    shown.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return shown


@router.post("/read")
def publication_read(request: Request, here: Here, who: Person, deployment_id: str) -> Response:
    """Sign the record as it is now, and show the report that follows from it."""
    publisher = publisher_of(here)
    publisher.require(deployment_id)
    pinned = publisher.pin()
    here.audit.note("report read", account=who.account.id, deployment=deployment_id)
    path = request.app.url_path_for("publication", deployment_id=deployment_id)
    at = urlencode({"size": pinned.size, "as_of": pinned.as_of.isoformat()})
    return RedirectResponse(f"{path}?{at}", status_code=SEE_OTHER)


@router.get("/page")
def publication_page(
    here: Here,
    who: Person,  # noqa: ARG001 - the gate
    deployment_id: str,
    size: Size,
    as_of: AsOf,
) -> Response:
    """Give the page that would be published, as a part of our own page or by itself."""
    html = page_of(publisher_of(here).foresee(deployment_id, pinned_at(size, as_of)))
    answer = HTMLResponse(html)
    answer.headers["Content-Security-Policy"] = policy_of(html).replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    )
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


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
    noted = publish(
        here,
        deployment_id,
        pinned_at(size, as_of),
        seen=seen,
        by=who.name,
        account=who.account.id,
        as_it_is=bool(as_it_is),
    )
    said = f"Version {noted.number} is published." if noted.fresh else "It is published already."
    tell(request, said)
    return go_to(request, "publication", deployment_id=deployment_id)
