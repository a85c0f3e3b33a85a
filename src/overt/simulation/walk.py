"""Compose a clip of people with real faces who walk through a drawn street.

The faces are rescaled, relit, a little blurred and noisy, and compressed by the codec: they are
not the pixels of the photograph. But each is still one photograph, flat and from the front. Such a
clip shows that the path works; it says nothing about accuracy on people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from overt.arrays import F64, Mask, Rgb
from overt.simulation.clip import write_clip
from overt.simulation.stage import Patch, Placed, Stage
from overt.simulation.walker import Spot, Walker
from overt.values.truth import Truth

__all__ = ["Spot", "Walker", "compose"]

LOOKS_PER_SIDE: Final = 24  # visibility is looked up on so many points a side


def compose(
    path: Path,
    walkers: Sequence[Walker],
    *,
    width: int,
    height: int,
    fps: int,
    seconds: float,
    seed: int,
) -> Truth:
    """Write an H.264 clip of the walkers and give its truth.

    The same arguments and versions of the libraries give the same bytes. See the module's
    docstring for what such a clip can and cannot show.

    Raises:
        ShapeError: the frame's sides are odd or too short.
        SourceError: the file cannot be written.
    """
    stage = Stage(walkers, width, height, seed)
    record = _Record(walkers)
    pictures = _pictures(stage, record, count=round(seconds * fps), fps=fps)
    noise = np.random.default_rng([seed, 1])
    write_clip(path, pictures, width=width, height=height, fps=fps, rng=noise)
    return record.truth()


def _pictures(stage: Stage, record: _Record, *, count: int, fps: int) -> Iterator[Rgb]:
    """Paint frame after frame, and note where every face is."""
    for index in range(count):
        picture, placed = stage.paint(index / fps)
        record.note(index, index / fps, placed, stage.width, stage.height)
        yield picture


class _Record:
    """Collects the truth, row by row."""

    def __init__(self, walkers: Sequence[Walker]) -> None:
        self._walkers = walkers
        self._rows: list[tuple[float, ...]] = []

    def note(self, index: int, t_s: float, placed: list[Placed], width: int, height: int) -> None:
        """Note every face that touches the frame."""
        for i, person in enumerate(placed):
            walker = self._walkers[person.track]
            x, y, w, h = person.face
            if walker.portrait is None or x + w <= 0 or y + h <= 0 or x >= width or y >= height:
                continue
            nearer = [patch for other in placed[i + 1 :] for patch in other.patches]
            visible = _visible(person.face, nearer, width, height)
            row = (index, t_s, person.track, *person.face, visible)
            self._rows.append((*row, walker.blur_px, person.gain, person.phase))

    def truth(self) -> Truth:
        """Give all rows."""
        table: F64 = np.asarray(self._rows, np.float64).reshape(-1, 11)
        return Truth(
            frames=table[:, 0].astype(np.int64),
            times_s=table[:, 1],
            tracks=table[:, 2].astype(np.int64),
            boxes=table[:, 3:7],
            visible=table[:, 7],
            blur_px=table[:, 8],
            gain=table[:, 9],
            phase=table[:, 10],
            names=tuple(w.portrait.name if w.portrait else "" for w in self._walkers),
            listed=tuple(walker.listed for walker in self._walkers),
        )


def _visible(
    face: tuple[float, float, float, float], nearer: list[Patch], width: int, height: int
) -> float:
    """Give the share of the ellipse in the box `face` that is in the frame and not covered."""
    grid = (np.arange(LOOKS_PER_SIDE) + 0.5) / LOOKS_PER_SIDE
    u, v = (axis.ravel() for axis in np.meshgrid(grid, grid))
    disc: Mask = (u - 0.5) ** 2 + (v - 0.5) ** 2 <= 0.25
    x, y = face[0] + u[disc] * face[2], face[1] + v[disc] * face[3]
    points: F64 = np.stack([x, y], axis=-1)
    inside: Mask = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    seen: F64 = inside.astype(np.float64)
    for patch in nearer:
        np.multiply(seen, 1 - patch.covers(points), out=seen)
    return float(seen.mean())
