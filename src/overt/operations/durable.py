"""Files of a backup: written durably, for their owner alone, their errors in plain words."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from overt.errors import BackupError

__all__ = ["copy", "explained", "sha256_of", "sync_file", "write"]

FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def copy(source: Path, to: Path) -> None:
    """Copy a file; one that was deleted meanwhile is left out."""
    try:
        content = source.read_bytes()
    except FileNotFoundError:
        return
    write(to, content)


def write(path: Path, content: bytes) -> None:
    """Write a new file, durable, for its owner alone; its folders are made."""
    for folder in reversed([each for each in path.parents if not each.exists()]):
        folder.mkdir(mode=0o700)
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sha256_of(path: Path) -> str:
    """Hash a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_file(path: Path) -> None:
    """Make a file durable."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


@contextmanager
def explained(path: Path) -> Generator[None]:
    """Turn the machine's errors into ours."""
    try:
        yield
    except OSError as error:
        full = error.errno in FULL
        raise BackupError(
            f"{error.filename or path}: got {error.strerror or error}, want to read and write it",
            hint="free space on the disk, or name another" if full else "check the permissions",
        ) from error
