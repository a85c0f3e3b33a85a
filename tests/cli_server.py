"""Runs `overt` in a process of its own without importing it anew each time.

Reads one JSON object a line: a run is forked off and its process id answered; `{"poll": pid}` is
answered with the exit code (128 + n after signal n), or null while it runs. Not a test: a script.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import traceback
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from overt.cli import deploying, main
from overt.clock import SystemClock
from overt.records.base import Store
from overt.records.store import open_store
from overt.values.events import Event


class Acknowledging:
    """A store that notes in a file which events were acknowledged, after they were."""

    def __init__(self, store: Store, path: Path) -> None:
        self._store = store
        self._file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def append(self, events: Sequence[Event], /, **more: Any) -> tuple[int, ...]:
        numbers = self._store.append(events, **more)
        for number, event in zip(numbers, events, strict=True):
            os.write(self._file, f"{number} {event.id}\n".encode())
        return numbers


def move_on(path: Path) -> None:
    """Have the clock be later by as many seconds as a file says, once it is there."""
    told = SystemClock.now

    def now(self: SystemClock) -> datetime:
        later = float(path.read_text()) if path.exists() else 0.0
        return told(self) + timedelta(seconds=later)

    SystemClock.now = now


def run(job: dict[str, Any]) -> int:
    os.chdir(job["cwd"])
    os.environ.clear()
    os.environ.update(job["env"])
    tempfile.tempdir = None  # found anew in this environment
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    for number, path in ((1, job["stdout"]), (2, job["stderr"])):
        os.dup2(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), number)
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w", errors="backslashreplace")
    if job["largest_file"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (job["largest_file"],) * 2)
    if job["later"] is not None:
        move_on(Path(job["later"]))
    if job["acknowledged"] is not None:
        noted = Path(job["acknowledged"])

        def open_noted(address: str | Path) -> Any:
            with noted.with_name(f"{noted.name}-openings").open("a") as file:
                file.write("opened\n")
            return Acknowledging(open_store(address), noted)

        deploying.open_store = open_noted  # pyright: ignore[reportPrivateImportUsage]
    sys.argv = ["overt", *map(os.fsdecode, map(bytes.fromhex, job["arguments"]))]
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 - as the interpreter does
        traceback.print_exc()
    return 1


def serve() -> None:
    for line in sys.stdin:
        job = json.loads(line)
        if "poll" in job:
            pid, status = os.waitpid(job["poll"], os.WNOHANG)
            code = os.waitstatus_to_exitcode(status) if pid else None
            answer = 128 - code if code is not None and code < 0 else code
        elif (answer := os.fork()) == 0:
            code = run(job)
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
