"""The ledger: how old the last signature is, and whether the record is what was signed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from overt.errors import OvertError
from overt.governance.transparency import CHECKPOINTS, SUFFIX, TransparencyLog
from overt.ledger.checkpoint import Checkpoint
from overt.ledger.tree import Tree
from overt.operations.doctor.finding import Family, Finding, cannot_tell, fails, failure, holds
from overt.records.base import Store
from overt.settings import Settings

__all__ = ["check_ledger"]

OLDEST: Final = timedelta(days=7)  # since the last signature, where events came after it


def check_ledger(
    settings: Settings, log: TransparencyLog | None, store: Store, *, events: int, now: datetime
) -> Iterator[Finding]:
    """Look at the last checkpoint, and hash the record up to it again."""
    if log is None or not log.is_there:
        yield cannot_tell(
            Family.LEDGER,
            "log",
            "not begun",
            "`overt ledger begin NAME`, so that readers can check",
        )
        return
    try:
        latest = log.latest()
    except OvertError as error:
        yield failure(Family.LEDGER, "log", error)
        return
    if latest is None:
        yield cannot_tell(Family.LEDGER, "last checkpoint", "none yet", "`overt ledger checkpoint`")
        return
    yield _age(settings, latest, events=events, now=now)
    yield _is_what_was_signed(latest, store)


def _age(settings: Settings, latest: Checkpoint, *, events: int, now: datetime) -> Finding:
    """Tell when it was signed, by its file: a checkpoint holds no time."""
    about = "last checkpoint"
    file = settings.ledger_dir / CHECKPOINTS / f"{latest.size:015d}{SUFFIX}"
    try:
        signed = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except OSError:
        return cannot_tell(Family.LEDGER, about, f"{latest.size:,} events, no file to tell its age")
    unsigned = events - latest.size
    got = f"{latest.size:,} events, {signed.date()}, {max(unsigned, 0):,} events after it"
    if unsigned > 0 and now - signed > OLDEST:
        return fails(
            Family.LEDGER,
            about,
            f"got {got}, want one of the last {OLDEST.days} days",
            "`overt ledger checkpoint`, and let a timer do it",
        )
    return holds(Family.LEDGER, about, got)


def _is_what_was_signed(latest: Checkpoint, store: Store) -> Finding:
    """Hash all leaves anew: no cache that somebody could have altered is believed."""
    about = "record against the log"
    tree = Tree()
    try:
        for leaf in islice(store.leaves(), latest.size):
            tree.append(leaf)
    except OvertError as error:
        return failure(Family.LEDGER, about, error)
    if tree.size < latest.size or tree.root() != latest.root:
        got = f"{tree.size:,} events" if tree.size < latest.size else f"root {tree.root().hex()}"
        want = f"{latest.size:,} events with root {latest.root.hex()}, as signed"
        return fails(
            Family.LEDGER,
            about,
            f"got {got}, want {want}",
            "the record was cut or altered: keep it as it is, tell the auditor, restore a backup",
        )
    return holds(Family.LEDGER, about, f"the first {latest.size:,} events are what was signed")
