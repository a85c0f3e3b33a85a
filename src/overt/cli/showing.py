"""What a person sees while a deployment runs, and the summary after it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from overt.engine.following import Follower
from overt.engine.timing import StageTimes
from overt.report.totals import Totals
from overt.report.words import about_faces_seen, about_one_in
from overt.text import printable

__all__ = ["Display", "print_times", "print_totals"]

BAR: Final = 24
STAGES: Final = ("decode", "detect", "track", "select", "embed", "search", "alert recorded")


class Display:
    """A line for each camera: how far, how fast, what was seen."""

    def __init__(self, cameras: Sequence[Follower], *, end: datetime, console: Console) -> None:
        self._cameras = cameras
        self._end = end
        self._console = console
        self._started = time.monotonic()
        self._live = Live(console=console, refresh_per_second=4, transient=True)

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.__exit__(kind, error, trace)

    def look(self) -> None:
        """Show how things stand."""
        rows = [self._row(camera) for camera in self._cameras]
        left = max(self._end - datetime.now(UTC), self._end - self._end)
        rows.append(Text(f"authority ends in {str(left).split('.')[0]}", style="dim"))
        self._live.update(Text("\n").join(rows))

    def _row(self, camera: Follower) -> Text:
        parts, report = [f"{printable(camera.name):<12}"], camera.latest
        if report is None:
            return Text("  ".join([*parts, "lost, waited for" if camera.lost else "begins"]))
        progress = camera.progress
        passed = max(time.monotonic() - self._started, 1e-6)
        if report.length:
            done = min(progress.frames / report.length, 1.0)
            filled = round(BAR * done)
            parts.append(f"[{'#' * filled}{'.' * (BAR - filled)}] {done:4.0%}")
        parts.append(f"{progress.frames / passed:6.1f} fps")
        parts.append(f"{progress.seen} faces seen, {progress.alerts} alerts")
        if report.live:
            latency = report.times.stages.get("latency")
            parts.append(f"{camera.dropped} dropped")
            if latency:
                p50, p95 = latency.quantile(0.5) * 1e3, latency.quantile(0.95) * 1e3
                parts.append(f"latency p50 {p50:.0f} ms p95 {p95:.0f} ms")
        if camera.lost:
            parts.append("lost, waited for")
        return Text("  ".join(parts))


def print_totals(totals: Totals, *, console: Console) -> None:
    """Print what a deployment saw and raised."""
    counts, started, authorised = totals.counts, totals.started, totals.authorised
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_row("frames", f"{counts.frames:,} ({counts.dropped:,} dropped)")
    table.add_row("faces seen", f"{counts.seen:,}")
    table.add_row("  compared", f"{counts.compared:,}")
    table.add_row("  not compared", f"{sum(counts.unfit.values()):,}")
    for reason, number in sorted(counts.unfit.items(), key=lambda item: -item[1]):
        table.add_row(f"    {reason}", f"{number:,}")
    table.add_row("brief tracks, not counted", f"{counts.brief:,}")
    table.add_row("alerts", f"{len(totals.alerts)}")
    for alert in totals.alerts:
        table.add_row(
            f"  {alert.alert}",
            f"camera {printable(alert.camera)}, similarity {alert.similarity:.3f}, "
            f"threshold {alert.threshold:.2f}",
        )
    if authorised is not None and started is not None:
        guess = " (extrapolated)" if started.extrapolated else ""
        table.add_row(
            "expected false alerts",
            f"{about_one_in(started.predicted_rate)} comparisons{guess}, at threshold "
            f"{authorised.threshold:.2f} with {authorised.listed:,} listed",
        )
        table.add_row("  of faces seen", about_faces_seen(started.predicted_rate))
    if totals.stopped is not None:
        table.add_row("ended because", printable(totals.stopped.reason))
    console.print(table)


def print_times(times: Sequence[tuple[str, StageTimes]], *, console: Console) -> None:
    """Print the time each stage took."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("stage", "runs", "median ms", "p95 ms", "total s"):
        table.add_column(name, justify="left" if name == "stage" else "right")
    for camera, stages in times:
        for stage in STAGES:
            histogram = stages.stages.get(stage)
            if histogram is not None:
                table.add_row(
                    f"{printable(camera)}: {stage}" if len(times) > 1 else stage,
                    f"{histogram.count:,}",
                    f"{histogram.quantile(0.5) * 1e3:.1f}",
                    f"{histogram.quantile(0.95) * 1e3:.1f}",
                    f"{histogram.total_s:.2f}",
                )
    console.print(table)
