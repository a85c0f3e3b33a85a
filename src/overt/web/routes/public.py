"""What anybody may see without logging in: what was done, what this is, and how to check it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, PlainTextResponse, RedirectResponse

from overt.errors import LedgerError, MissingError
from overt.web.ledger_status import LedgerStatus, status_of_log
from overt.web.released import INDEX, KINDS, OWN, file_of_site, released
from overt.web.render import page
from overt.web.services import Here, Services
from overt.wiring import make_log

__all__ = ["router"]

router = APIRouter()
# A report is one file with its own styles, and no script. It is shown as if from nowhere.
REPORT_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"
)


@dataclass(frozen=True, slots=True)
class Published:
    """A file that is published."""

    name: str
    bytes: int


@router.get("/public")
def public(request: Request, here: Here) -> Response:
    """Show what is published."""
    return page(
        request,
        "public.html",
        log=log_of(here),
        closed=here.overseen.closed(),
        files=files_of(here.settings.web_public_dir),
        reports=released(here.settings.web_public_dir),
    )


@router.get("/public/checkpoint")
def public_checkpoint(here: Here) -> Response:
    """Give the last checkpoint as it was signed: who keeps it can prove later what was rewritten.

    Raises:
        MissingError: nothing was ever signed.
    """
    log = log_of(here)
    if log is None or log.note is None:
        raise MissingError("checkpoint: got none that is signed, want one")
    return PlainTextResponse(log.note.data.decode())


@router.get("/public/files/{name}")
def public_file(here: Here, name: str) -> Response:
    """Give a file that is published.

    Raises:
        MissingError: there is none of this name.
    """
    folder = here.settings.web_public_dir
    if folder is None or name not in {each.name for each in files_of(folder)}:
        raise MissingError("file: got a name that is not published, want one that is")
    kind = KINDS[Path(name).suffix]
    shown = FileResponse(folder / name, media_type=kind)
    shown.headers["Content-Security-Policy"] = REPORT_POLICY
    return shown


@router.get("/public/site/{path:path}")
def public_site(request: Request, here: Here, path: str) -> Response:
    """Give a file of the site that `overt publish` and the console write.

    Raises:
        MissingError: there is none of this address.
    """
    file, kind = file_of_site(here.settings.web_public_dir, path)
    if file.name == INDEX and path and not path.endswith(INDEX):  # its links are from its folder
        at = f"{path.rstrip('/')}/{INDEX}"
        return RedirectResponse(str(request.app.url_path_for("public_site", path=at)), 307)
    shown = FileResponse(file, media_type=kind)
    shown.headers["Content-Security-Policy"] = f"{REPORT_POLICY} allow-downloads"
    return shown


def files_of(folder: Path | None) -> tuple[Published, ...]:
    """List the files of the folder itself that have a known kind; nothing hidden, no link."""
    if folder is None or not folder.is_dir():
        return ()
    return tuple(
        Published(path.name, path.stat().st_size)
        for path in sorted(folder.iterdir())
        if path.suffix in KINDS
        and path.name not in OWN
        and path.name.isprintable()
        and not path.name.startswith(".")
        and path.is_file()
        and not path.is_symlink()
    )


def log_of(here: Services) -> LedgerStatus | None:
    """Give how the log stands; None where nothing can be told of it to anybody."""
    try:
        return status_of_log(make_log(here.settings, store=here.store), here.settings)
    except LedgerError:
        return None  # the auditor's page says what is wrong
