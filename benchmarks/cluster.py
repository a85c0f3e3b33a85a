"""What a cluster costs beside processes of one machine, and how soon cameras are back after a kill.

    python -m benchmarks.cluster [--cameras 2] [--rounds 3] [--kills 3]

Serves the same recordings (1080p, five faces, one a camera) by processes and by a cluster of three
nodes on this machine, in turn, as fast as they go so that no frame is dropped, and counts frames
and all CPU time in between: the runner's, the cameras', and that of Ray on every node. Then, in a
run each, the clip is played again and again as if by cameras, one node is killed (SIGKILL to every
process at once), and the time is taken until its cameras give frames elsewhere. Writes JSON to
benchmarks/results/.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.bench_clip import bench_clip
from benchmarks.cameras import list_of_one, recorder_of, started
from benchmarks.machine import describe
from benchmarks.printing import output_console
from benchmarks.trial import Trial, open_default
from overt.engine.cluster.starting import node_start
from overt.engine.runner import Runner
from overt.governance.building import Built
from overt.settings import Serving, read_settings
from overt.values.alert import Alert
from overt.vault.keys import KeyRing
from overt.wiring import Models, Served, serve_here, serve_on_cluster

RESULTS: Final = Path(__file__).resolve().parent / "results"
TICK: Final = os.sysconf("SC_CLK_TCK")
STARTED_S: Final = 120.0
SETTLED: Final = 25  # frames of each camera before anything is measured
LAST: Final = 240  # of 250
BEGUN: Final = b"Ray runtime started"


@dataclass(frozen=True, slots=True)
class Cost:
    """What was done in a while, by whom it was done."""

    frames: int
    cpu_s: float  # of every process
    runner_cpu_s: float  # of them, that orders and records

    @property
    def frames_per_cpu_s(self) -> float:
        """Frames for each second of CPU."""
        return self.frames / self.cpu_s


class Site:
    """Three nodes of a cluster on this machine."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.address = f"127.0.0.1:{self.port}"
        self._folder = folder
        self.nodes: list[subprocess.Popen[bytes]] = []

    def start(self, *, cpus: int) -> int:
        """Begin a node, and wait until it is one; give its number."""
        start = node_start(
            head=self.address if self.nodes else None,
            host="127.0.0.1",
            port=self.port,
            cpus=cpus,
            gpus=0,
            settings={},
            environment=os.environ,
            store_mb=128,
        )
        log = self._folder / f"node-{len(self.nodes)}.log"
        with log.open("wb") as said:
            node = subprocess.Popen(  # noqa: S603 - this interpreter
                start.command,
                env=dict(start.environment),
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        self.nodes.append(node)
        until = time.monotonic() + STARTED_S
        while BEGUN not in log.read_bytes():
            if node.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"node: got {log.read_text()[-500:]}, want it begun")
            time.sleep(0.1)
        return len(self.nodes) - 1

    def kill(self, number: int) -> None:
        """End all processes of a node at once."""
        for pid in session(self.nodes[number].pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.nodes[number].wait()

    def processes_of(self, number: int) -> list[int]:
        """List the processes of a node: its session."""
        return session(self.nodes[number].pid)

    @property
    def cpu_s(self) -> float:
        """CPU time of every node up to now."""
        return sum(cpu_s(pid) for node in self.nodes for pid in session(node.pid))

    def with_cameras(self) -> set[int]:
        """Tell which nodes have a camera."""
        return {
            number
            for number in range(len(self.nodes))
            if any(is_camera(pid) for pid in self.processes_of(number))
        }

    def close(self) -> None:
        """End all of them."""
        for number in reversed(range(len(self.nodes))):
            self.kill(number)


def numbers() -> list[int]:
    """List the processes of this machine."""
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def session(leader: int) -> list[int]:
    """List the processes of a session."""
    found: list[int] = []
    for pid in numbers():
        with contextlib.suppress(OSError):  # it has ended meanwhile
            if os.getsid(pid) == leader:
                found.append(pid)
    return found


def is_camera(pid: int) -> bool:
    """Tell whether a process is a camera's on a node."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"ray::CameraActor")
    return False


def cpu_s(pid: int) -> float:
    """CPU time of a process, and of its children that have ended."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return sum(int(field) for field in fields[11:15]) / TICK
    return 0.0


def children() -> list[int]:
    """List the processes that this one began and that still run: cameras of the plain runner."""
    found: list[int] = []
    for pid in numbers():
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            if int(fields[1]) == os.getpid():
                found.append(pid)
    return found


class Bench:
    """One run of the same cameras."""

    def __init__(self, models: Models, folder: Path, *, cameras: int) -> None:
        self._folder = folder
        self._keys = KeyRing(folder / "keys")
        now = datetime.now(UTC)
        self._built: Built = list_of_one(models, folder, self._keys, now)
        self._trial = Trial.authorised(
            bench_clip().path,
            watchlist=self._built.list.watchlist,
            models=models,
            cameras=cameras,
        )
        self._models = models

    def served(self, address: str, *, paced: bool) -> Served:
        """Serve by a cluster, or where no address is given by processes."""
        watchlist = self._built.list.watchlist
        update = {"cluster": address, "camera_processes": Serving.ALWAYS}
        settings = read_settings().model_copy(update=update)
        if address:
            return serve_on_cluster(
                self._trial.authority,
                watchlist=watchlist,
                settings=settings,
                started=self._trial.started,
                paced=paced,
            )
        return serve_here(
            self._trial.authority,
            watchlist=watchlist,
            models=self._models,
            settings=settings,
            clock=self._trial.clock,
            paced=paced,
        )

    def run(self, served: Served, look: Callable[[Runner], None]) -> None:
        """Run until `look` ends it."""
        recorder = recorder_of(self._trial, self._built, self._folder, self._keys)
        runner = Runner(
            served.lines,
            authority=self._trial.authority,
            recorder=recorder,
            clock=self._trial.clock,
        )
        with closing(served):
            runner.run(started(self._trial), on_alert=_shown, on_look=lambda: look(runner))


def _shown(_alert: Alert) -> None:
    """Show nothing."""


def measured(bench: Bench, site: Site | None) -> Cost:
    """Count frames and CPU time while every camera gives frames."""
    begun: list[tuple[float, int, float, float]] = []
    found: list[Cost] = []

    def now(runner: Runner) -> tuple[float, int, float, float]:
        own = time.process_time()
        others = site.cpu_s if site is not None else sum(cpu_s(pid) for pid in children())
        frames = sum(camera.progress.frames for camera in runner.cameras)
        return time.monotonic(), frames, own + others, own

    def look(runner: Runner) -> None:
        progress = [camera.progress.frames for camera in runner.cameras]
        if not begun:
            if min(progress) >= SETTLED:
                begun.append(now(runner))
        elif not found and max(progress) >= LAST:
            (_, frames, cpu, own), (_, frames_then, cpu_then, own_then) = now(runner), begun[0]
            found.append(Cost(frames - frames_then, cpu - cpu_then, own - own_then))
            runner.stop("measured")

    bench.run(bench.served(site.address if site is not None else "", paced=False), look)
    return found[0]


def killed(bench: Bench, site: Site) -> float:
    """Kill a node that has cameras, not the head; give after how long all are back."""
    at: list[float] = []
    back: list[float] = []

    def look(runner: Runner) -> None:
        cameras = runner.cameras
        if not at:
            if all(camera.progress.frames >= SETTLED for camera in cameras):
                number = max(site.with_cameras())
                at.append(time.monotonic())
                site.kill(number)
        elif any(camera.lost for camera in cameras):
            seen.append(True)
        elif seen and not back:
            back.append(time.monotonic() - at[0])
            runner.stop("back")

    seen: list[bool] = []
    bench.run(bench.served(site.address, paced=True), look)
    return round(back[0], 2)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.cluster")
    parser.add_argument("--cameras", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kills", type=int, default=3)
    asked = parser.parse_args(arguments)
    os.environ.setdefault("RAY_AUTH_MODE", "token")
    os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    models, console = open_default(), output_console()
    bench_clip()
    plain: list[Cost] = []
    cluster: list[Cost] = []
    times: list[float] = []
    with (
        tempfile.TemporaryDirectory(prefix="overt-cluster-") as name,
        closing(Site(Path(name))) as site,
    ):
        for _ in range(3):
            site.start(cpus=asked.cameras)
        done = 0

        def bench() -> Bench:
            nonlocal done
            done += 1
            folder = Path(name) / str(done)
            folder.mkdir()
            return Bench(models, folder, cameras=asked.cameras)

        for _ in range(asked.rounds):  # in turn: other work on the machine meets both
            plain.append(measured(bench(), None))
            cluster.append(measured(bench(), site))
            console.print(
                f"processes {plain[-1].frames_per_cpu_s:.1f}, cluster "
                f"{cluster[-1].frames_per_cpu_s:.1f} frames a second of CPU"
            )
        for _ in range(asked.kills):
            times.append(killed(bench(), site))
            console.print(f"a node killed: cameras back after {times[-1]:.1f} s")
            site.start(cpus=asked.cameras)
    ratio = frames_per_cpu_s(cluster) / frames_per_cpu_s(plain)
    console.print(f"cluster / processes: {ratio:.3f}; load {os.getloadavg()[0]:.1f}")
    machine = describe()
    written = {
        "machine": asdict(machine),
        "cameras": asked.cameras,
        "processes": [asdict(cost) for cost in plain],
        "cluster": [asdict(cost) for cost in cluster],
        "ratio": round(ratio, 4),
        "back_after_s": times,
        "load": os.getloadavg()[0],
    }
    path = RESULTS / f"{datetime.now(UTC).date()}-{machine.slug}-cluster.json"
    path.write_text(json.dumps(written, indent=2) + "\n")
    console.print(f"written: {path}", soft_wrap=True)


def frames_per_cpu_s(costs: Sequence[Cost]) -> float:
    """Frames for each second of CPU over all rounds."""
    return sum(cost.frames for cost in costs) / sum(cost.cpu_s for cost in costs)


if __name__ == "__main__":
    main(sys.argv[1:])
