"""The drawn parts of one walker, kept in the sizes and poses in which they are needed."""

from __future__ import annotations

import numpy as np
from PIL import Image

from overt.simulation import figure
from overt.simulation.walker import Walker

__all__ = ["Sprites"]


class Sprites:
    """The drawn parts of one walker, kept in every size and pose in which they were needed.

    A size is the largest one halved `halvings` times: resizing from near the wanted size is quick
    and clean.
    """

    def __init__(self, walker: Walker, turn: int, seed: list[int]) -> None:
        self._seed = seed
        self._unit_px = float(np.ceil(max(spot.face_px for spot in walker.path)))
        self._portrait = walker.portrait
        self._look = figure.choose_look(walker.portrait, turn, np.random.default_rng(seed))
        self._heads: dict[tuple[float, int], Image.Image] = {}
        self._bodies: dict[tuple[int, int, int], Image.Image] = {}

    def halvings(self, face_px: float) -> int:
        """Give how often the largest size can be halved without being smaller than wanted."""
        return max(int(np.floor(np.log2(self._unit_px / face_px) + 1e-9)), 0)

    def unit_px(self, halvings: int) -> float:
        """Give the height of the face in the parts of that size."""
        return self._unit_px / 2**halvings

    def head(self, tilt_deg: float, halvings: int) -> Image.Image:
        """Give the head, tilted about the neck against the clock."""
        key = (tilt_deg, halvings)
        if key not in self._heads:
            self._heads[key] = self._head(tilt_deg, halvings)
        return self._heads[key]

    def body(self, step: int, halvings: int, length: float) -> Image.Image:
        """Give the body at one step of the gait, at least `length` faces long from above."""
        cut = int(np.ceil(length / 2)) * 2  # so that few lengths have to be drawn
        key = (step, halvings, cut)
        if key not in self._bodies:
            rng = np.random.default_rng([*self._seed, 2])  # the same folds at every step
            unit_px = self.unit_px(halvings)
            self._bodies[key] = figure.draw_body(self._look, step, unit_px, cut, rng)
        return self._bodies[key]

    def _head(self, tilt_deg: float, halvings: int) -> Image.Image:
        if tilt_deg == 0:
            rng = np.random.default_rng([*self._seed, 1])
            return figure.draw_head(self._portrait, self._look, self.unit_px(halvings), rng)
        unit_px = self.unit_px(halvings)
        x, y = figure.HEAD_ANCHOR
        pivot = (x * unit_px, (y + figure.NECK) * unit_px)
        upright = self.head(0.0, halvings)
        return upright.rotate(tilt_deg, Image.Resampling.BICUBIC, center=pivot)
