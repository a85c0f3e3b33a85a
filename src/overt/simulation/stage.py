"""The street with those who walk in it, painted frame by frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from overt.arrays import F64, Rgb
from overt.simulation import figure
from overt.simulation.portraits import Portrait
from overt.simulation.sprites import Sprites
from overt.simulation.street import Street
from overt.simulation.walker import Walker

__all__ = ["Patch", "Placed", "Stage"]

STEPS_PER_S: Final = 1.9  # a usual pace
BOB: Final = 0.05  # of the head, in heights of the face
SWAY: Final = 0.05
TILT_DEG: Final = 3.0
FADE_S: Final = 0.4  # nobody appears from nothing
HAZE_PX: Final = 34.0  # faces smaller than this lose a little contrast with distance
FACE_ASPECT: Final = 0.76  # width of a face by its height, where the portrait says nothing

Cut = tuple[int, int, Image.Image]  # x y of the first pixel in the frame, and the pixels


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A piece to lay on the frame; its first pixel is at x y."""

    x: int
    y: int
    pixels: NDArray[np.uint8]  # (h, w, 4) premultiplied

    def covers(self, points: F64) -> F64:
        """Give how opaque it is at each point (n, 2) of the frame, 0 to 1."""
        columns, rows = (np.floor(points) - [self.x, self.y]).astype(np.int64).T
        height, width = self.pixels.shape[:2]
        inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
        opacity = np.zeros(len(points))
        opacity[inside] = self.pixels[rows[inside], columns[inside], 3] / 255
        return opacity


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """One walker in one frame."""

    track: int
    phase: float
    face: tuple[float, float, float, float]  # x y width height, pixels
    gain: float
    patches: tuple[Patch, ...]


