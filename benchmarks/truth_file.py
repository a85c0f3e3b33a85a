"""Reads who was where in a clip, as `overt.simulation.truth` writes it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from overt.arrays import F64, I64
from overt.simulation.truth import Truth

__all__ = ["corners_at", "read_truth"]


def read_truth(path: Path) -> Truth:
    """Read a truth file; walkers are numbered anew, in the order of their track numbers."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    numbers = sorted({int(row["track"]) for row in rows})
    places = {number: place for place, number in enumerate(numbers)}
    who = {places[int(row["track"])]: row for row in rows}
    return Truth(
        frames=np.array([int(row["frame"]) for row in rows], np.int64),
        times_s=_column(rows, "t_s"),
        tracks=np.array([places[int(row["track"])] for row in rows], np.int64),
        boxes=np.stack([_column(rows, name) for name in ("x", "y", "w", "h")], axis=1),
        visible=_column(rows, "visible"),
        blur_px=_column(rows, "blur_px"),
        gain=_column(rows, "gain"),
        phase=_column(rows, "phase"),
        names=tuple(who[place]["identity"] for place in range(len(numbers))),
        listed=tuple(who[place]["in_watchlist"] == "1" for place in range(len(numbers))),
    )


def corners_at(truth: Truth, frame: int) -> tuple[I64, F64]:
    """Give the rows of `truth` at a frame (n,), and their boxes as corners x1 y1 x2 y2 (n, 4)."""
    rows = np.flatnonzero(truth.frames == frame).astype(np.int64)
    boxes = truth.boxes[rows]
    return rows, np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)


def _column(rows: list[dict[str, str]], name: str) -> F64:
    return np.array([float(row[name]) for row in rows], np.float64)
