"""Small clips for the tests, made with PyAV's encoders."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

RATE = 25
Rgb = NDArray[np.uint8]


def smooth(width: int, height: int, *, level: int = 0) -> Rgb:
    """Make a picture of soft colours; `level` (0-255) makes it darker or lighter as a whole."""
    x = np.linspace(0, 1, width)[None, :]
    y = np.linspace(0, 1, height)[:, None]
    base = np.stack([x + 0 * y, 0 * x + y, 0.5 * (1 - x) + 0.5 * y], axis=-1)
    return np.rint(40 + 120 * base + level / 255 * 90).astype(np.uint8)


def corners(width: int, height: int) -> Rgb:
    """Make a picture whose four quarters differ: dark, red, green, blue (top left, right, ...)."""
    rgb = np.full((height, width, 3), 30, np.uint8)
    rgb[: height // 2, width // 2 :] = (220, 40, 40)
    rgb[height // 2 :, : width // 2] = (40, 200, 40)
    rgb[height // 2 :, width // 2 :] = (60, 60, 230)
    return rgb


def clip(  # noqa: PLR0913
    target: Path | io.BytesIO,
    pictures: Sequence[Rgb],
    *,
    container: str | None = None,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    stamps: Sequence[int] | None = None,
    options: Mapping[str, str] | None = None,
    container_options: Mapping[str, str] | None = None,
    colour_range: int = 0,
) -> None:
    """Write pictures as a video; `stamps` are in 1/25 s."""
    size = pictures[0].shape
    output = av.open(target, "w", format=container, options=dict(container_options or {}))  # pyright: ignore[reportCallIssue, reportArgumentType]
    with output:
        stream: Any = output.add_stream(codec, rate=RATE, options=dict(options or {}))
        stream.width, stream.height, stream.pix_fmt = size[1], size[0], pixels
        stream.codec_context.thread_count = 1
        stream.codec_context.color_range = colour_range
        for index, rgb in enumerate(pictures):
            picture = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            picture.pts = index if stamps is None else stamps[index]
            picture.time_base = Fraction(1, RATE)
            output.mux(stream.encode(picture))
        output.mux(stream.encode(None))


def walk(width: int = 160, height: int = 120, *, count: int = 25) -> list[Rgb]:
    """Make pictures that grow lighter, so that their order can be seen."""
    return [smooth(width, height, level=round(255 * i / count)) for i in range(count)]


def sound(target: Path) -> None:
    """Write half a second of silence without a picture."""
    with av.open(target, "w") as output:
        stream: Any = output.add_stream("aac", rate=48000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 24000), np.float32), "fltp", "mono")
        frame.sample_rate = 48000
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))


def set_display_matrix(path: Path, matrix: tuple[int, int, int, int]) -> None:
    """Write a b c d (each -1, 0 or 1) into an MP4's track header (ISO/IEC 14496-12, 8.3.2)."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4
    matrix_at = at + (40 if data[at] == 0 else 52)
    a, b, c, d = (number << 16 for number in matrix)
    rows = [a, b, 0, c, d, 0, 0, 0, 1 << 30]
    data[matrix_at : matrix_at + 36] = b"".join(n.to_bytes(4, "big", signed=True) for n in rows)
    path.write_bytes(data)
