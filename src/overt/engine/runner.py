"""The cameras of a deployment, wherever each is served, and one place where all is written down."""

from __future__ import annotations

import contextlib
import queue
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, ParamSpec, TypeAlias

from overt.clock import Clock
from overt.engine.following import Back, Follower, Gone, Over, Told
from overt.engine.line import Line, Orders, Report
from overt.engine.recorder import Recorder
from overt.engine.reported_view import ReportedView
from overt.errors import (
    CameraError,
    ClockError,
    MoveError,
    OvertError,
    RecordsError,
    SourceError,
    WindowError,
)
from overt.governance.authority import Authority
from overt.review.orders import Act, Standing
from overt.values.alert import Alert
from overt.values.deployment import is_live
from overt.values.events import AlertRepeated, CameraBack, CameraLost, DeploymentStarted

__all__ = ["OnAlert", "OnLook", "Runner"]

LOOK_S: Final = 0.25
RENEW_S: Final = 0.5  # leases are renewed so often, while the record can be read and written
WINDOW_OVER: Final = "the authorised window ended"

OnAlert: TypeAlias = Callable[[Alert], None]
OnLook: TypeAlias = Callable[[], None]
P = ParamSpec("P")


class Runner:
    """Runs a deployment's cameras until they end, the window closes or somebody stops it."""

    def __init__(
        self, lines: Sequence[Line], *, authority: Authority, recorder: Recorder, clock: Clock
    ) -> None:
        self.views: Mapping[str, ReportedView] = {
            camera.name: ReportedView(camera) for camera in authority.deployment.cameras
        }
        self._told: queue.Queue[Told] = queue.Queue()  # one of each camera at most
        self.cameras = tuple(self._follower(line) for line in lines)
        self._authority = authority
        self._recorder = recorder
        self._clock = clock
        self._stop_reason: str | None = None
        self._halted = False
        self._standing = Standing()
        self._orders = Orders()
        self._renewed_at = float("-inf")
        self._unshown: BaseException | None = None  # the first error of who shows

    def _follower(self, line: Line) -> Follower:
        view = self.views.get(line.camera)
        live = view is not None and is_live(view.camera.source)
        return Follower(line, told=self._told, live=live, view=view)

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
        try:
            self._watch(errors)  # what was ordered before holds for the first frame
            followed = () if self._halted else self.cameras
            for follower in followed:
                follower.start()
            self._write_down(len(followed), errors, on_alert, on_look)
            self._join()
            self._require_shown()
        except BaseException as error:
            self._give_up(error)
            raise
        reason = self._reason(errors)
        self._recorder.end(reason)
        for error in errors:
            if not isinstance(error, WindowError):
                raise error
        return reason

    def _write_down(
        self, running: int, errors: list[BaseException], on_alert: OnAlert, on_look: OnLook
    ) -> None:
        """Write down what so many cameras tell until they all ended, and note their errors.

        All that waits is recorded before any of it is shown.
        """
        while running:
            self._show(on_look)
            self._watch(errors)
            recorded: list[Alert] = []
            try:
                for follower, what in self._waiting():
                    match what:
                        case Report():
                            self._record(follower, what, recorded)
                        case Gone():
                            self._record_loss(follower, what)
                        case Back(after_s=after_s, attempts=attempts):
                            back = CameraBack(follower.name, round(after_s, 3), attempts)
                            self._recorder.record(back)
                        case Over(error=error):
                            running -= 1
                            self._record_left_over(follower)
                            if error is not None:
                                errors.append(error)
                                self._end_all_if_unsafe(error)
                    follower.go_on()
            finally:
                for alert in recorded:
                    self._show(on_alert, alert)

    def _record(self, follower: Follower, report: Report, recorded: list[Alert]) -> None:
        """Record what a camera reports and was not recorded; note the alerts among it."""
        for outcome in follower.new_of(report):
            refused = False
            if not isinstance(outcome, Alert):
                self._recorder.counts(follower.corrected(outcome))
            elif earlier := follower.repeats.earlier(outcome):
                repeated = AlertRepeated(outcome.camera, earlier, outcome.time)
                self._recorder.record(repeated)
                refused = True
            else:
                self._recorder.alert(outcome)
                recorded.append(outcome)
                self._time(follower, outcome)
            follower.recorded(outcome, refused=refused)
            self._renew()

    def _time(self, follower: Follower, alert: Alert) -> None:
        """Count how long after its frame an alert was recorded."""
        with contextlib.suppress(ClockError):  # which ends the deployment by itself
            follower.timed((self._clock.now() - alert.time).total_seconds())

    def _record_loss(self, follower: Follower, gone: Gone) -> None:
        """Record what a camera had counted when it was lost, and that it was."""
        self._record_left_over(follower)
        with contextlib.suppress(ClockError):  # which ends the deployment by itself
            follower.repeats.lost(self._clock.now())
        self._recorder.record(CameraLost(follower.name, gone.reason, gone.losses))

    def _record_left_over(self, follower: Follower) -> None:
        counts = follower.left_over()
        if counts is not None:
            self._recorder.counts(counts)

    def _waiting(self) -> Iterator[Told]:
        """Give what the cameras have told; wait a moment where there is nothing yet."""
        with contextlib.suppress(queue.Empty):
            yield self._told.get(timeout=LOOK_S)
            for _ in range(self._told.qsize()):  # not what comes meanwhile: looks must go on
                yield self._told.get_nowait()

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
        self._renew()

    def _obey_all(self, now: datetime) -> None:
        """Obey the window, what people have ordered, and the rules that hold while it runs."""
        self._authority.require_current(now)
        self._obey(self._recorder.standing())
        seen = sum(follower.seen for follower in self.cameras)
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
        self._order(Orders(paused=standing.act is not Act.RUN, threshold=standing.threshold))

    def _order(self, orders: Orders) -> None:
        """Hand orders to every camera, which renews its lease."""
        self._orders, self._renewed_at = orders, time.monotonic()
        for follower in self.cameras:
            follower.orders(orders)

    def _renew(self) -> None:
        """Let every camera go on for a while: the record was read or written just now."""
        if time.monotonic() - self._renewed_at >= RENEW_S:
            self._order(self._orders)

    def _end_all_if_unsafe(self, error: BaseException) -> None:
        """A camera that breaks ends alone; a clock, an authority or a bug ends the deployment."""
        if isinstance(error, WindowError):
            self.stop(WINDOW_OVER)
        elif not isinstance(error, SourceError | CameraError):
            self.stop(_failure(error))

    def _reason(self, errors: list[BaseException]) -> str:
        broken = [str(error) for error in errors if isinstance(error, OvertError)]
        if self._stop_reason is not None:
            return self._stop_reason
        return f"a source broke off: {'; '.join(broken)}" if broken else "the sources ended"

    def _give_up(self, error: BaseException) -> None:
        """Stop recognition, since it must not run unlogged or unseen; write that down if it can be.

        Where the record failed, what the cameras still hand on cannot be recorded either, and is
        forgotten.
        """
        self._halt()
        for follower in self.cameras:
            follower.leave()
        self._join()
        # Mostly the error that has led here; or another machine runs it, and there is no end.
        with contextlib.suppress(RecordsError, MoveError):
            self._recorder.end(_failure(error))

    def _halt(self) -> None:
        """End the cameras. To close one may take a second: none looks at a frame meanwhile."""
        self._halted = True
        self._order(replace(self._orders, paused=True))
        self._order(replace(self._orders, end=True))

    def _join(self) -> None:
        """Wait for the cameras to end."""
        for follower in self.cameras:
            while not follower.join(LOOK_S):
                pass


def _failure(error: BaseException) -> str:
    # The text of a foreign error may hold anything; of ours, nothing that is secret.
    what = str(error) if isinstance(error, OvertError) else type(error).__name__
    return f"recognition failed: {what}"
