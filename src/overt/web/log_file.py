"""The console's lines in a file: whole, found again when somebody moves it, and never lost quietly.

A file that is full is put aside under the time and another is begun; none is deleted here, because
audit lines are kept as long as the record is.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from overt.clock import Clock
from overt.errors import SettingsError

__all__ = ["LogFile", "write_logs"]

MODE: Final = 0o640  # of a group that reads logs; of nobody else
FLAGS: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
MEGABYTE: Final = 1024 * 1024


class LogFile(logging.Handler):
    """Appends lines. What the file does not take goes to standard error, which says why."""

    def __init__(self, path: Path, *, largest: int, clock: Clock, lost: Callable[[], None]) -> None:
        """Open the file.

        Args:
            path: of the file; its folder is there.
            largest: bytes after which another is begun; 0: somebody else moves it (logrotate).
            clock: names what is put aside.
            lost: called for each line that the file did not take.

        Raises:
            SettingsError: it cannot be opened.
        """
        super().__init__()
        self._path = path
        self._largest = largest
        self._clock = clock
        self._lost = lost
        self._file = -1
        self._failing = False
        self._torn = False  # a line before was written in part: the next begins on its own
        try:
            self._open()
        except OSError as error:
            raise SettingsError(
                f"web_log: got {error.strerror} for {path}, want a file that can be written",
                hint="make its folder, and let overt's user write there",
            ) from error

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line: into the file, else to standard error."""
        line = self.format(record).encode("utf-8", "backslashreplace") + b"\n"
        try:
            self._follow()
            if self._largest and self._size() and self._size() + len(line) > self._largest:
                self._put_aside()
            self._write(line)
        except OSError as error:
            self._fail(line, error)
        else:
            if self._failing:
                self._failing = False
                say("log: the file is written again")

    def close(self) -> None:
        """Let go of the file."""
        with contextlib.suppress(OSError):
            os.close(self._file)
        self._file = -1
        super().close()

    def _open(self) -> None:
        new = not self._path.exists()
        self._file = os.open(self._path, FLAGS, MODE)
        if new:
            os.fchmod(self._file, MODE)  # whatever the process leaves out of modes by default

    def _follow(self) -> None:
        """Go to the file of this name, where another has taken its place or none has."""
        if self._file >= 0:
            held = os.fstat(self._file)
            with contextlib.suppress(FileNotFoundError):
                there = self._path.stat()
                if (there.st_dev, there.st_ino) == (held.st_dev, held.st_ino):
                    return
            os.close(self._file)
            self._file = -1
        self._open()

    def _size(self) -> int:
        return os.fstat(self._file).st_size

    def _put_aside(self) -> None:
        at = f"{self._clock.now():%Y%m%dT%H%M%S.%fZ}"
        self._path.rename(self._path.with_name(f"{self._path.name}.{at}"))
        self._follow()

    def _write(self, line: bytes) -> None:
        whole = b"\n" + line if self._torn else line
        written = os.write(self._file, whole)
        self._torn = written < len(whole) and (self._torn or written > 0)
        if written < len(whole):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _fail(self, line: bytes, error: OSError) -> None:
        self._lost()
        if not self._failing:
            self._failing = True
            say(f"log: got {error.strerror} for {self._path}, want it written; lines come here")
        say(line.decode("utf-8", "replace").rstrip("\n"))


def say(text: str) -> None:
    """Write to standard error; where that is full too, there is nobody left to tell."""
    with contextlib.suppress(OSError, ValueError):
        print(text, file=sys.stderr, flush=True)  # noqa: T201 - a log's last place


def write_logs(
    names: tuple[str, ...],
    *,
    path: Path | None,
    largest_mb: int,
    clock: Clock,
    lost: Callable[[], None],
) -> logging.Handler:
    """Write the lines of these loggers as they are: into a file, or to standard error.

    Args:
        names: of the loggers.
        path: of the file; None: standard error.
        largest_mb: megabytes after which another file is begun; 0: never.
        clock: names what is put aside.
        lost: called for each line that the file did not take.

    Raises:
        SettingsError: the file cannot be opened.
    """
    handler: logging.Handler
    if path is None:
        handler = logging.StreamHandler(sys.stderr)
    else:
        handler = LogFile(path, largest=largest_mb * MEGABYTE, clock=clock, lost=lost)
    handler.setFormatter(logging.Formatter("%(message)s"))
    for name in names:
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(logging.INFO)
        logger.propagate = False
    return handler
