"""Which person of the truth each track followed, frame by frame."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from overt.arrays import F64, I64, Boxes, Mask
from overt.evaluation.clips.seen import Look
from overt.geometry import iou
from overt.values.truth import Truth

__all__ = ["HIDDEN", "MIN_IOU", "Followed", "matched", "shown_at"]

MIN_IOU: Final = 0.25  # detectors draw boxes of different extent around one face
HIDDEN: Final = 0.1  # share of a face: of less than this, nobody can find it
LOOKS: Final = 2  # in which a track had a face at least, to have held it


def shown_at(truth: Truth, frame: int) -> tuple[I64, F64]:
    """Give the rows of the faces that can be seen at a frame, (n,), and their corners (n, 4)."""
    rows, corners = truth.corners_at(frame)
    shown: Mask = truth.visible[rows] >= HIDDEN
    return rows[shown], corners[shown]


def matched(boxes: Boxes, corners: F64) -> Iterator[tuple[int, int]]:
    """Pair boxes (n, 4) with those of the truth (m, 4), the best overlap first."""
    overlaps = iou(boxes, corners.astype(np.float32))
    while overlaps.size and overlaps.max() >= MIN_IOU:
        box, place = (int(i) for i in np.unravel_index(overlaps.argmax(), overlaps.shape))
        yield box, place
        overlaps[box, :] = 0
        overlaps[:, place] = 0


@dataclass(frozen=True, slots=True)
class Followed:
    """Whom each track followed in each look; a track may change over from one to another."""

    looked: frozenset[int]  # frames
    people: dict[tuple[int, int], int] = field(default_factory=dict[tuple[int, int], int])
    # (track, frame): passage of the truth

    @classmethod
    def of(cls, looks: Sequence[Look], truth: Truth) -> Followed:
        """Pair the tracks' boxes with the truth, look by look."""
        people: dict[tuple[int, int], int] = {}
        for look in looks:
            rows, corners = shown_at(truth, look.frame)
            for box, place in matched(look.boxes, corners):
                people[int(look.tracks[box]), look.frame] = int(truth.tracks[rows[place]])
        return cls(frozenset(look.frame for look in looks), people)

    def person(self, track: int, frame: int) -> int | None:
        """Give the passage that a track followed at a frame; None for nobody of the truth."""
        return self.people.get((track, frame))

    def held(self) -> dict[int, tuple[int, ...]]:
        """Give for each passage the tracks that held its face in two looks at least, in order."""
        counts: dict[tuple[int, int], int] = defaultdict(int)
        for (track, _), passage in self.people.items():
            counts[passage, track] += 1
        held: dict[int, list[int]] = defaultdict(list)
        for (passage, track), looks in sorted(counts.items()):
            if looks >= LOOKS:
                held[passage].append(track)
        return {passage: tuple(tracks) for passage, tracks in held.items()}

    def swapped(self, tracks: Iterable[int]) -> int:
        """Count the tracks that held two passages or more."""
        held = Counter(track for of in self.held().values() for track in of)
        return sum(held[track] > 1 for track in set(tracks))
