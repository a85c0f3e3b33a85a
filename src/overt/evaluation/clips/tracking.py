"""How well faces were followed, by the measures of the field, in the frames that were looked at.

Pairs of a face and a track are found as CLEAR MOT does (Bernardin and Stiefelhagen, "Evaluating
multiple object tracking performance: the CLEAR MOT metrics", EURASIP Journal on Image and Video
Processing, 2008, section 2.1): a pair of the look before is kept while it still overlaps; the
others are made anew, the best overlap first.

    misses           faces there, in no track
    false positives  tracked boxes on no face of the truth
    identity switch  a face whose track is another one than the last it had
    MOTA             1 - (misses + false positives + identity switches) / faces there
    fragmentation    a passage that was held, then was not, then was held again (Milan et al.,
                     "MOT16", 2016, section 4.1)
    mostly tracked   held in 80 % of its looks or more; mostly lost: in less than 20 % (Wu and
                     Nevatia, CVPR 2006)
    IDF1             2 IDTP / (faces there + tracked boxes), each passage given one track at most,
                     as it is best (Ristani et al., "Performance measures and a data set for
                     multi-target, multi-camera tracking", 2016, section 3)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np
from scipy.optimize import linear_sum_assignment  # pyright: ignore[reportUnknownVariableType]

from overt.arrays import F64, I64
from overt.evaluation.clips.following import MIN_IOU, shown_at
from overt.evaluation.clips.seen import Look
from overt.geometry import iou
from overt.values.truth import Truth

__all__ = ["THERE", "Tracked", "follow", "together"]

THERE: Final = 0.5  # share of a face that is visible, for it to be there to be followed
MOSTLY: Final = 0.8
LOST: Final = 0.2


@dataclass(frozen=True, slots=True)
class Tracked:
    """Counts of one clip, or of several added up."""

    looks: int = 0
    there: int = 0  # faces, look by look
    boxes: int = 0  # tracked, on a face that is there or on none
    misses: int = 0
    false_positives: int = 0
    switches: int = 0
    fragmentations: int = 0
    identified: int = 0  # IDTP
    mostly_tracked: int = 0  # passages
    partly_tracked: int = 0
    mostly_lost: int = 0

    @property
    def mota(self) -> float | None:
        """1 at best, without end below 0; None where no face was there."""
        wrong = self.misses + self.false_positives + self.switches
        return 1 - wrong / self.there if self.there else None

    @property
    def idf1(self) -> float | None:
        """0 to 1; None where there was neither a face nor a box."""
        whole = self.there + self.boxes
        return 2 * self.identified / whole if whole else None


@dataclass(slots=True)
class _History:
    """What is remembered of the looks before."""

    kept: dict[int, int] = field(default_factory=dict[int, int])  # passage: track, of the last look
    last: dict[int, int] = field(default_factory=dict[int, int])  # passage: track it last had
    held: dict[int, list[bool]] = field(default_factory=lambda: defaultdict(list))
    both: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))


def follow(looks: Sequence[Look], truth: Truth, *, least_px: float) -> Tracked:
    """Count; faces are there that are half visible and at least `least_px` high.

    A box on a smaller or hidden face counts neither for nor against.
    """
    history = _History()
    there = boxes = misses = false_positives = switches = 0
    for look in looks:
        rows, corners = shown_at(truth, look.frame)
        overlaps = iou(look.boxes, corners.astype(np.float32)).astype(np.float64)
        passages = truth.tracks[rows]
        pairs = paired(overlaps, look.tracks, passages, history.kept)
        wanted = (truth.boxes[rows, 3] >= least_px) & (truth.visible[rows] >= THERE)
        for place in np.flatnonzero(wanted).tolist():
            passage, track = int(passages[place]), pairs.get(int(passages[place]))
            history.held[passage].append(track is not None)
            if track is not None:
                switches += history.last.setdefault(passage, track) != track
                history.last[passage] = track
            for box in np.flatnonzero(overlaps[:, place] >= MIN_IOU).tolist():
                history.both[passage, int(look.tracks[box])] += 1
        there += int(wanted.sum())
        counted = {int(each) for each in passages[wanted]}
        hits = sum(passage in counted for passage in pairs)
        misses += int(wanted.sum()) - hits
        false_positives += len(look.tracks) - len(pairs)
        boxes += len(look.tracks) - (len(pairs) - hits)
        history.kept = pairs
    shares = [sum(held) / len(held) for held in history.held.values()]
    return Tracked(
        looks=len(looks),
        there=there,
        boxes=boxes,
        misses=misses,
        false_positives=false_positives,
        switches=switches,
        fragmentations=sum(breaks(held) for held in history.held.values()),
        identified=identified(history.both),
        mostly_tracked=sum(share >= MOSTLY for share in shares),
        partly_tracked=sum(LOST <= share < MOSTLY for share in shares),
        mostly_lost=sum(share < LOST for share in shares),
    )


def together(clips: Sequence[Tracked]) -> Tracked:
    """Add up what was counted of several clips."""
    names = Tracked.__dataclass_fields__
    return Tracked(**{name: sum(getattr(clip, name) for clip in clips) for name in names})


def paired(overlaps: F64, tracks: I64, passages: I64, kept: Mapping[int, int]) -> dict[int, int]:
    """Give each passage its track: overlaps are (boxes, faces)."""
    left = np.where(overlaps >= MIN_IOU, overlaps, 0.0)
    pairs: dict[int, int] = {}
    for passage, track in kept.items():
        boxes, faces = np.flatnonzero(tracks == track), np.flatnonzero(passages == passage)
        if len(boxes) and len(faces) and left[boxes[0], faces[0]] > 0:
            pairs[passage] = track
            left[boxes[0], :], left[:, faces[0]] = 0.0, 0.0
    while left.size and left.max() > 0:
        box, face = (int(i) for i in np.unravel_index(left.argmax(), left.shape))
        pairs[int(passages[face])] = int(tracks[box])
        left[box, :], left[:, face] = 0.0, 0.0
    return pairs


def breaks(held: Sequence[bool]) -> int:
    """Count how often a passage that had been held, and was lost, was held again."""
    first = held.index(True) if True in held else len(held)
    after = held[first:]
    return sum(here and not before for before, here in pairwise(after))


def identified(both: Mapping[tuple[int, int], int]) -> int:
    """Give IDTP: the most looks together that one track for each passage, and back, can have."""
    if not both:
        return 0
    passages, tracks = (sorted({pair[side] for pair in both}) for side in (0, 1))
    table = np.zeros((len(passages), len(tracks)))
    for (passage, track), looks in both.items():
        table[passages.index(passage), tracks.index(track)] = looks
    pairs: I64 = np.asarray(linear_sum_assignment(-table), np.int64)
    return int(table[pairs[0], pairs[1]].sum())
