"""Processes that the console begins: each lives on when the console ends, and is found again.

A process writes what it has to say into a file of its own, and holds that file's lock as long as it
lives: so a console that was started anew, or another one, knows what runs, and begins none twice.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from overt.engine.live_server import named
from overt.errors import MissingError, RefusedError, SettingsError
from overt.settings import Settings
from overt.text import printable

__all__ = ["Launch", "Launches"]

SHOWN: Final = 4096  # bytes of the end of what was said
TRIES: Final = 5  # who looks holds the lock for a moment
TRY_S: Final = 0.02


@dataclass(frozen=True, slots=True)
class Launch:
    """A process that was begun."""

    going: bool
    said: tuple[str, ...]  # lines, the last ones
    at: datetime  # UTC: when it last said something, or was begun


class Launches:
    """Begins processes of `overt`, and looks at them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.runs_dir

    def log(self, name: str) -> Path:
        """Give where a process writes what it says.

        Raises:
            MissingError: it can have no such name.
        """
        if named(name) is None:
            raise MissingError(f"process: got the name {name!r}, want a plain one")
        return self._folder / f"{name}.log"

    def begin(self, name: str, *words: str) -> None:
        """Begin `overt WORDS` as a process of its own.

        Raises:
            RefusedError: the last one of this name still goes.
            SettingsError: it cannot be begun.
        """
        path = self.log(name)
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = os.open(path, flags, 0o600)
        except OSError as error:
            raise cannot(error) from error
        try:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise SettingsError(f"process: got {path.name} that is no file, want a file")
            take(file)
            os.ftruncate(file, 0)
            self._start(file, words)
        except OSError as error:
            raise cannot(error) from error
        finally:
            os.close(file)  # the process holds it on

    def _start(self, file: int, words: tuple[str, ...]) -> None:
        process = subprocess.Popen(  # noqa: S603 - our own command, no shell
            [sys.executable, "-P", "-m", "overt.cli", *words],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            pass_fds=(file,),  # with its lock
            start_new_session=True,
            cwd=self._settings.data_dir,
            env=os.environ | environment_of(self._settings),
        )
        # Its end is taken note of, so that nothing of it stays behind.
        threading.Thread(target=process.wait, name="launched", daemon=True).start()

    def find(self, name: str) -> Launch | None:
        """Look at the last process of a name; None: there was none."""
        try:
            file = os.open(self.log(name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return None
        try:
            found = os.fstat(file)
            going = False
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                going = True
            end = os.pread(file, SHOWN, max(0, found.st_size - SHOWN))
        finally:
            os.close(file)
        lines = end.decode(errors="replace").splitlines()
        said = tuple(printable(line).rstrip() for line in lines if line.strip())
        return Launch(going, said, datetime.fromtimestamp(found.st_mtime, UTC))


def take(file: int) -> None:
    """Take the lock that a process is to hold.

    Raises:
        RefusedError: another one holds it.
    """
    for _ in range(TRIES):
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(TRY_S)
    raise RefusedError(
        "process: got one that goes already, want none",
        hint="it was begun a moment ago: wait for what comes of it",
    )


def cannot(error: OSError) -> SettingsError:
    return SettingsError(
        f"process: got {error.strerror}, want to begin one and to write what it says",
        hint="see that the data folder can be written, and that the machine has room",
    )


def environment_of(settings: Settings) -> dict[str, str]:
    """Write the settings for another process, so that it works with the same record and keys."""
    values = settings.model_dump(mode="json")
    for name in ("data_dir", "cache_dir"):
        values[name] = str(Path(values[name]).absolute())
    if Path(settings.policy).is_file():
        values["policy"] = str(Path(settings.policy).absolute())
    if settings.records and "://" not in settings.records:
        values["records"] = str(Path(settings.records).absolute())
    return {
        f"OVERT_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in values.items()
        if not name.startswith("web_")
    }
