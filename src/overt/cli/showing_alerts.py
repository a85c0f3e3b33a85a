"""What the command line does beside a run: it tells of each alert, and obeys Ctrl-C."""

from __future__ import annotations

import signal
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console

from overt.engine.recorder import PhotoOf
from overt.engine.runner import Runner
from overt.errors import InputError
from overt.report.contact_sheet import write_sheet
from overt.text import printable
from overt.values.alert import Alert

__all__ = ["Alerts", "signals"]


class Alerts:
    """Tells of each alert, and draws its contact sheet."""

    def __init__(self, folder: Path | None, photo_of: PhotoOf, console: Console) -> None:
        self._folder = folder
        self._photo_of = photo_of
        self._console = console
        self.written: list[Path] = []

    def __call__(self, alert: Alert) -> None:
        camera, reference = printable(alert.camera), printable(alert.entry.reference)
        self._console.print(
            f"alert {alert.id} camera {camera}: similarity {alert.similarity:.3f} with "
            f"{reference}; for a person to judge",
            soft_wrap=True,
        )
        if self._folder is not None:
            self._draw(alert, self._folder / f"alert-{alert.id}.png")

    def _draw(self, alert: Alert, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_sheet(alert, self._photo_of(alert.entry.reference), path)
        except OSError as error:
            raise InputError(
                f"contact sheet {str(path)!r}: got {error.strerror}, want a file that can be "
                "written",
                hint="free space on the disk, or name another folder",
            ) from error
        self.written.append(path)


@contextmanager
def signals(runner: Runner) -> Generator[None]:
    """End the deployment cleanly on Ctrl-C and on SIGTERM."""

    def stop(number: int, _frame: FrameType | None) -> None:
        runner.stop(f"stopped by {signal.Signals(number).name}")

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
