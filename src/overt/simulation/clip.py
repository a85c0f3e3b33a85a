"""Write pictures as an H.264 file that is the same for the same pictures and versions."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError
from av.video import reformatter
from numpy.random import Generator
from numpy.typing import NDArray

from overt.arrays import Plane, Rgb
from overt.errors import ShapeError, SourceError

__all__ = ["NOISE", "write_clip"]

NOISE = 2.2  # standard deviation of the sensor noise, in steps of luma
NOISE_SHEETS = 6
FLICKER = 0.05  # how far the light of the whole picture goes up and down
# One thread and no version-dependent metadata: the same bytes every time.
ENCODER = {"preset": "veryfast", "crf": "22", "threads": "1"}


def write_clip(
    path: Path, pictures: Iterator[Rgb], *, width: int, height: int, fps: int, rng: Generator
) -> None:
    """Encode the pictures, (height, width, 3) each, with sensor noise; appear at once or not.

    Raises:
        ShapeError: the size is odd, which 4:2:0 video cannot be.
        SourceError: the file cannot be written.
    """
    if width % 2 or height % 2 or min(width, height) < 64:
        raise ShapeError(f"clip: got {width} x {height} px, want even sides of 64 px or more")
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        _encode(partial, pictures, width=width, height=height, fps=fps, rng=rng)
        partial.replace(path)
    except (OSError, FFmpegError) as error:
        raise SourceError(f"{path}: got {error}, want a file that can be written") from error
    finally:
        partial.unlink(missing_ok=True)


def _encode(
    path: Path, pictures: Iterator[Rgb], *, width: int, height: int, fps: int, rng: Generator
) -> None:
    sheets = _noise(rng, width, height)
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(path), "w", format="mp4", options=options) as container:
        stream = container.add_stream("libx264", rate=fps, options=ENCODER)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = Fraction(1, fps)
        context = stream.codec_context
        context.colorspace = reformatter.Colorspace.ITU709
        context.color_primaries = reformatter.ColorPrimaries.BT709
        context.color_trc = reformatter.ColorTrc.BT709
        context.color_range = reformatter.ColorRange.MPEG
        for index, picture in enumerate(pictures):
            light = 1 + FLICKER * float(np.sin(index / fps * 0.7))
            sheet = sheets[int(rng.integers(len(sheets)))]
            frame = _to_frame(picture, sheet, light)
            frame.pts, frame.time_base = index, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _to_frame(picture: Rgb, sheet: NDArray[np.int16], light: float) -> av.VideoFrame:
    """Convert to 4:2:0 in BT.709; relight and add noise to the luma."""
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
        format="yuv420p",
        src_colorspace=reformatter.Colorspace.ITU709,
        dst_colorspace=reformatter.Colorspace.ITU709,
        dst_color_range=reformatter.ColorRange.MPEG,
    )
    planes: Plane = frame.to_ndarray().astype(np.uint8, copy=False)
    height = picture.shape[0]
    ramp = np.clip(16 + (np.arange(256) - 16) * light, 16, 235).astype(np.int16)
    luma = ramp[planes[:height]] + sheet
    planes[:height] = np.clip(luma, 16, 235, out=luma)
    out = av.VideoFrame.from_ndarray(planes, format="yuv420p")
    out.colorspace = reformatter.Colorspace.ITU709
    out.color_range = reformatter.ColorRange.MPEG
    return out


def _noise(rng: Generator, width: int, height: int) -> list[NDArray[np.int16]]:
    """Draw a few sheets of noise, to be used in turn by chance."""
    return [
        np.rint(rng.normal(0, NOISE, (height, width))).astype(np.int16) for _ in range(NOISE_SHEETS)
    ]
