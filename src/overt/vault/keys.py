"""The keys of sealed data: one for each deployment, watchlist or alert, wrapped by a master key.

A data key lies in a file of its own, sealed with AES-256-GCM (AEAD_AES_256_GCM of RFC 5116) under
the master key, its name as the context: renamed or swapped, it does not open. Another master, a
command (overt.vault.master_command), can wrap them instead. Nothing is kept in
memory between calls, so a key that one process destroys is gone for all.
"""

from __future__ import annotations

import contextlib
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

from overt.errors import VaultError
from overt.vault.note import Note
from overt.vault.places import Places
from overt.vault.private import (
    check_name,
    explained,
    locked,
    make_folder,
    read,
    replace,
    shred,
    shred_left,
    write_first,
)
from overt.vault.sealed import KEY_BYTES, seal, unseal
from overt.vault.wrapping import Wrapping, require_wrapping, wrapping_of

__all__ = ["ALERT_KEY", "KeyRing", "Master", "MasterFile", "Unopened", "master_path"]

SUFFIX: Final = ".key"
ALERT_KEY: Final = "alert-"  # with an alert's id: the name of the key that seals its evidence
MASTER: Final = "master"  # beside the folder of data keys, never in it


class Master(Protocol):
    """Wraps data keys; the default keeps its own key in a file."""

    def wrap(self, key: bytes, /, *, name: str) -> bytes: ...

    def unwrap(self, wrapped: bytes, /, *, name: str) -> bytes: ...


class MasterFile:
    """A master key of 32 random bytes in a file of mode 0600.

    Keep the file apart from the backups of the data: who has a backup of both has the data.
    """

    def __init__(self, path: Path, *, make: bool) -> None:
        """Check the file, or make it.

        Raises:
            VaultError: not there and not to be made, open to others, or of another length.
        """
        self._path = path
        if make and read(path) is None:
            write_first(path, secrets.token_bytes(KEY_BYTES))
        self._key()

    def wrap(self, key: bytes, /, *, name: str) -> bytes:
        """Wrap a data key under its name."""
        return seal(self._key(), key, context=wrap_context(name))

    def unwrap(self, wrapped: bytes, /, *, name: str) -> bytes:
        """Unwrap a data key.

        Raises:
            VaultError: altered, of another name, or wrapped by another master key.
        """
        require_wrapping(wrapped, name=name, want=Wrapping.FILE)
        return unseal(self._key(), wrapped, context=wrap_context(name))

    def _key(self) -> bytes:
        key = read(self._path)
        if key is None or len(key) != KEY_BYTES:
            got = "no such file" if key is None else f"{len(key)} bytes"
            raise VaultError(
                f"master key {self._path}: got {got}, want {KEY_BYTES} bytes",
                hint="restore it from where it is kept safe: without it no data key opens",
            )
        return key


class Unopened:
    """No master key: for what destroys keys, and opens none. A lost master key does not hinder it.

    >>> Unopened().unwrap(b"", name="alert-1")
    Traceback (most recent call last):
    overt.errors.VaultError: key 'alert-1': got no master key to open it, want none opened here
    """

    def wrap(self, key: bytes, /, *, name: str) -> bytes:  # noqa: ARG002 - as every master
        """Refuse."""
        raise _unopened(name)

    def unwrap(self, wrapped: bytes, /, *, name: str) -> bytes:  # noqa: ARG002 - as every master
        """Refuse."""
        raise _unopened(name)


def _unopened(name: str) -> VaultError:
    return VaultError(f"key {name!r}: got no master key to open it, want none opened here")


