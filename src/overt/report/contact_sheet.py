"""One picture to judge an alert by: probe beside listed photo, and the view with others masked."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from overt.arrays import Rgb
from overt.report.evidence import Evidence
from overt.report.words import about_faces_seen
from overt.values.alert import Alert

__all__ = ["draw_evidence", "draw_sheet", "write_sheet"]

WIDTH: Final = 1200
MARGIN: Final = 32
GAP: Final = 24
FACE: Final = 380  # side of each of the two faces that are compared
VIEW: Final = WIDTH - 2 * MARGIN - 2 * (FACE + GAP)  # width of the view beside them
SHOT: Final = 120  # side of the further shots
CAPTION: Final = 32  # height of a line below a picture
LINE: Final = 30
LETTERS, SMALL, LARGE = 20, 16, 30  # height of letters
REMINDER: Final = "A similarity identifies nobody. Nothing follows until a person has judged it."
PAPER, BACK, INK, QUIET, ACCENT = "#ffffff", "#eceff1", "#1a1a1a", "#5f6368", "#b3261e"


def write_sheet(alert: Alert, listed_photo: Rgb, path: Path) -> None:
    """Write the sheet as PNG, whole or not at all."""
    sheet = draw_sheet(alert, listed_photo)
    handle, name = tempfile.mkstemp(suffix=".png", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            sheet.save(file, "PNG")
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)  # half a sheet shows a face as well


def draw_sheet(alert: Alert, listed_photo: Rgb) -> Image.Image:
    """Draw probe and listed photo at one scale, what the figures mean, and the masked view."""
    shots = tuple(crop.pixels for crop in alert.crops)
    return _drawn(shots, listed_photo, alert.scene, _place(alert.time, alert.camera), _texts(alert))


def draw_evidence(
    evidence: Evidence, *, time: datetime, camera: str, figures: tuple[str, ...]
) -> Image.Image:
    """Draw what was sealed of an alert, as `draw_sheet` does; `figures` say what was compared."""
    entry = evidence.entry
    who = f"Entry {entry.get('reference')}: {entry.get('name')}, {entry.get('category')}"
    relatives = entry.get("relatives")
    texts = (
        who,
        *figures,
        *([f"Close relatives or twin: {relatives}"] if relatives else []),
        REMINDER,
    )
    place = _place(time, camera)
    return _drawn(evidence.shots, evidence.listed, evidence.scene, place, texts)


def _drawn(
    shots: tuple[Rgb, ...], listed_photo: Rgb, scene: Rgb, place: str, texts: tuple[str, ...]
) -> Image.Image:
    lines = [part for text in texts for part in _wrapped(text, WIDTH - 2 * MARGIN)]
    further = shots[1 : 1 + (WIDTH - 2 * MARGIN) // (SHOT + GAP)]
    top = MARGIN + 84
    below = top + FACE + CAPTION + GAP
    text_top = below + (SHOT + CAPTION + GAP if further else 0)
    sheet = Image.new("RGB", (WIDTH, text_top + LINE * len(lines) + MARGIN), PAPER)
    draw = ImageDraw.Draw(sheet)
    _heading(draw, place)
    pictures = (
        (shots[0], FACE, "Probe (camera)"),
        (listed_photo, FACE, "Listed photograph"),
        (scene, VIEW, "View, everyone else masked"),
    )
    x = MARGIN
    for pixels, width, title in pictures:
        _picture(sheet, pixels, (x, top, x + width, top + FACE))
        draw.text((x, top + FACE + 8), title, QUIET, _font(SMALL))
        x += width + GAP
    _further_shots(sheet, further, below)
    for number, line in enumerate(lines):
        draw.text((MARGIN, text_top + LINE * number), line, INK, _font(LETTERS))
    return sheet


def _place(time: datetime, camera: str) -> str:
    when = time.strftime("%Y-%m-%d %H:%M:%S UTC")
    place = f"{when}, camera {_printable(camera)}"
    return place if len(place) <= 70 else place[:66] + " ..."


def _heading(draw: ImageDraw.ImageDraw, place: str) -> None:
    draw.text((MARGIN, MARGIN), "Alert: for a person to judge", ACCENT, _font(LARGE))
    draw.text((MARGIN, MARGIN + 42), place, QUIET, _font(SMALL + 2))


def _picture(sheet: Image.Image, pixels: Rgb, frame: tuple[int, int, int, int]) -> None:
    """Paste a picture as large as it fits into the middle of a frame (left top right bottom)."""
    image = Image.fromarray(pixels)
    left, top, right, bottom = frame
    width, height = right - left, bottom - top
    scale = min(width / image.width, height / image.height)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    sheet.paste(BACK, frame)
    sheet.paste(
        image.resize(size, Image.Resampling.LANCZOS),
        (left + (width - size[0]) // 2, top + (height - size[1]) // 2),
    )


def _further_shots(sheet: Image.Image, shots: tuple[Rgb, ...], y: int) -> None:
    for number, pixels in enumerate(shots):
        x = MARGIN + number * (SHOT + GAP)
        _picture(sheet, pixels, (x, y, x + SHOT, y + SHOT))
    if shots:
        draw = ImageDraw.Draw(sheet)
        draw.text((MARGIN, y + SHOT + 8), "Further shots of this passage", QUIET, _font(SMALL))


def _texts(alert: Alert) -> tuple[str, ...]:
    point = alert.point
    guess = ", extrapolated beyond what was measured" if point.extrapolated else ""
    return (
        f"Entry {alert.entry.reference}: {alert.entry.name}, {alert.entry.category}",
        (
            f"Similarity {alert.similarity:.3f}, threshold {point.threshold:.2f}, "
            f"{alert.shots} shots compared as one"
        ),
        (
            f"Expected at this threshold with {point.listed} listed: a false alert for "
            f"{about_faces_seen(point.predicted_rate)}{guess}"
        ),
        "Look twice: " + ("; ".join(alert.flags) if alert.flags else "no quality flag"),
        *([f"On this list: {'; '.join(alert.entry.warnings)}"] if alert.entry.warnings else []),
        *([f"Close relatives or twin: {alert.entry.relatives}"] if alert.entry.relatives else []),
        REMINDER,
    )


def _wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines of at most `width` pixels; a word that is longer is broken too."""
    font = _font(LETTERS)
    lines = [""]
    for word in _printable(text).split():
        for piece in _pieces(word, width, font):
            longer = f"{lines[-1]} {piece}".strip()
            if font.getlength(longer) <= width:
                lines[-1] = longer
            else:
                lines.append(piece)
    return lines


def _pieces(word: str, width: int, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> list[str]:
    pieces = [""]
    for letter in word:
        if font.getlength(pieces[-1] + letter) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _printable(text: str) -> str:
    """Take out what would move the pen: a name comes from whoever wrote the list."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
