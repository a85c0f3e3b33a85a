"""Who was where in a recording: its ground truth, by a person's hand or by its composer's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overt.arrays import F64, I64, require
from overt.errors import ShapeError

__all__ = ["Truth"]


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Every face in every frame: row i of every array is the same face in the same frame."""

    frames: I64  # (n,) counted from 0, rising
    times_s: F64  # (n,) since the first frame
    tracks: I64  # (n,) whose passage: row of `names` and `listed`
    boxes: F64  # (n, 4) x y width height of the face, pixels; may reach over the frame's edge
    visible: F64  # (n,) share of the face that is in the frame and not covered, 0 to 1
    blur_px: F64  # (n,) standard deviation of the blur that was put on the face; nan: not known
    gain: F64  # (n,) how much lighter (over 1) or darker than the portrait; nan: not known
    phase: F64  # (n,) how much of the walk is done, 0 to 1; nan: not known
    names: tuple[str, ...]  # of every passage: the same for every passage of one person
    listed: tuple[bool, ...]
    columns: tuple[str, ...] = ()  # names of groups that people gave
    groups: tuple[tuple[str, ...], ...] = ()  # of every passage, one for each column

    def __post_init__(self) -> None:
        n, passages = len(self.frames), len(self.names)
        require("truth frames", self.frames, shape=(n,), dtype=np.int64)
        require("truth tracks", self.tracks, shape=(n,), dtype=np.int64)
        require("truth boxes", self.boxes, shape=(n, 4), dtype=np.float64)
        for name in ("times_s", "visible", "blur_px", "gain", "phase"):
            require(f"truth {name}", getattr(self, name), shape=(n,), dtype=np.float64)
        if (np.diff(self.frames) < 0).any():
            raise ShapeError("truth frames: got one that comes after a later one, want them rising")
        if passages != len(self.listed):
            raise ShapeError(f"truth: got {len(self.listed)} listed, want {passages}")
        if self.columns and (
            len(self.groups) != passages
            or any(len(groups) != len(self.columns) for groups in self.groups)
        ):
            raise ShapeError(
                f"truth: got groups of {len(self.groups)} passages, want {len(self.columns)} for "
                f"each of {passages}"
            )

    def __len__(self) -> int:
        return len(self.frames)

    def corners_at(self, frame: int) -> tuple[I64, F64]:
        """Give the rows at a frame (n,), and their boxes as corners x1 y1 x2 y2 (n, 4)."""
        first, end = np.searchsorted(self.frames, (frame, frame + 1))
        rows = np.arange(first, end, dtype=np.int64)
        boxes = self.boxes[rows]
        return rows, np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)
