"""The store of hashes in files: a cache beside the log, flat in memory, safe to lose.

    head            "overt-hashes-1 SIZE CHECK": leaves that are durable; CHECK finds a torn head
    row-0, row-1    hashes of 32 bytes laid end to end

`head` is replaced only after the rows were synchronised, and what lies behind it is cut off when
the files are opened: a process killed at any moment leaves a shorter cache, never a wrong one. A
cache that somebody altered gives a root other than the signed one: `clear` it and append anew.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from overt.errors import LedgerError
from overt.ledger.hashes import TILE_WIDTH
from overt.ledger.tree import HASH_BYTES

__all__ = ["FileHashes"]

FORMAT: Final = "overt-hashes-1"
HEAD: Final = re.compile(rf"({FORMAT} (0|[1-9][0-9]{{0,18}})) ([0-9a-f]{{16}})\n", re.ASCII)
FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class FileHashes:
    """Rows of hashes in a folder: one process writes, any number read what was committed."""

    def __init__(self, folder: Path, *, write: bool) -> None:
        """Open the cache, or make it.

        Raises:
            LedgerError: another process writes it, or it cannot be read or made.
        """
        self._folder = folder
        self._write = write
        self._rows: list[int] = []  # file descriptors
        self._lengths: list[int] = []
        self._lock: int | None = None
        with explained(folder):
            if write:
                folder.mkdir(parents=True, exist_ok=True)
                self._lock = lock(folder / "lock")
            try:
                self._open()
            except OSError:
                self.close()
                raise

    def length(self, row: int, /) -> int:
        """Count the hashes of a row."""
        return self._lengths[row] if row < len(self._lengths) else 0

    def extend(self, row: int, hashes: bytes, /) -> None:
        """Append hashes to a row.

        Raises:
            LedgerError: they cannot be written (a full disk), and none of them counts.
        """
        with explained(self._folder):
            while len(self._rows) <= row:
                self._open_row(0)
            write_at(self._rows[row], hashes, self._lengths[row] * HASH_BYTES)
        self._lengths[row] += len(hashes) // HASH_BYTES

    def read(self, row: int, start: int, count: int, /) -> bytes:
        """Give hashes of a row.

        Raises:
            LedgerError: they are not there (an append failed), or the file was cut while open.
        """
        if start + count > self.length(row):
            raise LedgerError(
                f"{self._folder}, row {row}: got {self.length(row)} hashes, want {start + count}",
                hint="an append failed before: append again, or clear the cache",
            )
        with explained(self._folder):
            got = os.pread(self._rows[row], count * HASH_BYTES, start * HASH_BYTES)
        if len(got) != count * HASH_BYTES:
            raise LedgerError(
                f"{self._folder}, row {row}: got {len(got)} bytes at hash {start}, "
                f"want {count * HASH_BYTES}",
                hint="the cache was cut by another program: open it again and append anew",
            )
        return got

    def commit(self) -> None:
        """Make what was appended durable, and visible to those who open the files after.

        Raises:
            LedgerError: it could not be; what was committed before still is.
        """
        with explained(self._folder):
            for row in self._rows:
                os.fsync(row)
            self._write_head(self.length(0))

    def clear(self) -> None:
        """Forget every hash: the cache is made again by appending from the first leaf.

        Raises:
            LedgerError: the files cannot be written.
        """
        with explained(self._folder):
            self._write_head(0)
            for at, row in enumerate(self._rows):
                os.ftruncate(row, 0)
                self._lengths[at] = 0

    def close(self) -> None:
        """Close the files; what was not committed is appended anew next time."""
        for descriptor in (*self._rows, *(() if self._lock is None else (self._lock,))):
            os.close(descriptor)
        self._rows.clear()
        self._lengths.clear()
        self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _open(self) -> None:
        """Open the rows that the head promises; where one is short, the cache starts from none."""
        size = read_head(self._folder / "head")
        while size and len(self._rows) < rows_of(size):
            promised = size // TILE_WIDTH ** len(self._rows)
            if not self._open_row(promised):
                size = 0
        if not size:
            self._lengths = [0] * len(self._rows)
        if self._write:
            for row, length in zip(self._rows, self._lengths, strict=True):
                os.ftruncate(row, length * HASH_BYTES)

    def _open_row(self, promised: int) -> bool:
        """Open the next row, and tell whether it holds as many hashes as promised."""
        path = self._folder / f"row-{len(self._rows)}"
        flags = os.O_RDWR | os.O_CREAT if self._write else os.O_RDONLY
        try:
            descriptor = os.open(path, flags | os.O_CLOEXEC, 0o644)
        except FileNotFoundError:  # a reader's: the writer makes it
            return False
        self._rows.append(descriptor)
        self._lengths.append(promised)
        return os.fstat(descriptor).st_size >= promised * HASH_BYTES

    def _write_head(self, size: int) -> None:
        """Replace the head in one step."""
        text = f"{FORMAT} {size}"
        new = self._folder / "head.new"
        with new.open("w", encoding="ascii") as file:
            file.write(f"{text} {check_of(text)}\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._folder / "head")
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def rows_of(size: int) -> int:
    """Count the rows that a tree of `size` leaves has written."""
    rows = 0
    while size:
        rows, size = rows + 1, size // TILE_WIDTH
    return rows


def read_head(path: Path) -> int:
    """Read how many leaves are durable; 0 where there is no head or it is torn."""
    try:
        found = HEAD.fullmatch(path.read_text(encoding="ascii", errors="replace"))
    except FileNotFoundError:
        return 0
    return int(found[2]) if found and found[3] == check_of(found[1]) else 0


def check_of(text: str) -> str:
    """Give the first 64 bits of a line's SHA-256, in hexadecimal."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]


def write_at(descriptor: int, data: bytes, offset: int) -> None:
    """Write all of the data at an offset."""
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written


def lock(path: Path) -> int:
    """Take the writer's lock, held until the file is closed.

    Raises:
        LedgerError: another writer has it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise LedgerError(
            f"{path.parent}: got a second writer, want one",
            hint="wait for the other process, or open the cache for reading",
        ) from error
    return descriptor


@contextmanager
def explained(path: Path) -> Generator[None]:
    """Turn the machine's errors into ours."""
    try:
        yield
    except OSError as error:
        full = error.errno in FULL
        raise LedgerError(
            f"{path}: got {error.strerror or error}, want to read and write it",
            hint="free space on the disk" if full else "check the path and its permissions",
        ) from error
