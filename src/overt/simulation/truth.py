"""Who was where in a composed clip."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from overt.arrays import F64, I64, require
from overt.errors import ShapeError

__all__ = ["COLUMNS", "Truth"]

COLUMNS: Final = (
    "frame", "t_s", "track", "identity", "in_watchlist",
    "x", "y", "w", "h", "visible", "blur_px", "gain", "phase",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Every face in every frame: row i of every array is the same face in the same frame."""

    frames: I64  # (n,) counted from 0
    times_s: F64  # (n,) since the first frame
    tracks: I64  # (n,) which walker: row of `names` and `listed`
    boxes: F64  # (n, 4) x y width height of the face, pixels; may reach over the frame's edge
    visible: F64  # (n,) share of the face that is in the frame and not covered, 0 to 1
    blur_px: F64  # (n,) standard deviation of the blur that was put on the face
    gain: F64  # (n,) how much lighter (over 1) or darker than the portrait
    phase: F64  # (n,) how much of the walk is done, 0 to 1
    names: tuple[str, ...]  # of every walker
    listed: tuple[bool, ...]

    def __post_init__(self) -> None:
        n = len(self.frames)
        require("truth frames", self.frames, shape=(n,), dtype=np.int64)
        require("truth tracks", self.tracks, shape=(n,), dtype=np.int64)
        require("truth boxes", self.boxes, shape=(n, 4), dtype=np.float64)
        for name in ("times_s", "visible", "blur_px", "gain", "phase"):
            require(f"truth {name}", getattr(self, name), shape=(n,), dtype=np.float64)
        if len(self.names) != len(self.listed):
            raise ShapeError(f"truth: got {len(self.listed)} listed, want {len(self.names)}")

    def __len__(self) -> int:
        return len(self.frames)

    def write(self, path: Path) -> None:
        """Write the rows as CSV with the columns `COLUMNS`."""
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(self._row(i) for i in range(len(self)))

    def _row(self, i: int) -> tuple[str, ...]:
        track = int(self.tracks[i])
        return (
            str(int(self.frames[i])),
            f"{self.times_s[i]:.3f}",
            str(track),
            self.names[track].replace(" ", "_"),
            str(int(self.listed[track])),
            *(f"{value:.1f}" for value in self.boxes[i]),
            f"{self.visible[i]:.3f}",
            f"{self.blur_px[i]:.1f}",
            f"{self.gain[i]:.2f}",
            f"{self.phase[i]:.3f}",
        )
