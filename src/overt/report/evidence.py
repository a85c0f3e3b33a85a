"""The evidence of an alert as one file, to be sealed: who, and the pictures."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from overt.arrays import Rgb
from overt.errors import VaultError
from overt.values.alert import Alert
from overt.values.crop import Crop

__all__ = ["Evidence", "heading", "pack", "unpack"]

ASIDE: Final = 0.5  # of a shot's width between the first and the last: less may be a head's turn
NEARER: Final = 1.15  # times as wide


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What was sealed of an alert: who it is said to be, and the pictures."""

    entry: Mapping[str, object]
    listed: Rgb
    scene: Rgb
    shots: tuple[Rgb, ...]  # best first


def pack(alert: Alert, listed_photo: Rgb) -> bytes:
    """Put an alert's pictures (PNG) and its entry (JSON) into a ZIP archive, in memory."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in _files(alert, listed_photo):
            archive.writestr(zipfile.ZipInfo(name, alert.time.timetuple()[:6]), content)
    return packed.getvalue()


def unpack(packed: bytes) -> Evidence:
    """Take the pictures and the entry out of the archive, in memory.

    Raises:
        VaultError: it is no evidence of an alert.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        shots = tuple(_pixels(files[f"shot-{number}.png"]) for number in range(1, len(files) - 2))
        entry = json.loads(files["entry.json"])
        return Evidence(entry, _pixels(files["listed.png"]), _pixels(files["scene.png"]), shots)
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise VaultError(f"evidence: got {error}, want the pictures of an alert") from error


def _pixels(png: bytes) -> Rgb:
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image.convert("RGB"))


def _files(alert: Alert, listed_photo: Rgb) -> Iterator[tuple[str, bytes]]:
    yield "entry.json", json.dumps(_entry(alert), ensure_ascii=False, indent=1).encode()
    yield "listed.png", _png(listed_photo)
    yield "scene.png", _png(alert.scene)
    for number, crop in enumerate(alert.crops, start=1):
        yield f"shot-{number}.png", _png(crop.pixels)


def _entry(alert: Alert) -> dict[str, object]:
    entry = alert.entry
    return {
        "alert": alert.id,
        "reference": entry.reference,
        "name": entry.name,
        "category": entry.category,
        "source": entry.source,
        "lawful_basis": entry.lawful_basis,
        "reviewer": entry.reviewer,
        "image_date": entry.image_date.isoformat() if entry.image_date else None,
        "photo_sha256": entry.photo_sha256,
        "under_18": entry.under_18,
        "vulnerable": entry.vulnerable,
        "exception": entry.exception,
        "relatives": entry.relatives,
        "warnings": list(entry.warnings),
        "flags": list(alert.flags),
        "heading": heading(alert.crops),
    }


def heading(crops: tuple[Crop, ...]) -> str:
    """Say in words where somebody went within one camera's view, from the shots kept of them.

    For officers who are to find the person. "" where the shots do not tell.
    """
    first, *_, last = sorted(crops * 2, key=lambda crop: crop.time)
    if first.time == last.time:
        return ""
    before, after = first.pixels.shape[1], last.pixels.shape[1]
    moved_px = (last.origin[0] + after / 2) - (first.origin[0] + before / 2)
    ways = {
        "towards the camera": after > before * NEARER,
        "away from the camera": before > after * NEARER,
        "to the left of the picture": moved_px < -ASIDE * before,
        "to the right of the picture": moved_px > ASIDE * before,
    }
    return ", ".join(way for way, holds in ways.items() if holds)


def _png(pixels: Rgb) -> bytes:
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, "PNG")
    return written.getvalue()
