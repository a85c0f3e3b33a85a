"""The view around an alert, with everyone else made unrecognisable."""

from __future__ import annotations

from typing import Final

import numpy as np

from overt.arrays import F32, I64, Boxes, Mask, Plane, Rgb
from overt.colour import to_rgb
from overt.geometry import area, clip, widen
from overt.values.frame import Frame

__all__ = ["masked_scene", "masked_view"]

# A portrait in blocks can be recognised from about 16 blocks across a face (Harmon and Julesz,
# "Masking in visual recognition: effects of two-dimensional filtered noise", Science 180, 1973).
# Half of that and less is allowed here.
BLOCKS: Final = 48  # along the picture's longer side: a face of a sixth of it is 8 blocks
NEAR_BLOCKS: Final = 5  # across a face as large as the largest found, should one be missed
FACE_BLOCKS: Final = 3  # across any face that was found
LONGEST: Final = 960  # side of the picture in pixels, about
MARGIN: Final = 0.15  # around a face, of its box


def masked_scene(frame: Frame, boxes: Boxes, *, clear: int) -> Rgb:
    """Draw the frame in coarse blocks, all but the face in row `clear` of `boxes` (n, 4).

    The whole picture is coarse, not only the other faces that were found: a face that the
    detector missed must not be shown either.
    """
    step = _step(frame)
    picture = _picture(frame, step)
    height, width = picture.shape[:2]
    faces = _faces_in(picture, boxes, step)
    others = np.arange(len(faces)) != clear
    coarse = _masked(picture, faces[others], block=_block(picture, _longest_side(faces)))
    shown = _clear_part(faces, clear, height=height, width=width)
    coarse[shown] = picture[shown]
    return coarse


def masked_view(frame: Frame, boxes: Boxes, *, largest_px: float) -> Rgb:
    """Draw the frame in coarse blocks, with nobody clear.

    Args:
        frame: to be drawn.
        boxes: (n, 4) of every face that was found in it; there may be none.
        largest_px: longest side of the largest face that this camera sees, pixels of the frame, 0
            where it saw none: people as near as that are masked, should one have been missed here.
    """
    step = _step(frame)
    picture = _picture(frame, step)
    faces = _faces_in(picture, boxes, step)
    largest = max(_longest_side(faces), largest_px * (1 + 2 * MARGIN) / step)
    return _masked(picture, faces, block=_block(picture, largest))


def _masked(picture: Rgb, faces: Boxes, *, block: int) -> Rgb:
    """Draw a picture in blocks, and these faces in larger ones."""
    coarse = _coarse(picture, block)
    for row in np.argsort(area(faces)):  # the largest last: a small one adds no detail to it
        _coarsen_face(coarse, picture, faces[row])
    return coarse


def _step(frame: Frame) -> int:
    return max(2, -(-max(frame.width, frame.height) // LONGEST))


def _faces_in(picture: Rgb, boxes: Boxes, step: int) -> Boxes:
    """Bring boxes to the picture's pixels, with a margin."""
    height, width = picture.shape[:2]
    # Cut to the picture before they are widened: a box may reach far over its edge.
    return widen(clip(boxes / np.float32(step), width=width, height=height), MARGIN)


def _longest_side(faces: Boxes) -> float:
    return float((faces[:, 2:] - faces[:, :2]).max(initial=0))


def _picture(frame: Frame, step: int) -> Rgb:
    """Sample the frame every `step` pixels (2 or more, so that chroma is there for each)."""
    luma = frame.luma[::step, ::step]
    rows = _every(luma.shape[0], step) // 2
    columns = _every(luma.shape[1], step) // 2
    return to_rgb(luma, _at(frame.blue, rows, columns), _at(frame.red, rows, columns), frame.colour)


def _every(count: int, step: int) -> I64:
    return np.arange(count, dtype=np.int64) * step


def _at(plane: Plane, rows: I64, columns: I64) -> Plane:
    return plane[np.ix_(rows, columns)]


def _block(picture: Rgb, largest: float) -> int:
    """Give the side of a block: people stand about as far away as those who were found."""
    return max(2, max(picture.shape[:2]) // BLOCKS, int(largest) // NEAR_BLOCKS)


def _coarse(picture: Rgb, block: int) -> Rgb:
    """Replace each block of pixels by its mean."""
    height, width = picture.shape[:2]
    tops, lefts = _every(-(-height // block), block), _every(-(-width // block), block)
    pixels: F32 = picture.astype(np.float32)
    sums: F32 = np.add.reduceat(np.add.reduceat(pixels, tops, axis=0), lefts, axis=1)
    heights, widths = np.diff(tops, append=height), np.diff(lefts, append=width)
    sizes: F32 = np.outer(heights, widths).astype(np.float32)
    means = np.rint(sums / sizes[..., None]).astype(np.uint8)
    return np.repeat(np.repeat(means, block, axis=0), block, axis=1)[:height, :width].copy()


def _coarsen_face(coarse: Rgb, picture: Rgb, box: Boxes) -> None:
    part = _part(box)
    face = picture[part]
    if face.size:
        coarse[part] = _coarse(face, max(2, -(-max(face.shape[:2]) // FACE_BLOCKS)))


def _part(box: Boxes) -> tuple[slice, slice]:
    """Give the rows and columns that a box touches; none before the first."""
    x1, y1 = (max(int(value), 0) for value in np.floor(box[:2]))
    x2, y2 = (max(int(value), 0) for value in np.ceil(box[2:]))
    return slice(y1, y2), slice(x1, x2)


def _clear_part(faces: Boxes, clear: int, *, height: int, width: int) -> Mask:
    """Tell the pixels (h, w) of the one face: an oval, less every other face that lies over it.

    In the corners of a box around a head there is somebody else, or nothing.
    """
    x1, y1, x2, y2 = (float(value) for value in faces[clear])
    across = (np.arange(width) + 0.5 - (x1 + x2) / 2) / max((x2 - x1) / 2, 1e-6)
    down = (np.arange(height) + 0.5 - (y1 + y2) / 2) / max((y2 - y1) / 2, 1e-6)
    shown: Mask = down[:, None] ** 2 + across[None, :] ** 2 <= 1
    for row, box in enumerate(faces):
        if row != clear:
            shown[_part(box)] = False
    return shown
