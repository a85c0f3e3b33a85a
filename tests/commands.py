"""Runs the command line as a user does: in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SERVER = Path(__file__).with_name("cli_server.py")
PATIENCE_S = 300.0  # a busy machine is slow, not wrong
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Done:
    """A command that is over."""

    code: int  # 128 + n where signal n ended it
    out: str
    err: str


class Running:
    """A command that runs."""

    def __init__(self, commands: Commands, pid: int, folder: Path) -> None:
        self._commands = commands
        self.pid = pid
        self._folder = folder
        self._code: int | None = None

    @property
    def err(self) -> str:
        """What it has said so far."""
        return (self._folder / "stderr").read_text(errors="replace")

    def send(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds, while it runs."""
        end = time.monotonic() + PATIENCE_S
        while not holds():
            assert not self._over(), f"got an end with {self._code}: {self.err}"
            assert time.monotonic() < end, f"waited {PATIENCE_S} s: {self.err}"
            time.sleep(0.01)

    def wait(self) -> Done:
        """Wait until it is over."""
        end = time.monotonic() + PATIENCE_S
        while not self._over():
            if time.monotonic() > end:
                os.kill(self.pid, signal.SIGKILL)
                raise AssertionError(f"got a command that hangs: {self.err}")
            time.sleep(0.01)
        assert self._code is not None
        return Done(self._code, (self._folder / "stdout").read_text(errors="replace"), self.err)

    def _over(self) -> bool:
        if self._code is None:
            self._code = self._commands.poll(self.pid)
        return self._code is not None


class Commands:
    """Starts commands."""

    def __init__(self, cache_dir: Path) -> None:
        self._cache_dir = cache_dir
        self._server = subprocess.Popen(  # noqa: S603
            [sys.executable, str(SERVER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **ONE_THREAD},
            text=True,
        )

    def start(
        self,
        *arguments: str | bytes | Path,
        home: Path,
        cwd: Path | None = None,
        largest_file: int | None = None,
        acknowledged: Path | None = None,
        later: Path | None = None,
        **environment: str,
    ) -> Running:
        """Start `overt ARGUMENTS` with home, temporary files and data under `home`.

        Args:
            arguments: of the command line.
            home: a folder for all that it writes unasked.
            cwd: where it runs; `home` if not given.
            largest_file: bytes that a file may grow to: a disk that is full.
            acknowledged: file for "number id" of each event that was acknowledged; the file
                beside it, with "-openings" at its name's end, gets a line for each time that a
                run opened the record.
            later: file that once it is there says by how many seconds its clock is later.
            environment: further variables.
        """
        for name in ("tmp", "said"):
            (home / name).mkdir(parents=True, exist_ok=True)
        (home / "said" / "stderr").write_text("")
        variables = {
            **ONE_THREAD,
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TMPDIR": str(home / "tmp"),
            "LANG": "C.UTF-8",
            "OVERT_CACHE_DIR": str(self._cache_dir),
            "OVERT_DATA_DIR": str(home / "data"),
            **environment,
        }
        pid = self._ask(
            {
                "arguments": [os.fsencode(argument).hex() for argument in arguments],
                "cwd": str(cwd or home),
                "env": variables,
                "stdout": str(home / "said" / "stdout"),
                "stderr": str(home / "said" / "stderr"),
                "largest_file": largest_file,
                "acknowledged": str(acknowledged) if acknowledged else None,
                "later": str(later) if later else None,
            }
        )
        return Running(self, pid, home / "said")

    def run(self, *arguments: str | bytes | Path, home: Path, **more: Any) -> Done:
        """Start a command and wait until it is over."""
        return self.start(*arguments, home=home, **more).wait()

    def poll(self, pid: int) -> int | None:
        """Give a command's exit code once it is over."""
        code = self._ask({"poll": pid})
        assert code is None or isinstance(code, int)
        return code

    def _ask(self, job: dict[str, Any]) -> Any:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(job) + "\n")
        self._server.stdin.flush()
        return json.loads(self._server.stdout.readline())

    def close(self) -> None:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.wait(PATIENCE_S)
        self._server.stdout.close()


@contextmanager
def commands(cache_dir: Path) -> Generator[Commands]:
    started = Commands(cache_dir)
    try:
        yield started
    finally:
        started.close()
