"""The console in a process of its own, watched from outside, and killed in the middle."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.load.plan import Plan
from benchmarks.machine import resident_mb

__all__ = ["Life", "Served", "serving"]

LOOK_S: Final = 1.0
PATIENCE_S: Final = 60.0
TICKS: Final = os.sysconf("SC_CLK_TCK")
COMMAND: Final = "from overt.cli import main; main()"
SETTLED: Final = 0.3  # share of a life after which buffers have grown to their size


@dataclass(slots=True)
class Life:
    """One process of the console, from its first answer to its end."""

    begun: float  # time.time()
    started_s: float  # until the first answer
    at_s: list[float] = field(default_factory=list[float])
    resident_mb: list[float] = field(default_factory=list[float])
    cpu_s: float = 0.0  # up to the last look
    cpu_at_s: float = 0.0

    def mb_per_minute(self) -> float:
        """Fit a line to the memory, after it has settled; 0 where there is too little."""
        at, memory = np.array(self.at_s), np.array(self.resident_mb)
        late = at >= SETTLED * (at[-1] if len(at) else 0)
        if late.sum() < 5:
            return 0.0
        return float(np.polyfit(at[late], memory[late], 1)[0]) * 60


class Served:
    """The console, begun again where it was killed."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._ended = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: tuple[int, Life] | None = None  # the one that answers, by its number
        self.lives: list[Life] = []

    def start(self) -> None:
        """Begin it, and wait until it answers."""
        begun = time.time()
        environment = {
            **{name: text for name, text in os.environ.items() if not name.startswith("OVERT_")},
            "OVERT_DATA_DIR": str(self._plan.settings.data_dir),
            "OVERT_WEB_ADDRESS": self._plan.settings.web_address,
            "OVERT_RECORDS": self._plan.records,
        }
        with self.log.open("ab") as said:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, *self._options(), "-c", COMMAND, "serve"],
                env=environment,
                cwd=self._plan.folder,
                stdout=said,
                stderr=said,
            )
        while not self._is_up():
            if self._process.poll() is not None or time.time() - begun > PATIENCE_S:
                raise RuntimeError(f"console: got {self.log.read_text()[-2000:]}, want it to run")
            time.sleep(0.05)
        life = Life(begun, time.time() - begun)
        self.lives.append(life)
        self._answers = self._process.pid, life

    @property
    def log(self) -> Path:
        """What it says."""
        return self._plan.folder / "console.log"

    def kill(self) -> float:
        """End it at once, without any chance to put things in order; give the time."""
        self._answers = None  # what comes next is another's life
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        return time.time()

    def watch(self) -> None:
        """Read memory and processor time of the one that runs, until all is over."""
        while not self._ended.wait(LOOK_S):
            answers = self._answers
            if answers is None:
                continue
            number, life = answers
            try:
                resident = resident_mb(number)
                ticks = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
            except (OSError, RuntimeError):  # it ended just now, or nobody has waited for it yet
                continue
            life.at_s.append(time.time() - life.begun)
            life.resident_mb.append(resident)
            life.cpu_s = (int(ticks[11]) + int(ticks[12])) / TICKS
            life.cpu_at_s = life.at_s[-1]

    def end(self) -> None:
        """Kill it, and stop watching."""
        self._ended.set()
        self.kill()

    def _options(self) -> list[str]:
        return []

    def _is_up(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._plan.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


@contextmanager
def serving(plan: Plan) -> Generator[Served]:
    """Serve the console of a plan, watched, and end it."""
    served = Served(plan)
    watching = threading.Thread(target=served.watch, name="watch")
    watching.start()
    try:
        served.start()
        yield served
    finally:
        served.end()
        watching.join()
