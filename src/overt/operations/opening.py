"""A backup opened, a folder or a packed file: only what its manifest lists counts."""

from __future__ import annotations

import hashlib
import os
import tarfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, TypeAlias

from overt.errors import BackupError
from overt.operations.durable import explained
from overt.operations.manifest import MANIFEST, Held, Manifest, read_manifest

__all__ = ["OpenFile", "copy_out", "opened_backup"]

CHUNK: Final = 1 << 20
LARGEST_MANIFEST: Final = 1 << 28

OpenFile: TypeAlias = Callable[[str], IO[bytes]]  # by the path in the backup


@contextmanager
def opened_backup(path: Path) -> Generator[tuple[Manifest, OpenFile]]:
    """Read a backup's manifest, and give what opens its files.

    Raises:
        BackupError: it is no backup, or a file that is asked for is not in it.
    """
    if path.is_dir():
        yield _manifest_of(lambda name: _in_folder(path, name)), lambda name: _in_folder(path, name)
        return
    try:
        archive = tarfile.open(path)  # noqa: SIM115 - closed below, whatever comes between
    except (OSError, tarfile.TarError) as error:
        got = error.strerror if isinstance(error, OSError) else "no archive"
        raise BackupError(f"{path}: got {got or error}, want a backup") from error
    with archive:

        def member(name: str) -> IO[bytes]:
            try:
                found = archive.extractfile(name)
            except (KeyError, OSError, tarfile.TarError):
                found = None
            if found is None:
                raise BackupError(f"{path}: got no file {name}, want it: its manifest lists it")
            return found

        yield _manifest_of(member), member


def copy_out(open_file: OpenFile, held: Held, to: Path) -> None:
    """Copy a file out of a backup, durably, and check it.

    Raises:
        BackupError: it is another than was written, or cannot be read or written.
    """
    with explained(to), open_file(held.path) as source:
        descriptor = os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        digest, size = hashlib.sha256(), 0
        with os.fdopen(descriptor, "wb") as file:
            while data := source.read(CHUNK):
                digest.update(data)
                size += len(data)
                file.write(data)
            file.flush()
            os.fsync(file.fileno())
    if (size, digest.hexdigest()) != (held.size, held.sha256):
        raise BackupError(
            f"{held.path}: got {size} bytes with sha256 {digest.hexdigest()}, want {held.size} "
            f"with {held.sha256}",
            hint="the backup was damaged or altered: use another one",
        )


def _manifest_of(open_file: OpenFile) -> Manifest:
    with open_file(MANIFEST) as file:
        return read_manifest(file.read(LARGEST_MANIFEST))


def _in_folder(folder: Path, name: str) -> IO[bytes]:
    path = folder / name
    try:
        if path.is_symlink():
            raise FileNotFoundError(name)
        return path.open("rb")
    except OSError as error:
        raise BackupError(f"{folder}: got no file {name}, want it of a backup") from error
