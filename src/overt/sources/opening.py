"""From what a person wrote to a source."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from overt.clock import Clock
from overt.errors import SourceError
from overt.sources.address import LIVE_SCHEMES, Kind, is_live, kind_of, redacted
from overt.sources.base import Source
from overt.sources.live import Live, LiveOptions
from overt.sources.stills import Stills
from overt.sources.video import Looped, VideoFile

__all__ = ["is_live", "open_source"]

HINT = (
    "give a video file, a folder of stills, /dev/videoN, or an address that begins with "
    + ", ".join(f"{scheme}://" for scheme in LIVE_SCHEMES)
)


def open_source(
    text: str,
    *,
    camera: str,
    clock: Clock,
    started: datetime,
    repeat: bool = False,
    threads: int = 1,
) -> Source:
    """Choose the source that a text names. Nothing is read or connected before `frames`.

    Args:
        text: a file, a folder of stills, a stream's address, or /dev/videoN.
        camera: the name that the frames carry.
        clock: tells when a live frame came.
        started: when the first frame of a recording was taken, with its time zone.
        repeat: play a video file again and again.
        threads: that decode video.

    Raises:
        SourceError: nothing is there, or the address is of an unknown kind.
    """
    kind = kind_of(text)
    if kind is Kind.UNKNOWN or not text:
        raise SourceError(
            f"source: got {redacted(text)!r}, want a video file, a folder of stills, a stream or "
            "a webcam",
            hint=HINT,
        )
    if kind in (Kind.STREAM, Kind.WEBCAM):
        if repeat:
            raise SourceError(f"source: got {redacted(text)!r} to repeat, want a video file")
        return Live(text, camera=camera, clock=clock, options=LiveOptions(threads=threads))
    return _recorded(text, camera=camera, started=started, repeat=repeat, threads=threads)


def _recorded(text: str, *, camera: str, started: datetime, repeat: bool, threads: int) -> Source:
    path = Path(text)
    try:
        folder, there = path.is_dir(), path.exists()
    except (OSError, ValueError):  # a name that is too long, or has a zero byte
        folder, there = False, False
    if not there:
        raise SourceError(f"source: got {redacted(text)!r}, which is not there", hint=HINT)
    if folder:
        return Stills(path, camera=camera, started=started)
    file = VideoFile(path, camera=camera, started=started, threads=threads)
    return Looped(file) if repeat else file
