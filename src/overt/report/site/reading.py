"""What a site is made of: an export that was verified, and what each deployment's events say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from overt.facts.facts import Facts
from overt.facts.from_events import Folding
from overt.ledger.export import ExportReader
from overt.ledger.keys import VerifierKey
from overt.ledger.note import Note
from overt.ledger.verify import Verified, verify_export
from overt.records.codec import decode
from overt.report.document.report import Source
from overt.values.duty_events import (
    AuthorityReviewed,
    DeploymentBriefed,
    DeploymentStopOrdered,
    ReportPublished,
)
from overt.values.events import DeploymentAuthorised, DeploymentStopped, Event

__all__ = ["Material", "Noted", "read_material"]


@dataclass(frozen=True, slots=True)
class Noted:
    """What a page says of a deployment that no table of figures holds."""

    authorised: datetime  # when that was recorded
    notice: str = ""  # where it was announced, as briefed
    signs: str = ""  # where signs stand, as briefed
    over: bool = False  # stopped, or its authority was not upheld


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """A verified export, counted."""

    path: Path  # the export
    verified: Verified
    checkpoints: tuple[Note, ...]  # by size, as they stand in the export
    facts: Facts
    source: Source
    noted: Mapping[str, Noted] = field(repr=False)  # by deployment
    settled: int  # events up to the last that is no note of a report's publication


def read_material(
    path: Path, *, keys: Sequence[VerifierKey], against: Note | None = None
) -> Material:
    """Verify an export and count it, in one pass.

    Args:
        path: the export.
        keys: the log's public keys that are trusted.
        against: a checkpoint that was published before: the export must go on from it.

    Raises:
        LedgerError: it does not verify, or does not go on from that checkpoint.
        RecordsError: an event that this version of overt does not know.
        FactsError: recognition without an authority.
    """
    with ExportReader(path) as reader:
        origin, checkpoints = reader.header.origin, reader.checkpoints
    folding = Folding(origin)
    noted: dict[str, Noted] = {}
    read = settled = 0

    def visit(leaf: bytes) -> None:
        nonlocal read, settled
        read += 1
        event = decode(leaf, None)
        folding.take(event)
        note(noted, event)
        if not isinstance(event.body, ReportPublished):
            settled = read

    verified = verify_export(path, keys=keys, against=against, witnesses=None, visit=visit)
    key = next((one.text for one in keys if one.name == verified.origin), "")
    source = Source(verified.origin, verified.size, verified.root.hex(), key)
    return Material(path, verified, checkpoints, folding.facts(), source, noted, settled)


def note(noted: dict[str, Noted], event: Event) -> None:
    """Take what a page says from an event."""
    match event.body:
        case DeploymentAuthorised():
            noted[event.deployment] = Noted(event.at)
            return
        case DeploymentBriefed(notice=notice, signs=signs):
            changes: dict[str, object] = {"notice": notice, "signs": signs}
        case DeploymentStopped() | DeploymentStopOrdered() | AuthorityReviewed(upheld=False):
            changes = {"over": True}
        case _:
            return
    if event.deployment in noted:
        noted[event.deployment] = replace(noted[event.deployment], **changes)
