"""Which faces the detector found, by their height."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from overt.arrays import I64, Mask
from overt.evaluation.clips.following import matched, shown_at
from overt.evaluation.clips.passages import CLEAR, Judged
from overt.evaluation.shares import numbered, share
from overt.values.clip_evaluation import OfHeight

__all__ = ["EDGES_PX", "by_height", "found_of_nobody"]

EDGES_PX: Final = (0.0, 20.0, 30.0, 40.0, 60.0, 90.0, math.inf)


def by_height(clips: Sequence[Judged]) -> tuple[OfHeight, ...]:
    """Give the share of mostly visible faces that were found, for each band of heights.

    A face in a look is a trial; people are drawn for the interval, with all of their looks.
    """
    heights: list[float] = []
    hits: list[bool] = []
    people: list[str] = []
    for clip in clips:
        truth = clip.truth
        for look in clip.seen.looks:
            rows, corners = shown_at(truth, look.frame)
            found = {place for _, place in matched(look.found, corners)}
            for place in np.flatnonzero(truth.visible[rows] >= CLEAR).tolist():
                heights.append(float(truth.boxes[rows[place], 3]))
                hits.append(place in found)
                people.append(truth.names[int(truth.tracks[rows[place]])])
    bands = np.searchsorted(np.array(EDGES_PX), heights, "right") - 1
    events: Mask = np.array(hits, np.bool_)
    subjects: I64 = numbered(people)
    return tuple(
        OfHeight(
            EDGES_PX[band],
            EDGES_PX[band + 1] if math.isfinite(EDGES_PX[band + 1]) else None,
            share(events[bands == band], subjects[bands == band], of="faces"),
        )
        for band in range(len(EDGES_PX) - 1)
        if (bands == band).any()
    )


def found_of_nobody(clips: Sequence[Judged]) -> int:
    """Count what the detector took for a face where the truth has none."""
    count = 0
    for clip in clips:
        for look in clip.seen.looks:
            _, corners = shown_at(clip.truth, look.frame)
            count += len(look.found) - sum(1 for _ in matched(look.found, corners))
    return count
