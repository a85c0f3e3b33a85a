"""Nodes of a Ray cluster on this machine: real processes, each with a group of its own."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ports import free_port

from overt.cli.cluster import READ_THERE
from overt.engine.cluster.starting import node_start

__all__ = ["Nodes", "cluster_environment", "nodes_on"]

PATIENCE_S = 180.0  # a busy machine is slow, not wrong
STEP_S = 0.1


class Nodes:
    """A head and those who join it."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self._folder = folder
        self._environment = environment
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, *, cpus: float) -> int:
        """Begin a node, the first of them being the head; give its number."""
        head = self.address if self.processes else None
        own = {name: value for name, value in self._environment.items() if "OVERT_" in name}
        start = node_start(
            head=head,
            host="127.0.0.1",
            port=self.port,
            cpus=cpus,
            gpus=0,
            settings=READ_THERE | own,
            environment=self._environment,
            store_mb=96,
        )
        with self.log(len(self.processes)).open("wb") as log:
            self.processes.append(
                subprocess.Popen(  # noqa: S603 - this interpreter
                    start.command,
                    env=dict(start.environment),
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )
        if head is None:
            self._wait_for(0)
        return len(self.processes) - 1

    def kill(self, number: int) -> None:
        """End all processes of a node at once, as a power cut does."""
        for pid in self.processes_of(number):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.processes[number].wait()

    def processes_of(self, number: int) -> list[int]:
        """List the processes of a node: its session."""
        found: list[int] = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal():
                with contextlib.suppress(ProcessLookupError):  # it has ended meanwhile
                    if os.getsid(int(entry.name)) == self.processes[number].pid:
                        found.append(int(entry.name))
        return found

    def cameras(self) -> dict[int, int]:
        """Give the processes of cameras: the process's number, and its node's."""
        found: dict[int, int] = {}
        for number in range(len(self.processes)):
            for pid in self.processes_of(number):
                with contextlib.suppress(OSError):
                    if Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"ray::CameraActor"):
                        found[pid] = number
        return found

    def wait_for_all(self) -> None:
        """Wait until each of them has begun, as it says."""
        for number in range(len(self.processes)):
            self._wait_for(number)

    def _wait_for(self, number: int) -> None:
        until = time.monotonic() + PATIENCE_S
        while b"Ray runtime started" not in self.log(number).read_bytes():
            assert self.processes[number].poll() is None, self.log(number).read_text()
            assert time.monotonic() < until, f"node {number} did not begin"
            time.sleep(STEP_S)

    def log(self, number: int) -> Path:
        """Give where a node writes what it has to say."""
        return self._folder / f"node-{number}.log"

    def close(self) -> None:
        for number in reversed(range(len(self.processes))):
            self.kill(number)


def cluster_environment(home: Path, **more: str) -> dict[str, str]:
    """Give the environment of nodes and of who runs on them: a home and a token of their own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    return {
        **kept,
        "HOME": str(home),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
        **more,
    }


@contextmanager
def nodes_on(folder: Path, environment: Mapping[str, str], *cpus: float) -> Generator[Nodes]:
    """Begin nodes that lend so many cores each, the head first; end them all."""
    nodes = Nodes(folder, environment)
    try:
        for each in cpus:
            nodes.start(cpus=each)
        yield nodes
    finally:
        nodes.close()
