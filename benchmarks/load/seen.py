"""Which viewer was told of which alert, how often and when."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from overt.arrays import F64

__all__ = ["Act", "Seen", "Told"]

CACHED: Final = 256
Counts: TypeAlias = NDArray[np.uint8]
DATA: Final = b"data: "


@dataclass(frozen=True, slots=True)
class Act:
    """An operator took an alert, or tried to."""

    alert: str
    by: str
    status: int  # 0: the connection broke before it was answered


@dataclass(slots=True)
class Told:
    """What all viewers were told."""

    alerts: list[str]
    times: F64  # (viewers, alerts) seconds of this machine's clock (time.time) when first told
    counts: Counts  # (viewers, alerts) how often
    back: F64  # (viewers,) seconds of the clock when the stream was there again; nan: never lost
    acts: list[Act] = field(default_factory=list[Act])
    rows_ms: list[float] = field(default_factory=list[float])  # how long rows took
    problems: dict[int, int] = field(default_factory=dict[int, int])  # answers by status


class Seen:
    """Takes in messages. Pages that are told the same are told it in the same bytes."""

    def __init__(self, viewers: int, *, room: int) -> None:
        """Make room for so many alerts."""
        self._index: dict[str, int] = {}
        self._known: dict[bytes, NDArray[np.intp]] = {}
        self._times = np.full((viewers, room), np.nan)
        self._counts: Counts = np.zeros((viewers, room), np.uint8)

    def take(self, viewer: int, chunk: bytes) -> int:
        """Take in what one viewer was told now; tell how many alerts there were."""
        rows = self._known.get(chunk)
        if rows is None:
            rows = self._read(chunk)
            while len(self._known) >= CACHED:
                del self._known[next(iter(self._known))]
            self._known[chunk] = rows
        if len(rows):
            times = self._times[viewer]
            times[rows] = np.fmin(times[rows], time.time())
            self._counts[viewer, rows] += 1
        return len(rows)

    def least(self) -> int:
        """Tell how many alerts the viewer was told of who was told of the fewest."""
        return int((self._counts > 0).sum(axis=1).min())

    def told(self, back: F64) -> Told:
        """Give it all."""
        known = len(self._index)
        return Told(list(self._index), self._times[:, :known], self._counts[:, :known], back)

    def _read(self, chunk: bytes) -> NDArray[np.intp]:
        found: list[int] = []
        for line in chunk.splitlines():
            if line.startswith(DATA):
                told = json.loads(line[len(DATA) :])
                for alerts in told.get("alert", {}).values():
                    found += [self._index.setdefault(each, len(self._index)) for each in alerts]
        return np.array(found, np.intp)
