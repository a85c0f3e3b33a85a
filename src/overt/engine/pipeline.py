"""One camera, from pixels to alerts. In memory only: it ends here for everyone not listed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from overt.alert.raiser import AlertRaiser
from overt.arrays import Boxes
from overt.clock import Clock
from overt.detect.base import Detector
from overt.detect.part import detect_in, parts_around
from overt.embed.base import Embedder
from overt.embed.cut import cut_shots
from overt.embed.fuse import Passages
from overt.engine.counting import MinuteCounter
from overt.engine.lease import Lease
from overt.engine.live import Viewer
from overt.engine.pace import Load, Pace, Step
from overt.engine.timing import StageTimes
from overt.governance.authority import Authority
from overt.match.gallery import Gallery
from overt.select.base import Chooser
from overt.sources.base import Source
from overt.track.base import Tracker
from overt.track.passage import MIN_DETECTIONS, MIN_S, is_face_seen
from overt.values.alert import Alert
from overt.values.counts import FaceCounts
from overt.values.crop import Crop
from overt.values.faces import Faces
from overt.values.frame import Frame
from overt.values.match import Match
from overt.values.quality import Unfit
from overt.values.tracks import EndedTrack, Tracks

__all__ = ["Outcome", "Pipeline", "Progress", "Stages"]

Outcome: TypeAlias = Alert | FaceCounts
STAGES: Final = ("detect", "track", "select", "embed", "search")


@dataclass(frozen=True, slots=True, eq=False)
class Stages:
    """The stages of one camera, in the order that a face passes them."""

    detector: Detector
    tracker: Tracker
    selector: Chooser
    embedder: Embedder
    passages: Passages
    gallery: Gallery
    raiser: AlertRaiser
    in_part: bool = True  # whether pictures of any size cost the detector what their pixels do


@dataclass(slots=True)
class Progress:
    """How far a camera is, for a person to see at once; what counts is in the events."""

    frames: int = 0
    seen: int = 0
    alerts: int = 0

    def copied(self) -> Progress:
        """Give it as it is now."""
        return replace(self)

    def plus(self, other: Progress) -> Progress:
        """Add another's."""
        return Progress(
            self.frames + other.frames, self.seen + other.seen, self.alerts + other.alerts
        )


