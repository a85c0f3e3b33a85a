"""What became of each person in a clip whose truth is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import numpy as np

from benchmarks.contender import Found
from benchmarks.recall import matched
from benchmarks.truth_file import corners_at
from overt.arrays import F64
from overt.match.comparing import Comparer
from overt.match.gallery import Gallery
from overt.match.scale import ReferenceScale
from overt.simulation.truth import Truth
from overt.values.embeddings import Probes
from overt.values.match import Match
from overt.values.operating import OperatingPoint
from overt.values.watchlist import Watchlist

__all__ = ["Followed", "NotingGallery", "Passage", "Raised", "Score", "passages", "would_raise"]

LARGE_PX: Final = 40.0
CLEAR: Final = 0.7  # share of the face that is visible
FOR_FRAMES: Final = 25  # in a row: a second


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """A confirmed probe against every entry."""

    frame: int
    track: int
    similarities: F64  # (listed,)


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert, or what would be one at another threshold."""

    frame: int
    track: int
    identity: str  # of the entry
    similarity: float


class NotingGallery(Gallery):
    """A gallery that also notes how alike every confirmed probe is to every entry."""

    def __init__(
        self,
        watchlist: Watchlist,
        *,
        scale: ReferenceScale,
        comparer: Comparer,
        confirm_shots: int,
        frame_of: Callable[[], int],
    ) -> None:
        """Take what a gallery takes, and `frame_of`, which tells the frame that is looked at."""
        super().__init__(watchlist, scale=scale, comparer=comparer)
        self._noted_scale, self._noted_by = scale, comparer
        self._noted_listed = comparer.side(watchlist.embeddings.vectors)
        self._confirm_shots = confirm_shots
        self._frame_of = frame_of
        self.noted: list[Score] = []

    def search(self, probes: Probes, *, point: OperatingPoint, at: datetime) -> tuple[Match, ...]:
        """Note, then search."""
        confirmed = np.flatnonzero(probes.shots >= self._confirm_shots)
        side = self._noted_by.side(probes.embeddings.vectors[confirmed])
        found = self._noted_by.compare(side, self._noted_listed)
        similarities = self._noted_scale.similarity(found.scores)
        for probe, row in zip(confirmed, similarities, strict=True):
            self.noted.append(Score(self._frame_of(), int(probes.tracks[probe]), row))
        return super().search(probes, point=point, at=at)


@dataclass(frozen=True, slots=True)
class Passage:
    """One person of the truth."""

    identity: str
    listed: bool  # wanted on the list; a photograph may have been turned away
    enrolled: bool
    clear: bool  # at least 40 px high and mostly visible for a second
    held: float | None  # share of the frames looked at, with a clear face, in which a track had it
    tracks: tuple[int, ...]  # that held the face in two frames at least
    compared: bool
    own: float | None  # best fused similarity with the own entry
    others: float | None  # with the entry of anybody else


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """Whom each track followed in each frame that was looked at. A track may change over."""

    looked: frozenset[int]
    people: dict[tuple[int, int], int] = field(default_factory=dict[tuple[int, int], int])
    # (track, frame): walker

    @classmethod
    def of(cls, found: Sequence[Found], truth: Truth) -> Followed:
        """Pair the tracks' boxes with the truth, frame by frame."""
        people: dict[tuple[int, int], int] = {}
        for each in found:
            rows, corners = corners_at(truth, each.frame)
            boxes = np.array(each.boxes, np.float32).reshape(-1, 4)
            for box, place in matched(boxes, corners):
                people[each.tracks[box], each.frame] = int(truth.tracks[rows[place]])
        return cls(frozenset(each.frame for each in found), people)

    def person(self, raised: Raised | Score) -> int | None:
        """Give the walker whom a track followed in that frame; None for nobody of the truth."""
        return self.people.get((raised.track, raised.frame))

    def tracks_of(self, walker: int) -> tuple[int, ...]:
        """Give the tracks that held a walker's face in two frames at least."""
        frames: dict[int, int] = defaultdict(int)
        for (track, _), of in self.people.items():
            frames[track] += of == walker
        return tuple(sorted(track for track, count in frames.items() if count >= 2))

    def mixed(self, walkers: Iterable[int]) -> int:
        """Count the tracks that held two people, each in two frames at least."""
        held = [track for walker in walkers for track in self.tracks_of(walker)]
        return sum(held.count(track) > 1 for track in set(held))


def passages(
    followed: Followed, truth: Truth, *, enrolled: Mapping[str, int], noted: Sequence[Score]
) -> list[Passage]:
    """Give what became of everyone; `enrolled` is the row of the list by identity."""
    people: list[Passage] = []
    for walker, identity in enumerate(truth.names):
        own = enrolled.get(identity)
        clear = _clear_frames(truth, walker)
        seen = clear & followed.looked
        held = {frame for (_, frame), of in followed.people.items() if of == walker}
        mine = [score.similarities for score in noted if followed.person(score) == walker]
        best = np.max(mine, axis=0) if mine else np.empty(0)
        rest = [float(value) for row, value in enumerate(best) if row != own]
        people.append(
            Passage(
                identity=identity,
                listed=truth.listed[walker],
                enrolled=own is not None,
                clear=_longest_run(clear) >= FOR_FRAMES,
                held=len(seen & held) / len(seen) if seen else None,
                tracks=followed.tracks_of(walker),
                compared=bool(mine),
                own=float(best[own]) if own is not None and mine else None,
                others=max(rest, default=None),
            )
        )
    return people


def would_raise(
    noted: Sequence[Score], identities: Sequence[str], *, threshold: float
) -> list[Raised]:
    """Give the alerts of a threshold: the first time that a track reaches it with an entry."""
    raised: dict[tuple[int, int], Raised] = {}
    for score in noted:
        for row, similarity in enumerate(score.similarities.tolist()):
            if similarity >= threshold:
                alert = Raised(score.frame, score.track, identities[row], similarity)
                raised.setdefault((score.track, row), alert)
    return list(raised.values())


def _clear_frames(truth: Truth, walker: int) -> set[int]:
    rows = (truth.tracks == walker) & (truth.boxes[:, 3] >= LARGE_PX) & (truth.visible >= CLEAR)
    return {int(frame) for frame in truth.frames[rows]}


def _longest_run(frames: set[int]) -> int:
    """Give the length of the longest run of frames without a gap."""
    longest = 0
    for first in (frame for frame in frames if frame - 1 not in frames):
        length = 1
        while first + length in frames:
            length += 1
        longest = max(longest, length)
    return longest
