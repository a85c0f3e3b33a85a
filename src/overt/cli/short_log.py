"""What a run says while nobody looks at its screen: in a file that is kept short."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from overt.errors import InputError

__all__ = ["saying_in"]

MOST_BYTES: Final = 1024 * 1024
KEPT_BYTES: Final = 64 * 1024  # of the end, where it became longer
LOOK_S: Final = 1.0
LEFT_OUT: Final = b"(what was said before is left out)\n"


@contextmanager
def saying_in(path: Path | None) -> Generator[None]:
    """Have all that this process says, libraries included, go into a file; None: to the screen.

    The file stays in place of the screen afterwards, for what is said at the very end.

    Raises:
        InputError: it is a link, or cannot be written.
    """
    if path is None:
        yield
        return
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        file = os.open(path, flags, 0o600)
    except OSError as error:
        raise InputError(
            f"log {str(path)!r}: got {error.strerror}, want a file that can be written"
        ) from error
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(file, 1)
    os.dup2(file, 2)
    ended = threading.Event()
    thread = threading.Thread(target=_keep_short, args=(file, ended), name="log", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        os.close(file)


def _keep_short(file: int, ended: threading.Event) -> None:
    while not ended.wait(LOOK_S):
        shorten(file)


def shorten(file: int, *, most: int = MOST_BYTES, kept: int = KEPT_BYTES) -> None:
    """Keep the end of a file, open to append, that has become too long."""
    size = os.fstat(file).st_size
    if size > most:
        end = os.pread(file, kept, size - kept)
        os.ftruncate(file, 0)
        os.write(file, LEFT_OUT + end)
