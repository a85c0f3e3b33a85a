"""A trial deployment that runs inside the console's process, as if a camera looked at a street."""

from __future__ import annotations

import threading
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import Final, TypeAlias

from overt.cli.shown_on import Hosted
from overt.cli.trying import run_trial
from overt.engine.runner import Runner
from overt.errors import OvertError, SourceError
from overt.settings import Settings
from overt.simulation import write_demo_inputs
from overt.simulation.demo_scene import CLIP, LISTED
from overt.values.deployment import Camera

__all__ = ["TrialHost", "demo_street"]

BEGUN_AT_MOST: Final = 3  # a trial that fails is begun again, but not for ever
WAIT_S: Final = 5.0
LOOK_S: Final = 0.1
Inputs: TypeAlias = tuple[Camera, Path]
ZONE: Final = ((0.1, 0.12), (0.9, 0.12), (0.99, 0.97), (0.01, 0.97))


def demo_street(folder: Path, ended: threading.Event) -> Inputs | None:
    """Make the demo's street in a process of its own, which is ended where nobody waits any more.

    Raises:
        SourceError: it cannot be made.
    """
    making = get_context("spawn").Process(target=write_demo_inputs, args=(folder,), daemon=True)
    making.start()
    while making.is_alive() and not ended.is_set():
        making.join(LOOK_S)
    if ended.is_set():
        making.kill()
        making.join()
        return None
    if making.exitcode:
        raise SourceError(
            f"street: got none made (exit code {making.exitcode}), want one",
            hint="`overt demo` makes the same one, and says what is wrong",
        )
    return Camera("street", str(folder / CLIP), ZONE), folder / LISTED


class TrialHost:
    """Runs a trial in a thread; where it fails it is begun again, as another deployment."""

    def __init__(
        self,
        inputs: Callable[[threading.Event], Inputs | None],
        *,
        settings: Settings,
        out: Path,
        say: Callable[[str], None],
    ) -> None:
        """Prepare a trial; `start` begins it.

        Args:
            inputs: makes the camera and the folder of listed photographs; None where the event
                that it is given says that nobody waits any more.
            settings: of this machine.
            out: folder of the trial; all that is kept lies in its `data`.
            say: tells who started the console how it goes.
        """
        self._inputs = inputs
        self._settings = settings
        self._out = out
        self._say = say
        self._runner: Runner | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="trial")

    def start(self) -> None:
        """Begin, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """End it, and wait until its list is destroyed and its end recorded."""
        self._ended.set()
        if self._runner is not None:
            self._runner.stop("the console was stopped")
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        for _ in range(BEGUN_AT_MOST):
            try:
                error = self._once()
            except Exception as raised:  # noqa: BLE001 - the worker loop: the console goes on
                error = raised
            if error is None or self._ended.is_set():
                return
            # The text of a foreign error may hold anything; of ours, nothing that is secret.
            what = str(error) if isinstance(error, OvertError) else type(error).__name__
            self._say(f"The trial failed: {what}. It is begun again in {WAIT_S:g} s.")
            if self._ended.wait(WAIT_S):
                return
        self._say("The trial failed too often, and is not begun again.")

    def _once(self) -> OvertError | None:
        self._say("Making the street of the trial.")
        made = self._inputs(self._ended)
        if made is None or self._ended.is_set():
            return None
        camera, listed = made
        finished = run_trial(
            camera,
            listed=listed,
            out=self._out,
            threshold=None,
            bundle="default",
            name="Demo street",
            hosted=Hosted(self._began, paced=True),
            settings=self._settings,
        )
        self._say(f"The trial is over: {finished.reason}.")
        return finished.error

    def _began(self, runner: Runner) -> None:
        self._runner = runner
        if self._ended.is_set():
            runner.stop("the console was stopped")
        self._say("The trial runs: see Live.")
