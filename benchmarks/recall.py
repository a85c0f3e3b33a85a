"""Whether a face that the peer finds belongs to a track of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.contender import Found
from overt.arrays import I64
from overt.evaluation.clips.following import matched
from overt.values.truth import Truth

__all__ = ["Recall", "compare", "walkers_found"]

MIN_HEIGHT_PX: Final = 40.0
NEAR_FRAMES: Final = 4  # detection on the default path is every third frame


@dataclass(frozen=True, slots=True)
class Recall:
    """Faces at least 40 px high, in the frames that the peer looked at."""

    frames: int
    there: int  # by the truth, at least half of the face visible
    peer: int  # that the peer found
    ours: int  # that belonged to a track of ours
    lost: int  # that the peer found and no track of ours held
    people_lost: int  # whom the peer found once at least, and we never


def compare(peer: Sequence[Found], ours: Sequence[Found], truth: Truth) -> Recall:
    """Match both to the truth, face by face."""
    tracked = {found.frame: walkers_found(found, truth) for found in ours}
    there = by_peer = by_us = lost = 0
    people: set[int] = set()
    for found in peer:
        rows, _ = truth.corners_at(found.frame)
        large = rows[truth.boxes[rows, 3] >= MIN_HEIGHT_PX]
        seen = set(truth.tracks[large[truth.visible[large] >= 0.5]].tolist())
        theirs = walkers_found(found, truth) & set(truth.tracks[large].tolist())
        held = set[int]().union(*_near(tracked, found.frame))
        there += len(seen)
        by_peer += len(theirs)
        by_us += len(seen & held)
        lost += len(theirs - held)
        people |= theirs
    ever = set[int]().union(*tracked.values())
    return Recall(len(peer), there, by_peer, by_us, lost, len(people - ever))


def walkers_found(found: Found, truth: Truth) -> set[int]:
    """Give the walkers whose face one of the found boxes shows, each box one at most."""
    rows, corners = truth.corners_at(found.frame)
    boxes = np.array(found.boxes, np.float32).reshape(-1, 4)
    return {int(truth.tracks[rows[place]]) for _, place in matched(boxes, corners)}


def _near(tracked: Mapping[int, set[int]], frame: int) -> list[set[int]]:
    """Give what was held in the last frame looked at up to `frame`, and in the next one."""
    looked: I64 = np.array(sorted(tracked), np.int64)
    place = int(np.searchsorted(looked, frame, side="right"))
    around = looked[max(place - 1, 0) : place + 1]
    return [tracked[int(each)] for each in around if abs(int(each) - frame) < NEAR_FRAMES]
