"""Where a run is shown: on a screen, in a log, on pages; and who ends it from there."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from rich.console import Console

from overt.cli.showing_alerts import signals
from overt.engine.live import Watched
from overt.engine.live_server import serving
from overt.engine.runner import Runner
from overt.errors import SettingsError
from overt.settings import Settings
from overt.text import printable

__all__ = ["Hosted", "Logged", "Place", "seen", "shown_on", "steered"]


@dataclass(frozen=True, slots=True)
class Hosted:
    """A console in this process that began a run, and ends it when it ends itself."""

    on_begin: Callable[[Runner], None]
    paced: bool  # its recordings are played again and again, as if they were cameras


@dataclass(frozen=True, slots=True)
class Logged:
    """A file in a screen's place. It tells no alert: it would be kept when the alert is not."""

    console: Console


Place: TypeAlias = Console | Logged | Hosted


def shown_on(console: Place) -> tuple[Hosted | None, Console, Console]:
    """Tell who hosts a run, where progress is written, and where alerts are."""
    nowhere = Console(quiet=True)
    match console:
        case Hosted():
            return console, nowhere, nowhere
        case Logged(console=log):
            return None, log, nowhere
        case _:
            return None, console, console


@contextmanager
def steered(runner: Runner, hosted: Hosted | None) -> Generator[None]:
    """Let a run be ended from outside: by a signal, or by the console that hosts it."""
    if hosted is None:
        with signals(runner):
            yield
        return
    hosted.on_begin(runner)
    yield


@contextmanager
def seen(
    deployment: str, views: Mapping[str, Watched], *, settings: Settings, console: Console
) -> Generator[None]:
    """Let a console on this machine show it; where it cannot be shown it runs all the same."""
    with ExitStack() as stack:
        try:
            stack.enter_context(serving(settings.live_dir, deployment, views))
        except SettingsError as error:
            console.print(f"not shown in a console: {printable(str(error))}", soft_wrap=True)
            console.print(f"hint: {printable(error.hint)}", soft_wrap=True)
        yield
