"""From a decoded picture of any pixel format to upright 4:2:0 planes."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias, cast

import numpy as np
from av.buffer import Buffer
from av.error import FFmpegError
from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from overt.arrays import Plane
from overt.colour import Colour
from overt.errors import SourceError

__all__ = ["PlaneReader", "Planes", "Turn", "colour_of", "turn_of"]

HIGH_DEFINITION_LINES: Final = 720  # from here on an unmarked picture is taken for BT.709

# Matrix coefficients, ITU-T H.273 table 4. BT.2020 (9, 10) and SMPTE 240M (7) are read with the
# nearest matrix that we have; the difference is a few levels in saturated colours.
BT709_LIKE: Final = frozenset({1, 7, 9, 10})
BT601_LIKE: Final = frozenset({4, 5, 6})
FULL_RANGE: Final = 2  # AVColorRange: 0 not said, 1 video (16-235), 2 full (0-255)

PLANAR: Final = frozenset({"yuv420p", "yuvj420p", "yuva420p"})  # planes to be taken as they are
GREY: Final = frozenset({"gray"})
FULL_BY_FORMAT: Final = frozenset({"yuvj420p", "yuvj422p", "yuvj440p", "yuvj444p", "yuvj411p"})

SMOOTH: Final = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP

Turn: TypeAlias = tuple[int, bool]  # quarter turns counter-clockwise, then mirrored left to right
UPRIGHT: Final[Turn] = (0, False)
TURNS: Final[Mapping[tuple[int, int, int, int], Turn]] = {
    (1, 0, 0, 1): (0, False),
    (0, -1, 1, 0): (1, False),
    (-1, 0, 0, -1): (2, False),
    (0, 1, -1, 0): (3, False),
    (-1, 0, 0, 1): (0, True),
    (0, 1, 1, 0): (3, True),
    (1, 0, 0, -1): (2, True),
    (0, -1, -1, 0): (1, True),
}


@dataclass(frozen=True, slots=True, eq=False)
class Planes:
    """One upright picture: luma (h, w), blue and red (ceil(h / 2), ceil(w / 2)), own memory."""

    luma: Plane
    blue: Plane
    red: Plane
    colour: Colour


def colour_of(*, matrix: int, full: bool, lines: int) -> Colour:
    """Name the colour of a picture from its H.273 matrix; by its height where that is not said."""
    high = matrix in BT709_LIKE or (matrix not in BT601_LIKE and lines >= HIGH_DEFINITION_LINES)
    if high:
        return Colour.BT709_FULL if full else Colour.BT709
    return Colour.BT601_FULL if full else Colour.BT601


def turn_of(matrix: bytes) -> Turn:
    """Tell how a display matrix turns a picture, to the nearest of the eight upright positions.

    The matrix is nine 32-bit numbers, rows a b u, c d v, x y w: a pixel (p, q) is shown at
    (a p + c q + x, b p + d q + y); ISO/IEC 14496-12 section 8.5.3.
    """
    numbers = np.frombuffer(matrix, dtype=np.int32, count=9)
    a, b, c, d = (int(numbers[i]) for i in (0, 1, 3, 4))
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return TURNS.get((_sign(a), 0, 0, _sign(d)), UPRIGHT)
    return TURNS.get((0, _sign(b), _sign(c), 0), UPRIGHT)


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


class PlaneReader:
    """Reads decoded pictures into planes. Keeps the scaler's state, so one for each stream."""

    def __init__(self, *, threads: int) -> None:
        self._threads = threads
        self._reformatter = VideoReformatter()
        self._rotation: int | None = None  # degrees, of the last picture
        self._turn = UPRIGHT
        self._lingers = False  # whether the picture before waits for the garbage collector

    def read(self, picture: VideoFrame) -> Planes:
        """Copy a picture out of the decoder's memory, converted only where it must be.

        Raises:
            SourceError: it is smaller than 2 x 2 pixels, or its pixel format cannot be converted.
        """
        if picture.width < 2 or picture.height < 2:
            raise SourceError(
                f"picture: got {picture.width} x {picture.height} px, want at least 2 x 2"
            )
        if self._lingers:
            gc.collect(1)  # the young objects alone: the picture is among them; under 1 ms
            self._lingers = False
        name = picture.format.name
        full = picture.color_range == FULL_RANGE or name in FULL_BY_FORMAT
        colour = colour_of(matrix=picture.colorspace, full=full, lines=picture.height)
        luma, blue, red = self._planes(picture, name, colour)
        turn = self._turn_of(picture)
        return Planes(upright(luma, turn), upright(blue, turn), upright(red, turn), colour)

    def _turn_of(self, picture: VideoFrame) -> Turn:
        """Read a display matrix anew only when the rotation is another than before.

        In PyAV a picture and its side data hold each other once the side data was asked for: the
        picture would stay in memory until the garbage collector comes by, and hundreds with it.
        So it is asked to come by after the few whose matrix is read.
        """
        if picture.rotation != self._rotation:
            self._rotation, self._turn = picture.rotation, turn_in(picture)
            self._lingers = True
        return self._turn

    def _planes(self, picture: VideoFrame, name: str, colour: Colour) -> tuple[Plane, Plane, Plane]:
        w, h = picture.width, picture.height
        half_w, half_h = (w + 1) // 2, (h + 1) // 2
        if name in GREY and picture.planes[0].line_size >= w:
            neutral = np.full((half_h, half_w), 128, np.uint8)
            return copied(picture, 0, w, h), neutral, neutral.copy()
        # A negative line size is a picture stored upside down: the scaler knows how to read it.
        if name not in PLANAR or any(plane.line_size < half_w for plane in picture.planes):
            picture = self._converted(picture, colour)
        return (
            copied(picture, 0, w, h),
            copied(picture, 1, half_w, half_h),
            copied(picture, 2, half_w, half_h),
        )

    def _converted(self, picture: VideoFrame, colour: Colour) -> VideoFrame:
        """Sample a picture anew as 4:2:0, in the matrix and range that it has already."""
        matrix = (
            Colorspace.ITU709 if colour in (Colour.BT709, Colour.BT709_FULL) else Colorspace.ITU601
        )
        full = colour in (Colour.BT709_FULL, Colour.BT601_FULL)
        target = ColorRange.JPEG if full else ColorRange.MPEG
        # Red, green and blue are always full range; planes keep the range they have.
        source = ColorRange.JPEG if picture.format.is_rgb else target
        try:
            return self._reformatter.reformat(
                picture,
                format="yuv420p",
                src_colorspace=matrix,
                dst_colorspace=matrix,
                src_color_range=source,
                dst_color_range=target,
                interpolation=SMOOTH,
                threads=self._threads,
            )
        except (FFmpegError, ValueError) as error:
            raise SourceError(
                f"picture: got pixel format {picture.format.name}, "
                "want one that can be converted to yuv420p"
            ) from error


def turn_in(picture: VideoFrame) -> Turn:
    """Read how a picture is to be turned from its display matrix; upright without one."""
    # PyAV's stub takes the side data for a dict of motion vectors; it is a mapping by type.
    side_data = cast("Mapping[Type, Buffer]", picture.side_data)
    matrix = side_data.get(Type.DISPLAYMATRIX)
    return UPRIGHT if matrix is None else turn_of(bytes(matrix))


def copied(picture: VideoFrame, index: int, width: int, height: int) -> Plane:
    """Copy a plane (height, width) without the padding at the end of its lines."""
    plane = picture.planes[index]
    # A plane has the buffer protocol, but its stub cannot say so before Python 3.12.
    lines: Plane = np.frombuffer(cast("bytes", plane), dtype=np.uint8).reshape(-1, plane.line_size)
    return lines[:height, :width].copy()


def upright(plane: Plane, turn: Turn) -> Plane:
    """Turn a plane as its display matrix says."""
    quarters, mirrored = turn
    if turn == UPRIGHT:
        return plane
    turned = np.rot90(plane, quarters)
    return np.ascontiguousarray(np.fliplr(turned) if mirrored else turned)
