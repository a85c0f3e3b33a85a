"""Follows faces by where they are and how they move. Nothing of how they look is used or kept."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np

from overt.arrays import F64, I64, Boxes, Mask
from overt.errors import SettingsError
from overt.track.assign import assign, costs
from overt.track.kalman import Motion, correct, join, predict, start
from overt.values.faces import Faces
from overt.values.frame import Frame
from overt.values.tracks import EndedTrack, Tracks

__all__ = ["KalmanTracker"]

REACH: Final = 0.5  # sizes of the face: how far off a confident face may be, uncertainty aside
WEAK_REACH: Final = 0.3  # a weak face may be anything, so it must lie where a track expects it
SIZE_RATIO: Final = 1.45
WEAK_SIZE_RATIO: Final = 1.25
DOUBT: Final = 2.0  # standard deviations that a face may be away from where it is expected
COVER: Final = 0.5  # sizes of a face: how far its unseen centre may lie outside the frame


@dataclass(frozen=True, slots=True)
class Open:
    """A track that goes on."""

    id: int
    detections: int
    first: datetime
    last: datetime

    def seen(self, time: datetime) -> Open:
        """Count one more detection; `last` never goes back, even where the time does."""
        return replace(self, detections=self.detections + 1, last=max(self.last, time))

    def end(self) -> EndedTrack:
        """Give what is known when the track is given up."""
        return EndedTrack(self.id, self.detections, self.first, self.last)


class KalmanTracker:
    """A tracker for one camera: Kalman prediction, then the cheapest pairing in two stages.

    Confident faces are paired first, with tracks seen lately and tracks lost alike; then weak
    faces, with the tracks that are left. A confident face without a track starts one; a weak
    face never does. Ids are counted from `first_id` and never used again. Time is `media_s` of
    the frames: it alone says how far faces moved. Where it stands still or steps back a little no
    time has passed; where it jumps by more than `lost_s`, in either direction, every track ends.
    """

    def __init__(
        self,
        *,
        first_id: int = 1,
        lost_s: float = 1.2,
        start_score: float = 0.5,
        keep_score: float = 0.4,
    ) -> None:
        """Make a tracker without tracks.

        Args:
            first_id: the first track's id.
            lost_s: how long a face may be unseen, in seconds, before its track is given up.
            start_score: detector confidence from which a face starts a track.
            keep_score: detector confidence from which a face continues one.

        Raises:
            SettingsError: a time is not positive or the scores are not in order.
        """
        if not lost_s > 0:
            raise SettingsError(f"lost_s: got {lost_s}, want a time over 0")
        if not 0 <= keep_score <= start_score <= 1:
            raise SettingsError(
                f"scores: got keep_score {keep_score} and start_score {start_score}, "
                "want 0 <= keep_score <= start_score <= 1"
            )
        self._ids = itertools.count(first_id)
        self._lost_s = lost_s
        self._start_score = start_score
        self._keep_score = keep_score
        self._open: list[Open] = []  # row i of the two arrays below is the same track
        self._motion = start(np.empty((0, 4), np.float32))
        self._unseen_s: F64 = np.empty(0)
        self._media_s: float | None = None

    def update(self, frame: Frame, faces: Faces, /) -> Tracks:
        """Give each face its track; see `Tracker.update`."""
        self._advance(frame.media_s)
        ended = self._give_up(self._unseen_s > self._lost_s)
        ids: I64 = np.zeros(len(faces), np.int64)
        sure: Mask = faces.scores >= self._start_score
        weak: Mask = (faces.scores >= self._keep_score) & ~sure
        left = np.arange(len(self._open), dtype=np.int64)
        left = self._pair(frame, faces, sure, left, ids, reach=REACH, size_ratio=SIZE_RATIO)
        self._pair(frame, faces, weak, left, ids, reach=WEAK_REACH, size_ratio=WEAK_SIZE_RATIO)
        ended += self._give_up(self._gone(frame))
        self._start(frame, faces, sure & (ids == 0), ids)
        known: Mask = ids != 0
        return Tracks(ids[known], faces[known], ended)

    def expected(self, media_s: float, /) -> Boxes:
        """Give where each open track's face may be; see `Tracker.expected`."""
        elapsed = 0.0 if self._media_s is None else media_s - self._media_s
        if not 0 <= elapsed <= self._lost_s:  # no track is carried on so far
            return np.empty((0, 4), np.float32)
        motion = predict(self._motion, elapsed)
        room, boxes = (DOUBT * motion.spread[:, None]).astype(np.float32), motion.boxes
        return np.concatenate([boxes[:, :2] - room, boxes[:, 2:] + room], axis=1)

    def finish(self) -> tuple[EndedTrack, ...]:
        """End every open track; the tracker can go on with another part of the source."""
        self._media_s = None
        return self._give_up(np.ones(len(self._open), np.bool_))

    def _advance(self, media_s: float) -> None:
        """Carry every track on to `media_s`."""
        elapsed = 0.0 if self._media_s is None else media_s - self._media_s
        self._media_s = media_s
        if elapsed < -self._lost_s:  # the source began anew
            elapsed = np.inf
        elapsed = max(elapsed, 0.0)
        self._unseen_s = self._unseen_s + elapsed
        if elapsed <= self._lost_s:  # else no track is left to be predicted
            self._motion = predict(self._motion, elapsed)

    def _pair(
        self,
        frame: Frame,
        faces: Faces,
        which: Mask,
        tracks: I64,
        ids: I64,
        *,
        reach: float,
        size_ratio: float,
    ) -> I64:
        """Pair the faces in `which` with `tracks`, write their `ids`; give the tracks left over."""
        rows: I64 = np.flatnonzero(which)
        if not len(rows) or not len(tracks):
            return tracks
        cost = costs(self._motion[tracks], faces[rows], reach=reach, size_ratio=size_ratio)
        of_tracks, of_faces = assign(cost)
        self._see(frame, tracks[of_tracks], faces[rows[of_faces]])
        ids[rows[of_faces]] = [self._open[track].id for track in tracks[of_tracks]]
        return np.delete(tracks, of_tracks)

    def _see(self, frame: Frame, tracks: I64, faces: Faces) -> None:
        """Correct `tracks` (k,) by the `faces` (k) that were paired with them."""
        better = correct(self._motion[tracks], faces.boxes)
        for track in tracks:
            self._open[track] = self._open[track].seen(frame.time)
        self._unseen_s[tracks] = 0
        self._motion = overwrite(self._motion, tracks, better)

    def _start(self, frame: Frame, faces: Faces, which: Mask, ids: I64) -> None:
        """Start a track for each face in `which`, and write their `ids`."""
        rows: I64 = np.flatnonzero(which)
        if not len(rows):
            return
        for row in rows:
            ids[row] = next(self._ids)
            self._open.append(Open(int(ids[row]), 1, frame.time, frame.time))
        self._motion = join(self._motion, start(faces.boxes[rows]))
        self._unseen_s = np.concatenate([self._unseen_s, np.zeros(len(rows))])

    def _gone(self, frame: Frame) -> Mask:
        """Tell which tracks have walked out of the frame: unseen, and expected outside it."""
        centre, margin = self._motion.place[:, :2], COVER * self._motion.size[:, None]
        limit = np.array([frame.width, frame.height], dtype=np.float64)
        outside: Mask = np.any((centre < -margin) | (centre > limit + margin), axis=1)
        return outside & (self._unseen_s > 0)

    def _give_up(self, which: Mask) -> tuple[EndedTrack, ...]:
        """End the tracks in `which` and forget them."""
        if not which.any():
            return ()
        ended = tuple(self._open[row].end() for row in np.flatnonzero(which))
        self._open = [self._open[row] for row in np.flatnonzero(~which)]
        self._motion, self._unseen_s = self._motion[~which], self._unseen_s[~which]
        return ended


def overwrite(motion: Motion, rows: I64, better: Motion) -> Motion:
    """Put `better` (k) in the place of `rows` (k,) of `motion`; the order stays."""
    kept = np.arange(len(motion), dtype=np.int64)
    kept[rows] = len(motion) + np.arange(len(rows), dtype=np.int64)
    return join(motion, better)[kept]
