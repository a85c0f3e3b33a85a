"""Running a deployment from the command line: what `run`, `try` and `demo` share."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from types import FrameType

from rich.console import Console

from overt.arrays import Rgb
from overt.cli.showing import Display
from overt.clock import ForwardClock, SystemClock
from overt.engine.recorder import Recorder
from overt.engine.runner import Line, Runner
from overt.engine.timing import StageTimes
from overt.governance.authority import authorise
from overt.governance.listfile import ListFile
from overt.governance.rules import Subject
from overt.ids import time_ordered_id
from overt.records.base import Store
from overt.records.store import open_store
from overt.report.contact_sheet import write_sheet
from overt.report.totals import Totals, fold
from overt.settings import Settings
from overt.values.alert import Alert
from overt.values.deployment import Deployment
from overt.values.events import DeploymentStarted, WatchlistDestroyed
from overt.values.operating import OperatingPoint
from overt.vault.keys import KeyRing
from overt.wiring import Models, camera_line, evidence_sealer

__all__ = ["Finished", "deploy"]


@dataclass(frozen=True, slots=True)
class Finished:
    """A deployment that is over."""

    reason: str
    totals: Totals
    times: tuple[tuple[str, StageTimes], ...]  # camera, its stages
    sheets: tuple[Path, ...]  # contact sheets that were written


def deploy(
    deployment: Deployment,
    *,
    settings: Settings,
    models: Models,
    listfile: ListFile,
    sheets: Path | None,
    console: Console,
) -> Finished:
    """Authorise, run, write down, destroy the list.

    Args:
        deployment: as drafted.
        settings: of this machine.
        models: the bundle that the deployment names.
        listfile: the list that the deployment names; it is destroyed at the end.
        sheets: folder for a contact sheet of each alert; None: pictures are only sealed.
        console: where progress is shown.

    Raises:
        AuthorityError: a rule does not hold; nothing was run.
        OvertError: what ended it too early; what was found by then is recorded.
    """
    clock = ForwardClock(SystemClock())
    now = clock.now()
    watchlist = listfile.watchlist
    subject = Subject(deployment, watchlist, models.opened.bundle)
    authority = authorise(subject, deployment_id=time_ordered_id(now), now=now)
    store = open_store(settings.data_dir / "events.sqlite")
    try:
        recorder = Recorder(
            authority=authority,
            store=store,
            seal=evidence_sealer(settings.evidence_dir, KeyRing(settings.keys_dir)),
            photo_of=listfile.photo,
            clock=clock,
            new_id=time_ordered_id,
        )
        recorder.record(authority.event())
        lines = [
            camera_line(
                camera,
                authority=authority,
                watchlist=watchlist,
                models=models,
                clock=clock,
                started=now,
                new_id=time_ordered_id,
            )
            for camera in deployment.cameras
        ]
        point = models.scale.operating_point(deployment.threshold, listed=len(watchlist))
        written: list[Path] = []
        on_alert = _sheet_writer(sheets, listfile.photo, written, console)
        try:
            reason = _run(lines, recorder, point, deployment.window.end, on_alert, console)
        finally:
            # The list goes however the run ended: it is for one use.
            listfile.destroy()
            recorder.record(WatchlistDestroyed(watchlist.digest, len(watchlist)))
        times = tuple((line.source.camera, line.pipeline.times) for line in lines)
        return Finished(reason, _totals(store, authority.id), times, tuple(written))
    finally:
        store.close()


def _run(
    lines: Sequence[Line],
    recorder: Recorder,
    point: OperatingPoint,
    end: datetime,
    on_alert: Callable[[Alert], None],
    console: Console,
) -> str:
    started = DeploymentStarted(version("overt"), point.predicted_rate, point.extrapolated)
    runner = Runner(lines, recorder=recorder)
    with _signals(runner), Display(lines, end=end, console=console) as display:
        return runner.run(started, on_alert=on_alert, on_look=display.look)


def _totals(store: Store, deployment: str) -> Totals:
    return fold(recorded.event for recorded in store.events(deployment=deployment))


def _sheet_writer(
    folder: Path | None,
    photo_of: Callable[[str], Rgb],
    written: list[Path],
    console: Console,
) -> Callable[[Alert], None]:
    def on_alert(alert: Alert) -> None:
        console.print(
            f"alert {alert.id} camera {alert.camera}: similarity {alert.similarity:.3f} with "
            f"{alert.entry.reference}; for a person to judge",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        if folder is not None:
            path = folder / f"alert-{alert.id}.png"
            write_sheet(alert, photo_of(alert.entry.reference), path)
            written.append(path)

    return on_alert


@contextmanager
def _signals(runner: Runner) -> Generator[None]:
    """End the deployment cleanly on Ctrl-C and on SIGTERM."""

    def stop(number: int, _frame: FrameType | None) -> None:
        runner.stop(f"stopped by {signal.Signals(number).name}")

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
