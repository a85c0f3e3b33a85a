"""People who walk through a drawn view, and frames to see them in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np

from overt.colour import Colour
from overt.values.faces import Faces
from overt.values.frame import Frame

START = datetime(2026, 3, 1, 10, tzinfo=UTC)
WIDTH, HEIGHT = 1280, 720
LUMA = np.full((HEIGHT, WIDTH), 128, np.uint8)
CHROMA = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)


def frame_at(media_s: float, *, time_s: float | None = None) -> Frame:
    """Make a grey frame; its time of day is `time_s`, or else `media_s`, after the start."""
    time = START + timedelta(seconds=media_s if time_s is None else time_s)
    return Frame("c", 0, time, media_s, LUMA, CHROMA, CHROMA, Colour.BT709)


def faces_at(places: Iterable[tuple[float, float, float]], scores: Iterable[float] = ()) -> Faces:
    """Make faces of centre x, centre y and width, a third higher than wide."""
    rows = np.array(list(places), dtype=np.float32).reshape(-1, 3)
    half = np.column_stack([rows[:, 2] / 2, rows[:, 2] / 1.5]).astype(np.float32)
    boxes = np.concatenate([rows[:, :2] - half, rows[:, :2] + half], axis=1)
    marks = np.repeat(rows[:, None, :2], 5, axis=1)
    sure = np.array([*scores] or [0.9] * len(rows), dtype=np.float32)
    return Faces(boxes, marks, sure)
