"""The cameras of this machine: a thread each, and one place where everything is written down."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, ParamSpec, TypeAlias

from overt.clock import Clock
from overt.engine.pipeline import Outcome, Pipeline
from overt.engine.recorder import Recorder
from overt.errors import (
    ClockError,
    MoveError,
    OvertError,
    RecordsError,
    SourceError,
    WindowError,
)
from overt.governance.authority import Authority
from overt.review.orders import Act, Standing
from overt.sources.base import Source
from overt.values.alert import Alert
from overt.values.events import DeploymentStarted

__all__ = ["Line", "OnAlert", "OnLook", "Runner"]

WAITING: Final = 1000  # outcomes that may wait to be written; beyond that cameras wait
LOOK_S: Final = 0.25
WINDOW_OVER: Final = "the authorised window ended"


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One camera: where its frames come from, and what is done with them."""

    source: Source
    pipeline: Pipeline


@dataclass(frozen=True, slots=True)
class _Over:
    """A camera's thread has ended; with an error if it did not end by itself."""

    error: BaseException | None


_Item: TypeAlias = Outcome | _Over
OnAlert: TypeAlias = Callable[[Alert], None]
OnLook: TypeAlias = Callable[[], None]
P = ParamSpec("P")


class Runner:
    """Runs a deployment's cameras until they end, the window closes or somebody stops it."""

    def __init__(
        self, lines: Sequence[Line], *, authority: Authority, recorder: Recorder, clock: Clock
    ) -> None:
        self._lines = tuple(lines)
        self._authority = authority
        self._recorder = recorder
        self._clock = clock
        self._items: queue.Queue[_Item] = queue.Queue(WAITING)
        self._stop_reason: str | None = None
        self._halted = False
        self._standing = Standing()
        self._unshown: BaseException | None = None  # the first error of who shows

    def stop(self, reason: str) -> None:
        """End the deployment, from any thread or a signal handler; the first reason counts.

        The reason is noted and nothing else: `run` ends the cameras within a quarter of a second.
        """
        if self._stop_reason is None:
            self._stop_reason = reason

    def run(self, started: DeploymentStarted, *, on_alert: OnAlert, on_look: OnLook) -> str:
        """Run, and give the reason why it ended, which is recorded too.

        Args:
            started: what is recorded first; if it cannot be, no frame is looked at.
            on_alert: called for each alert after it was recorded, and after all that waited with
                it. If it fails, recognition stops: nobody would see the next alert. What was
                raised until then is recorded all the same.
            on_look: called a few times a second, to show progress; it may fail as `on_alert` may.

        Raises:
            MoveError: another machine runs the deployment by now; recognition was stopped here.
            RecordsError: something could not be written; recognition was stopped.
            OvertError: what ended a camera too early (a broken file, a clock that went back), or
                could not be shown, after everything that was found was recorded.
        """
        self._recorder.begin(started)
        errors: list[BaseException] = []
        threads: list[threading.Thread] = []
        try:
            self._watch(errors)  # what was ordered before holds for the first frame
            if not self._halted:
                threads = self._threads()
            for thread in threads:
                thread.start()
            self._write_down(len(threads), errors, on_alert, on_look)
            self._join(threads)
            self._require_shown()
        except BaseException as error:
            self._give_up(threads, error)
            raise
        reason = self._reason(errors)
        self._recorder.end(reason)
        for error in errors:
            if not isinstance(error, WindowError):
                raise error
        return reason

    def _threads(self) -> list[threading.Thread]:
        return [
            threading.Thread(target=self._follow, args=(line,), name=line.source.camera)
            for line in self._lines
        ]

    def _follow(self, line: Line) -> None:
        """Run one camera in its own thread, and hand on all that comes of it."""
        error: BaseException | None = None
        try:
            self._follow_to_its_end(line)
        except BaseException as raised:  # noqa: BLE001 - the worker loop; the recording thread raises it
            error = raised
        self._items.put(_Over(error))

    def _follow_to_its_end(self, line: Line) -> None:
        try:
            for outcome in line.pipeline.run(line.source):
                self._items.put(outcome)
        finally:
            counts = line.pipeline.finish(dropped=line.source.dropped)
            if counts is not None:
                self._items.put(counts)

    def _write_down(
        self, running: int, errors: list[BaseException], on_alert: OnAlert, on_look: OnLook
    ) -> None:
        """Write down what so many cameras hand on until they all ended, and note their errors.

        All that waits is recorded before any of it is shown.
        """
        while running:
            self._show(on_look)
            self._watch(errors)
            recorded: list[Alert] = []
            try:
                for item in self._waiting():
                    match item:
                        case _Over(error=error):
                            running -= 1
                            if error is not None:
                                errors.append(error)
                                self._end_all_if_unsafe(error)
                        case Alert():
                            self._recorder.alert(item)
                            recorded.append(item)
                        case _:
                            self._recorder.counts(item)
            finally:
                for alert in recorded:
                    self._show(on_alert, alert)

    def _waiting(self) -> Iterator[_Item]:
        """Give what the cameras have handed on; wait a moment where there is nothing yet."""
        with contextlib.suppress(queue.Empty):
            yield self._items.get(timeout=LOOK_S)
            for _ in range(self._items.qsize()):  # not what comes meanwhile: looks must go on
                yield self._items.get_nowait()

    def _show(self, show: Callable[P, None], *what: P.args, **named: P.kwargs) -> None:
        """Show something; where that fails, end the cameras, and go on with what they found."""
        try:
            show(*what, **named)
        except BaseException as error:  # noqa: BLE001 - a hook of others: `run` raises it in the end
            if self._unshown is None:
                self._unshown = error
                self.stop(_failure(error))

    def _require_shown(self) -> None:
        if self._unshown is not None:
            raise self._unshown

    def _watch(self, errors: list[BaseException]) -> None:
        """Obey orders and rules; end the cameras once there is a reason to, also without frames."""
        if self._stop_reason is None:
            try:
                self._obey_all(self._clock.now())
            except WindowError as error:
                self._end_all_if_unsafe(error)
            except ClockError as error:
                errors.append(error)
                self._end_all_if_unsafe(error)
        if self._stop_reason is not None and not self._halted:
            self._halt()

    def _obey_all(self, now: datetime) -> None:
        """Obey the window, what people have ordered, and the rules that hold while it runs."""
        self._authority.require_current(now)
        self._obey(self._recorder.standing())
        seen = sum(line.pipeline.seen for line in self._lines)
        reason = self._recorder.reason_to_stop(now, seen=seen)
        if reason is not None:
            self.stop(reason)

    def _obey(self, standing: Standing) -> None:
        """Do what people have ordered: pause, go on, operate at another threshold, stop."""
        if standing == self._standing:
            return
        self._standing = standing
        if standing.act is Act.STOP:
            self.stop(standing.reason)
        for line in self._lines:
            line.pipeline.pause(paused=standing.act is not Act.RUN)
            if standing.threshold is not None:
                line.pipeline.operate_at(standing.threshold)

    def _end_all_if_unsafe(self, error: BaseException) -> None:
        """A camera that breaks ends alone; a clock, an authority or a bug ends the deployment."""
        if isinstance(error, WindowError):
            self.stop(WINDOW_OVER)
        elif not isinstance(error, SourceError):
            self.stop(_failure(error))

    def _reason(self, errors: list[BaseException]) -> str:
        broken = [str(error) for error in errors if isinstance(error, OvertError)]
        if self._stop_reason is not None:
            return self._stop_reason
        return f"a source broke off: {'; '.join(broken)}" if broken else "the sources ended"

    def _give_up(self, threads: Sequence[threading.Thread], error: BaseException) -> None:
        """Stop recognition, since it must not run unlogged or unseen; write that down if it can be.

        Where the record failed, what the cameras still hand on cannot be recorded either, and is
        forgotten.
        """
        self._halt()
        self._join(threads)
        # Mostly the error that has led here; or another machine runs it, and there is no end.
        with contextlib.suppress(RecordsError, MoveError):
            self._recorder.end(_failure(error))

    def _halt(self) -> None:
        """End the cameras. To close one may take a second: none looks at a frame meanwhile."""
        self._halted = True
        for line in self._lines:
            line.pipeline.pause(paused=True)
        for line in self._lines:
            line.source.close()

    def _join(self, threads: Sequence[threading.Thread]) -> None:
        """Wait for the cameras to end, and take what they hand on, so that none waits for room."""
        for thread in threads:
            while thread.is_alive():
                thread.join(LOOK_S)
                while not self._items.empty():
                    self._items.get_nowait()


def _failure(error: BaseException) -> str:
    # The text of a foreign error may hold anything; of ours, nothing that is secret.
    what = str(error) if isinstance(error, OvertError) else type(error).__name__
    return f"recognition failed: {what}"
