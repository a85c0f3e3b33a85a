"""A drawn person that carries a real face.

Lengths are in units of the face's height (0.2 m), measured from the middle of the face. Pictures
are premultiplied ("RGBa"), so that they can be resized and blurred without a dark rim.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from overt.arrays import Rgb
from overt.simulation.portraits import Portrait

__all__ = ["BODY_ANCHOR", "HEAD_ANCHOR", "NECK", "STEPS", "Look", "choose_look", "draw_body",
           "draw_head"]  # fmt: skip

Colour = tuple[int, int, int]
Point = tuple[float, float]

STEPS: Final = 8  # pictures of one gait cycle (two steps)
NECK: Final = 0.62  # the head tilts about this point below the face's middle
HEAD_SIZE: Final = (1.7, 2.1)
HEAD_ANCHOR: Final = (0.85, 1.15)  # the face's middle in the head's picture
BODY_SIZE: Final = (3.5, 8.8)
BODY_ANCHOR: Final = (1.75, 0.2)  # the face's middle in the body's picture
FINER: Final = 2  # drawn so much larger, then reduced, for soft edges

COATS: Final = ((44, 58, 84), (96, 42, 44), (58, 74, 58), (70, 70, 74), (128, 104, 76),
                (40, 42, 48), (64, 92, 112), (118, 82, 54), (86, 72, 98),
                (146, 138, 122))  # fmt: skip
SHIRTS: Final = ((226, 226, 222), (190, 200, 212), (210, 190, 170), (60, 62, 70))
TROUSERS: Final = ((42, 46, 60), (58, 56, 54), (36, 36, 40), (74, 70, 62))
HAIR: Final = ((42, 34, 30), (74, 56, 42), (58, 56, 56), (104, 98, 94))
BACK_OF_NECK: Final = (176, 142, 122)


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody wears."""

    coat: Colour
    shirt: Colour
    trousers: Colour
    hair: Colour
    skin: Colour
    strap: bool  # of a bag, across the chest
    away: bool  # walks away: seen from behind


def choose_look(portrait: Portrait | None, turn: int, rng: Generator) -> Look:
    """Choose clothes by chance and the skin's tone by the portrait; without one: from behind.

    The coat goes by `turn`, so that those who follow each other differ.
    """
    shirt, trousers, hair = (
        tones[int(rng.integers(len(tones)))] for tones in (SHIRTS, TROUSERS, HAIR)
    )
    return Look(
        coat=COATS[turn % len(COATS)],
        shirt=shirt,
        trousers=trousers,
        hair=hair,
        skin=BACK_OF_NECK if portrait is None else _skin(portrait),
        strap=bool(rng.random() < 0.25),
        away=portrait is None,
    )


def draw_head(portrait: Portrait | None, look: Look, unit_px: float, rng: Generator) -> Image.Image:
    """Draw the head; `unit_px` is the height of its face."""
    size = (round(HEAD_SIZE[0] * unit_px), round(HEAD_SIZE[1] * unit_px))
    head = Image.new("RGBA", size, (*look.skin, 0))
    if portrait is None:
        _draw_back_of_head(head, look, unit_px)
    else:
        if not portrait.whole:
            _draw_skull(head, look, unit_px)
        _paste_face(head, portrait, unit_px)
    return _shade(head, rng, depth=0.10 if portrait is None or not portrait.whole else 0.0)


def draw_body(look: Look, step: int, unit_px: float, length: float, rng: Generator) -> Image.Image:
    """Draw neck, clothes, limbs and the shadow at the feet, at one of `STEPS` of the gait.

    `length` is how much of `BODY_SIZE[1]` is wanted, from above: the rest is below the frame.
    """
    scale = FINER * unit_px
    size = (round(BODY_SIZE[0] * scale), round(min(length, BODY_SIZE[1]) * scale))
    body = Image.new("RGBA", size, (*look.coat, 0))
    pen = _Pen(body, scale, BODY_ANCHOR)
    swing = float(np.sin(2 * np.pi * step / STEPS))
    _draw_legs(pen, look, swing)
    _draw_arms(pen, look, swing)
    _draw_torso(pen, look)
    return _shade(_with_shadow(body.reduce(FINER), unit_px), rng, depth=0.22)


