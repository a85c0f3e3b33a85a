"""One camera as the runner follows it: a thread that asks, and what was recorded of it."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from overt.engine.line import Line, Lost, Orders, Report
from overt.engine.reported_view import ReportedView
from overt.errors import CameraError
from overt.values.alert import Alert
from overt.values.counts import FaceCounts

__all__ = ["Follower", "Gone", "Told"]

WAIT_S: Final = 0.2  # for news of a camera; a report each time shows how it does


@dataclass(frozen=True, slots=True, eq=False)
class Gone:
    """A camera could not be begun, or its worker is gone; what it had not reported is lost."""

    error: BaseException


Told: TypeAlias = "tuple[Follower, Report | Gone]"


class Follower:
    """Asks one camera for reports, each once the one before is recorded.

    So a camera has one report waiting at most, and is asked no faster than the record is written.
    """

    def __init__(
        self, line: Line, *, told: queue.Queue[Told], view: ReportedView | None = None
    ) -> None:
        self.line = line
        self.view = view
        self.latest: Report | None = None
        self._told = told
        self._taken = threading.Event()
        self._left = False
        self._recorded = 0  # number of the last outcome that was recorded
        self._life = ""
        self._alerts = 0  # recorded since the last counts
        self._seen_before = 0  # faces seen in earlier lives
        self._thread = threading.Thread(target=self._follow, name=f"follows {line.camera}")

    @property
    def name(self) -> str:
        """The camera's name."""
        return self.line.camera

    @property
    def seen(self) -> int:
        """Faces seen up to now, recorded or not."""
        return self._seen_before + (self.latest.seen if self.latest is not None else 0)

    def orders(self, orders: Orders) -> None:
        """Hand on orders, and whether somebody watches."""
        wanted = self.view is not None and self.view.wanted
        self.line.obey(replace(orders, view=wanted))

    def start(self) -> None:
        """Begin the camera, and ask for reports."""
        self._thread.start()

    def new_of(self, report: Report) -> list[Alert | FaceCounts]:
        """Give what of a report is not recorded yet, in order."""
        return [each.outcome for each in report.outcomes if each.number > self._recorded]

    def recorded(self, outcome: Alert | FaceCounts) -> None:
        """Note that the next outcome is recorded."""
        self._recorded += 1
        self._alerts = self._alerts + 1 if isinstance(outcome, Alert) else 0

    def left_over(self) -> FaceCounts | None:
        """Give what a worker that is gone had counted when it last reported; at most once."""
        report, alerts = self.latest, self._alerts
        if report is None or report.running is None or report.ended:
            return None
        self._alerts = 0
        # An alert may come a moment before the frame's numbers: of alerts, count the recorded.
        return replace(report.running, alerts=alerts)

    def go_on(self) -> None:
        """Let it ask again: all that it told is recorded."""
        self._taken.set()

    def leave(self) -> None:
        """End it, and the camera: nothing more can be recorded."""
        self._left = True
        self.line.close()
        self._taken.set()

    def join(self, timeout: float) -> bool:
        """Wait so long for its end, and tell whether it has ended."""
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _follow(self) -> None:
        try:
            self.line.begin()
            ended = False
            while not ended and not self._left:
                report = self.line.report(acknowledged=self._recorded, wait_s=WAIT_S)
                ended = report.ended
                self._take(report)
                if report.outcomes or ended:
                    self._tell(report)
        except Lost as lost:
            self._tell(Gone(CameraError(str(lost))))
        except BaseException as error:  # noqa: BLE001 - the worker loop; the runner raises it
            self._tell(Gone(error))
        self.line.close()

    def _take(self, report: Report) -> None:
        """Take how the camera stands; it waits for nothing to be recorded."""
        if report.life != self._life:  # another worker: it numbers from 1 again
            self._seen_before = self.seen
            self._life, self._recorded = report.life, 0
        self.latest = report
        if self.view is not None:
            self.view.took(report)

    def _tell(self, what: Report | Gone) -> None:
        if not self._left:
            self._taken.clear()
            self._told.put((self, what))
            self._taken.wait()
