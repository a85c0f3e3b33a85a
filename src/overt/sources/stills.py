"""Stills: photographs of a watchlist, and folders of them as a source."""

from __future__ import annotations

import io
import struct
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from PIL import Image, UnidentifiedImageError

from overt.arrays import F32, Plane, Rgb
from overt.colour import WEIGHTS, Colour
from overt.errors import SourceError
from overt.sources.container import readable, reason_of
from overt.sources.timeline import utc
from overt.values.frame import Frame

__all__ = [
    "MAX_PIXELS",
    "STILL_SUFFIXES",
    "Stills",
    "frame_of",
    "planes_of",
    "read_still",
    "still_in",
    "still_rgb",
]

MAX_PIXELS: Final = 50_000_000  # more is taken for a decompression bomb
FORMATS: Final = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF")  # none that runs a program
STILL_SUFFIXES: Final = frozenset(
    {".jpg", ".jpeg", ".jpe", ".mpo", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"}
)
WANTED: Final = "want a photograph (JPEG, PNG, WebP, TIFF, BMP)"
BAND: Final = 256  # rows converted at a time, an even number: keeps the memory needed small

# What Pillow's decoders raise on damaged files, of the formats above.
DAMAGE: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    OverflowError,
    EOFError,
    struct.error,
)
ORIENTATION: Final = 0x0112  # Exif tag
# Exif 2.32 table 6: what to do to a picture stored in this orientation to see it upright.
TRANSPOSE: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def still_rgb(path: Path) -> Rgb:
    """Read a still for people to look at: upright, (h, w, 3), bytes; see-through parts white.

    Raises:
        SourceError: it cannot be read, is damaged, or has more than `MAX_PIXELS` pixels.
    """
    with readable(path, wanted=WANTED) as file:
        return decoded(file, name=repr(str(path)))


def still_in(content: bytes, *, name: str) -> Rgb:
    """Read a still that is held in memory, as `still_rgb` does; its name is for messages alone.

    Raises:
        SourceError: it is no image, is damaged, or has more than `MAX_PIXELS` pixels.
    """
    return decoded(io.BytesIO(content), name=repr(name))


def decoded(file: BinaryIO, *, name: str) -> Rgb:
    """Decode a still; what it is called does not tell what it is.

    Raises:
        SourceError: it is no image, is damaged, or has more than `MAX_PIXELS` pixels.
    """
    try:
        with Image.open(file, formats=FORMATS) as image:
            check_size(name, *image.size)
            return np.asarray(in_rgb(upright(image)))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_large(name, "too many") from error
    except UnidentifiedImageError as error:
        raise SourceError(
            f"{name}: got something that is not an image, {WANTED}",
            hint="see whether another program shows it, and save it as JPEG or PNG",
        ) from error
    except DAMAGE as error:
        raise SourceError(
            f"{name}: got a damaged or cut off image ({reason_of(error)}), {WANTED}",
            hint="copy it again, or save it as JPEG or PNG",
        ) from error


def read_still(path: Path, *, camera: str = "") -> Frame:
    """Read a still as a frame. Its time is the file's own, for want of a better one.

    Raises:
        SourceError: it cannot be read, is damaged, too small, or has too many pixels.
    """
    rgb = still_rgb(path)
    time = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return frame_of(rgb, name=repr(str(path)), camera=camera, time=time)


def frame_of(rgb: Rgb, *, name: str, camera: str, time: datetime) -> Frame:
    """Make a frame of a still (h, w, 3); its name is for messages alone.

    Raises:
        SourceError: it is smaller than 2 x 2 px.
    """
    if min(rgb.shape[:2]) < 2:
        raise SourceError(f"{name}: got {rgb.shape[1]} x {rgb.shape[0]} px, want at least 2 x 2")
    luma, blue, red = planes_of(rgb)
    return Frame(
        camera=camera,
        index=0,
        time=time,
        media_s=0.0,
        luma=luma,
        blue=blue,
        red=red,
        colour=Colour.BT601_FULL,
    )