class _Pen:
    """Draws on a picture in units of the face's height."""

    def __init__(self, picture: Image.Image, unit_px: float, anchor: Point) -> None:
        self._draw = ImageDraw.Draw(picture)
        self._unit = unit_px
        self._anchor = anchor

    def shape(self, points: list[Point], colour: Colour) -> None:
        self._draw.polygon([self._at(point) for point in points], fill=(*colour, 255))

    def limb(self, points: list[Point], width: float, colour: Colour) -> None:
        """Draw a thick line with round ends and joints."""
        spots = [self._at(point) for point in points]
        self._draw.line(spots, fill=(*colour, 255), width=round(width * self._unit), joint="curve")
        for point in points:
            self.disc(point, width / 2, width / 2, colour)

    def disc(self, middle: Point, rx: float, ry: float, colour: Colour) -> None:
        (x1, y1), (x2, y2) = (self._at((middle[0] + k * rx, middle[1] + k * ry)) for k in (-1, 1))
        self._draw.ellipse((x1, y1, x2, y2), fill=(*colour, 255))

    def _at(self, point: Point) -> Point:
        return (
            (point[0] + self._anchor[0]) * self._unit,
            (point[1] + self._anchor[1]) * self._unit,
        )


def _draw_legs(pen: _Pen, look: Look, swing: float) -> None:
    """Draw two legs; the one behind is shorter in the picture and darker."""
    for side in sorted((-1, 1), key=lambda side: side * swing):
        forward = side * swing
        foot = 7.75 + 0.22 * forward
        tone = _tone(look.trousers, 0.88 + 0.12 * forward)
        pen.disc((side * 0.46, foot + 0.08), 0.26, 0.2, (32, 30, 30))
        pen.limb([(side * 0.42, 3.6), (side * 0.44, 5.5)], 0.78, tone)
        pen.limb([(side * 0.44, 5.5), (side * 0.45, foot - 0.3)], 0.58, tone)
        pen.shape([(side * 0.05, 5.5), (side * 0.83, 5.5), (side * 0.74, foot - 0.3),
                   (side * 0.16, foot - 0.3)], tone)  # fmt: skip


def _draw_arms(pen: _Pen, look: Look, swing: float) -> None:
    for side in (-1, 1):
        reach = -0.2 * side * swing
        hand = (side * (1.12 - 0.08 * abs(swing)), 3.7 + reach)
        pen.disc((hand[0], hand[1] + 0.1), 0.19, 0.26, look.skin)
        elbow = (side * 1.17, 2.45 + reach / 2)
        pen.limb([(side * 0.98, 1.25), elbow, hand], 0.5, _tone(look.coat, 0.9))


def _draw_torso(pen: _Pen, look: Look) -> None:
    pen.shape([(-0.98, 1.0), (0.98, 1.0), (0.86, 2.6), (0.95, 4.0), (-0.95, 4.0), (-0.86, 2.6)],
              look.coat)  # fmt: skip
    pen.limb([(-0.93, 1.22), (0.93, 1.22)], 0.55, look.coat)
    pen.shape([(-0.95, 1.0), (-0.36, 0.72), (0.36, 0.72), (0.95, 1.0)], look.coat)
    if look.away:
        pen.shape([(-0.36, 0.2), (0.36, 0.2), (0.38, 0.76), (-0.38, 0.76)], look.skin)
        pen.limb([(-0.3, 0.8), (0.3, 0.8)], 0.16, _tone(look.coat, 0.85))
        return
    pen.shape([(-0.33, 0.78), (0.33, 0.78), (0, 1.75)], look.shirt)
    pen.shape([(-0.32, 0.25), (0.32, 0.25), (0.34, 0.8), (0, 1.1), (-0.34, 0.8)],
              _tone(look.skin, 0.86))  # fmt: skip
    pen.limb([(-0.36, 0.76), (0, 1.75)], 0.1, _tone(look.coat, 0.75))
    pen.limb([(0.36, 0.76), (0, 1.75)], 0.1, _tone(look.coat, 0.75))
    pen.limb([(0, 1.75), (0, 3.98)], 0.03, _tone(look.coat, 0.65))
    if look.strap:
        pen.limb([(-0.7, 0.95), (0.8, 3.3)], 0.12, (52, 42, 36))


def _draw_skull(head: Image.Image, look: Look, unit_px: float) -> None:
    """Draw hair and ears behind a face that was cut without them."""
    pen = _Pen(head, unit_px, HEAD_ANCHOR)
    pen.disc((0, -0.14), 0.5, 0.6, look.hair)
    for side in (-1, 1):
        pen.disc((side * 0.45, 0.02), 0.06, 0.13, _tone(look.skin, 0.85))
    pen.disc((0, 0.02), 0.43, 0.52, _tone(look.skin, 0.94))
    soft = head.filter(ImageFilter.GaussianBlur(0.015 * unit_px))
    head.paste(soft)


