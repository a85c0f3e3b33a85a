"""Passages that are alike in what the truth tells of them: size, blur, light."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from overt.arrays import F64, I64, Mask
from overt.evaluation.clips.passages import CLEAR, Judged, Passage
from overt.evaluation.shares import numbered, share
from overt.values.clip_evaluation import OfTrait
from overt.values.truth import Truth

__all__ = ["by_trait"]

INF: Final = math.inf
EDGES: Final = {
    "largest face, px high": (0.0, 40.0, 60.0, 90.0, 120.0, INF),
    "blur put on the face, px": (0.0, 0.75, 1.5, 3.0, INF),
    "light put on the face, times the portrait's": (0.0, 0.7, 0.9, 1.1, 1.3, INF),
}


def by_trait(clips: Sequence[Judged], scores: Sequence[tuple[float, float]]) -> tuple[OfTrait, ...]:
    """Measure passages in bands of each trait that the truths tell.

    Args:
        clips: held to their truths.
        scores: a threshold and its score, each.
    """
    passages = [(clip.truth, passage) for clip in clips for passage in clip.passages]
    people: I64 = numbered([passage.person for _, passage in passages])
    columns = [
        [_traits(truth, passage)[place] for truth, passage in passages] for place in range(3)
    ]
    rows: list[OfTrait] = []
    for (trait, edges), values in zip(EDGES.items(), columns, strict=True):
        known: F64 = np.array(values, np.float64)
        bands = np.where(np.isnan(known), -1, np.searchsorted(edges, known, "right") - 1)
        for band in range(len(edges) - 1):
            inside: Mask = bands == band
            if inside.any():
                rows += _of_band(
                    trait, edges[band : band + 2], [p for _, p in passages], inside, people, scores
                )
    return tuple(rows)


def _of_band(
    trait: str,
    ends: Sequence[float],
    passages: Sequence[Passage],
    inside: Mask,
    people: I64,
    scores: Sequence[tuple[float, float]],
) -> list[OfTrait]:
    here: list[int] = np.flatnonzero(inside).tolist()
    compared = np.array([passages[row].scores is not None for row in here], np.bool_)
    listed = [row for row in here if passages[row].listed]
    high = ends[1] if math.isfinite(ends[1]) else None
    rows: list[OfTrait] = []
    for threshold, score in scores:
        found = np.array([is_recognised(passages[row], score) for row in listed], np.bool_)
        rows.append(
            OfTrait(
                trait,
                ends[0],
                high,
                threshold,
                share(compared, people[here], of="passages"),
                share(found, people[listed], of="passages of listed people"),
            )
        )
    return rows


def is_recognised(passage: Passage, score: float) -> bool:
    """Tell whether a passage reaches a score with the own entry."""
    return passage.own_score is not None and passage.own_score >= score


def _traits(truth: Truth, passage: Passage) -> tuple[float, float, float]:
    """Give size, blur and light of a passage where it is mostly visible; nan: not known."""
    rows = (truth.tracks == passage.walker) & (truth.visible >= CLEAR)
    if not rows.any():
        return passage.largest_px, math.nan, math.nan
    return (
        passage.largest_px,
        float(np.median(truth.blur_px[rows])),
        float(np.median(truth.gain[rows])),
    )
