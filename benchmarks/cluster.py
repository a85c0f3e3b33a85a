"""What a cluster costs beside processes of one machine, and how soon cameras are back after a loss.

    python -m benchmarks.cluster [--cameras 2] [--rounds 3] [--kills 3] [--cuts 3]

Serves the same recordings (1080p, five faces, one a camera) by processes and by a cluster of three
nodes on this machine, in turn, as fast as they go so that no frame is dropped. Told apart are what
a frame takes in its camera's process, between the same two frames of each camera, and what is taken
beside them in a second: by the runner, and by Ray on every node. Together they give what a camera
of 25 frames a second costs, whatever else this machine does meanwhile.

Then, in a run each, the clip is played again and again as if by cameras, and a node that has some
is killed (SIGKILL to every process at once) or cut off (SIGSTOP: connections stay, and nothing
answers, as when a cable is drawn); the time is taken until its cameras give frames elsewhere.
Writes JSON to benchmarks/results/.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.bench_clip import FPS, bench_clip
from benchmarks.cameras import list_of_one, recorder_of, started
from benchmarks.machine import describe
from benchmarks.printing import output_console
from benchmarks.processes import session, with_ended_cpu_s
from benchmarks.trial import Trial, open_default
from overt.cli.cluster import READ_THERE
from overt.engine.cluster import require_ray
from overt.engine.cluster.looking import cameras_of
from overt.engine.cluster.starting import node_start
from overt.engine.process_line import ProcessLine
from overt.engine.runner import Runner
from overt.errors import ClusterError
from overt.governance.building import Built
from overt.settings import Serving, read_settings
from overt.values.alert import Alert
from overt.vault.keys import KeyRing
from overt.wiring import Models, Served, serve_here, serve_on_cluster

RESULTS: Final = Path(__file__).resolve().parent / "results"
STARTED_S: Final = 120.0
SETTLED: Final = 25  # frames of each camera before anything is measured
LAST: Final = 240  # of 250
BEGUN: Final = b"Ray runtime started"


@dataclass(frozen=True, slots=True)
class Cost:
    """What was taken in a while, by whom."""

    cameras: int
    frames: int
    cameras_cpu_s: float  # of the cameras' processes, for these frames
    seconds: float  # that these two were taken in:
    runner_cpu_s: float  # orders and records
    nodes_cpu_s: float  # Ray's own processes on every node; 0 without a cluster

    @property
    def frame_s(self) -> float:
        """CPU of a camera's process for one frame."""
        return self.cameras_cpu_s / self.frames

    @property
    def beside(self) -> float:
        """CPU a second of all that is no camera's process."""
        return (self.runner_cpu_s + self.nodes_cpu_s) / self.seconds

    @property
    def camera(self) -> float:
        """Cores that one camera takes at the clip's rate, with its share of the rest."""
        return FPS * self.frame_s + self.beside / self.cameras


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
            settings=READ_THERE,
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
        self._signal(number, signal.SIGKILL)
        self.nodes[number].wait()

    def cut_off(self, number: int) -> None:
        """Let a node answer nothing any more, and say nothing of it."""
        self._signal(number, signal.SIGSTOP)

    def _signal(self, number: int, what: signal.Signals) -> None:
        for pid in self.processes_of(number):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, what)

    def processes_of(self, number: int) -> list[int]:
        """List the processes of a node: its session."""
        return session(self.nodes[number].pid)

    def cpu_s(self, *, but: Collection[int]) -> float:
        """CPU time of every node up to now, without some processes."""
        pids = [pid for node in self.nodes for pid in session(node.pid)]
        return sum(with_ended_cpu_s(pid) for pid in pids if pid not in but)

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


def is_camera(pid: int) -> bool:
    """Tell whether a process is a camera's on a node."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"ray::CameraActor")
    return False


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
        until = time.monotonic() + STARTED_S
        while address:
            try:
                return serve_on_cluster(
                    self._trial.authority,
                    watchlist=watchlist,
                    settings=settings,
                    started=self._trial.started,
                    paced=paced,
                )
            except ClusterError:  # Ray has not noticed yet that a node is gone
                if time.monotonic() > until:
                    raise
                time.sleep(1.0)
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


class Taking:
    """Takes the CPU time of a run while its cameras are between two frames."""

    def __init__(self, runner: Runner, site: Site | None) -> None:
        self._runner = runner
        self._site = site
        self._pids = self._found()
        self._from: dict[str, tuple[int, float]] = {}  # of each camera: frames and CPU
        self._to: dict[str, tuple[int, float]] = {}
        self._beside_from: tuple[float, float, float] | None = None
        self._beside_to: tuple[float, float, float] | None = None

    def look(self) -> Cost | None:
        """Note who passed the first or the last frame; tell once all are through."""
        for camera in self._runner.cameras:
            frames = camera.progress.frames
            if camera.name not in self._from and frames >= SETTLED:
                self._from[camera.name] = frames, with_ended_cpu_s(self._pids[camera.name])
            if camera.name not in self._to and frames >= LAST:
                self._to[camera.name] = frames, with_ended_cpu_s(self._pids[camera.name])
                self._beside_to = self._beside_to or self._beside()
        cameras = len(self._runner.cameras)
        if self._beside_from is None and len(self._from) == cameras:
            self._beside_from = self._beside()
        if self._beside_from is None or self._beside_to is None or len(self._to) < cameras:
            return None
        seconds, runner, nodes = (
            to - since for since, to in zip(self._beside_from, self._beside_to, strict=True)
        )
        return Cost(
            cameras=cameras,
            frames=sum(to[0] - self._from[name][0] for name, to in self._to.items()),
            cameras_cpu_s=sum(to[1] - self._from[name][1] for name, to in self._to.items()),
            seconds=seconds,
            runner_cpu_s=runner,
            nodes_cpu_s=nodes,
        )

    def _found(self) -> dict[str, int]:
        """Give each camera's process."""
        if self._site is not None:
            return {each.camera: each.pid for each in cameras_of(require_ray())}
        lines = [camera.line for camera in self._runner.cameras]
        return {each.camera: each.pid or 0 for each in lines if isinstance(each, ProcessLine)}

    def _beside(self) -> tuple[float, float, float]:
        """Give the time, and the CPU time of the runner and of the nodes without cameras."""
        nodes = self._site.cpu_s(but=self._pids.values()) if self._site is not None else 0.0
        return time.monotonic(), time.process_time(), nodes


