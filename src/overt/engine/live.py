"""What a running deployment shows of itself: masked views, health, the numbers of the minute.

In memory only. A camera's thread hands over each frame that was looked at; the view is masked
there, so that no pixel of a face leaves the engine, and only while somebody watches. One view is
kept for each camera, until the next one. `live_server` hands it to a console, `live_reader` is
where the console takes it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from overt.alert.scene import masked_view
from overt.arrays import Boxes
from overt.clock import Clock
from overt.governance.preflight_scene import picture_focus
from overt.report.view_picture import encoded_view
from overt.values.counts import FaceCounts
from overt.values.deployment import Camera
from overt.values.frame import Frame

__all__ = ["ALERT_BOUNDS_S", "CameraView", "Health", "Picture", "Viewer", "Watched"]

APART_S: Final = 0.2  # between two views: five a second
WATCHED_S: Final = 3.0  # somebody watches who has asked so lately
STALE_S: Final = 5.0  # a view that is older is not shown as of now
OVER_S: Final = 5.0  # the time that rates are taken over
FOCUS_EVERY_S: Final = 1.0
ALERT_BOUNDS_S: Final = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # of the histogram of alerts


class Viewer(Protocol):
    """What a camera's pipeline shows its frames to."""

    def came(self, frame: Frame, /) -> None:
        """Note that a frame came, looked at or not."""
        ...

    def looked(self, frame: Frame, found: Boxes, counts: FaceCounts | None, /) -> None:
        """Take a frame that was looked at, with every face (n, 4) that was found in it."""
        ...

    def paused(self, counts: FaceCounts | None, /) -> None:
        """Let go of the view: no frame is looked at."""
        ...


@dataclass(frozen=True, slots=True)
class Picture:
    """A masked view (JPEG)."""

    number: int  # counted from 1 for each camera
    time: datetime  # UTC, of the frame
    content: bytes


@dataclass(frozen=True, slots=True)
class Health:
    """How a camera does, over the last seconds."""

    camera: str
    fps: float  # frames that came, dropped ones left out
    dropped: int  # frames of the running minute that nobody looked at
    latency_s: float | None  # from a frame to its result, the mean; None: none came of late
    focus: float | None  # sharpness of the picture, 0 to 1; None: not told yet
    aspect: float | None  # width of the picture by its height
    counts: FaceCounts | None  # of the running minute
    silent_s: float | None  # since the last frame; None: none came yet
    lost: str = ""  # why it is gone, while it is waited for; "": it is there
    losses: int = 0  # how often it was lost since the deployment began
    alerts_by_time: tuple[int, ...] = ()  # recorded within each of ALERT_BOUNDS_S, and later
    alerts_s: float = 0.0  # from their frames until they were recorded, in all


class Watched(Protocol):
    """A camera that those who watch may ask for, from any thread."""

    @property
    def camera(self) -> Camera:
        """Which it is."""
        ...

    def picture(self) -> Picture | None:
        """Give the newest view, and have the next ones made; None: there is none of now."""
        ...

    def health(self) -> Health:
        """Tell how the camera does now."""
        ...


class CameraView:
    """One camera, for those who watch. Its thread writes, any other reads."""

    def __init__(
        self,
        camera: Camera,
        *,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.camera = camera
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._frames: deque[tuple[float, float]] = deque()  # (came at, latency), of late
        self._last: float | None = None
        self._focus: float | None = None
        self._focus_at = float("-inf")
        self._aspect: float | None = None
        self._counts: FaceCounts | None = None
        self._largest = 0.0  # the longest side of a face so far, pixels of the frame
        self._picture: Picture | None = None
        self._made_at = float("-inf")
        self._asked_at = float("-inf")
        self._number = 0

    def came(self, frame: Frame) -> None:
        """Note that a frame came, and what became of it is known by now."""
        late = (self._clock.now() - frame.time).total_seconds()
        now = self._monotonic()
        with self._lock:
            self._last = now
            self._frames.append((now, late))
            while self._frames and now - self._frames[0][0] > OVER_S:
                self._frames.popleft()

    def looked(self, frame: Frame, found: Boxes, counts: FaceCounts | None) -> None:
        """Mask and keep the view where somebody watches; else keep none."""
        now = self._monotonic()
        self._largest = max(self._largest, float((found[:, 2:] - found[:, :2]).max(initial=0)))
        self._counts, self._aspect = counts, frame.width / frame.height
        if now - self._focus_at >= FOCUS_EVERY_S:
            self._focus, self._focus_at = picture_focus(frame.luma), now
        if now - self._asked_at > WATCHED_S:
            self._picture = None
        elif now - self._made_at >= APART_S:
            view = masked_view(frame, found, largest_px=self._largest)
            self._number, self._made_at = self._number + 1, now
            self._picture = Picture(self._number, frame.time, encoded_view(view))

    def paused(self, counts: FaceCounts | None) -> None:
        """Keep no view."""
        self._picture, self._counts = None, counts

    def picture(self) -> Picture | None:
        """Give the newest view, and have the next ones made; None: there is none of now."""
        self.want()
        return self.newest(after=0)

    def want(self) -> None:
        """Have views made: somebody watches."""
        self._asked_at = self._monotonic()

    def newest(self, *, after: int) -> Picture | None:
        """Give the newest view where it is of now, and has another number than those before."""
        picture = self._picture
        if picture is None or picture.number <= after:
            return None
        return picture if self._monotonic() - self._made_at <= STALE_S else None

    def health(self) -> Health:
        """Tell how the camera does now."""
        now = self._monotonic()
        with self._lock:
            late = [each for at, each in self._frames if now - at <= OVER_S]
            last = self._last
        return Health(
            camera=self.camera.name,
            fps=len(late) / OVER_S,
            dropped=self._counts.dropped if self._counts else 0,
            latency_s=sum(late) / len(late) if late else None,
            focus=self._focus,
            aspect=self._aspect,
            counts=self._counts,
            silent_s=None if last is None else now - last,
        )
