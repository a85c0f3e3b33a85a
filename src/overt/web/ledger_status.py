"""How the log stands: what is signed, by which keys, and who has witnessed it."""

from __future__ import annotations

from dataclasses import dataclass

from overt.errors import LedgerError
from overt.governance.transparency import TransparencyLog
from overt.governance.witnessing import witness_keys
from overt.ledger.checkpoint import Checkpoint
from overt.ledger.keys import VerifierKey
from overt.ledger.note import Note
from overt.ledger.witness import Witnesses
from overt.settings import Settings

__all__ = ["LedgerStatus", "Witnessed", "status_of_log"]


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A witness of the settings, and whether it has cosigned the last checkpoint."""

    name: str
    cosigned: bool


@dataclass(frozen=True, slots=True)
class LedgerStatus:
    """How the log stands. Without a last checkpoint nothing was ever signed."""

    origin: str
    key: str  # the first, which readers trust
    last: Checkpoint | None
    note: Note | None  # the last checkpoint, as it was signed
    checkpoints: int
    rotations: tuple[tuple[int, str], ...]  # after how many events, to which key
    witnesses: tuple[Witnessed, ...]
    stamped: bool  # an authority's timestamp is kept for the last checkpoint or one before it


def status_of_log(log: TransparencyLog, settings: Settings) -> LedgerStatus | None:
    """Read how the log stands; None where there is none.

    Raises:
        LedgerError: its files are not what was signed.
    """
    if not log.is_there:
        return None
    chain, notes = log.chain(), log.checkpoints()
    note = notes[-1] if notes else None
    last = chain.open(note) if note else None
    known = witness_keys(settings.witnesses)
    return LedgerStatus(
        origin=chain.first.name,
        key=chain.first.text,
        last=last,
        note=note,
        checkpoints=len(notes),
        rotations=tuple((one.checkpoint.size, one.key.text) for one in chain.rotations),
        witnesses=tuple(Witnessed(key.name, has_cosigned(note, key)) for key in known),
        stamped=last is not None and log.timestamp(last.size) is not None,
    )


def has_cosigned(note: Note | None, key: VerifierKey) -> bool:
    """Tell whether a witness has cosigned."""
    try:
        return note is not None and bool(Witnesses((key,), 1).check(note))
    except LedgerError:
        return False
