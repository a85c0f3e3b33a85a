"""One camera as the runner follows it: a thread that asks, and what was recorded of it."""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from overt.engine.line import Line, Lost, Orders, Report
from overt.engine.patience import Patience
from overt.engine.pipeline import Outcome, Progress
from overt.engine.repeats import Repeats
from overt.engine.reported_view import ReportedView
from overt.engine.timing import Histogram, StageTimes
from overt.errors import CameraError, SourceError
from overt.values.counts import FaceCounts

__all__ = ["Back", "Follower", "Gone", "Over", "Told"]

WAIT_S: Final = 0.2  # for news of a camera; a report each time shows how it does


@dataclass(frozen=True, slots=True)
class Gone:
    """A camera is lost, and is begun again; what it had not reported is gone."""

    reason: str
    losses: int  # since the deployment began


@dataclass(frozen=True, slots=True)
class Back:
    """A camera that was lost gives frames again."""

    after_s: float
    attempts: int


@dataclass(frozen=True, slots=True, eq=False)
class Over:
    """A camera has ended for good; with an error if it ended too early."""

    error: BaseException | None


What: TypeAlias = Report | Gone | Back | Over
Told: TypeAlias = "tuple[Follower, What]"


class Follower:
    """Asks one camera for reports, each once the one before is recorded, and begins it again.

    So a camera has one report waiting at most, and is asked no faster than the record is written.
    """

    def __init__(
        self,
        line: Line,
        *,
        told: queue.Queue[Told],
        live: bool = False,
        view: ReportedView | None = None,
    ) -> None:
        """Prepare to follow a camera.

        Args:
            line: the camera.
            told: where what it tells is put.
            live: whether it is begun again when it is lost, as far as is known before it reports.
            view: for those who watch.
        """
        self.line = line
        self.view = view
        self.latest: Report | None = None
        self.repeats = Repeats()
        self.alert_times = Histogram()  # from an alert's frame until it is recorded
        self._told = told
        self._live = live
        self._patience = Patience()
        self._taken = threading.Event()
        self._ending = threading.Event()
        self._left = False
        self._recorded = 0  # number of the last outcome that was handled
        self._life = ""
        self._alerts = 0  # recorded since the last counts
        self._refused = 0  # alerts of this life that were not recorded, since the last counts
        self._earlier = Progress()  # what earlier lives came to
        self._earlier_times = StageTimes()
        self._earlier_seen = self._earlier_dropped = 0
        self._losses = self._attempts = 0
        self._lost_at: float | None = None  # monotonic; None: it is there
        self._gave_frames = False
        self._thread = threading.Thread(target=self._follow, name=f"follows {line.camera}")

    @property
    def name(self) -> str:
        """The camera's name."""
        return self.line.camera

    @property
    def lost(self) -> bool:
        """Whether it is lost now, and waited for."""
        return self._lost_at is not None

    @property
    def seen(self) -> int:
        """Faces seen up to now, recorded or not."""
        return self._earlier_seen + (self.latest.seen if self.latest is not None else 0)

    @property
    def progress(self) -> Progress:
        """How far it is, since the deployment began."""
        return self._earlier.plus(self.latest.progress) if self.latest else self._earlier

    @property
    def dropped(self) -> int:
        """Frames that came and were never handed out, since the deployment began."""
        return self._earlier_dropped + (self.latest.dropped if self.latest else 0)

    @property
    def times(self) -> StageTimes:
        """How long its stages took, since the deployment began; alerts among them."""
        latest = self.latest.times if self.latest else StageTimes()
        both = self._earlier_times.plus(latest)
        if self.alert_times.count:
            both.stages["alert recorded"] = self.alert_times.copied()
        return both

    def orders(self, orders: Orders) -> None:
        """Hand on orders, and whether somebody watches."""
        if orders.end:
            self._ending.set()
        wanted = self.view is not None and self.view.wanted
        self.line.obey(replace(orders, view=wanted))

    def start(self) -> None:
        """Begin the camera, and ask for reports."""
        self._thread.start()

    def new_of(self, report: Report) -> list[Outcome]:
        """Give what of a report is not recorded yet, in order; `recorded` follows for each."""
        return [each.outcome for each in report.outcomes if each.number > self._recorded]

    def recorded(self, outcome: Outcome, *, refused: bool = False) -> None:
        """Note that the next outcome is recorded, or was refused as a repeated alert."""
        self._recorded += 1
        if isinstance(outcome, FaceCounts):
            self._alerts = self._refused = 0
        elif refused:
            self._refused += 1
        else:
            self._alerts += 1
            self.repeats.raised(outcome)

    def corrected(self, counts: FaceCounts) -> FaceCounts:
        """Give counts without the alerts that were refused: those have an event of their own."""
        return replace(counts, alerts=max(0, counts.alerts - self._refused))

    def timed(self, late_s: float) -> None:
        """Count an alert that was recorded so long after its frame."""
        if self.latest is not None and self.latest.live:  # a recording is read faster, or slower
            self.alert_times.add(late_s)
        if self.view is not None:
            self.view.alerted(late_s)

    def left_over(self) -> FaceCounts | None:
        """Give what a worker that is gone had counted when it last reported; at most once."""
        report, alerts = self.latest, self._alerts
        if report is None or report.running is None or report.ended:
            return None
        self._alerts = self._refused = 0
        self.latest = replace(report, running=None)
        # An alert may come a moment before the frame's numbers: of alerts, count the recorded.
        return replace(report.running, alerts=alerts)

    def go_on(self) -> None:
        """Let it ask again: all that it told is recorded."""
        self._taken.set()

    def leave(self) -> None:
        """End it, and the camera: nothing more can be recorded."""
        self._left = True
        self._ending.set()
        self.line.close()
        self._taken.set()

    def join(self, timeout: float) -> bool:
        """Wait so long for its end, and tell whether it has ended."""
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _follow(self) -> None:
        error: BaseException | None = None
        try:
            error = self._live_once()
            while error is not None and self._comes_back(error):
                error = self._live_once() if self._waited_for(error) else None
        except BaseException as raised:  # noqa: BLE001 - the worker loop; the runner raises it
            error = raised
        if self._ending.is_set() and isinstance(error, CameraError):
            error = None  # it was to end; what it had reported is recorded
        self.line.close()
        self._tell(Over(error))

    def _live_once(self) -> BaseException | None:
        """Begin it and ask until it ends; give what ended it too early."""
        try:
            self.line.begin()
            while not self._left:
                report = self.line.report(acknowledged=self._recorded, wait_s=WAIT_S)
                self._take(report)
                if report.outcomes or report.ended:
                    self._tell(report)
                if report.ended:
                    return report.error
        except Lost as lost:
            return CameraError(str(lost))
        return None

    def _comes_back(self, error: BaseException) -> bool:
        """Tell whether it is begun again: a camera is, once it was there; a recording is not."""
        live = self.latest.live if self.latest is not None else self._live
        broken = isinstance(error, SourceError) and self._gave_frames
        return live and not self._ending.is_set() and (broken or isinstance(error, CameraError))

    def _waited_for(self, error: BaseException) -> bool:
        """Wait before it is begun again; tell whether it still is to be."""
        if self.view is not None:
            self.view.lost(str(error))
        if self._lost_at is None:  # else it did not come back
            self._losses, self._lost_at = self._losses + 1, time.monotonic()
            self._tell(Gone(str(error), self._losses))
        self._attempts += 1
        return not self._ending.wait(self._patience.wait_s())

    def _take(self, report: Report) -> None:
        """Take how the camera stands; it waits for nothing to be recorded."""
        if report.life != self._life:  # another worker: it numbers from 1 again
            self._add_earlier()
            self._life, self._recorded = report.life, 0
        self.latest = report
        if self.view is not None:
            self.view.took(report)
        if report.progress.frames:
            self._gave_frames = True
            self._patience.gave_frames()
            if self._lost_at is not None:
                back = Back(time.monotonic() - self._lost_at, self._attempts)
                self._lost_at, self._attempts = None, 0
                self._tell(back)

    def _add_earlier(self) -> None:
        """Add what the worker before came to."""
        if self.latest is not None:
            self._earlier = self.progress
            self._earlier_times = self._earlier_times.plus(self.latest.times)
            self._earlier_seen, self._earlier_dropped = self.seen, self.dropped

    def _tell(self, what: What) -> None:
        if not self._left:
            self._taken.clear()
            self._told.put((self, what))
            self._taken.wait()
