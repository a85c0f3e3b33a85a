"""Two cameras on this machine in real time, threads against processes.

    python -m benchmarks.cameras [--seconds 60] [--rounds 2]

Real time: two cameras of 1080p at 25 frames a second, five faces in view each, one of them listed,
played as if they were cameras (`Paced`: a frame that is due for 0.1 s already is dropped). Threads
and processes take turns within one run, each starting the other's turn every second round. What
other work this machine does beside it is told as load. What many cameras cost at a low rate:
`benchmarks.many_cameras`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.bench_clip import FACES, FPS, bench_clip
from benchmarks.machine import describe
from benchmarks.printing import output_console
from benchmarks.trial import Trial, open_default
from overt.engine.recorder import Recorder
from overt.engine.runner import Runner
from overt.engine.timing import Histogram
from overt.governance.applications import Grounds, from_folder
from overt.governance.building import Built, build_list
from overt.ids import time_ordered_id
from overt.records.store import open_store
from overt.settings import Serving, read_settings
from overt.simulation import astronaut_photo
from overt.values.events import DeploymentStarted, FacesCounted
from overt.values.watchlist import Category
from overt.vault.keys import KeyRing
from overt.wiring import Models, evidence_sealer, make_enrolment, serve_here

RESULTS: Final = Path(__file__).resolve().parent / "results"
WORD: Final = "measurement"
CAMERAS: Final = 2
HOW: Final = {"threads": Serving.NEVER, "processes": Serving.ALWAYS}


@dataclass(frozen=True, slots=True)
class Ran:
    """Two cameras over some seconds of real time."""

    how: str
    seconds: float  # from the first frame of the last camera to begin
    frames_a_second: float  # that came and were not dropped, a camera
    dropped: float  # share
    thinned: int  # looks left out because of load
    looks_a_second: float  # a camera
    alerts: int
    alert_p50_s: float  # from the frame until it was recorded
    alert_p95_s: float
    cpu_s: float  # of all processes
    load: float  # of the machine over the last minute, this run's own among it


def list_of_one(models: Models, folder: Path, keys: KeyRing, now: datetime) -> Built:
    """List the one person of the clip whose other photograph may be published."""
    photos = folder / "photos"
    photos.mkdir()
    (photos / "listed.png").write_bytes(astronaut_photo())
    grounds = Grounds(Category.BLUE, source=WORD, lawful_basis=WORD, reviewer=WORD)
    return build_list(
        from_folder(photos, grounds),
        enrolment=make_enrolment(models),
        folder=folder / "list",
        name=WORD,
        keys=keys,
        now=now,
    )


def recorder_of(trial: Trial, built: Built, folder: Path, keys: KeyRing) -> Recorder:
    """Record into a file."""
    return Recorder(
        authority=trial.authority,
        store=open_store(folder / "events.sqlite"),
        seal=evidence_sealer(folder / "evidence", keys),
        photo_of=built.list.photo,
        clock=trial.clock,
        new_id=time_ordered_id,
    )


def started(trial: Trial) -> DeploymentStarted:
    """Say what begins."""
    return DeploymentStarted(version("overt"), trial.point.predicted_rate, trial.point.extrapolated)


def in_real_time(how: str, *, seconds: float, models: Models) -> Ran:
    """Run two cameras as the product does."""
    clip = bench_clip().path
    settings = read_settings().model_copy(update={"camera_processes": HOW[how]})
    with tempfile.TemporaryDirectory(prefix="overt-cameras-") as name:
        folder = Path(name)
        keys = KeyRing(folder / "keys")
        built = list_of_one(models, folder, keys, datetime.now(UTC))
        watchlist = built.list.watchlist
        trial = Trial.authorised(clip, watchlist=watchlist, models=models, cameras=CAMERAS)
        served = serve_here(
            trial.authority,
            watchlist=watchlist,
            models=models,
            settings=settings,
            clock=trial.clock,
            paced=True,
        )
        runner = Runner(
            served.lines,
            authority=trial.authority,
            recorder=recorder_of(trial, built, folder, keys),
            clock=trial.clock,
        )
        watch = _Watch(runner, seconds)
        before = _cpu_s()
        runner.run(started(trial), on_alert=lambda _: None, on_look=watch.look)
        served.close()
        with closing(open_store(folder / "events.sqlite")) as store:
            counts = [
                each.event.body.counts
                for each in store.events()
                if isinstance(each.event.body, FacesCounted)
            ]
        frames = sum(each.frames for each in counts)
        dropped = sum(each.dropped for each in counts)
        times = Histogram()
        for camera in runner.cameras:
            times = times.plus(camera.alert_times)
        looks = sum(camera.times.stages["detect"].count for camera in runner.cameras)
        whole = watch.lasted_s * CAMERAS
        return Ran(
            how=how,
            seconds=watch.lasted_s,
            frames_a_second=frames / whole,
            dropped=dropped / max(frames + dropped, 1),
            thinned=sum(each.thinned for each in counts),
            looks_a_second=looks / whole,
            alerts=times.count,
            alert_p50_s=times.quantile(0.5),
            alert_p95_s=times.quantile(0.95),
            cpu_s=_cpu_s() - before,
            load=os.getloadavg()[0],
        )


class _Watch:
    """Ends a run so long after its last camera gave its first frame."""

    def __init__(self, runner: Runner, seconds: float) -> None:
        self._runner = runner
        self._seconds = seconds
        self._begun: float | None = None
        self.lasted_s = 0.0

    def look(self) -> None:
        """Look whether it is over."""
        now = time.monotonic()
        if self._begun is None:
            if all(camera.progress.frames for camera in self._runner.cameras):
                self._begun = now
            return
        self.lasted_s = now - self._begun
        if self.lasted_s >= self._seconds:
            self._runner.stop("measured for long enough")


def _cpu_s() -> float:
    """Give the processor time of this process and of those it waited for."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


def ratio(ran: Sequence[Ran], figure: str) -> float:
    """Give processes by threads, of the medians of a figure."""
    by = {how: [float(getattr(each, figure)) for each in ran if each.how == how] for how in HOW}
    return float(np.median(by["processes"]) / max(float(np.median(by["threads"])), 1e-9))


def print_ran(ran: Sequence[Ran], console: Console) -> None:
    """Print the runs in real time, and the ratios."""
    table = Table(*(name for name in asdict(ran[0])), box=None)
    for each in ran:
        values = asdict(each).values()
        table.add_row(*(v if isinstance(v, str) else f"{v:.3g}" for v in values))
    console.print(table)
    for figure in ("frames_a_second", "looks_a_second", "alert_p95_s", "cpu_s"):
        console.print(f"{figure}: processes / threads = {ratio(ran, figure):.2f}")


def main() -> None:
    """Run, print, write JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=2, help="turns of threads and of processes")
    given = parser.parse_args()
    console, machine, models = output_console(), describe(), open_default()
    turns = [list(HOW)[:: 1 if number % 2 == 0 else -1] for number in range(given.rounds)]
    ran = [
        in_real_time(how, seconds=given.seconds, models=models) for turn in turns for how in turn
    ]
    print_ran(ran, console)
    RESULTS.mkdir(exist_ok=True)
    stem = f"{datetime.now(UTC).date()}-{machine.slug}-cameras"
    report = {
        "machine": asdict(machine),
        "clip": {"fps": FPS, "faces": FACES, "size": "1920x1080"},
        "shared": "other work ran on the same cores: see load",
        "real_time": [asdict(each) for each in ran],
    }
    path = RESULTS / f"{stem}.json"
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    console.print(f"written to {path}", soft_wrap=True)


if __name__ == "__main__":
    main()
