"""Chooses the few faces of each track that are worth comparing, and says why others are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import numpy as np

from overt.arrays import I64
from overt.select.limits import Limits, reason_unfit
from overt.select.quality import measure
from overt.select.zone import Zone, in_zone
from overt.values.deployment import Recognition
from overt.values.frame import Frame
from overt.values.quality import Quality, Reason, Unfit
from overt.values.shots import Shots
from overt.values.tracks import EndedTrack, Tracks

__all__ = ["Compared", "Selector"]

APART_S: Final = 0.08  # between two shots of a track: neighbours in time tell nothing new
LATER_S: Final = 0.4  # from here on, light and expression may have changed
TURNED: Final = 12.0  # degrees: another view of the face
# Ratios of scores. People come nearer, so the best is mostly yet to come: steps of 1.3 over the
# best so far take the six shots that are left from the first 16 px between the eyes to the last 48.
BETTER: Final = 1.3
AS_GOOD: Final = 0.9  # nearly the best so far,
FAR_BETTER: Final = (
    2.5  # while the worst that is kept is far worse: the light came on, a head turned
)


@dataclass(frozen=True, slots=True)
class Compared:
    """A face that was compared with the watchlist."""

    track: int
    shots: int  # how many shots of it were chosen, those of another person among them


@dataclass(slots=True)
class Memory:
    """What is remembered of an open track: numbers, and no picture."""

    first: datetime  # when the face was first found
    detections: int = 0
    chosen: int = 0  # shots so far
    together: int = 0  # of them, the latest that are of one person: they are compared as one
    most: int = 0  # so many were of one person at some time
    last_s: float = -np.inf  # media time of the last one
    last_yaw: float = 0.0  # degrees
    last_score: float = 0.0
    best: list[float] = field(default_factory=list[float])  # scores of the shots worth keeping
    reasons: Counter[Reason] = field(default_factory=Counter[Reason])  # frames that were unfit
    fit: int = 0  # frames that were fit, whether chosen or not


class Selector:
    """Chooses shots for one camera.

    None is chosen of a track that is too brief to be a face seen: a flicker of the detector is
    never compared, and whoever is compared is counted. From then on the first fit shots are chosen
    at once, so that an alert comes while the person is
    still near. Later ones must be clearly better than the best so far; or nearly as good, where
    the worst that is kept is far worse; or show the face at another time or angle, while fewer
    than `best_shots` are kept. After `max_shots` a track is left alone. Where it turns out that a
    track has gone on with another person (`begin_anew`), that person's shots are counted alone.
    """

    def __init__(
        self,
        *,
        recognition: Recognition,
        limits: Limits,
        zone: Zone,
        min_detections: int,
        min_s: float,
    ) -> None:
        """Take what a shot must keep; `min_detections` over `min_s` seconds make a face seen."""
        self._min_detections = min_detections
        self._min_s = min_s
        self._recognition = recognition
        self._limits = limits
        self._zone = zone
        self._memories: dict[int, Memory] = {}

    def __len__(self) -> int:
        """Give how many tracks are remembered."""
        return len(self._memories)

    def select(self, frame: Frame, tracks: Tracks, /) -> Shots:
        """Choose the faces of `frame` that are worth embedding now."""
        for track in tracks.ids:
            self._memories.setdefault(int(track), Memory(frame.time)).detections += 1
        rows = self._worth_measuring(frame, tracks)
        qualities = measure(frame, tracks.faces[rows], among=tracks.faces.boxes)
        chosen = [
            (row, quality)
            for row, quality in zip(rows, qualities, strict=True)
            if self._choose(frame, self._memories[int(tracks.ids[row])], quality)
        ]
        taken: I64 = np.array([row for row, _ in chosen], dtype=np.int64)
        return Shots(
            tracks.ids[taken], tracks.faces[taken], tuple(quality for _, quality in chosen)
        )

    def begin_anew(self, tracks: Iterable[int], /) -> None:
        """Note that the last shot of these tracks is the first one of another person.

        From here on that person is chosen as in a new track, up to `max_shots` for the whole track.
        """
        for track in tracks:
            memory = self._memories[track]
            memory.most = max(memory.most, memory.together - 1)
            memory.together = 1
            memory.best = [memory.last_score]

    def verdict(self, ended: EndedTrack, /) -> Compared | Unfit:
        """Tell whether an ended track was compared or else why not, and forget it.

        Compared is a face of which enough shots of one person were chosen to confirm an alert. Else
        the reason is the one that held most often; too few shots, where fit frames were more
        frequent.
        """
        memory = self._memories.pop(ended.track, Memory(ended.first))
        if max(memory.most, memory.together) >= self._recognition.confirm_shots:
            return Compared(ended.track, memory.chosen)
        frequent = max(memory.reasons.values(), default=0)
        if frequent <= memory.fit:
            return Unfit(ended.track, Reason.TOO_FEW_SHOTS)
        reason = next(reason for reason in Reason if memory.reasons[reason] == frequent)
        return Unfit(ended.track, reason)

    def _worth_measuring(self, frame: Frame, tracks: Tracks) -> I64:
        """Give the rows (k,) of faces that lie in the zone and whose tracks still need shots."""
        inside = in_zone(tracks.faces.boxes, self._zone, width=frame.width, height=frame.height)
        rows: list[int] = []
        for row, track in enumerate(tracks.ids):
            memory = self._memories[int(track)]
            if not inside[row]:
                memory.reasons[Reason.OUTSIDE_ZONE] += 1
            elif self._may_choose(memory, frame):
                rows.append(row)
        return np.array(rows, dtype=np.int64)

    def _may_choose(self, memory: Memory, frame: Frame) -> bool:
        """Tell whether a track is a face seen by now, and another shot of it is still wanted."""
        lasted_s = (frame.time - memory.first).total_seconds()
        seen = memory.detections >= self._min_detections and lasted_s >= self._min_s
        wanted = memory.chosen < self._recognition.max_shots
        return seen and wanted and not recent(memory, frame)

    def _choose(self, frame: Frame, memory: Memory, quality: Quality) -> bool:
        """Decide on one face, and remember what was decided."""
        reason = reason_unfit(quality, self._limits)
        if reason is not None:
            memory.reasons[reason] += 1
            return False
        memory.fit += 1
        if not self._is_wanted(frame, memory, quality):
            return False
        memory.chosen += 1
        memory.together += 1
        memory.last_s, memory.last_yaw = frame.media_s, quality.yaw
        memory.last_score = quality.score
        memory.best = sorted([*memory.best, quality.score])[-self._recognition.best_shots :]
        return True

    def _is_wanted(self, frame: Frame, memory: Memory, quality: Quality) -> bool:
        """Tell whether a fit shot adds something to what its track has."""
        if memory.together < self._recognition.confirm_shots:
            return True
        worst, best = memory.best[0], memory.best[-1]
        if quality.score >= BETTER * best:
            return True
        if quality.score >= max(AS_GOOD * best, FAR_BETTER * worst):
            return True
        later = frame.media_s - memory.last_s >= LATER_S
        turned = abs(quality.yaw - memory.last_yaw) >= TURNED
        return len(memory.best) < self._recognition.best_shots and (later or turned)


def recent(memory: Memory, frame: Frame) -> bool:
    """Tell whether the last shot of a track lies so near in time that another tells nothing."""
    return abs(frame.media_s - memory.last_s) < APART_S
