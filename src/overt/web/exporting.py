"""The log's public export, made for who takes it and gone from this machine afterwards."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from overt.errors import MissingError
from overt.web.services import Services
from overt.wiring import make_log

__all__ = ["JSON_LINES", "export_of"]

JSON_LINES: Final = "application/jsonl"


def export_of(here: Services, *, account: str) -> FileResponse:
    """Give the public export up to the last checkpoint: who takes it signs nothing.

    Args:
        here: the console.
        account: id of the one who takes it; it is noted.

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
    here.audit.note("export taken", account=account)
    return FileResponse(
        path,
        media_type=JSON_LINES,
        filename="record.jsonl",
        background=BackgroundTask(path.unlink, missing_ok=True),
    )
