"""The log: how it stands, its last checkpoint as it was signed, and its export."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import FileResponse

from overt.errors import MissingError
from overt.web.api.call import Asked
from overt.web.api.told import Told
from overt.web.exporting import JSON_LINES, export_of
from overt.web.ledger_status import LedgerStatus, status_of_log
from overt.wiring import make_log

__all__ = ["router"]

router = APIRouter(prefix="/ledger", tags=["records"])


class WitnessTold(Told):
    """A witness that the settings name, and whether it has cosigned the last checkpoint."""

    name: str
    cosigned: bool


class RotationTold(Told):
    """After how many events the log went over to another key."""

    events: int
    key: str


class LedgerTold(Told):
    """How the log stands; `events`, `root` and `checkpoint` are null where none was signed yet.

    `checkpoint` is the signed note, for a program that checks it; `key` is the log's first.
    """

    origin: str
    key: str
    events: int | None
    root: str | None
    checkpoint: str | None
    checkpoints: int
    rotations: list[RotationTold]
    witnesses: list[WitnessTold]
    timestamped: bool


@router.get("", name="api_ledger")
def ledger(call: Asked) -> LedgerTold:
    """Tell how the log stands: what is signed, by which keys, and who has witnessed it."""
    here = call.here
    status = status_of_log(make_log(here.settings, store=here.store), here.settings)
    if status is None:
        raise MissingError("log: got none, want one that was begun", hint="`overt ledger begin`")
    return ledger_told(status)


@router.get(
    "/export",
    name="api_ledger_export",
    response_class=FileResponse,
    responses={200: {"content": {JSON_LINES: {"schema": {"type": "string"}}}}},
)
def ledger_export(call: Asked) -> FileResponse:
    """Give the public export up to the last checkpoint, for `overt verify`; it is noted who."""
    return export_of(call.here, account=call.token.account.id)


def ledger_told(status: LedgerStatus) -> LedgerTold:
    """Tell how the log stands."""
    last, note = status.last, status.note
    return LedgerTold(
        origin=status.origin,
        key=status.key,
        events=None if last is None else last.size,
        root=None if last is None else last.root.hex(),
        checkpoint=None if note is None else note.data.decode(),
        checkpoints=status.checkpoints,
        rotations=[RotationTold(events=events, key=key) for events, key in status.rotations],
        witnesses=[
            WitnessTold(name=each.name, cosigned=each.cosigned) for each in status.witnesses
        ],
        timestamped=status.stamped,
    )
