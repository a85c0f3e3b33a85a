"""What a camera costs where a process has many: from one to a hundred at a low rate, as a plot.

    python -m benchmarks.many_cameras [--most 100]

The clip goes by slowly: a frame every ten seconds, and as between two frames of a live camera every
third is looked at. So a look costs what it costs at full rate, with the frames between decoded and
people followed; there are fewer looks. Each number of cameras is run in a process of its own, with
its cameras in threads of it (`camera_processes = "never"`). What else this machine does beside it
is told as load.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console

from benchmarks.bench_clip import FACES, FPS, bench_clip
from benchmarks.cameras import RESULTS, list_of_one, recorder_of, started
from benchmarks.machine import describe, resident_mb
from benchmarks.printing import output_console
from benchmarks.trial import Trial, open_default
from overt.engine.parts import Parts
from overt.engine.runner import Runner
from overt.engine.thread_line import ThreadLine
from overt.ids import time_ordered_id
from overt.sources.base import Source
from overt.sources.opening import open_source
from overt.values.frame import Frame
from overt.vault.keys import KeyRing
from overt.wiring import Common, Models, camera_parts

MANY: Final = (1, 5, 10, 25, 50, 100)
EVERY_S: Final = 10.0  # between two frames of a camera
LASTS_S: Final = 60.0  # that each number of cameras is measured for
RUN_UP: Final = 24  # frames that are decoded first: a decoder holds all its pictures by then


@dataclass(frozen=True, slots=True)
class Cost:
    """So many cameras at a low rate on one scheduler."""

    cameras: int
    frames: int
    looks: int  # frames among them that were looked at
    cpu_s: float  # of every second
    cpu_ms_a_frame: float
    resident_mb: float
    load: float  # of the machine over the last minute, this run's own among it


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line through costs, by least squares, a square weighted by 1 / cameras."""

    fixed: float
    a_camera: float
    off: float  # share of the line's value that the measured one furthest from it is away


class Slow:
    """A clip's frames, one every few seconds, again and again."""

    live, length, dropped = False, None, 0

    def __init__(self, source: Source, *, begin_s: float) -> None:
        self._source = source
        self._begin_s = begin_s  # cameras are not in step
        self._closed = threading.Event()
        self.camera = source.camera

    def frames(self) -> Iterator[Frame]:
        """Give a frame each time that one is due."""
        for frame in itertools.islice(self._source.frames(), RUN_UP, None):
            self._closed.wait(self._begin_s if frame.index == RUN_UP else EVERY_S)
            if self._closed.is_set():
                return
            yield frame

    def close(self) -> None:
        """End `frames`."""
        self._closed.set()
        self._source.close()


def cost_of(cameras: int, *, models: Models) -> Cost:
    """Run so many cameras at a low rate in threads of this process."""
    clip = bench_clip().path
    with tempfile.TemporaryDirectory(prefix="overt-cameras-") as name:
        folder = Path(name)
        keys = KeyRing(folder / "keys")
        built = list_of_one(models, folder, keys, datetime.now(UTC))
        watchlist = built.list.watchlist
        trial = Trial.authorised(clip, watchlist=watchlist, models=models, cameras=cameras)
        common = Common.of(models, watchlist)
        lines: list[ThreadLine] = []
        for number, camera in enumerate(trial.authority.deployment.cameras):
            source = open_source(
                str(clip), camera=camera.name, clock=trial.clock, started=trial.started, repeat=True
            )
            parts = camera_parts(
                camera,
                source=Slow(source, begin_s=EVERY_S * number / cameras),
                authority=trial.authority,
                common=common,
                clock=trial.clock,
                new_id=time_ordered_id,
            )
            lines.append(thread_line(camera.name, parts))
        runner = Runner(
            lines,
            authority=trial.authority,
            recorder=recorder_of(trial, built, folder, keys),
            clock=trial.clock,
        )
        settled: list[_Spent] = []
        last: list[_Spent] = []

        def look() -> None:
            if not settled and all("detect" in each.times.stages for each in runner.cameras):
                settled.append(_Spent.so_far(runner))
            if settled and time.monotonic() - settled[0].at >= LASTS_S:
                last[:] = [_Spent.so_far(runner)]
                runner.stop("measured for long enough")

        runner.run(started(trial), on_alert=lambda _: None, on_look=look)
        first, end = settled[0], last[0]
        frames, cpu_s = end.frames - first.frames, end.cpu_s - first.cpu_s
        return Cost(
            cameras=cameras,
            frames=frames,
            looks=end.looks - first.looks,
            cpu_s=cpu_s / (end.at - first.at),
            cpu_ms_a_frame=1e3 * cpu_s / max(frames, 1),
            resident_mb=end.resident_mb,
            load=os.getloadavg()[0],
        )


