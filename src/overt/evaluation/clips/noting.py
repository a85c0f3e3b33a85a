"""Stages that note what they gave, for an evaluation: the pipeline is the product's own.

Every stage does what the one it holds does. What is noted is numbers: where boxes were, and how
alike a confirmed probe was to each entry. No picture and no template is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import numpy as np

from overt.arrays import Boxes
from overt.embed.base import Embedder
from overt.evaluation.clips.seen import Ended, Look, Scored, Seen, Shot
from overt.match.comparing import Comparer, Side
from overt.match.gallery import Gallery
from overt.match.scale import ReferenceScale
from overt.select.base import Chooser
from overt.select.selector import Compared
from overt.track.base import Tracker
from overt.track.passage import MIN_DETECTIONS, MIN_S, is_face_seen
from overt.values.embeddings import Embeddings, Probes
from overt.values.faces import Faces
from overt.values.frame import Frame
from overt.values.match import Match
from overt.values.operating import OperatingPoint
from overt.values.quality import Unfit
from overt.values.shots import Shots
from overt.values.tracks import EndedTrack, Tracks
from overt.values.watchlist import Watchlist

__all__ = [
    "Notes",
    "NotingChooser",
    "NotingEmbedder",
    "NotingGallery",
    "NotingTracker",
]

SURE: Final = 0.5  # of a detection: as sure as a face must be to start a track


@dataclass(slots=True)
class Notes:
    """What the stages of one camera noted."""

    frame: int = -1  # that is looked at
    width: int = 0
    height: int = 0
    looks: list[Look] = field(default_factory=list[Look])
    shots: list[Shot] = field(default_factory=list[Shot])
    scored: list[Scored] = field(default_factory=list[Scored])
    ended: list[Ended] = field(default_factory=list[Ended])

    def seen(self, *, frames: int) -> Seen:
        """Give all of it, once the clip is over."""
        return Seen(
            frames,
            self.width,
            self.height,
            tuple(self.looks),
            tuple(self.shots),
            tuple(self.scored),
            tuple(self.ended),
        )


class NotingTracker:
    """Notes the faces that the detector was sure of, and which face has which track."""

    def __init__(self, inner: Tracker, notes: Notes, *, least_score: float = SURE) -> None:
        """Note the tracks of `inner`, and faces found with a score of `least_score` or more."""
        self._inner, self._notes, self._least_score = inner, notes, least_score

    def update(self, frame: Frame, faces: Faces, /) -> Tracks:
        tracks, notes = self._inner.update(frame, faces), self._notes
        notes.frame, notes.width, notes.height = frame.index, frame.width, frame.height
        boxes = faces.boxes[faces.scores >= self._least_score]
        look = Look(frame.index, frame.media_s, boxes, tracks.ids, tracks.faces.boxes)
        notes.looks.append(look)
        return tracks

    def expected(self, media_s: float, /) -> Boxes:
        return self._inner.expected(media_s)

    def finish(self) -> tuple[EndedTrack, ...]:
        return self._inner.finish()


class NotingChooser:
    """Notes what became of every track."""

    def __init__(self, inner: Chooser, notes: Notes) -> None:
        self._inner, self._notes = inner, notes

    def select(self, frame: Frame, tracks: Tracks, /) -> Shots:
        return self._inner.select(frame, tracks)

    def begin_anew(self, tracks: Iterable[int], /) -> None:
        self._inner.begin_anew(tracks)

    def verdict(self, ended: EndedTrack, /) -> Compared | Unfit:
        verdict = self._inner.verdict(ended)
        seen = is_face_seen(ended, min_detections=MIN_DETECTIONS, min_s=MIN_S)
        reason = str(verdict.reason) if isinstance(verdict, Unfit) else None
        self._notes.ended.append(Ended(ended.track, seen, reason))
        return verdict


class NotingEmbedder:
    """Notes the quality of each shot."""

    def __init__(self, inner: Embedder, notes: Notes) -> None:
        self._inner, self._notes = inner, notes

    def embed(self, frame: Frame, shots: Shots, /) -> Embeddings:
        for track, quality in zip(shots.tracks, shots.qualities, strict=True):
            self._notes.shots.append(Shot(frame.index, int(track), quality.score))
        return self._inner.embed(frame, shots)


class NotingGallery(Gallery):
    """Notes how every confirmed probe scores with every entry."""

    def __init__(
        self,
        watchlist: Watchlist,
        *,
        scale: ReferenceScale,
        comparer: Comparer,
        listed: Side,
        confirm_shots: int,
        notes: Notes,
    ) -> None:
        """Take what a gallery takes, and how many shots confirm an alert."""
        super().__init__(watchlist, scale=scale, comparer=comparer, listed=listed)
        self._noted_by = comparer
        self._confirm_shots = confirm_shots
        self._notes = notes

    def search(self, probes: Probes, *, point: OperatingPoint, at: datetime) -> tuple[Match, ...]:
        """Note, then search."""
        rows = np.flatnonzero(probes.shots >= self._confirm_shots)
        if len(rows):
            side = self._noted_by.side(probes.embeddings.vectors[rows])
            found = self._noted_by.compare(side, self.listed).scores
            for row, scores in zip(rows, found, strict=True):
                track = int(probes.tracks[row])
                # A copy: a row of what was found would keep the rows of all of them.
                self._notes.scored.append(Scored(self._notes.frame, track, scores.copy()))
        return super().search(probes, point=point, at=at)
