"""The machine that recognises: `overt try` in a process of its own, begun again as a service is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.machine import resident_mb

__all__ = ["COMMAND", "LOOK_S", "Life", "Recognising", "recognising"]

COMMAND: Final = "from overt.cli import main; main()"
LOOK_S: Final = 1.0  # from one look at its memory to the next
AGAIN_S: Final = 2.0  # until what has ended is begun again
SETTLED_S: Final = 120.0  # buffers have grown to their size
SHORTEST_S: Final = 300.0  # of a life after that, for a slope to mean anything


@dataclass(slots=True)
class Life:
    """One process, from its begin to its end."""

    begun: float  # time.time()
    at_s: list[float] = field(default_factory=list[float])
    resident_mb: list[float] = field(default_factory=list[float])
    code: int | None = None  # exit code; below 0 a signal
    said: str = ""  # its last words

    def mb_per_minute(self) -> float | None:
        """Fit a line to the memory after it has settled; None where the life was too short."""
        at, memory = np.array(self.at_s), np.array(self.resident_mb)
        late = at >= SETTLED_S
        if not late.any() or at[-1] - SETTLED_S < SHORTEST_S:
            return None
        return float(np.polyfit(at[late], memory[late], 1)[0]) * 60


class Recognising:
    """Keeps one process running until it is told that all is over."""

    def __init__(self, address: str, listed: Path, out: Path, log: Path) -> None:
        self._command = ("try", address, "--listed", str(listed), "--out", str(out))
        self._out = out
        self._log = log
        self._ended = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self.lives: list[Life] = []

    @property
    def pid(self) -> int:
        """Its process id; 0 where none runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else 0

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process that runs, if one does."""
        if self.pid:
            os.kill(self.pid, number)

    def keep(self) -> None:
        """Begin, watch and begin again, until all is over."""
        while not self._ended.is_set():
            self._one_life()
            self._ended.wait(AGAIN_S)

    def end(self) -> None:
        """End it as a person does, and begin no other."""
        self._ended.set()
        self.send(signal.SIGTERM)

    def _one_life(self) -> None:
        life = Life(time.time())
        self.lives.append(life)
        start = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as said:
            process = subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "-c", COMMAND, *self._command],
                env={n: text for n, text in os.environ.items() if not n.startswith("OVERT_")},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
            self._process = process
            while process.poll() is None:
                self._look(process.pid, life)
                time.sleep(LOOK_S)
        life.code = process.returncode
        with self._log.open("rb") as said:
            said.seek(max(start, self._log.stat().st_size - 2000))
            life.said = said.read().decode(errors="replace")
        self._clear_sheets()

    def _look(self, pid: int, life: Life) -> None:
        with suppress(OSError, RuntimeError):  # it ended just now
            resident = resident_mb(pid)
            life.at_s.append(time.time() - life.begun)
            life.resident_mb.append(resident)

    def _clear_sheets(self) -> None:
        for sheet in self._out.glob("*.png"):  # plain pictures, which a soak has no use for
            sheet.unlink()


@contextmanager
def recognising(address: str, listed: Path, out: Path, log: Path) -> Generator[Recognising]:
    """Keep a machine running, and end it."""
    machine = Recognising(address, listed, out, log)
    keeping = threading.Thread(target=machine.keep, name="machine")
    keeping.start()
    try:
        yield machine
    finally:
        machine.end()
        keeping.join()