@dataclass(frozen=True, slots=True)
class _Spent:
    """What this process has done and used."""

    at: float
    cpu_s: float
    frames: int
    looks: int
    resident_mb: float

    @classmethod
    def so_far(cls, runner: Runner) -> _Spent:
        """Look."""
        return cls(
            time.monotonic(),
            time.process_time(),
            sum(camera.progress.frames for camera in runner.cameras),
            sum(camera.times.stages["detect"].count for camera in runner.cameras),
            resident_mb(),
        )


def costs_of(numbers: Sequence[int]) -> Iterator[Cost]:
    """Run each number of cameras in a process of its own: what it holds is nobody else's."""
    for number in numbers:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            yield pool.submit(_cost_alone, number).result()


def _cost_alone(cameras: int) -> Cost:
    return cost_of(cameras, models=open_default())


def at_low_rate(numbers: Sequence[int], console: Console) -> list[Cost]:
    """Measure what numbers of cameras cost, and print it."""
    costs: list[Cost] = []
    for cost in costs_of(numbers):
        costs.append(cost)
        console.print(
            f"{cost.cameras} cameras: {cost.cpu_s:.3f} cores, {cost.frames} frames, "
            f"{cost.looks} looks, {cost.cpu_ms_a_frame:.0f} ms a frame, {cost.resident_mb:.0f} MB"
        )
    for name, line in lines_of(costs).items():
        console.print(
            f"{name}: {line.fixed:.3g} and {line.a_camera:.3g} a camera; "
            f"{line.off:.0%} from the line at most"
        )
    return costs


def lines_of(costs: Sequence[Cost]) -> dict[str, Line]:
    """Draw straight lines through processor and memory."""
    cameras = [each.cameras for each in costs]
    return {
        "cores": line_through(cameras, [each.cpu_s for each in costs]),
        "mb": line_through(cameras, [each.resident_mb for each in costs]),
    }


def line_through(cameras: Sequence[int], values: Sequence[float]) -> Line:
    """Draw a straight line through costs."""
    x, y = np.asarray(cameras, np.float64), np.asarray(values, np.float64)
    a_camera, fixed = (float(n) for n in np.polyfit(x, y, 1, w=x**-0.5))
    line = fixed + a_camera * x
    return Line(fixed, a_camera, float(np.max(np.abs(y / line - 1))))


def thread_line(name: str, parts: Parts) -> ThreadLine:
    """Serve a camera that is put together already."""
    return ThreadLine(name, lambda: parts)


def draw(costs: Sequence[Cost], path: Path) -> None:
    """Draw the cost of so many cameras."""
    import matplotlib as mpl  # noqa: PLC0415 - after the measurement

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "overt"  # the same costs give the same file
    from matplotlib import pyplot as plt  # noqa: PLC0415 - after the choice of what draws

    figure, (used, memory) = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
    cameras, lines = [each.cameras for each in costs], lines_of(costs)
    rate = f"{1 / EVERY_S:g} frames a second each"
    for axes, values, label, title, line in (
        (used, [each.cpu_s for each in costs], "cores", f"processor: {rate}", lines["cores"]),
        (memory, [each.resident_mb for each in costs], "MB", "resident memory", lines["mb"]),
    ):
        ends = np.array([0, cameras[-1]])
        axes.plot(cameras, values, "o", markersize=4)
        axes.plot(ends, line.fixed + line.a_camera * ends, linewidth=1)
        axes.set(xlabel="cameras", ylabel=label, title=title, xlim=(0, None), ylim=(0, None))
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def main() -> None:
    """Run, print, draw, write JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--most", type=int, default=100, help="cameras")
    given = parser.parse_args()
    console, machine = output_console(), describe()
    costs = at_low_rate([number for number in MANY if number <= given.most], console)
    RESULTS.mkdir(exist_ok=True)
    stem = f"{datetime.now(UTC).date()}-{machine.slug}-many-cameras"
    draw(costs, RESULTS / f"{stem}.svg")
    report = {
        "machine": asdict(machine),
        "clip": {"fps": FPS, "faces": FACES, "size": "1920x1080"},
        "frames_a_second": 1 / EVERY_S,
        "shared": "other work ran on the same cores: see load",
        "costs": [asdict(each) for each in costs],
        "lines": {name: asdict(each) for name, each in lines_of(costs).items()},
    }
    path = RESULTS / f"{stem}.json"
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    console.print(f"written to {path} and .svg", soft_wrap=True)


if __name__ == "__main__":
    main()
