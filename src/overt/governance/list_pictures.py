"""Pictures of photographs that are proposed for a list, for people to look at: drawn anew, small.

What was sent is never shown: a file can be a picture to one program and something else to another.
"""

from __future__ import annotations

import io
from typing import Final

from PIL import Image

from overt.arrays import Rgb

__all__ = ["MEDIA_TYPE", "shown"]

MEDIA_TYPE: Final = "image/jpeg"
SIDE_PX: Final = 320


def shown(photo: Rgb) -> bytes:
    """Write a photograph (h, w, 3) as a small JPEG, with nothing else in it."""
    picture = Image.fromarray(photo)
    picture.thumbnail((SIDE_PX, SIDE_PX))
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=88)
    return written.getvalue()
