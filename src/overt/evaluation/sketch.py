"""Any number of scores in bounded memory: a histogram, and the highest ones exactly.

Rates of false matches are read from the highest scores of different people, so these are kept as
they are. Below them a histogram speaks: a count there is wrong by at most the scores of one bin,
and `tolerance` tells that number. A threshold never lies between what is kept and what is not: the
highest `keep` scores are exact whichever order they came in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from overt.arrays import F32, F64, I64

__all__ = ["Count", "ScoreSketch"]

BINS: Final = 1 << 16
KEEP: Final = 200_000
ROOM: Final = 4  # times the spread of the first scores that bins cover; the rest is in the ends
PART: Final = 1 << 20  # scores taken at once: what is computed of them stays in the cache


@dataclass(frozen=True, slots=True)
class Count:
    """How many scores were at or above a score."""

    value: int
    tolerance: int  # the true number is from value - tolerance to value


class ScoreSketch:
    """Counts scores; forgets all but the highest."""

    def __init__(self, *, keep: int = KEEP) -> None:
        self._keep = keep
        self._counts: I64 = np.zeros(BINS, np.int64)
        self._low, self._step = 0.0, 0.0
        self._floor = -np.inf  # every score above it is kept
        self._kept: list[F32] = []
        self._held = 0
        self.count = 0

    def add(self, scores: F32) -> None:
        """Take scores in, any shape; none may be nan."""
        flat = np.ascontiguousarray(scores, np.float32).reshape(-1)
        for start in range(0, len(flat), PART):
            self._add(flat[start : start + PART])

    @property
    def held(self) -> int:
        """How many scores are kept as they are: `keep` to twice as many, once there are so many."""
        return self._held

    def at_or_above(self, score: float) -> Count:
        """Count the scores that reach a score."""
        kept = self._exact()
        if not self.count:
            return Count(0, 0)
        if score > self._floor:
            return Count(int(len(kept) - np.searchsorted(kept, np.float64(score), "left")), 0)
        place = self._place(score)
        upwards = int(self._counts[place:].sum())
        return Count(upwards, int(self._counts[place]))

    def score_at(self, share: float) -> float:
        """Give the lowest score that at most `share` of all scores reach.

        Among the highest scores it is one of them, or just above the highest; below, a bin's edge.
        """
        allowed = int(np.floor(share * self.count * (1 + 1e-12)))
        kept = self._exact()
        if allowed < len(kept):
            return float(np.nextafter(kept[len(kept) - 1 - allowed], np.float32(np.inf)))
        above = np.cumsum(self._counts[::-1])[::-1]  # scores in this bin or a higher one
        place = int(np.searchsorted(-above, -allowed, "left"))
        return self._low + place * self._step

    def _add(self, flat: F32) -> None:
        if not self.count:
            middle, spread = float(flat.mean()), max(float(flat.max() - flat.min()), 1e-6)
            self._low = middle - spread * ROOM / 2
            self._step = spread * ROOM / BINS
        places = flat - np.float32(self._low)
        places *= np.float32(1 / self._step)
        np.clip(places, 0, BINS - 1, out=places)
        self._counts += np.bincount(places.astype(np.int32), minlength=BINS)
        self.count += len(flat)
        high = flat[flat > np.float32(self._floor)]
        if len(high):
            self._kept.append(high)
            self._held += len(high)
            if self._held > 2 * self._keep:
                self._prune()

    def _prune(self) -> None:
        every = np.concatenate(self._kept)
        floor = np.partition(every, len(every) - self._keep - 1)[len(every) - self._keep - 1]
        # Scores equal to the floor are let go: only what is above it is held in full.
        self._floor = float(floor)
        self._kept = [every[every > floor]]
        self._held = len(self._kept[0])

    def _exact(self) -> F64:
        every = np.concatenate([np.empty(0, np.float32), *self._kept])
        return np.sort(every).astype(np.float64)

    def _place(self, score: float) -> int:
        place = np.float32(np.float32(score) - np.float32(self._low)) * np.float32(1 / self._step)
        return int(np.clip(place, 0, BINS - 1))
