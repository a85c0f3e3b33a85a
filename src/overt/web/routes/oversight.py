"""What the auditor sees of the log: how it stands, its export, and its check in the browser."""

from __future__ import annotations

import tempfile
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from overt.errors import MissingError
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
    """Give the public export up to the last checkpoint: an auditor signs nothing.

    Raises:
        MissingError: nothing was ever signed.
    """
    log = make_log(here.settings, store=here.store)
    notes = log.checkpoints() if log.is_there else ()
    if not notes:
        raise MissingError(
            "export: got no checkpoint, want one", hint="who runs it signs one: `overt ledger`"
        )
    with tempfile.NamedTemporaryFile(prefix="overt-export-", suffix=".jsonl", delete=False) as file:
        path = Path(file.name)
    try:
        log.export(path, until=notes[-1])
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    here.audit.note("export taken", account=who.account.id)
    return FileResponse(
        path,
        media_type="application/jsonl",
        filename="record.jsonl",
        background=BackgroundTask(path.unlink, missing_ok=True),
    )


@router.get("/oversight/verify")
def verify(request: Request, here: Here) -> Response:
    """Show where a browser checks the export by itself."""
    log = make_log(here.settings, store=here.store)
    return page(request, "verify.html", log=status_of_log(log, here.settings))