class Pipeline:
    """Recognition for one camera, under one authority."""

    def __init__(
        self,
        stages: Stages,
        *,
        authority: Authority,
        camera: str,
        clock: Clock,
        viewer: Viewer | None = None,
        step: Step | None = None,
    ) -> None:
        """Join the stages; the viewer, where there is one, is shown what is looked at.

        A step that is given is kept whatever the load: to measure what it costs.

        Raises:
            AuthorityError: the gallery holds another list than the authorised one.
        """
        authority.require_list(stages.gallery.watchlist)
        self._stages = stages
        self._authority = authority
        self._point = stages.gallery.operating_point(authority.deployment.threshold)
        self._paused = False
        self._lease: Lease | None = None
        self._dropped = 0  # frames counted as dropped so far
        self._worked_s = 0.0  # that the stages took so far
        self._clock = clock
        self._viewer = viewer
        self._counter = MinuteCounter(camera)
        interval_s = authority.deployment.recognition.detect_interval_s
        self._pace = Pace(interval_s, step=step, in_part=stages.in_part)
        self._in_part = False  # the last look was at parts of its frame
        self._load = Load(self._pace)
        self.times = StageTimes()
        self.progress = Progress()

    def run(self, source: Source) -> Iterator[Outcome]:
        """Give alerts as they are raised, and numbers as minutes end, until the source ends.

        Raises:
            WindowError: the authorised window is over; no frame outside it is looked at.
            ClockError: the clock went back.
            SourceError: the source broke off. The numbers up to then were given.
        """
        return (outcome for outcome in self.follow(source) if outcome is not None)

    def follow(self, source: Source) -> Iterator[Outcome | None]:
        """Give the same as `run`, and None where a frame is done: `running` is whole then."""
        for frame in self._timed(source.frames()):
            self._authority.require_current(self._clock.now())
            finished = self._counter.turn(frame.time)
            if finished is not None:
                yield finished
            dropped = source.dropped
            self._counter.frame(dropped=dropped - self._dropped)
            self._dropped = dropped
            self.progress.frames += 1
            if not self.looks:
                self._pass_over()
            elif self._is_due(frame):
                yield from self._recognise(frame)
            if self._viewer is not None:
                self._viewer.came(frame)
            if source.live:
                self._keep_up(frame)
            yield None

    def pause(self, *, paused: bool) -> None:
        """Look at no frame until it is called again; from any thread. Passages end."""
        self._paused = paused

    def hold_to(self, lease: Lease) -> None:
        """Look at frames only while this lease holds; when it lapses, passages end."""
        self._lease = lease

    @property
    def looks(self) -> bool:
        """Whether the next frame would be looked at, inside the window; from any thread."""
        return not self._paused and (self._lease is None or self._lease.holds)

    def operate_at(self, threshold: float) -> None:
        """Operate at another threshold from the next frame on; from any thread."""
        self._point = self._stages.gallery.operating_point(threshold)

    @property
    def running(self) -> FaceCounts | None:
        """What was counted in the minute that runs; from any thread."""
        return self._counter.running

    @property
    def seen(self) -> int:
        """Faces seen up to now, also those whose minute is not over; from any thread."""
        return self._counter.seen

    def finish(self, *, dropped: int) -> FaceCounts | None:
        """End all passages, forget them, and give the numbers not yet given.

        To be called once `run` is over, also when it raised: what was seen is counted.

        Args:
            dropped: by the source, from its first frame to its end.
        """
        ended = self._stages.tracker.finish()
        if ended:
            self._close(ended)
        if dropped > self._dropped and self._counter.begun:
            self._counter.dropped(dropped - self._dropped)
            self._dropped = dropped
        return self._counter.take()

    def _recognise(self, frame: Frame) -> Iterator[Alert]:
        stages, times = self._stages, self.times
        with times.of("detect"):
            faces, masked = self._find(frame)
        if not self._goes_on():
            self._pass_over()
            return
        if self._in_part:
            self._counter.partial()
        with times.of("track"):
            tracks = stages.tracker.update(frame, faces)
        with times.of("select"):
            shots = stages.selector.select(frame, tracks)
        with times.of("embed"):
            embeddings = stages.embedder.embed(frame, shots)
            cuts = cut_shots(frame, shots, faces=masked)
            added = stages.passages.add(shots, embeddings, cuts)
            stages.selector.begin_anew(added.anew)
        with times.of("search"):
            matches = stages.gallery.search(added.probes, point=self._point, at=frame.time)
        yield from self._consider(matches, frame, tracks, found=masked)
        self._close(tracks.ended)
        if self._viewer is not None:
            self._viewer.looked(frame, masked, self._counter.running)

    def _goes_on(self) -> bool:
        """Whether a look may go on: the wait for a turn in the detector can take seconds."""
        self._authority.require_current(self._clock.now())
        return self.looks

    def _pass_over(self) -> None:
        """Leave a frame where recognition is paused or was ended; passages end."""
        self._close(self._stages.tracker.finish())
        self._counter.passed_over()
        if self._viewer is not None:
            self._viewer.paused(self._counter.running)

    def _find(self, frame: Frame) -> tuple[Faces, Boxes]:
        """Find faces in the frame, or because of load only around those that are followed.

        Gives the boxes (n, 4) of all that is to be masked too, the faces' own among them.
        """
        stages, parts = self._stages, None
        if self._pace.in_part:
            places = stages.tracker.expected(frame.media_s)
            parts = parts_around(places, width=frame.width, height=frame.height)
        self._in_part = parts is not None
        self._pace.looked(in_part=self._in_part)
        if parts is None:
            faces = stages.detector.detect(frame)
            return faces, faces.boxes
        return detect_in(stages.detector, frame, parts)

    def _is_due(self, frame: Frame) -> bool:
        """Tell whether to look at a frame, and count a look that is left out because of load."""
        before = self._pace.thinned
        due = self._pace.due(frame)
        self._counter.thinned(self._pace.thinned - before)
        return due

    def _keep_up(self, frame: Frame) -> None:
        """Look less where a live camera looks all the time, and falls behind."""
        late_s = (self._clock.now() - frame.time).total_seconds()
        self.times.add("latency", late_s)
        worked = self.times.total_s(STAGES)
        looked_s, self._worked_s = worked - self._worked_s, worked
        self._load.frame(time.monotonic(), looked_s=looked_s, late_s=late_s, in_part=self._in_part)

    def _consider(
        self, matches: tuple[Match, ...], frame: Frame, tracks: Tracks, *, found: Boxes
    ) -> Iterator[Alert]:
        raised = self._stages.raiser.consider(
            matches, frame=frame, tracks=tracks, found=found, crops_of=self._crops_of
        )
        for alert in raised:
            self._counter.alert()
            self.progress.alerts += 1
            yield alert

    def _crops_of(self, track: int) -> tuple[Crop, ...]:
        return tuple(cut.crop() for cut in self._stages.passages.cuts(track))

    def _close(self, ended: tuple[EndedTrack, ...]) -> None:
        """Count the passages that are over, and forget them."""
        for track in ended:
            verdict = self._stages.selector.verdict(track)
            if not is_face_seen(track, min_detections=MIN_DETECTIONS, min_s=MIN_S):
                self._counter.brief()
                continue
            self.progress.seen += 1
            if isinstance(verdict, Unfit):
                self._counter.unfit(verdict.reason)
            else:
                self._counter.compared()
        over = [track.track for track in ended]
        self._stages.passages.forget(over)
        self._stages.raiser.forget(over)

    def _timed(self, frames: Iterator[Frame]) -> Iterator[Frame]:
        """Count the wait for each frame as decoding (for a live source: waiting)."""
        while True:
            with self.times.of("decode"):
                frame = next(frames, None)
            if frame is None:
                return
            yield frame
