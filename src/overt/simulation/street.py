"""A drawn pedestrian street, and where in its picture something at a given distance lies."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFilter

from overt.arrays import Rgb

__all__ = ["FACE_M", "FACE_UP_M", "Street"]

FACE_M: Final = 0.20  # height of a face as detectors frame it
FACE_UP_M: Final = 1.60  # of a face's middle over the ground
EYE_M: Final = 2.0  # of the camera over the ground
WALLS_M: Final = (-5.2, 5.6)  # across
FAR_M: Final = 70.0
WALLS: Final = ((176, 148, 126), (150, 112, 92), (188, 182, 170), (128, 134, 142), (196, 172, 138))
Point = tuple[float, float]
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Street:
    """A pinhole camera over a straight street: across, up and away in metres; x y in pixels."""

    width: int
    height: int

    @property
    def focal_px(self) -> float:
        """Focal length in pixels: a view about 49 degrees wide."""
        return 1.1 * self.width

    def project(self, across_m: float, up_m: float, away_m: float) -> Point:
        """Give the pixel x y of a point in the street."""
        scale = self.focal_px / away_m
        return self.width / 2 + scale * across_m, 0.27 * self.height + scale * (EYE_M - up_m)

    def face_px(self, away_m: float) -> float:
        """Give the height in pixels of a face at that distance."""
        return self.focal_px * FACE_M / away_m

    def draw(self, rng: Generator) -> Rgb:
        """Draw the empty street, (height, width, 3)."""
        picture = Image.new("RGB", (2 * self.width, 2 * self.height))
        draw = ImageDraw.Draw(picture)
        self._sky(draw)
        self._far_end(draw, rng)
        self._ground(draw, rng)
        for side in WALLS_M:
            self._row_of_houses(draw, rng, side)
        self._lamps(draw)
        small = picture.reduce(2).filter(ImageFilter.GaussianBlur(self.height / 720))
        return _texture(np.asarray(small), rng)

    def _quad(
        self, draw: ImageDraw.ImageDraw, corners: Sequence[tuple[float, float, float]], fill: Colour
    ) -> None:
        """Fill the polygon through points of the street (across, up, away)."""
        points = [self.project(*corner) for corner in corners]
        draw.polygon([(2 * x, 2 * y) for x, y in points], fill=fill)

    def _sky(self, draw: ImageDraw.ImageDraw) -> None:
        for y in range(int(0.6 * self.height)):
            t = min(y / (0.27 * self.height), 1.0)
            colour = _mix((150, 178, 208), (226, 228, 226), t)
            draw.rectangle((0, 2 * y, 2 * self.width, 2 * y + 1), fill=colour)

    def _far_end(self, draw: ImageDraw.ImageDraw, rng: Generator) -> None:
        for left in np.arange(-6.0, 6.0, 2.0):
            top, tone = rng.uniform(7, 15), int(rng.integers(165, 195))
            back = [
                (left, 0.0, FAR_M),
                (left + 2, 0.0, FAR_M),
                (left + 2, top, FAR_M),
                (left, top, FAR_M),
            ]
            self._quad(draw, back, (tone - 6, tone, tone + 4))

    def _ground(self, draw: ImageDraw.ImageDraw, rng: Generator) -> None:
        steps = np.geomspace(FAR_M, 1.2, 60)
        for far, near in itertools.pairwise(steps):
            tone = _mix((128, 126, 122), (172, 172, 170), far / FAR_M)
            self._quad(draw, [(-60, 0, far), (60, 0, far), (60, 0, near), (-60, 0, near)], tone)
        for away in np.arange(1.5, 24.0, 0.75):
            for across in np.arange(-6.0, 6.0, 0.75):
                tone = int(rng.integers(116, 142))
                a, b, c, d = across + 0.01, across + 0.74, away + 0.01, away + 0.735
                slab = [(a, 0, d), (b, 0, d), (b, 0, c), (a, 0, c)]
                self._quad(draw, slab, _mix((tone, tone - 2, tone - 7), (160, 160, 158), away / 34))

    def _row_of_houses(self, draw: ImageDraw.ImageDraw, rng: Generator, side: float) -> None:
        edges = [FAR_M]
        while edges[-1] > 5:
            edges.append(edges[-1] - float(rng.uniform(6, 9)))
        for far, near in itertools.pairwise(edges):
            self._house(draw, rng, side, (max(near, 3.0), far))

    def _house(
        self, draw: ImageDraw.ImageDraw, rng: Generator, side: float, depth: tuple[float, float]
    ) -> None:
        """Draw one front: a shop with a sign on the ground, rows of windows above."""
        near, far = depth
        haze = min(far / FAR_M, 1.0) * 0.6
        shade = 0.80 if side < 0 else 1.0  # the light comes from the left
        wall = _mix(_scale(WALLS[int(rng.integers(len(WALLS)))], shade), (196, 200, 204), haze)
        sign = _mix(_scale(tuple(rng.integers(50, 170, 3)), shade), (190, 194, 198), haze)
        pane = _mix(_scale((70, 82, 96), shade), (180, 188, 196), haze)
        frame = _mix(_scale((222, 220, 214), shade), (205, 208, 210), haze)
        top = float(rng.uniform(9, 14))

        def panel(a: float, b: float, low: float, high: float, fill: Colour) -> None:
            z1, z2 = near + a * (far - near), near + b * (far - near)
            corners = [(side, low, z1), (side, low, z2), (side, high, z2), (side, high, z1)]
            self._quad(draw, corners, fill)

        panel(0, 1, 0, top, wall)
        panel(0.04, 0.96, 0.1, 2.9, frame)
        panel(0.06, 0.62, 0.45, 2.5, pane)
        panel(0.68, 0.92, 0.1, 2.5, _scale(sign, 0.7))
        panel(0.02, 0.98, 2.75, 3.4, sign)
        for low in np.arange(4.1, top - 1.6, 2.9):
            for a in (0.08, 0.40, 0.72):
                panel(a - 0.015, a + 0.215, low - 0.1, low + 1.75, frame)
                panel(a, a + 0.2, low, low + 1.65, pane)
        panel(0, 1, top - 0.25, top, _scale(wall, 0.85))

    def _lamps(self, draw: ImageDraw.ImageDraw) -> None:
        for across, away in ((-3.6, 26.0), (3.9, 26.0), (-3.6, 14.0), (3.9, 14.0)):
            post = [(across - 0.05, 0, away), (across + 0.05, 0, away),
                    (across + 0.04, 5.2, away), (across - 0.04, 5.2, away)]  # fmt: skip
            self._quad(draw, post, (66, 70, 74))


def _texture(picture: Rgb, rng: Generator) -> Rgb:
    """Add fine and coarse grain, so that no surface is flat."""
    height, width = picture.shape[:2]
    grain = np.zeros((height, width), np.float32)
    for cell, strength in ((2, 2.5), (12, 3.0), (90, 5.0)):
        rows, columns = height // cell + 2, width // cell + 2
        coarse = Image.fromarray(rng.normal(0, strength, (rows, columns)).astype(np.float32))
        grain += np.asarray(coarse.resize((width, height), Image.Resampling.BILINEAR))
    return np.clip(np.rint(picture + grain[..., None]), 0, 255).astype(np.uint8)


def _mix(a: Colour, b: Colour, share: float) -> Colour:
    """Blend from `a` (share 0) to `b` (share 1)."""
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


def _scale(colour: tuple[int, ...], by: float) -> Colour:
    """Darken or lighten a colour."""
    r, g, b = (min(round(int(value) * by), 255) for value in colour)
    return r, g, b
