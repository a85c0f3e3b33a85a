"""One picture of a camera's check: the masked view, where faces came, how large, and the zone."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from overt.arrays import Rgb
from overt.governance.preflight import Check, FaceSeen, GoNoGo, Preflight
from overt.select.zone import Zone

__all__ = ["draw_preflight", "write_preflight"]

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Size = tuple[int, int]

WIDTH, MARGIN, GAP, LINE = 1280, 32, 20, 30
TALLEST: Final = 760  # of the view
NAME, GOT, WANT, VERDICT = 0, 250, 690, 1110  # where the columns of the table begin
LETTERS, SMALL, LARGE = 18, 15, 30
ENOUGH_PX, GOOD_PX = 16.0, 24.0  # between the eyes: what comparison needs, and what is good
DOT: Final = 0.5  # radius of a dot by the distance between the eyes
LEAST_DOT: Final = 6  # pixels of the sheet
PAPER, INK, QUIET, RULE = "#ffffff", "#1a1a1a", "#5f6368", "#dadce0"
FEW, SOME, MANY = "#d55e00", "#f0e442", "#009e73"  # told apart by the colour-blind (Okabe and Ito)
SUGGESTED, MEANT = "#56b4e9", "#ffffff"
COLOURS: Final = {GoNoGo.GO: "#00694d", GoNoGo.NO_GO: "#b3261e", GoNoGo.CANNOT_TELL: "#8a5a00"}


def write_preflight(preflight: Preflight, view: Rgb, *, zone: Zone, path: Path) -> None:
    """Write the picture as PNG, whole or not at all."""
    sheet = draw_preflight(preflight, view, zone=zone)
    handle, name = tempfile.mkstemp(suffix=".png", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            sheet.save(file, "PNG")
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def draw_preflight(preflight: Preflight, view: Rgb, *, zone: Zone) -> Image.Image:
    """Draw the masked `view` (h, w, 3) with faces and zones on it, a legend, and every check.

    Args:
        preflight: what was found.
        view: the camera's picture with everybody masked, of any size.
        zone: of recognition, the one that is meant; () where none is set.
    """
    picture = _view(view)
    top = MARGIN + 84
    legend = top + picture.height + GAP
    table = legend + 2 * LINE + GAP
    sheet = Image.new("RGB", (WIDTH, table + LINE * (len(preflight.checks) + 1) + MARGIN), PAPER)
    draw = ImageDraw.Draw(sheet)
    _heading(draw, preflight)
    _zones(picture, suggested=preflight.zone, meant=zone)
    _dots(picture, preflight.faces, scale=picture.width / preflight.size[0])
    sheet.paste(picture, ((WIDTH - picture.width) // 2, top))
    _legend(draw, legend, suggested=preflight.zone, meant=zone)
    _table(draw, table, preflight.checks)
    return sheet


def _view(view: Rgb) -> Image.Image:
    """Scale the view to the sheet without smoothing: what is coarse is meant to look so."""
    height, width = view.shape[:2]
    scale = min((WIDTH - 2 * MARGIN) / width, TALLEST / height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return Image.fromarray(view).resize(size, Image.Resampling.NEAREST)


def _heading(draw: ImageDraw.ImageDraw, preflight: Preflight) -> None:
    verdict = preflight.verdict
    camera = "".join(c if c.isprintable() else " " for c in preflight.camera)
    camera = camera if len(camera) <= 60 else camera[:56] + " ..."
    draw.text((MARGIN, MARGIN), f"Camera {camera}: {verdict}", COLOURS[verdict], _font(LARGE))
    when = preflight.at.strftime("%Y-%m-%d %H:%M:%S UTC")
    text = f"{when}. Everybody in the view is masked. Nothing was compared, nobody is kept."
    draw.text((MARGIN, MARGIN + 44), text, QUIET, _font(LETTERS))


def _zones(picture: Image.Image, *, suggested: Zone, meant: Zone) -> None:
    """Draw the suggested zone as a tinted area, the one that is meant as a line."""
    if suggested:
        tint = Image.new("RGBA", picture.size, (0, 0, 0, 0))
        points = _points(suggested, picture.size)
        ImageDraw.Draw(tint).polygon(points, fill=(86, 180, 233, 60))
        picture.paste(Image.alpha_composite(picture.convert("RGBA"), tint).convert("RGB"))
        _outline(picture, points, SUGGESTED)
    if meant:
        _outline(picture, _points(meant, picture.size), MEANT)


def _points(zone: Zone, size: Size) -> list[tuple[float, float]]:
    return [(x * (size[0] - 1), y * (size[1] - 1)) for x, y in zone]


def _outline(picture: Image.Image, points: list[tuple[float, float]], colour: str) -> None:
    draw = ImageDraw.Draw(picture)
    for ink, width in ((INK, 6), (colour, 3)):  # dark beneath, to be seen on any ground
        draw.line([*points, points[0]], fill=ink, width=width, joint="curve")


def _dots(picture: Image.Image, faces: tuple[FaceSeen, ...], *, scale: float) -> None:
    """Draw a dot for each face at its best, coloured by its size; the smallest last, on top."""
    draw = ImageDraw.Draw(picture)
    for face in sorted(faces, key=lambda face: -face.best.eyes_px):
        eyes = face.best.eyes_px
        radius = max(LEAST_DOT, DOT * eyes * scale)
        x, y = face.x * picture.width, face.y * picture.height
        box = (x - radius, y - radius, x + radius, y + radius)
        draw.ellipse(box, fill=_colour(eyes), outline=INK, width=2)
        draw.text(
            (x, y + radius + 10), f"{eyes:.0f}", "#ffffff", _font(SMALL), anchor="mm",
            stroke_width=2, stroke_fill=INK,
        )  # fmt: skip


def _colour(eyes_px: float) -> str:
    return MANY if eyes_px >= GOOD_PX else SOME if eyes_px >= ENOUGH_PX else FEW


def _legend(draw: ImageDraw.ImageDraw, y: int, *, suggested: Zone, meant: Zone) -> None:
    """Explain dots in one line and zones in the next."""
    x = MARGIN
    draw.text((x, y), "Faces at their best, px between the eyes:", INK, _font(LETTERS))
    x += 370
    for colour, text in (
        (MANY, f"{GOOD_PX:.0f} or more: good"),
        (SOME, f"{ENOUGH_PX:.0f} to {GOOD_PX:.0f}: enough"),
        (FEW, f"under {ENOUGH_PX:.0f}: too small"),
    ):
        draw.ellipse((x, y + 3, x + 16, y + 19), fill=colour, outline=INK, width=2)
        draw.text((x + 26, y), text, INK, _font(LETTERS))
        x += 220
    x, y = MARGIN, y + LINE
    zones = ((SUGGESTED, "suggested zone", suggested), (MEANT, "zone that is set", meant))
    for colour, text, zone in zones:
        draw.rectangle((x, y + 3, x + 24, y + 19), fill=colour, outline=INK, width=2)
        draw.text((x + 36, y), text if zone else f"{text}: none", INK, _font(LETTERS))
        x += 370


def _table(draw: ImageDraw.ImageDraw, y: int, checks: tuple[Check, ...]) -> None:
    """Write what was got and wanted, a line for each check."""
    for column, text in ((NAME, "check"), (GOT, "got"), (WANT, "want"), (VERDICT, "verdict")):
        draw.text((MARGIN + column, y), text, QUIET, _font(SMALL))
    for number, check in enumerate(checks, start=1):
        line = y + LINE * number
        draw.line((MARGIN, line - 5, WIDTH - MARGIN, line - 5), fill=RULE)
        for column, text in ((NAME, check.name), (GOT, check.got), (WANT, check.want)):
            draw.text((MARGIN + column, line), text, INK, _font(LETTERS))
        verdict = check.verdict
        draw.text((MARGIN + VERDICT, line), verdict, COLOURS[verdict], _font(LETTERS))


def _font(size: int) -> Font:
    return ImageFont.load_default(size)
