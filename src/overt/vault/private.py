"""Files that only their owner can open, written whole or not at all, and durable."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import secrets
import stat
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from overt.errors import VaultError

__all__ = [
    "check_name",
    "explained",
    "locked",
    "make_folder",
    "read",
    "remove",
    "replace",
    "shred",
    "shred_left",
    "sync_folder",
    "unfinished",
    "write_first",
    "write_over",
]

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
UNFINISHED: Final = ".new"
FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def check_name(name: str, what: str) -> str:
    """Take a name that is a plain file name wherever it is used.

    Raises:
        VaultError: any other name: a path, a hidden file, a character that a shell may read.
    """
    if not NAME.fullmatch(name):
        raise VaultError(
            f"{what}: got the name {name[:80]!r}, want 1 to 128 letters, digits, dots, hyphens "
            "and underscores, a letter or digit first",
            hint="use an identifier",
        )
    return name


def make_folder(folder: Path) -> None:
    """Make a folder of mode 0700, or check that it has it.

    Raises:
        VaultError: others can get into it, or it cannot be made.
    """
    with explained(folder):
        try:
            folder.mkdir(mode=0o700)
            sync_folder(folder.parent)
        except FileExistsError:
            pass
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode):
            raise VaultError(f"{folder}: got no folder, want one", hint="name another place")
        require_private(folder, status, want=0o700)


def write_first(path: Path, data: bytes) -> bool:
    """Write a file that is not there yet, and tell whether it was: of several, one writer wins."""
    with explained(path):
        new = write_beside(path, data)
        try:
            os.link(new, path)
        except FileExistsError:
            return False
        finally:
            new.unlink(missing_ok=True)
            sync_folder(path.parent)
        return True


def write_over(path: Path, data: bytes) -> None:
    """Write a file in place of what is there, in one step."""
    with explained(path):
        new = write_beside(path, data)
        try:
            new.replace(path)
        finally:
            new.unlink(missing_ok=True)
        sync_folder(path.parent)


def replace(path: Path, data: bytes) -> None:
    """Write a file in place of what is there, in one step, then overwrite what was there.

    It keeps its time: by a key's is told how old what it seals is.

    Killed in between, the old file is left beside as if its writing were unfinished: `shred` and
    `shred_left` overwrite it.
    """
    with explained(path):
        old = path.with_name(f".{path.name}.{secrets.token_hex(8)}{UNFINISHED}")
        made = path.stat()
        os.link(path, old)
        write_over(path, data)
        os.utime(path, ns=(made.st_atime_ns, made.st_mtime_ns))
        overwrite(old)
        old.unlink(missing_ok=True)
        sync_folder(path.parent)


def shred_left(path: Path) -> None:
    """Overwrite and remove what killed processes left beside a file that is there.

    A writer that has just given the file its name still holds the other name: that one is left.
    """
    with explained(path):
        for file in unfinished(path):
            with contextlib.suppress(FileNotFoundError):
                if not file.samefile(path):
                    overwrite(file)
                    file.unlink(missing_ok=True)


def write_beside(path: Path, data: bytes) -> Path:
    """Write a file that does not count yet; what was written of it is removed when it fails."""
    new = path.with_name(f".{path.name}.{secrets.token_hex(8)}{UNFINISHED}")
    descriptor = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        new.unlink(missing_ok=True)
        raise
    return new


def unfinished(path: Path) -> list[Path]:
    """List what killed processes left of writing this file."""
    with explained(path):
        start = f".{path.name}."
        found = [p for p in path.parent.iterdir() if p.name.startswith(start)]
        # A random part of 16 digits: so that "a" does not find what belongs to "a.b".
        return [p for p in found if len(p.name) == len(start) + 16 + len(UNFINISHED)]


def read(path: Path) -> bytes | None:
    """Read a file of mode 0600, or None when there is none.

    Raises:
        VaultError: others can open it, it is no plain file, or it cannot be read.
    """
    with explained(path):
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        except FileNotFoundError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            require_private(path, os.fstat(file.fileno()), want=0o600)
            return file.read()


def remove(path: Path) -> bool:
    """Remove a file and what was left of writing it; tell whether it was there."""
    with explained(path):
        for new in unfinished(path):
            new.unlink(missing_ok=True)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        finally:
            sync_folder(path.parent)
        return True


def shred(path: Path) -> bool:
    """Overwrite a file with random bytes, make that durable, and remove it."""
    with explained(path):
        there = path.exists()
        for file in (*unfinished(path), path):
            overwrite(file)
        remove(path)
        return there


def overwrite(path: Path) -> None:
    """Write random bytes over a file's own, in place; a file that is not there is left so."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return
    with os.fdopen(descriptor, "wb") as file:  # opened without truncation: the same blocks
        file.write(secrets.token_bytes(os.fstat(descriptor).st_size))
        file.flush()
        os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Make the folder's list of files durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def require_private(path: Path, status: os.stat_result, *, want: int) -> None:
    """Refuse what group or others have any right to."""
    mode = stat.S_IMODE(status.st_mode)
    if mode & 0o077:
        raise VaultError(
            f"{path}: got permissions {mode:04o}, want {want:04o}",
            hint=f"find out who could read it, then `chmod {want:o} {path}`; where somebody could, "
            "destroy its keys",
        )


@contextmanager
def locked(folder: Path, *, must: bool) -> Generator[None]:
    """Keep other processes that lock the folder out of it.

    Args:
        folder: a folder.
        must: refuse to go on where the file system has no locks.
    """
    with explained(folder):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError as error:
            if must:
                raise VaultError(
                    f"{folder}: got {error.strerror or error}, want to lock it",
                    hint="move it to a file system that has locks",
                ) from error
        yield
    finally:
        os.close(descriptor)


@contextmanager
def explained(path: Path) -> Generator[None]:
    """Turn the machine's errors into ours."""
    try:
        yield
    except OSError as error:
        full = error.errno in FULL
        raise VaultError(
            f"{path}: got {error.strerror or error}, want to read and write it",
            hint="free space on the disk" if full else "check the path and its permissions",
        ) from error
