"""A backup of what a machine has recorded: the record, the log's files, what is sealed. No keys.

    manifest.json               what is in it, with the sha256 of every file
    settings.json               the settings, without logins: to be read, not restored
    record/events.sqlite        all events with what is left of their private texts
    ledger/ evidence/ disclosure/ deployments/ bundles/ comparisons/
    keys/ledger.key             the wrapped key of the log's signing key: of nobody's data

The keys of people's data are never in it: what was deleted would come back with them.
"""

from __future__ import annotations

import secrets
import shutil
import tarfile
from collections.abc import Generator
from contextlib import closing, contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from overt.clock import Clock
from overt.errors import BackupError
from overt.governance.transparency import KEY_NAME
from overt.ledger.tree import Tree
from overt.operations.durable import copy, explained, sha256_of, sync_file, write
from overt.operations.manifest import MANIFEST, RECORD, SETTINGS, Held, Manifest, written
from overt.records.copying import copy_record
from overt.records.store import open_store
from overt.settings import Settings, snapshot
from overt.vault.private import sync_folder

__all__ = ["make_backup"]

TAR: Final = ".tar"
UNFINISHED: Final = ".unfinished"
PACKING: Final = ".tar"
# What is taken of the data folder: whole folders, but for caches and unfinished files.
WHOLE: Final = ("ledger", "evidence", "disclosure", "bundles", "comparisons")
LEFT_OUT: Final = ("hashes",)  # of the ledger: a cache
DRAFTS: Final = "deployments"  # their files alone: lists that lie beside are for one use


def make_backup(settings: Settings, to: Path, *, clock: Clock) -> Manifest:
    """Write a backup beside its place, check it, and put it there in one step.

    Args:
        settings: of this machine.
        to: a folder, or a file that ends with .tar; nothing may be there.
        clock: of this machine.

    Raises:
        BackupError: something is there already, or it cannot be read or written.
        RecordsError: the record cannot be read.
    """
    if to.exists() or to.is_symlink():
        raise BackupError(
            f"{to}: got something that is there, want a new name",
            hint="name another: a backup is never written over anything",
        )
    with explained(to), unfinished(to) as new:
        manifest = _filled(settings, new, made=clock.now())
        if to.suffix == TAR:
            _pack(new, to)
        else:
            new.rename(to)
            sync_folder(to.absolute().parent)
    return manifest


def _filled(settings: Settings, new: Path, *, made: datetime) -> Manifest:
    """Write everything into a folder. The record comes last: it knows all that the log signed."""
    for name in WHOLE:
        _copy_folder(settings.data_dir / name, new / name)
    _copy_drafts(settings.data_dir / DRAFTS, new / DRAFTS)
    wrapped = settings.keys_dir / "keys" / f"{KEY_NAME}.key"
    if wrapped.exists():
        copy(wrapped, new / "keys" / wrapped.name)
    write(new / SETTINGS, snapshot(settings).encode())
    record = new / RECORD
    record.parent.mkdir(mode=0o700)
    copy_record(settings.record_address, record)
    events, root = _counted(record)
    files = tuple(
        Held(str(path.relative_to(new).as_posix()), path.stat().st_size, sha256_of(path))
        for path in sorted(new.rglob("*"))
        if path.is_file()
    )
    manifest = Manifest(made, version("overt"), events, root, files)
    write(new / MANIFEST, written(manifest))
    return manifest


def _counted(record: Path) -> tuple[int, str]:
    """Read the copy whole: it is what will be restored."""
    tree = Tree()
    with closing(open_store(record)) as store:
        for leaf in store.leaves():
            tree.append(leaf)
    for beside in record.parent.iterdir():  # as it was before it was brought to the newest schema
        if beside != record:
            beside.unlink()
    return tree.size, tree.root().hex()


def _copy_folder(source: Path, to: Path) -> None:
    """Copy a folder's files; what is deleted meanwhile is left out."""
    if not source.is_dir():
        return
    for path in sorted(source.rglob("*")):
        parts = path.relative_to(source).parts
        hidden = any(part.startswith(".") or part in LEFT_OUT for part in parts)
        if not hidden and path.is_file() and not path.is_symlink():
            copy(path, to / path.relative_to(source))


def _copy_drafts(source: Path, to: Path) -> None:
    if source.is_dir():
        for path in sorted(source.glob("*.toml")):
            copy(path, to / path.name)


@contextmanager
def unfinished(to: Path) -> Generator[Path]:
    """Give a folder beside a place, and remove what is left of it.

    What a killed backup left there is removed first.
    """
    start = f".{to.name}."
    for left in to.parent.glob(f"{start}*{UNFINISHED}*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)
    new = to.with_name(f"{start}{secrets.token_hex(8)}{UNFINISHED}")
    new.mkdir(mode=0o700)
    try:
        yield new
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _pack(new: Path, to: Path) -> None:
    """Pack a finished folder into one file, and put that in place."""
    packed = new.with_name(f"{new.name}{PACKING}")
    manifest = new / MANIFEST
    files = sorted(path for path in new.rglob("*") if path.is_file() and path != manifest)
    try:
        with tarfile.open(packed, "x") as archive:
            for path in (manifest, *files):
                archive.add(path, arcname=path.relative_to(new).as_posix())
        packed.chmod(0o600)
        sync_file(packed)
        packed.rename(to)
        sync_folder(to.absolute().parent)
    finally:
        packed.unlink(missing_ok=True)
