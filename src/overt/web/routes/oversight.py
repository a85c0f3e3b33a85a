"""What the auditor sees of the log: how it stands, its export, and its check in the browser."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from overt.web.exporting import export_of
from overt.web.gate import Person
from overt.web.ledger_status import status_of_log
from overt.web.render import page
from overt.web.services import Here
from overt.wiring import make_log

__all__ = ["router"]

router = APIRouter()


@router.get("/oversight")
def oversight(request: Request, here: Here) -> Response:
    """Show how the log stands, and what can be looked at."""
    log = make_log(here.settings, store=here.store)
    status = status_of_log(log, here.settings)
    return page(request, "oversight.html", log=status, recorded=here.overseen.now().after)


@router.get("/oversight/export")
def ledger_export(here: Here, who: Person) -> Response:
    """Give the public export up to the last checkpoint: an auditor signs nothing."""
    return export_of(here, account=who.account.id)


@router.get("/oversight/verify")
def verify(request: Request, here: Here) -> Response:
    """Show where a browser checks the export by itself."""
    log = make_log(here.settings, store=here.store)
    return page(request, "verify.html", log=status_of_log(log, here.settings))