def planes_of(rgb: Rgb) -> tuple[Plane, Plane, Plane]:
    """Convert (h, w, 3) to luma (h, w), blue and red (ceil(h / 2), ceil(w / 2)), BT.601 full range.

    ITU-T T.871 section 7; a chroma sample is the mean of its 2 x 2 pixels, as in JPEG.
    """
    h, w = rgb.shape[:2]
    luma = np.empty((h, w), np.uint8)
    blue = np.empty(((h + 1) // 2, (w + 1) // 2), np.uint8)
    red = np.empty_like(blue)
    red_weight, blue_weight = WEIGHTS[Colour.BT601_FULL]
    weights = np.array([red_weight, 1 - red_weight - blue_weight, blue_weight], np.float32)
    for top in range(0, h, BAND):
        band: F32 = rgb[top : top + BAND].astype(np.float32)
        y: F32 = band @ weights
        half = slice(top // 2, top // 2 + (len(band) + 1) // 2)
        luma[top : top + BAND] = as_bytes(y)
        blue[half] = as_bytes(128 + halved(band[..., 2] - y) / np.float32(2 * (1 - blue_weight)))
        red[half] = as_bytes(128 + halved(band[..., 0] - y) / np.float32(2 * (1 - red_weight)))
    return luma, blue, red


def halved(plane: F32) -> F32:
    """Take the mean of each 2 x 2 pixels; the last row and column stand twice where odd."""
    h, w = plane.shape
    even = np.pad(plane, ((0, h % 2), (0, w % 2)), mode="edge")
    return even.reshape((h + 1) // 2, 2, (w + 1) // 2, 2).mean(axis=(1, 3), dtype=np.float32)


def as_bytes(plane: F32) -> Plane:
    """Round to whole levels, 0 to 255."""
    return np.clip(np.rint(plane), 0, 255).astype(np.uint8)


def check_size(name: str, width: int, height: int) -> None:
    """Raise `SourceError` for a picture of more than `MAX_PIXELS` pixels."""
    if width * height > MAX_PIXELS:
        raise too_large(name, f"{width} x {height} = {width * height:,}")


def too_large(name: str, got: str) -> SourceError:
    """Make the error for a picture with too many pixels."""
    return SourceError(
        f"{name}: got {got} pixels, want at most {MAX_PIXELS:,}", hint="scale the image down"
    )


def upright(image: Image.Image) -> Image.Image:
    """Turn an image as its Exif orientation says; one that cannot be read says nothing."""
    try:
        orientation = image.getexif().get(ORIENTATION)
    except DAMAGE:
        return image
    method = TRANSPOSE.get(orientation) if isinstance(orientation, int) else None
    return image if method is None else image.transpose(method)


def in_rgb(image: Image.Image) -> Image.Image:
    """Convert any kind of image to 8-bit red, green and blue; see-through parts over white."""
    if image.mode == "F":
        raise ValueError("floating point pixels have no known range")
    if image.mode == "I" or image.mode.startswith("I;16"):
        # 16-bit grey: Pillow's own conversion would cut off all above 255.
        deep = np.asarray(image).astype(np.int64)
        return Image.fromarray((np.clip(deep, 0, 65535) // 257).astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        layers = image.convert("RGBA")
        white = Image.new("RGBA", layers.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, layers).convert("RGB")
    return image.convert("RGB")


class Stills:
    """A folder of stills as a source: sorted by name, a fixed time apart.

    A still that cannot be read is left out and counted in `corrupt`; its place in time stays.
    """

    def __init__(
        self, folder: Path, *, camera: str, started: datetime, interval_s: float = 1.0
    ) -> None:
        """Name a folder to read; it is opened by `frames`.

        Args:
            folder: only its own files with an image's suffix are read, not those in its folders.
            camera: the name that the frames carry.
            started: when the first still was taken, with its time zone.
            interval_s: seconds from one still to the next.

        Raises:
            SourceError: `started` has no time zone, or the interval is not above 0.
        """
        if not interval_s > 0:
            raise SourceError(f"interval between stills: got {interval_s} s, want above 0 s")
        self._folder = folder
        self._camera = camera
        self._started = utc(started)
        self._interval_s = interval_s
        self._corrupt = 0
        self._closed = threading.Event()

    def __repr__(self) -> str:
        return f"Stills({str(self._folder)!r}, camera={self._camera!r})"

    @property
    def camera(self) -> str:
        return self._camera

    @property
    def live(self) -> bool:
        return False

    @property
    def length(self) -> int | None:
        """How many stills the folder holds.

        Raises:
            SourceError: it cannot be read, or holds none.
        """
        return len(self._paths())

    @property
    def dropped(self) -> int:
        return 0

    @property
    def corrupt(self) -> int:
        """Stills that were left out because they cannot be read, so far."""
        return self._corrupt

    def close(self) -> None:
        self._closed.set()

    def frames(self) -> Iterator[Frame]:
        """Give every still in order of its name.

        Raises:
            SourceError: the folder cannot be read, or none of its stills can.
        """
        given = 0
        trouble: SourceError | None = None
        for place, path in enumerate(self._paths()):
            if self._closed.is_set():
                return
            try:
                still = read_still(path, camera=self._camera)
            except SourceError as error:
                trouble, self._corrupt = error, self._corrupt + 1
                continue
            media_s = place * self._interval_s
            time = self._started + timedelta(seconds=media_s)
            yield replace(still, index=given, time=time, media_s=media_s)
            given += 1
        if given == 0 and trouble is not None:
            raise trouble

    def _paths(self) -> list[Path]:
        name = repr(str(self._folder))
        try:
            paths = sorted(
                path
                for path in self._folder.iterdir()
                if path.suffix.lower() in STILL_SUFFIXES and path.is_file()
            )
        except (OSError, ValueError) as error:
            raise SourceError(
                f"{name}: got a folder that cannot be read ({reason_of(error)}), "
                "want a folder of stills",
                hint="check the path and who may read it",
            ) from error
        if not paths:
            raise SourceError(
                f"{name}: got a folder without an image, want one with "
                + ", ".join(sorted(STILL_SUFFIXES)),
                hint="put the stills in the folder itself, not in a folder within it",
            )
        return paths
