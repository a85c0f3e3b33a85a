"""A machine put back from a backup: checked first, then placed, then witnessed in the record.

Killed at any moment, it is run again: before everything is checked it begins anew, after that it
goes on. Nothing that is there is written over.
"""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from overt.clock import Clock
from overt.errors import BackupError, RecordsError
from overt.governance.own_record import adopt, known_place
from overt.governance.receipts import Receipt
from overt.ids import NewId
from overt.ledger.folder_lock import locked
from overt.operations.durable import explained, write
from overt.operations.manifest import MANIFEST, RECORD, Manifest, read_manifest, written
from overt.operations.opening import copy_out, opened_backup
from overt.operations.restore_checks import require_empty, require_sound
from overt.records.base import Recorded, Store
from overt.records.copying import fill_record
from overt.records.store import is_server
from overt.settings import Settings
from overt.values.duty_events import RecordRestored
from overt.values.events import Event
from overt.vault.keys import KeyRing
from overt.vault.private import sync_folder
from overt.wiring import (
    make_index_retention,
    make_list_retention,
    make_retention,
    open_keys_to_destroy,
    open_records,
)

__all__ = ["RESTORE", "Restored", "restore"]

RESTORE: Final = "restore"  # the deployment that the event about it carries
STAGE: Final = ".restoring"  # in the data folder: what is not placed yet
VERIFIED: Final = "verified"
WHOLE: Final = ("ledger", "evidence", "disclosure", "bundles", "comparisons", "deployments")
LEDGER_KEY: Final = "ledger.key"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and what was deleted right after."""

    manifest: Manifest
    lost: int  # events that this machine's keys know of, after those of the backup
    receipts: tuple[Receipt, ...]


def restore(settings: Settings, backup: Path, *, by: str, clock: Clock, new_id: NewId) -> Restored:
    """Put a machine back from a backup, then delete what is due, before anything else runs.

    Args:
        settings: of this machine; its data folder holds no record and no data yet, keys perhaps.
        backup: a folder or a packed file.
        by: who does it.
        clock: of this machine.
        new_id: makes identifiers.

    Raises:
        BackupError: it is damaged, or something is there that it would write over.
        RecordsError: the record in it is not sound, or cannot be put in place.
    """
    settings.make_data_dir()
    stage = settings.data_dir / STAGE
    with explained(settings.data_dir), locked(settings.data_dir):
        if (stage / VERIFIED).is_file():
            manifest = _same(backup, stage)
        else:
            shutil.rmtree(stage, ignore_errors=True)
            require_empty(settings)
            manifest = _staged(backup, stage)
        keys = open_keys_to_destroy(settings)
        _place(settings, stage)
        with closing(open_records(settings)) as store:
            lost = _witness(store, manifest, keys, by=by, clock=clock, new_id=new_id)
            receipts = _delete_due(settings, store, clock=clock)
        shutil.rmtree(stage)
        sync_folder(settings.data_dir)
    return Restored(manifest, lost, receipts)


def _staged(backup: Path, stage: Path) -> Manifest:
    """Copy everything beside its place, and check it."""
    with opened_backup(backup) as (manifest, open_file):
        for held in manifest.files:
            to = stage / held.path
            to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            copy_out(open_file, held, to)
    for folder in (stage, *(path for path in stage.rglob("*") if path.is_dir())):
        folder.chmod(0o700)  # `mkdir` gives its mode to the last folder of a path alone
    require_sound(stage / RECORD, stage / "ledger", manifest)
    write(stage / MANIFEST, written(manifest))
    write(stage / VERIFIED, b"")
    sync_folder(stage)
    return manifest


def _same(backup: Path, stage: Path) -> Manifest:
    """Go on with a restore that was broken off, with the same backup only."""
    manifest = read_manifest((stage / MANIFEST).read_bytes())
    with opened_backup(backup) as (given, _):
        if given != manifest:
            raise BackupError(
                f"{backup}: got another backup, want the one of {manifest.made.isoformat()}, whose "
                "restoring was broken off",
                hint=f"restore that one, or remove what it placed and {stage}",
            )
    return manifest


def _place(settings: Settings, stage: Path) -> None:
    """Move everything to its place, the record last. What is placed already is passed over."""
    for name in WHOLE:
        source, to = stage / name, settings.data_dir / name
        if source.is_dir():
            if to.is_dir():
                to.rmdir()  # it is empty, or this fails
            source.rename(to)
    wrapped, key = stage / "keys" / LEDGER_KEY, settings.keys_dir / "keys" / LEDGER_KEY
    if wrapped.is_file() and not key.exists():
        wrapped.rename(key)
        sync_folder(key.parent)
    sync_folder(settings.data_dir)
    address = settings.record_address
    if not (isinstance(address, str) and is_server(address)):
        _place_file(stage / RECORD, Path(address))
    fill_record(stage / RECORD, address)


def _place_file(source: Path, to: Path) -> None:
    """Copy the record beside its place, and put it there in one step, over nothing."""
    if to.exists():
        return
    new = to.with_name(f".{to.name}{STAGE}")
    new.unlink(missing_ok=True)
    to.parent.mkdir(mode=0o700, exist_ok=True)
    write(new, b"")
    with source.open("rb") as read, new.open("r+b") as copy:
        shutil.copyfileobj(read, copy)
        copy.flush()
        os.fsync(copy.fileno())
    try:
        os.link(new, to)
    except FileExistsError:
        raise RecordsError(f"{to}: got a record there by now, want none") from None
    finally:
        new.unlink(missing_ok=True)
    sync_folder(to.parent)


def _witness(
    store: Store, manifest: Manifest, keys: KeyRing, *, by: str, clock: Clock, new_id: NewId
) -> int:
    """Record that it was restored, and take it for this machine's own; give what is lost."""
    done = list(store.events(kinds=(RecordRestored.kind,), after=manifest.events))
    if not done:
        now = clock.now()
        body = RecordRestored(by, manifest.made, manifest.events, manifest.root, known_place(keys))
        event = Event(new_id(now), RESTORE, now, body)
        (sequence,) = store.append([event])
        done = [Recorded(sequence, event)]
    adopt(done[-1], keys=keys)
    body = done[-1].event.body
    return max(0, body.known - manifest.events) if isinstance(body, RecordRestored) else 0


def _delete_due(settings: Settings, store: Store, *, clock: Clock) -> tuple[Receipt, ...]:
    """Delete what fell due since the backup was made."""
    return (
        *make_list_retention(settings, store=store, clock=clock).run(),
        *make_retention(settings, store=store, clock=clock).run(),
        *make_index_retention(settings, store=store, clock=clock).run(),
    )
