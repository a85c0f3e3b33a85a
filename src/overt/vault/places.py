"""Where the folders lie that a key of the ring seals, outside the vault; and who works with one.

A note is written before the key is made, and outlives it: what a killed process left behind is
found by it, and tried again until nothing is left. A note holds nothing of a person.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, cast

from overt.errors import VaultError
from overt.table import Table
from overt.vault.private import (
    check_name,
    explained,
    make_folder,
    read,
    remove,
    shred,
    write_first,
    write_over,
)

__all__ = ["Place", "Places"]

SUFFIX: Final = ".place"
LOCK: Final = ".lock"  # beside the note, which is replaced whole: a lock would go with the old one


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed list lies, and for which deployments it was taken on this machine."""

    key: str  # the name of its key
    folder: Path  # absolute
    digest: str  # of what is sealed
    listed: int
    built: datetime  # UTC
    deployments: tuple[str, ...] = ()  # by id
    report: Path | None = None  # absolute: a file beside it that names whom it names


class Places:
    """Notes of places, one file each, in a folder of mode 0700."""

    def __init__(self, folder: Path) -> None:
        """Open the notes, or make their folder.

        Raises:
            VaultError: the folder is open to others, or cannot be made.
        """
        make_folder(folder)
        self._folder = folder

    def note(self, place: Place) -> None:
        """Write a note where there is none of this key.

        Raises:
            VaultError: it cannot be written.
        """
        write_first(self._path(place.key), _written(place))

    def take(self, place: Place, deployment: str) -> None:
        """Note for which deployment it is taken, and where it lies by now.

        Raises:
            VaultError: it cannot be read or written.
        """
        before = self.find(place.key) or place
        others = tuple(each for each in before.deployments if each != deployment)
        noted = replace(before, folder=place.folder, deployments=(*others, deployment))
        if noted != before or not self._path(place.key).exists():
            write_over(self._path(place.key), _written(noted))

    def note_report(self, place: Place, report: Path) -> None:
        """Note where a file lies that tells what is in it.

        Raises:
            VaultError: it cannot be read or written.
        """
        noted = replace(self.find(place.key) or place, report=report)
        write_over(self._path(place.key), _written(noted))

    def shred_report(self, key: str) -> None:
        """Overwrite and remove that file, unless a list that was built anew wrote it since.

        Where the note is damaged it is not known; then nothing is done.

        Raises:
            VaultError: it could not be removed.
        """
        report = self._report(key)
        others = (self._report(other) for other in self.names() if other != key)
        if report is not None and report not in others:
            with explained(report):
                if report.is_file() and not report.is_symlink():
                    shred(report)

    def _report(self, key: str) -> Path | None:
        with suppress(VaultError):
            found = self.find(key)
            return found.report if found else None
        return None

    def find(self, key: str) -> Place | None:
        """Give the note of a key; None: there is none.

        Raises:
            VaultError: it cannot be read, or is damaged.
        """
        path = self._path(key)
        content = read(path)
        return None if content is None else _read(content, key, path)

    def names(self) -> tuple[str, ...]:
        """List the names of the keys that have a note, sorted."""
        with explained(self._folder):
            names = [path.name for path in self._folder.iterdir()]
        return tuple(
            sorted(
                name.removesuffix(SUFFIX)
                for name in names
                if name.endswith(SUFFIX) and not name.startswith(".")
            )
        )

    def forget(self, key: str) -> None:
        """Remove a note: nothing is left of what it was about.

        Raises:
            VaultError: it could not be removed.
        """
        remove(self._path(key))
        remove(self._lock(key))

    @contextmanager
    def in_use(self, key: str) -> Generator[None]:
        """Keep `free` from being given while this process lives; several may use it at once.

        Raises:
            VaultError: it is being destroyed.
        """
        with self._locked(key, fcntl.LOCK_SH) as got:
            if not got:
                raise VaultError(
                    f"key {key!r}: got what it seals being destroyed, want it to be there",
                    hint="build it anew",
                )
            yield

    @contextmanager
    def free(self, key: str) -> Generator[bool]:
        """Tell whether no process works with it, and keep others out meanwhile."""
        with self._locked(key, fcntl.LOCK_EX) as got:
            yield got

    @contextmanager
    def _locked(self, key: str, kind: int) -> Generator[bool]:
        path = self._lock(key)
        with explained(path):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            try:
                fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(descriptor)  # and the lock with it, as where the process is killed

    def _path(self, key: str) -> Path:
        return self._folder / f"{check_name(key, 'key')}{SUFFIX}"

    def _lock(self, key: str) -> Path:
        return self._folder / f"{check_name(key, 'key')}{LOCK}"


def _written(place: Place) -> bytes:
    report = {} if place.report is None else {"report": _hex(place.report)}
    return json.dumps(
        {
            "folder": _hex(place.folder),
            "digest": place.digest,
            "listed": place.listed,
            "built": place.built.isoformat(),
            "deployments": list(place.deployments),
            **report,
        }
    ).encode()


def _hex(path: Path) -> str:
    return os.fsencode(path).hex()  # a path may hold bytes that are no text


def _path_in(table: Table, name: str) -> Path:
    text = table.text(name, pattern="([0-9a-f]{2})+", want="a path's bytes in hexadecimal")
    return Path(os.fsdecode(bytes.fromhex(text)))


def _read(content: bytes, key: str, path: Path) -> Place:
    try:
        parsed = json.loads(content)
    except ValueError as error:
        raise VaultError(f"{path}: got {error}, want a note of a place") from error
    if not isinstance(parsed, dict):
        raise VaultError(f"{path}: got {parsed!r}, want an object")
    table = Table(cast("dict[str, object]", parsed), file=str(path), error=VaultError)
    place = Place(
        key,
        _path_in(table, "folder"),
        table.text("digest"),
        table.integer("listed", low=0, high=2**53 - 1),
        table.iso_time("built"),
        table.texts("deployments", least=0),
        _path_in(table, "report") if table.has("report") else None,
    )
    table.done()
    return place
