"""Who did what when, for the auditor: a page with filters, and all of it as a sheet."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from overt.errors import InputError
from overt.records.base import Store
from overt.records.codec import KINDS
from overt.review.audit import COLUMNS, AuditLine, audit_lines
from overt.review.journal import COUNTED
from overt.text import sheet_cell
from overt.values.duty_events import EvidenceViewed
from overt.web.gate import Person
from overt.web.render import page
from overt.web.services import Here

__all__ = ["router"]

router = APIRouter()
SHOWN: Final = 200  # rows of a page: the newest
AT_ONCE: Final = 500  # rows of a sheet that are written together
Filter = Annotated[str, Query(max_length=200)]
VIEWED: Final = EvidenceViewed.kind


def filters(
    deployment: Filter = "",
    kind: Filter = "",
    by: Filter = "",
    alert: Filter = "",
    since: Filter = "",
) -> dict[str, str]:
    """Take what a list is narrowed by; the page and its sheet are narrowed alike."""
    return {"deployment": deployment, "kind": kind, "by": by, "alert": alert, "since": since}


@router.get("/oversight/audit")
def audit(
    request: Request, here: Here, asked: Annotated[dict[str, str], Depends(filters)]
) -> Response:
    """List who did what when, the newest first."""
    newest: deque[AuditLine] = deque(maxlen=SHOWN)
    found, error = 0, None
    try:
        for line in lines_of(here.store, asked):
            newest.append(line)
            found += 1
    except InputError as problem:
        error = problem
    return page(
        request,
        "audit.html",
        status=422 if error else 200,
        columns=COLUMNS,
        rows=[line.cells() for line in reversed(newest)],
        found=found,
        asked=asked,
        kinds=sorted({name for name, _ in KINDS}),
        viewed=VIEWED,
        sheet="?" + urlencode({k: v for k, v in asked.items() if v}),
        error=str(error or ""),
        hint=error.hint if error else "",
    )


@router.get("/oversight/audit.csv")
def audit_csv(
    here: Here, who: Person, asked: Annotated[dict[str, str], Depends(filters)]
) -> Response:
    """Give all of it, comma-separated, with a heading."""
    lines = lines_of(here.store, asked)
    here.audit.note("audit sheet taken", account=who.account.id)
    return StreamingResponse(
        sheet(lines),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="audit.csv"'},
    )


def sheet(lines: Iterator[AuditLine]) -> Iterator[str]:
    """Write the sheet in parts."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for number, line in enumerate(lines, start=1):
        writer.writerow([sheet_cell(cell) for cell in line.cells()])
        if number % AT_ONCE == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def lines_of(store: Store, asked: dict[str, str]) -> Iterator[AuditLine]:
    """Read what is asked for; counts of faces are left out unless they are.

    Raises:
        InputError: a time that is none.
    """
    given = {name: text.strip() or None for name, text in asked.items()}
    since = given["since"]
    return audit_lines(
        store,
        deployment=given["deployment"],
        kind=given["kind"],
        by=given["by"],
        alert=given["alert"],
        since=None if since is None else moment_of(since),
        without=() if given["kind"] else COUNTED,
    )


def moment_of(text: str) -> datetime:
    """Read a date, or a time; without a zone it is UTC.

    Raises:
        InputError: it is none.
    """
    try:
        if len(text) == len("2026-03-01"):
            return datetime.combine(date.fromisoformat(text), time(tzinfo=UTC))
        given = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError("since: got no time, want 2026-03-01 or 2026-03-01T10:00") from error
    return given if given.tzinfo else given.replace(tzinfo=UTC)