def _draw_back_of_head(head: Image.Image, look: Look, unit_px: float) -> None:
    pen = _Pen(head, unit_px, HEAD_ANCHOR)
    pen.limb([(0, 0.2), (0, 0.6)], 0.6, look.skin)
    for side in (-1, 1):
        pen.disc((side * 0.46, 0.0), 0.06, 0.14, look.skin)
    pen.disc((0, -0.08), 0.48, 0.6, look.hair)
    pen.shape([(-0.44, 0.1), (0.44, 0.1), (0.3, 0.52), (-0.3, 0.52)], look.hair)
    head.paste(head.filter(ImageFilter.GaussianBlur(0.015 * unit_px)))


def _paste_face(head: Image.Image, portrait: Portrait, unit_px: float) -> None:
    """Blend the portrait softly on the head, its face's middle on the anchor."""
    x1, y1, x2, y2 = portrait.face
    scale = unit_px / (y2 - y1)
    left, top = (
        HEAD_ANCHOR[0] * unit_px - (x1 + x2) / 2 * scale,
        HEAD_ANCHOR[1] * unit_px - (y1 + y2) / 2 * scale,
    )
    height, width = portrait.pixels.shape[:2]
    inverse = (1 / scale, 0, -left / scale, 0, 1 / scale, -top / scale)
    soft_px = (0.018 if portrait.whole else 0.05) * (y2 - y1)
    mask = Image.new("L", (width, height))
    ImageDraw.Draw(mask).polygon(list(portrait.outline), fill=255)
    mask = mask.filter(ImageFilter.GaussianBlur(soft_px))
    cut = Image.fromarray(portrait.pixels)
    if scale < 0.5:  # an affine transform does not average over what it skips
        factor = int(1 / scale)
        cut, mask = cut.reduce(factor), mask.reduce(factor)
        inverse = tuple(value / factor for value in inverse)
    face, alpha = (
        picture.transform(head.size, Image.Transform.AFFINE, inverse, Image.Resampling.BICUBIC)
        for picture in (cut, mask)
    )
    if portrait.whole:
        face.putalpha(alpha)
        head.paste(face)
    else:
        head.paste(face, mask=alpha)


def _with_shadow(body: Image.Image, unit_px: float) -> Image.Image:
    """Lay the body on a soft shadow on the ground."""
    ground = Image.new("RGBA", body.size, (18, 18, 20, 0))
    x, y = BODY_ANCHOR[0] * unit_px, (BODY_ANCHOR[1] + 8.0) * unit_px
    reach = (x - 1.3 * unit_px, y - 0.28 * unit_px, x + 1.5 * unit_px, y + 0.28 * unit_px)
    ImageDraw.Draw(ground).ellipse(reach, fill=(18, 18, 20, 120))
    ground = ground.filter(ImageFilter.GaussianBlur(0.12 * unit_px))
    ground.alpha_composite(body)
    return ground


def _shade(picture: Image.Image, rng: Generator, *, depth: float) -> Image.Image:
    """Light the picture from the left and roughen it; make it premultiplied."""
    width, height = picture.size
    pixels: NDArray[np.uint8] = np.asarray(picture)
    across = np.linspace(-1, 1, width, dtype=np.float32)
    light = 1 + depth * (0.25 - across - 0.6 * across**2)
    rough = Image.fromarray(rng.normal(0, depth * 0.16, (26, 9)).astype(np.float32))
    folds = np.asarray(rough.resize((width, height), Image.Resampling.BICUBIC))
    # In steps of 1/128, so that a byte times it stays within 16 bits.
    factor = np.clip((light[None, :] + folds) * 128, 0, 256).astype(np.uint16)
    alpha = pixels[..., 3:]
    lit = np.minimum((pixels[..., :3] * factor[..., None]) >> 7, 255) * alpha // 255
    planes = np.concatenate([lit.astype(np.uint8), alpha], axis=-1)
    return Image.frombytes("RGBa", (width, height), planes.tobytes())


def _skin(portrait: Portrait) -> Colour:
    """Take the median tone of the cheeks."""
    x1, y1, x2, y2 = portrait.face
    rows = slice(round(y1 + 0.5 * (y2 - y1)), round(y1 + 0.7 * (y2 - y1)))
    columns = slice(round(x1 + 0.2 * (x2 - x1)), round(x1 + 0.8 * (x2 - x1)))
    cheeks: Rgb = portrait.pixels[rows, columns]
    r, g, b = np.median(cheeks.reshape(-1, 3), axis=0)
    return int(r), int(g), int(b)


def _tone(colour: Colour, by: float) -> Colour:
    """Darken or lighten a colour."""
    r, g, b = (min(round(value * by), 255) for value in colour)
    return r, g, b
