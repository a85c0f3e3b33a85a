"""Two live cameras on this machine in real time, threads against processes.

    python -m benchmarks.cameras [--seconds 60] [--rounds 2] [--how threads processes]

Two streams of 1080p at 25 frames a second, five faces in view each, one of them listed, come over
loopback from another process, through the live source and the whole product to the record. The
measure that other work on the machine disturbs least is the processor time that a second of video
takes for both: below the number of cores, with room, they are in real time. What the process that
sends takes is told apart. Stages are told where cameras run in threads. First, what both take at
each step that load makes a camera take (`benchmarks.step_cost`).
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Final

from rich.console import Console
from rich.table import Table

from benchmarks.bench_clip import FACES, FPS, bench_clip
from benchmarks.live_camera import LiveCamera, live_camera
from benchmarks.machine import describe
from benchmarks.metered import Meter
from benchmarks.printing import output_console
from benchmarks.processes import cpu_s, thread_cpu_s
from benchmarks.step_cost import print_steps, step_costs
from benchmarks.trial import Trial, open_default
from overt.engine.line import Line
from overt.engine.live import CameraView
from overt.engine.parts import Parts
from overt.engine.pipeline import Pipeline
from overt.engine.process_line import ProcessLine
from overt.engine.recorder import Recorder
from overt.engine.runner import Runner
from overt.engine.thread_line import ThreadLine
from overt.engine.timing import Histogram
from overt.governance.applications import Grounds, from_folder
from overt.governance.building import Built, build_list
from overt.ids import time_ordered_id
from overt.records.store import open_store
from overt.settings import Serving, read_settings
from overt.simulation import astronaut_photo
from overt.values.deployment import Camera, Recognition
from overt.values.events import DeploymentStarted, FacesCounted
from overt.values.watchlist import Category, Watchlist
from overt.vault.keys import KeyRing
from overt.wiring import (
    Common,
    Models,
    camera_source,
    camera_stages,
    evidence_sealer,
    make_enrolment,
    serve_here,
)

__all__ = ["list_of_one", "recorder_of", "started"]

RESULTS: Final = Path(__file__).resolve().parent / "results"
WORD: Final = "measurement"

CAMERAS: Final = 2
HOW: Final = ("threads", "processes")
SETTLES_S: Final = 3.0  # after the first frame of the last camera to begin: not measured
REST: Final = "recording, the rest"
LOOKS: Final = 1 / Recognition(confirm_shots=2).detect_interval_s  # a second, that are wanted
DECODES: Final = "decode "  # how a thread that decodes is called


@dataclass(frozen=True, slots=True)
class Ran:
    """Two cameras over some seconds of real time."""

    how: str
    seconds: float
    frames_a_second: float  # that came and were not dropped, a camera
    dropped: float  # share
    thinned: int  # looks left out because of load
    partial: int  # looks made only around followed faces, because of load
    looks_a_second: float  # a camera
    alerts: int
    alert_p50_s: float  # from the frame until it was recorded
    alert_p95_s: float
    cores: float  # processor time of a second of video, both cameras, recording among it
    cameras_own: float  # of it, what the process that sends took; not in `cores`
    needed: float | None  # `cores`, had every frame come and every look been made; see `_needed`
    stages: Mapping[str, float]  # of `cores`; empty for processes
    load: float  # of the machine over the last minute, this run's own among it


@dataclass(frozen=True, slots=True)
class _Moment:
    """What was counted up to a moment."""

    at: float
    frames: int
    dropped: int
    looks: int
    cpu_s: float
    sending_s: float
    stages: Mapping[str, float]


class _Watch:
    """Notes how the run stood when it had settled and when it was over, and ends it then."""

    def __init__(self, runner: Runner, seconds: float, camera: LiveCamera, meter: Meter) -> None:
        self._runner, self._seconds = runner, seconds
        self._camera, self._meter = camera, meter
        self._begun: float | None = None
        self.moments: list[_Moment] = []

    def look(self) -> None:
        """Look whether it is time."""
        now = time.monotonic()
        if self._begun is None:
            if all(each.progress.frames for each in self._runner.cameras):
                self._begun = now
        elif now - self._begun >= SETTLES_S and not self.moments:
            self.moments.append(self._moment(now))
        elif self.moments and now - self.moments[0].at >= self._seconds and len(self.moments) == 1:
            self.moments.append(self._moment(now))
            self._runner.stop("measured for long enough")

    def _moment(self, now: float) -> _Moment:
        followers = self._runner.cameras
        lines = (each.line for each in followers)
        pids = [line.pid for line in lines if isinstance(line, ProcessLine) and line.pid]
        threads = thread_cpu_s()
        decoding = sum(spent for name, spent in threads.items() if name.startswith(DECODES))
        looking = sum(spent for name, spent in threads.items() if name in _names(self._runner))
        inside = self._meter.spent_s
        own = cpu_s() + sum(cpu_s(pid) for pid in pids)
        stages = {} if pids else _stages(inside, decoding=decoding, looking=looking, whole=own)
        return _Moment(
            at=now,
            frames=sum(each.progress.frames for each in followers),
            dropped=sum(each.dropped for each in followers),
            looks=sum(each.times.stages["detect"].count for each in followers),
            cpu_s=own,
            sending_s=self._camera.cpu_s,
            stages=stages,
        )


def _names(runner: Runner) -> set[str]:
    return {each.name for each in runner.cameras}


def _stages(
    inside: Mapping[str, float], *, decoding: float, looking: float, whole: float
) -> dict[str, float]:
    """Give what each stage took so far; networks are told apart from the stage around them."""
    spent = dict(inside)
    for stage, network in (("detect", "detector's network"), ("embed", "recogniser's network")):
        spent[stage] = spent.get(stage, 0.0) - spent.get(network, 0.0)
    told = sum(spent.values())
    spent["rest of cameras"] = looking - told
    return {"decode": decoding, **spent, REST: whole - decoding - looking}


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
    """Run two live cameras as the product does."""
    with (
        tempfile.TemporaryDirectory(prefix="overt-cameras-") as name,
        live_camera(bench_clip().path) as camera,
    ):
        folder = Path(name)
        keys = KeyRing(folder / "keys")
        built = list_of_one(models, folder, keys, datetime.now(UTC))
        listed = built.list.watchlist
        trial = Trial.authorised(camera.address, watchlist=listed, models=models, cameras=CAMERAS)
        meter = Meter()
        if how == "threads":
            lines = tuple(_in_threads(trial, listed, meter))
            served = None
        else:
            served = serve_here(
                trial.authority,
                watchlist=listed,
                models=models,
                settings=read_settings().model_copy(update={"camera_processes": Serving.ALWAYS}),
                clock=trial.clock,
            )
            lines = served.lines
        recorder = recorder_of(trial, built, folder, keys)
        runner = Runner(lines, authority=trial.authority, recorder=recorder, clock=trial.clock)
        watch = _Watch(runner, seconds, camera, meter)
        runner.run(started(trial), on_alert=lambda _: None, on_look=watch.look)
        if served is not None:
            served.close()
        return _ran(how, runner, watch, folder)


def _in_threads(trial: Trial, listed: Watchlist, meter: Meter) -> Iterable[Line]:
    """Put cameras together as `serve_here` does, each stage metered."""
    settings, common = read_settings(), Common.of(trial.models, listed)

    def made(camera: Camera) -> Parts:
        source = camera_source(camera, settings=settings, clock=trial.clock, started=trial.started)
        stages = camera_stages(
            camera,
            authority=trial.authority,
            common=common,
            new_id=time_ordered_id,
        )
        meter.source(source)
        meter.stages(stages)
        view = CameraView(camera, clock=trial.clock)
        pipeline = Pipeline(
            stages,
            authority=trial.authority,
            camera=camera.name,
            clock=trial.clock,
            viewer=view,
        )
        return Parts(source, pipeline, view)

    for camera in trial.authority.deployment.cameras:
        yield ThreadLine(camera.name, lambda camera=camera: made(camera))


def _ran(how: str, runner: Runner, watch: _Watch, folder: Path) -> Ran:
    with closing(open_store(folder / "events.sqlite")) as store:
        bodies = [each.event.body for each in store.events()]
    counts = [body.counts for body in bodies if isinstance(body, FacesCounted)]
    alerts = Histogram()
    for each in runner.cameras:
        alerts = alerts.plus(each.alert_times)
    first, last = watch.moments
    seconds = last.at - first.at
    frames, dropped = last.frames - first.frames, last.dropped - first.dropped
    stages = {
        name: (last.stages[name] - first.stages.get(name, 0.0)) / seconds for name in last.stages
    }
    rates = _Rates(
        (frames + dropped) / seconds, frames / seconds, (last.looks - first.looks) / seconds
    )
    return Ran(
        how=how,
        seconds=seconds,
        frames_a_second=frames / seconds / CAMERAS,
        dropped=dropped / max(frames + dropped, 1),
        thinned=sum(each.thinned for each in counts),
        partial=sum(each.partial for each in counts),
        looks_a_second=(last.looks - first.looks) / seconds / CAMERAS,
        alerts=alerts.count,
        alert_p50_s=alerts.quantile(0.5),
        alert_p95_s=alerts.quantile(0.95),
        cores=(last.cpu_s - first.cpu_s) / seconds,
        cameras_own=(last.sending_s - first.sending_s) / seconds,
        needed=_needed(stages, rates) if stages else None,
        stages=stages,
        load=os.getloadavg()[0],
    )


@dataclass(frozen=True, slots=True)
class _Rates:
    """Of both cameras, a second."""

    came: float  # frames that were decoded
    handed: float  # frames that were handed on
    looks: float


def _needed(stages: Mapping[str, float], rates: _Rates) -> float:
    """Give the cores that both cameras need: each stage at its whole rate.

    Where the machine is loaded frames are dropped, looks come late, and less work is done than is
    to be done; what a frame and what a look cost is measured all the same.
    """
    frames, looks = CAMERAS * FPS, CAMERAS * LOOKS
    factors = {
        "decode": frames / max(rates.came, 1e-3),
        "copy": frames / max(rates.handed, 1e-3),
        "rest of cameras": frames / max(rates.handed, 1e-3),
        REST: 1.0,
    }
    each_look = looks / max(rates.looks, 1e-3)
    return sum(cores * factors.get(name, each_look) for name, cores in stages.items())


def ratio(ran: Sequence[Ran], figure: str) -> float:
    """Give processes by threads, of the medians of a figure."""
    by = {how: [float(getattr(each, figure)) for each in ran if each.how == how] for how in HOW}
    return median(by["processes"]) / max(median(by["threads"]), 1e-9)


def print_ran(ran: Sequence[Ran], console: Console) -> None:
    """Print the runs, their stages, and the ratios."""
    figures = [name for name in asdict(ran[0]) if name != "stages"]
    table = Table(*figures, box=None)
    for each in ran:
        values = (getattr(each, name) for name in figures)
        table.add_row(*(f"{v:.3g}" if isinstance(v, int | float) else str(v) for v in values))
    console.print(table)
    for each in ran:
        for name, cores in each.stages.items():
            console.print(f"  {name}: {cores:.3f} cores")
    if len({each.how for each in ran}) > 1:
        for figure in ("frames_a_second", "looks_a_second", "alert_p95_s", "cores"):
            console.print(f"{figure}: processes / threads = {ratio(ran, figure):.2f}")


def main() -> None:
    """Run, print, write JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=2, help="turns of each way")
    parser.add_argument("--how", nargs="+", choices=HOW, default=HOW)
    given = parser.parse_args()
    console, machine, models = output_console(), describe(), open_default()
    steps = step_costs(models, cameras=CAMERAS)
    print_steps(steps, console)
    turns = [given.how[:: 1 if number % 2 == 0 else -1] for number in range(given.rounds)]
    ran = [
        in_real_time(how, seconds=given.seconds, models=models) for turn in turns for how in turn
    ]
    print_ran(ran, console)
    RESULTS.mkdir(exist_ok=True)
    report = {
        "machine": asdict(machine),
        "clip": {"fps": FPS, "faces": FACES, "size": "1920x1080"},
        "shared": "other work may have run on the same cores: see load",
        "steps": [asdict(each) for each in steps],
        "real_time": [asdict(each) for each in ran],
    }
    path = RESULTS / f"{datetime.now(UTC).date()}-{machine.slug}-cameras.json"
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    console.print(f"written to {path}", soft_wrap=True)


if __name__ == "__main__":
    main()
