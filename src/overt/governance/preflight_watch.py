"""Watches a camera for some seconds. Nothing is embedded, and of a person only numbers are kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import numpy as np

from overt.alert.scene import masked_view
from overt.arrays import F64, Boxes, Mask, Rgb
from overt.clock import Clock
from overt.detect.base import Detector
from overt.errors import SourceError
from overt.geometry import area
from overt.governance.preflight import FaceSeen
from overt.governance.preflight_scene import Light, face_focus, picture_focus
from overt.select.limits import Limits, reason_unfit
from overt.select.pose import face_scales
from overt.select.quality import measure
from overt.select.zone import Zone, in_zone
from overt.sources.base import Source
from overt.track.base import Tracker
from overt.track.passage import MIN_DETECTIONS, MIN_S, is_face_seen
from overt.values.frame import Frame
from overt.values.tracks import EndedTrack, Tracks

__all__ = ["OnLook", "Watched", "Watcher"]

LOOK_S: Final = 0.11  # between two looks: the pace of recognition, less what stamps are rounded by
FOCUS_S: Final = 1.0  # between two looks at the focus of the whole picture
PATIENCE_S: Final = 30.0  # for a live source to connect, and for pictures that do not come

OnLook = Callable[[float, int], object]  # seconds watched, faces seen so far


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """What was measured in the time that a camera was watched."""

    camera: str
    at: datetime  # when it was over, UTC
    live: bool
    width: int  # pixels
    height: int
    zone: Zone  # the one that is meant; () is all
    frames: int
    span_s: float  # from the first frame to the last; until now where a live source fell silent
    intervals_s: F64  # (frames - 1,) between frames
    dropped: int
    latencies_s: F64  # from a frame's arrival until its faces were found; live sources only
    faces: tuple[FaceSeen, ...]
    outside: int  # faces that were never in the zone
    fit: tuple[F64, ...]  # of each face (k, 2): where it was fit, shares; in the zone or not
    light: Light
    focus: F64  # (n,) sharpness of the whole picture, 0 to 1; none where all is flat
    view: Rgb  # the picture with the least of people in it, and all of it masked


@dataclass(slots=True)
class Passage:
    """What is remembered of an open track: numbers, and no picture."""

    looks: int = 0  # within the zone
    fit: int = 0
    best: FaceSeen | None = None  # within the zone; its looks are counted above
    places: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])


@dataclass(slots=True)
class Timing:
    """When frames came."""

    times: list[float] = field(default_factory=list[float])  # seconds since the first
    latencies: list[float] = field(default_factory=list[float])
    first: datetime | None = None
    span_s: float = 0.0
    looked_s: float = -np.inf  # media time of the last look
    focused_s: float = -np.inf

    def add(self, frame: Frame) -> None:
        """Note a frame."""
        self.first = self.first or frame.time
        self.span_s = (frame.time - self.first).total_seconds()
        self.times.append(self.span_s)

    def fell_silent(self, at: datetime) -> None:
        """Count the time up to `at`, in which no frame came."""
        if self.first is not None:
            self.span_s = (at - self.first).total_seconds()


class Watcher:
    """Watches one camera, once."""

    def __init__(
        self, *, detector: Detector, tracker: Tracker, limits: Limits, zone: Zone, clock: Clock
    ) -> None:
        self._detector = detector
        self._tracker = tracker
        self._limits = limits
        self._zone = zone
        self._clock = clock
        self._open: dict[int, Passage] = {}
        self._faces: list[FaceSeen] = []
        self._fit: list[F64] = []
        self._outside = 0
        self._light = Light()
        self._focuses: list[float] = []
        self._quietest: tuple[float, Frame, Boxes] | None = None
        self._largest_px = 0.0

    def watch(self, source: Source, *, seconds: float, on_look: OnLook) -> Watched:
        """Watch a source for `seconds` of its own time, or until it ends.

        Raises:
            SourceError: it gave no picture, or broke off.
            ClockError: the clock went back.
        """
        timing = Timing()
        with closing(source), _patience(source, seconds + PATIENCE_S):
            for frame in source.frames():
                timing.add(frame)
                self._take(frame, timing, live=source.live)
                on_look(timing.span_s, len(self._faces) + len(self._open))
                if timing.span_s >= seconds:
                    break
            dropped = source.dropped
        self._close(self._tracker.finish())
        at = self._clock.now()
        if source.live and timing.span_s < seconds:
            timing.fell_silent(at)
        return self._watched(source, timing, at=at, dropped=dropped)

    def _watched(self, source: Source, timing: Timing, *, at: datetime, dropped: int) -> Watched:
        if self._quietest is None:
            raise SourceError(f"camera {source.camera}: got no picture, want some seconds of video")
        _, frame, boxes = self._quietest
        return Watched(
            camera=source.camera,
            at=at,
            live=source.live,
            width=frame.width,
            height=frame.height,
            zone=self._zone,
            frames=len(timing.times),
            span_s=timing.span_s,
            intervals_s=np.diff(np.array(timing.times, np.float64)),
            dropped=dropped,
            latencies_s=np.array(timing.latencies, np.float64),
            faces=tuple(self._faces),
            outside=self._outside,
            fit=tuple(self._fit),
            light=self._light,
            focus=np.array(self._focuses, np.float64),
            view=masked_view(frame, boxes, largest_px=self._largest_px),
        )

    def _take(self, frame: Frame, timing: Timing, *, live: bool) -> None:
        """Look at a frame if enough time has passed since the last look."""
        passed_s = frame.media_s - timing.looked_s
        if passed_s >= LOOK_S or passed_s < 0:  # less: the source began anew
            timing.looked_s = frame.media_s
            self._look(frame)
            if live:
                timing.latencies.append((self._clock.now() - frame.time).total_seconds())
        if timing.span_s - timing.focused_s >= FOCUS_S:
            timing.focused_s = timing.span_s
            self._focus(frame)

    def _look(self, frame: Frame) -> None:
        """Find the faces of a frame, and measure them and the light."""
        self._light.add(frame)
        faces = self._detector.detect(frame)
        shown = float(area(faces.boxes).sum())
        if self._quietest is None or shown < self._quietest[0]:
            self._quietest = (shown, frame, faces.boxes)
        sides = faces.boxes[:, 2:] - faces.boxes[:, :2]
        self._largest_px = max(self._largest_px, float(sides.max(initial=0)))
        tracks = self._tracker.update(frame, faces)
        self._measure(frame, tracks, among=faces.boxes)
        self._close(tracks.ended)

    def _measure(self, frame: Frame, tracks: Tracks, *, among: Boxes) -> None:
        boxes = tracks.faces.boxes
        inside: Mask = in_zone(boxes, self._zone, width=frame.width, height=frame.height)
        middles = (boxes[:, :2] + boxes[:, 2:]) / (2 * np.array([frame.width, frame.height]))
        centres: F64 = tracks.faces.landmarks.astype(np.float64).mean(axis=1)
        scales = face_scales(tracks.faces.landmarks)
        qualities = measure(frame, tracks.faces, among=among)
        for row, quality in enumerate(qualities):
            passage = self._open.setdefault(int(tracks.ids[row]), Passage())
            x, y = float(middles[row, 0]), float(middles[row, 1])
            fit = reason_unfit(quality, self._limits) is None
            if fit:
                passage.places.append((x, y))
            if inside[row]:
                passage.looks += 1
                passage.fit += fit
                if passage.best is None or quality.score > passage.best.best.score:
                    focus = face_focus(frame.luma, centres[row], float(scales[row]))
                    passage.best = FaceSeen(x, y, quality, focus, looks=0, fit=0)

    def _close(self, ended: tuple[EndedTrack, ...]) -> None:
        """Keep of each passage that is over what is to be judged; a flicker is no passage."""
        for track in ended:
            passage = self._open.pop(track.track, Passage())
            if not is_face_seen(track, min_detections=MIN_DETECTIONS, min_s=MIN_S):
                continue
            self._fit.append(np.array(passage.places, np.float64).reshape(-1, 2))
            if passage.best is None:
                self._outside += 1
                continue
            self._faces.append(replace(passage.best, looks=passage.looks, fit=passage.fit))

    def _focus(self, frame: Frame) -> None:
        focus = picture_focus(frame.luma)
        if focus is not None:
            self._focuses.append(focus)


@contextmanager
def _patience(source: Source, seconds: float) -> Generator[None]:
    """Close a live source that falls silent: its frames are waited for without an end."""
    if not source.live:
        yield
        return
    timer = threading.Timer(seconds, source.close)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
