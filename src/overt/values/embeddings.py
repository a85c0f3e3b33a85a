"""Templates of faces, ready to be compared. They never leave memory unsealed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overt.arrays import I64, Mask, TrackIds, Vectors, require
from overt.errors import ShapeError

__all__ = ["Embeddings", "Probes"]


@dataclass(frozen=True, slots=True, eq=False)
class Embeddings:
    """One template a row, scaled as the bundle's metric wants it: to length 1 for cosine."""

    vectors: Vectors  # (n, d), finite

    def __post_init__(self) -> None:
        require("vectors", self.vectors, shape=(None, None), dtype=np.float32)
        if not bool(np.isfinite(self.vectors).all()):
            raise ShapeError("vectors: got a value that is not finite, want only finite ones")

    def __len__(self) -> int:
        return len(self.vectors)

    def __getitem__(self, rows: Mask | I64 | slice) -> Embeddings:
        return Embeddings(self.vectors[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Probes:
    """What is compared with the watchlist: one row a track, fused from its best shots."""

    tracks: TrackIds  # (n,)
    embeddings: Embeddings  # (n, d)
    shots: I64  # (n,) how many shots are fused in each row, 1 or more

    def __post_init__(self) -> None:
        n = len(self.embeddings)
        require("tracks", self.tracks, shape=(n,), dtype=np.int64)
        require("shots", self.shots, shape=(n,), dtype=np.int64)

    def __len__(self) -> int:
        return len(self.tracks)
