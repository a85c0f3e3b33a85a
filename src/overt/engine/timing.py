"""How long each stage takes: histograms of a fixed size, however long a deployment runs."""

from __future__ import annotations

import copy
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Final

import numpy as np

from overt.arrays import I64

__all__ = ["Histogram", "StageTimes"]

LOWEST_S: Final = 1e-5
STEPS_PER_DOUBLING: Final = 8  # quantiles are right to 9 %
BUCKETS: Final = 24 * STEPS_PER_DOUBLING  # 10 microseconds to 160 seconds


class Histogram:
    """Durations in buckets that grow by a constant factor."""

    def __init__(self, counts: I64 | None = None, count: int = 0, total_s: float = 0.0) -> None:
        self.counts: I64 = np.zeros(BUCKETS, np.int64) if counts is None else counts  # of buckets
        self.count = count
        self.total_s = total_s

    def add(self, seconds: float) -> None:
        """Count one duration."""
        place = STEPS_PER_DOUBLING * np.log2(max(seconds, LOWEST_S) / LOWEST_S)
        self.counts[min(int(place), BUCKETS - 1)] += 1
        self.count += 1
        self.total_s += seconds

    def copied(self) -> Histogram:
        """Give it as it is now."""
        return copy.deepcopy(self)

    def plus(self, other: Histogram) -> Histogram:
        """Add another's."""
        return Histogram(
            self.counts + other.counts, self.count + other.count, self.total_s + other.total_s
        )

    def quantile(self, share: float) -> float:
        """Give the duration in seconds that `share` (0 to 1) of those counted do not exceed.

        It is the upper edge of its bucket; 0.0 when nothing was counted.
        """
        if not self.count:
            return 0.0
        wanted = max(share * self.count, 1)  # a share of 0 is the shortest that was counted
        bucket = int(np.searchsorted(np.cumsum(self.counts), wanted, side="left"))
        return float(LOWEST_S * 2 ** ((bucket + 1) / STEPS_PER_DOUBLING))


class StageTimes:
    """A histogram for each stage of one camera."""

    def __init__(self) -> None:
        self.stages: dict[str, Histogram] = {}

    @contextmanager
    def of(self, stage: str) -> Generator[None]:
        """Time what runs inside, as `stage`."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.add(stage, time.perf_counter() - started)

    def total_s(self, stages: Iterable[str]) -> float:
        """Give how long these stages took in all."""
        found = (self.stages.get(stage) for stage in stages)
        return sum(each.total_s for each in found if each is not None)

    def add(self, stage: str, seconds: float) -> None:
        """Count a duration that was measured elsewhere."""
        self.stages.setdefault(stage, Histogram()).add(seconds)

    def copied(self) -> StageTimes:
        """Give them as they are now: another thread may go on counting."""
        copied = StageTimes()
        copied.stages = {stage: found.copied() for stage, found in dict(self.stages).items()}
        return copied

    def plus(self, other: StageTimes) -> StageTimes:
        """Add another's."""
        both = self.copied()
        for stage, found in other.copied().stages.items():
            both.stages[stage] = both.stages[stage].plus(found) if stage in both.stages else found
        return both
