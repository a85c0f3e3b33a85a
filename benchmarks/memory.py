"""How much memory one camera takes, and whether it grows.

    python -m benchmarks.memory [--minutes 10] [--listed 20000]

Runs the product's pipeline, runner and event store on a 1080p clip that is played again and again,
as fast as it goes. The resident memory is read once a second; after the first minute of video a
line is fitted. Writes a chart and JSON to benchmarks/results/.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console

from benchmarks.bench_clip import FPS, bench_clip
from benchmarks.machine import describe, peak_mb, resident_mb
from benchmarks.trial import Trial, made_up_list, open_default, unit_vectors
from overt.arrays import F64, Rgb
from overt.clock import SystemClock
from overt.engine.parts import Parts
from overt.engine.pipeline import Pipeline
from overt.engine.recorder import Recorder
from overt.engine.runner import Runner
from overt.engine.thread_line import ThreadLine
from overt.errors import WatchlistError
from overt.ids import time_ordered_id
from overt.records.store import open_store
from overt.sources.opening import open_source
from overt.values.alert import Alert
from overt.values.events import DeploymentStarted
from overt.vault.keys import KeyRing
from overt.wiring import evidence_sealer

RESULTS: Final = Path(__file__).resolve().parent / "results"
GOAL_MB: Final = 600.0
SETTLED_MIN: Final = 1.0  # minutes of video: buffers grow to their size in the first
LOOK_S: Final = 1.0


@dataclass(slots=True)
class Samples:
    """What was read while it ran."""

    minutes: list[float] = field(default_factory=list[float])  # of video
    resident_mb: list[float] = field(default_factory=list[float])
    last_s: float = 0.0

    def look(self, pipeline: Pipeline) -> None:
        """Read the memory, once a second at most."""
        now = time.monotonic()
        if now - self.last_s >= LOOK_S:
            self.last_s = now
            self.minutes.append(pipeline.progress.frames / FPS / 60)
            self.resident_mb.append(resident_mb())


@dataclass(frozen=True, slots=True)
class Growth:
    """A line through the resident memory, by least squares."""

    mb_per_minute: float  # of video
    low: float  # 95 %, as if samples were independent, which makes it too narrow
    high: float
    total_mb: float  # median of the last minute less the median of the second
    largest_mb: float  # resident, of the samples
    peak_mb: float  # the system's own count since the process began


def grown(samples: Samples) -> Growth:
    """Fit a line after the first minute of video.

    Raises:
        ValueError: there are too few samples.
    """
    from scipy import stats  # noqa: PLC0415 - after the measurement, so as not to be measured

    minutes = np.array(samples.minutes)
    memory = np.array(samples.resident_mb)
    settled = minutes >= SETTLED_MIN
    if settled.sum() < 10:
        raise ValueError(f"samples: got {settled.sum()} after the first minute, want 10 or more")
    slope, error = _line(minutes[settled], memory[settled])
    reach = float(stats.t.ppf(0.975, int(settled.sum()) - 2)) * error
    early = memory[settled & (minutes < SETTLED_MIN + 1)]
    late = memory[minutes >= minutes[-1] - 1]
    return Growth(
        mb_per_minute=slope,
        low=slope - reach,
        high=slope + reach,
        total_mb=float(np.median(late) - np.median(early)),
        largest_mb=float(memory.max()),
        peak_mb=peak_mb(),
    )


def run(*, minutes: float, listed: int, console: Console) -> Samples:
    """Run one camera for so many minutes of video."""
    clip = bench_clip()
    models = open_default()
    dimensions = models.opened.bundle.recogniser.dimensions
    now = SystemClock().now()
    vectors = unit_vectors(listed, dimensions, seed=4)
    watchlist = made_up_list(vectors, bundle=models.opened.bundle.digest, now=now)
    trial = Trial.authorised(clip.path, watchlist=watchlist, models=models)
    line = Parts(
        open_source(
            str(clip.path),
            camera=trial.camera.name,
            clock=trial.clock,
            started=trial.started,
            repeat=True,
        ),
        trial.pipeline(trial.stages()),
    )
    samples, wanted = Samples(), minutes * 60 * FPS
    with tempfile.TemporaryDirectory(prefix="overt-memory-") as folder, console.status("") as bar:
        runner = Runner(
            [ThreadLine(trial.camera.name, lambda: line)],
            authority=trial.authority,
            recorder=_recorder(Path(folder), trial),
            clock=trial.clock,
        )

        def look() -> None:
            samples.look(line.pipeline)
            if samples.minutes:
                bar.update(f"{samples.minutes[-1]:.1f} min, {samples.resident_mb[-1]:.0f} MB")
            if line.pipeline.progress.frames >= wanted:
                runner.stop("measured for long enough")

        started = DeploymentStarted(
            version("overt"), trial.point.predicted_rate, trial.point.extrapolated
        )
        runner.run(started, on_alert=_unexpected, on_look=look)
    return samples


def _recorder(folder: Path, trial: Trial) -> Recorder:
    return Recorder(
        authority=trial.authority,
        store=open_store(folder / "events.sqlite"),
        seal=evidence_sealer(folder / "evidence", KeyRing(folder / "keys")),
        photo_of=_no_photo,
        clock=trial.clock,
        new_id=time_ordered_id,
    )


def _no_photo(reference: str) -> Rgb:
    raise WatchlistError(f"{reference}: got asked for a photograph, want none: nobody is listed")


def _unexpected(alert: Alert) -> None:
    raise WatchlistError(f"{alert.entry.reference}: got an alert, want none: nobody is listed")


def _line(x: F64, y: F64) -> tuple[float, float]:
    """Give the slope by least squares, and its standard error."""
    centred = x - x.mean()
    spread = float((centred**2).sum())
    slope = float((centred * (y - y.mean())).sum()) / spread
    rest = y - y.mean() - slope * centred
    return slope, float(np.sqrt((rest**2).sum() / (len(x) - 2) / spread))


def draw(samples: Samples, growth: Growth, path: Path, *, listed: int) -> None:
    """Draw the memory over the minutes of video."""
    import matplotlib as mpl  # noqa: PLC0415 - after the measurement

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "overt"  # the same samples give the same file
    from matplotlib import pyplot as plt  # noqa: PLC0415 - after the choice of what draws

    figure, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
    axes.plot(samples.minutes, samples.resident_mb, linewidth=1, label="resident memory")
    axes.axhline(GOAL_MB, linestyle="--", linewidth=1, color="0.5", label=f"{GOAL_MB:.0f} MB")
    axes.set(
        xlabel="minutes of video",
        ylabel="MB",
        ylim=(0, max(GOAL_MB, growth.largest_mb) * 1.1),
        title=f"one 1080p camera, {listed:,} listed: {growth.mb_per_minute:+.2f} MB a minute",
    )
    axes.legend(loc="lower right", frameon=False)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run, print, draw, write JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0, help="of video")
    parser.add_argument("--listed", type=int, default=20_000, help="entries of the watchlist")
    given = parser.parse_args(arguments)
    console = Console(stderr=True)
    samples = run(minutes=given.minutes, listed=given.listed, console=console)
    growth, machine = grown(samples), describe()
    print(
        f"{samples.minutes[-1]:.1f} minutes of video: {growth.largest_mb:.0f} MB resident at most "
        f"(peak {growth.peak_mb:.0f}), {growth.mb_per_minute:+.3f} MB a minute "
        f"({growth.low:+.3f} to {growth.high:+.3f}), {growth.total_mb:+.1f} MB in all"
    )
    RESULTS.mkdir(exist_ok=True)
    stem = f"{datetime.now(UTC).date()}-{machine.slug}-memory"
    draw(samples, growth, RESULTS / f"{stem}.svg", listed=given.listed)
    report = {
        "machine": asdict(machine),
        "minutes": round(samples.minutes[-1], 2),
        "listed": given.listed,
        "growth": {name: round(value, 3) for name, value in asdict(growth).items()},
        "samples": [
            [round(minute, 3), round(memory, 1)]
            for minute, memory in zip(samples.minutes, samples.resident_mb, strict=True)
        ],
    }
    (RESULTS / f"{stem}.json").write_text(json.dumps(report) + "\n", encoding="utf-8")
    print(f"written to {RESULTS / stem}.svg and .json")


if __name__ == "__main__":
    main()