class KeyRing:
    """The data keys in a folder: `keys/NAME.key` wrapped, and `master.key` unless one is given.

    `places` notes where lies what they seal outside the vault: watchlists. `record` notes which
    record of events tells what they are for, and `last_run` when what was due was last deleted.
    """

    def __init__(self, folder: Path, *, master: Master | None = None) -> None:
        """Open the ring, or make it.

        Raises:
            VaultError: the folder or the master key is open to others; the master key is missing
                where there are data keys, or cannot be read.
        """
        make_folder(folder)
        self._folder = folder / "keys"
        make_folder(self._folder)
        self.places = Places(folder / "places")
        self.record = Note(folder / "record")
        self.last_run = Note(folder / "last-run")
        self._master = master or self._master_file(master_path(folder))

    def create(self, name: str) -> bytes:
        """Make a data key of 32 random bytes, or give the one of this name that is there.

        Of several processes that make it at once one wins, and all get its key.

        Raises:
            VaultError: a name that is none, or the key cannot be written.
        """
        path = self._path(name)
        key = secrets.token_bytes(KEY_BYTES)
        return key if write_first(path, self._master.wrap(key, name=name)) else self.get(name)

    def get(self, name: str) -> bytes:
        """Give a data key.

        Raises:
            VaultError: there is none (never made, or destroyed), or it was altered.
        """
        wrapped = read(self._path(name))
        if wrapped is None:
            raise VaultError(
                f"key {name!r}: got none, want the one that sealed the data",
                hint="where it was destroyed, the data are gone, as they should be",
            )
        key = self._master.unwrap(wrapped, name=name)
        if len(key) != KEY_BYTES:
            raise VaultError(f"key {name!r}: got {len(key)} bytes, want {KEY_BYTES}")
        return key

    def destroy(self, name: str) -> bool:
        """Destroy a data key, and with it everything it sealed; tell whether there was one.

        The wrapped key's file is overwritten with random bytes, synchronised, removed, and the
        folder synchronised. What that promises: no reader of the file system finds the key again,
        nor the data. What it cannot: an SSD, a copy-on-write file system (btrfs, ZFS), a snapshot
        or a backup may keep the old blocks. What they keep is the wrapped key, of no use without
        the master key: keep that one out of backups, on other storage, and change it at times.
        A process that got the key before may still hold it in memory.

        Raises:
            VaultError: it could not be destroyed: raise an alarm and try again.
        """
        with locked(self._folder, must=False):
            return shred(self._path(name))

    def rewrap(self, name: str, *, old: Master) -> bool:
        """Wrap a key anew with this ring's master key, in one step; tell whether it was there.

        The new wrapping is opened before it counts. What a key is replaced by is written beside,
        and the old wrapping overwritten. A key that is destroyed meanwhile stays so.

        Raises:
            VaultError: the old master key does not open it, or the new one not what it wrapped.
        """
        path = self._path(name)
        wrapped = read(path)
        if wrapped is None:
            return False
        key = old.unwrap(wrapped, name=name)
        new = self._master.wrap(key, name=name)
        if self._master.unwrap(new, name=name) != key:
            raise VaultError(
                f"key {name!r}: got another key out of its new wrapping, want the same",
                hint="nothing was changed; find out what the new master key does",
            )
        with locked(self._folder, must=True):
            if read(path) != wrapped:
                return False
            replace(path, new)
        return True

    def shred_left(self) -> None:
        """Overwrite what a killed `rewrap` left of old wrappings."""
        with locked(self._folder, must=True):
            for name in self.names():
                shred_left(self._path(name))

    def wrappings(self) -> dict[str, Wrapping]:
        """Tell what wrapped each key; keys that go meanwhile are not."""
        found = ((name, read(self._path(name))) for name in self.names())
        return {name: wrapping_of(wrapped) for name, wrapped in found if wrapped is not None}

    def names(self) -> tuple[str, ...]:
        """List the names of the keys that are there, sorted."""
        with explained(self._folder):
            files = [p.name for p in self._folder.iterdir() if not p.name.startswith(".")]
        return tuple(sorted(name.removesuffix(SUFFIX) for name in files if name.endswith(SUFFIX)))

    def made(self) -> dict[str, datetime]:
        """Tell when each key was made, by its file's time, UTC; keys that go meanwhile are not."""
        times: dict[str, datetime] = {}
        for name in self.names():
            with contextlib.suppress(FileNotFoundError):
                made = self._path(name).stat().st_mtime
                times[name] = datetime.fromtimestamp(made, UTC)
        return times

    def _master_file(self, path: Path) -> MasterFile:
        """Open the master key's file, or make the first; none is made where a key was wrapped."""
        names = self.names()
        if names and not path.exists() and (name := self._first_by_command()) is not None:
            raise VaultError(
                f"key {name!r}: got one wrapped by a command, and no master_command is set",
                hint="set master_command again; `overt keys rewrap --to file` moves the keys",
            )
        return MasterFile(path, make=not names)

    def _first_by_command(self) -> str | None:
        kinds = self.wrappings()
        return next((name for name in kinds if kinds[name] is Wrapping.COMMAND), None)

    def _path(self, name: str) -> Path:
        return self._folder / f"{check_name(name, 'key')}{SUFFIX}"


def master_path(folder: Path) -> Path:
    """Say where the master key's file of a ring lies."""
    return folder / f"{MASTER}{SUFFIX}"


def wrap_context(name: str) -> bytes:
    """Name what is wrapped."""
    return b"overt data key\0" + name.encode()