class Stage:
    """The street and those who walk in it."""

    def __init__(self, walkers: Sequence[Walker], width: int, height: int, seed: int) -> None:
        self.width, self.height = width, height
        self._walkers = walkers
        self._street = Street(width, height).draw(np.random.default_rng([seed, 0]))
        self._sprites = [Sprites(walker, i, [seed, 2, i]) for i, walker in enumerate(walkers)]

    def paint(self, t_s: float) -> tuple[Rgb, list[Placed]]:
        """Paint the frame at that time; give who is in it, the farthest first."""
        present = [i for i, walker in enumerate(self._walkers) if 0 <= walker.phase(t_s) <= 1]
        present.sort(key=lambda i: (self._walkers[i].layer, self._walkers[i].spot(t_s).face_px))
        placed = [self._place(i, t_s) for i in present]
        picture = self._street.copy()
        for person in placed:
            for patch in person.patches:
                _lay(picture, patch)
        return picture, placed

    def _place(self, track: int, t_s: float) -> Placed:
        """Put one walker in the frame: head and body, each cut to what can be seen."""
        walker, spot = self._walkers[track], self._walkers[track].spot(t_s)
        beat = np.pi * STEPS_PER_S * (t_s + 0.37 * track)  # one step is half a turn
        x = spot.x * self.width + SWAY * spot.face_px * float(np.sin(beat))
        y = spot.y * self.height - BOB * spot.face_px * float(abs(np.sin(beat)))
        tilt = round(2 * TILT_DEG * float(np.sin(beat * 0.45 + track))) / 2
        gain = walker.gain * self._light(x / self.width, t_s)
        fade = float(np.clip((t_s - walker.enters_s) / FADE_S, 0, 1))
        tables = _tables(gain, fade, haze=max(0.0, 1 - spot.face_px / HAZE_PX) * 0.35)
        step = int(beat / (2 * np.pi) * figure.STEPS) % figure.STEPS
        parts = self._parts(track, (x, y), spot.face_px, step, tilt)
        # The head turns about the neck, and takes the face's middle with it.
        angle, lean = np.deg2rad(tilt), figure.NECK * spot.face_px
        middle = (x - lean * float(np.sin(angle)), y + lean * (1 - float(np.cos(angle))))
        return Placed(
            track=track,
            phase=walker.phase(t_s),
            face=_face(walker.portrait, middle, spot.face_px),
            gain=gain,
            patches=tuple(_relight(part, tables) for part in parts if part is not None),
        )

    def _parts(
        self, track: int, at: tuple[float, float], face_px: float, step: int, tilt: float
    ) -> tuple[Cut | None, Cut | None]:
        """Cut body and head, whose face's middle is `at`, to the frame."""
        sprites = self._sprites[track]
        halvings = sprites.halvings(face_px)
        unit_px = sprites.unit_px(halvings)
        scale = face_px / unit_px
        below = max((self.height - at[1]) / face_px, 1.0)
        body = sprites.body(step, halvings, min(below + figure.BODY_ANCHOR[1], figure.BODY_SIZE[1]))
        head = sprites.head(tilt, halvings)
        blur_px = self._walkers[track].blur_px
        return (
            self._cut(body, figure.BODY_ANCHOR, unit_px, at, scale, 0.0),
            self._cut(head, figure.HEAD_ANCHOR, unit_px, at, scale, blur_px),
        )

    @staticmethod
    def _light(x: float, t_s: float) -> float:
        """Give the light at that share of the width: houses on the left throw shade."""
        shade = 0.16 / (1 + float(np.exp((x - 0.3) * 18)))
        return 1 - shade + 0.06 * float(np.sin(5 * x + 0.6 * t_s))

    def _cut(
        self, sprite: Image.Image, anchor: tuple[float, float], unit_px: float,
        at: tuple[float, float], scale: float, blur_px: float,
    ) -> Cut | None:  # fmt: skip
        """Resize the part of a sprite that is in the frame, to a fraction of a pixel."""
        left, top = at[0] - anchor[0] * unit_px * scale, at[1] - anchor[1] * unit_px * scale
        x1, y1 = max(0, int(np.ceil(left))), max(0, int(np.ceil(top)))
        x2 = min(self.width, int(np.floor(left + sprite.width * scale)))
        y2 = min(self.height, int(np.floor(top + sprite.height * scale)))
        if x2 <= x1 or y2 <= y1:
            return None
        box = (
            (x1 - left) / scale,
            (y1 - top) / scale,
            min((x2 - left) / scale, sprite.width),
            min((y2 - top) / scale, sprite.height),
        )
        part = sprite.resize((x2 - x1, y2 - y1), Image.Resampling.BILINEAR, box=box)
        if blur_px > 0:
            part = part.filter(ImageFilter.GaussianBlur(blur_px))
        return x1, y1, part


def _face(
    portrait: Portrait | None, middle: tuple[float, float], face_px: float
) -> tuple[float, float, float, float]:
    """Give x y width height of the face around its middle."""
    aspect = FACE_ASPECT
    if portrait is not None:
        x1, y1, x2, y2 = portrait.face
        aspect = (x2 - x1) / (y2 - y1)
    width = face_px * aspect
    return middle[0] - width / 2, middle[1] - face_px / 2, width, face_px


def _tables(gain: float, fade: float, *, haze: float) -> list[int]:
    """Make the look-up tables of the four premultiplied bands, 256 entries each."""
    levels = np.arange(256)
    colour = np.clip(levels * gain * (1 - 0.3 * haze), 0, 255) * fade
    return [*np.rint(colour).astype(int).tolist() * 3, *np.rint(levels * fade).astype(int).tolist()]


def _relight(part: Cut, tables: list[int]) -> Patch:
    """Put all bands of a cut through their tables."""
    x, y, picture = part
    return Patch(x, y, np.asarray(picture.point(tables)))


def _lay(picture: Rgb, patch: Patch) -> None:
    """Lay a premultiplied patch over the picture, in place."""
    height, width = patch.pixels.shape[:2]
    under = picture[patch.y : patch.y + height, patch.x : patch.x + width]
    through = 256 - patch.pixels[..., 3:].astype(np.uint16)
    sum_ = ((under * through) >> 8) + patch.pixels[..., :3]
    under[...] = np.minimum(sum_, 255)