def measured(bench: Bench, site: Site | None) -> Cost:
    """Count CPU time while every camera gives frames."""
    taking: list[Taking] = []
    found: list[Cost] = []

    def look(runner: Runner) -> None:
        if not taking:
            if all(camera.progress.frames > 0 for camera in runner.cameras):
                taking.append(Taking(runner, site))
        elif not found and (cost := taking[0].look()) is not None:
            found.append(cost)
            runner.stop("measured")

    bench.run(bench.served(site.address if site is not None else "", paced=False), look)
    return found[0]


def back_after(bench: Bench, site: Site, lose: Callable[[int], None]) -> float:
    """Lose a node that has cameras, not the head; give after how long all are back."""
    at: list[float] = []
    seen: list[bool] = []
    back: list[float] = []

    def look(runner: Runner) -> None:
        if not at:
            if all(camera.progress.frames >= SETTLED for camera in runner.cameras):
                number = max(site.with_cameras())
                at.append(time.monotonic())
                lose(number)
                lost.append(number)
        elif any(camera.lost for camera in runner.cameras):
            seen.append(True)
        elif seen and not back:
            back.append(time.monotonic() - at[0])
            runner.stop("back")

    lost: list[int] = []
    bench.run(bench.served(site.address, paced=True), look)
    site.kill(lost[0])
    return round(back[0], 2)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.cluster")
    parser.add_argument("--cameras", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--cuts", type=int, default=3)
    asked = parser.parse_args(arguments)
    os.environ.setdefault(
        "OPENBLAS_NUM_THREADS", "1"
    )  # of what is begun here, as overt's commands do
    os.environ.setdefault("RAY_AUTH_MODE", "token")
    os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    models, console = open_default(), output_console()
    bench_clip()
    costs: dict[str, list[Cost]] = {"processes": [], "cluster": []}
    times: dict[str, list[float]] = {"killed": [], "cut off": []}
    load: list[float] = []
    with (
        tempfile.TemporaryDirectory(prefix="overt-cluster-") as name,
        closing(Site(Path(name))) as site,
    ):
        for _ in range(3):
            site.start(cpus=asked.cameras)
        done = itertools.count(1)

        def bench() -> Bench:
            folder = Path(name) / str(next(done))
            folder.mkdir()
            load.append(os.getloadavg()[0])
            return Bench(models, folder, cameras=asked.cameras)

        for _ in range(asked.rounds):  # in turn: other work on the machine meets both
            for how, nodes in (("processes", None), ("cluster", site)):
                cost = measured(bench(), nodes)
                costs[how].append(cost)
                console.print(
                    f"{how}: {1000 * cost.frame_s:.1f} ms a frame and {100 * cost.beside:.1f} % "
                    f"of a core beside: {cost.camera:.3f} cores a camera"
                )
                write(asked.cameras, costs, times, load)
        for how, lose, rounds in (
            ("killed", site.kill, asked.kills),
            ("cut off", site.cut_off, asked.cuts),
        ):
            for _ in range(rounds):
                times[how].append(back_after(bench(), site, lose))
                console.print(f"a node {how}: cameras back after {times[how][-1]:.1f} s")
                write(asked.cameras, costs, times, load)
                site.start(cpus=asked.cameras)
    console.print(f"written: {write(asked.cameras, costs, times, load)}", soft_wrap=True)


def write(
    cameras: int,
    costs: Mapping[str, Sequence[Cost]],
    times: Mapping[str, Sequence[float]],
    load: Sequence[float],
) -> Path:
    """Write what was measured up to now."""
    machine = describe()
    cores = {
        how: sum(cost.camera for cost in each) / max(len(each), 1) for how, each in costs.items()
    }
    written = {
        "machine": asdict(machine),
        "cameras": cameras,
        **{how: [asdict(cost) for cost in each] for how, each in costs.items()},
        "cores_a_camera": cores,
        "ratio": cores["cluster"] / cores["processes"] if cores["processes"] else None,
        "back_after_s": times,
        "load": load,  # over the minute before each run, the run before among it
    }
    path = RESULTS / f"{datetime.now(UTC).date()}-{machine.slug}-cluster.json"
    path.write_text(json.dumps(written, indent=2) + "\n")
    return path


if __name__ == "__main__":
    main(sys.argv[1:])
