"""A view as a small picture to send to a page, in memory."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image

from overt.arrays import Rgb

__all__ = ["MEDIA_TYPE", "encoded_view"]

MEDIA_TYPE: Final = "image/jpeg"
LONGEST: Final = 480  # side in pixels: a masked view holds no detail that would need more
QUALITY: Final = 75


def encoded_view(pixels: Rgb) -> bytes:
    """Write a view (h, w, 3) as JPEG, smaller where it is large; nothing is written to disk."""
    image = Image.fromarray(pixels)
    image.thumbnail((LONGEST, LONGEST), Image.Resampling.BOX)
    written = io.BytesIO()
    image.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()
