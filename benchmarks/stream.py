"""A clip as cameras send it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

__all__ = ["Piece", "clip_seconds", "pieces", "transport_stream"]


@dataclass(frozen=True, slots=True)
class Piece:
    """What a camera sends of one picture."""

    due_s: float  # from the first one
    content: bytes


def clip_seconds(clip: Path) -> float:
    """Give how long a clip's video lasts, seconds."""
    with av.open(str(clip)) as source:
        stream = source.streams.video[0]
        return float((stream.duration or 0) * (stream.time_base or Fraction(0)))


def pieces(clip: Path, *, times: int = 1) -> Iterator[Piece]:
    """Put a clip's video into MPEG-TS, so many times, picture by picture, without decoding it."""
    written = io.BytesIO()
    options = {"flush_packets": "1"}
    with av.open(written, "w", format="mpegts", options=options) as target:
        for due_s in _muxed(clip, target, times):
            yield Piece(due_s, _taken(written))


def _muxed(clip: Path, target: Any, times: int) -> Iterator[float]:
    """Mux a clip's video into `target`; after each packet give its time from the first, seconds."""
    out: Any = None
    first_s: float | None = None
    for turn in range(times):
        with av.open(str(clip)) as source:
            stream = source.streams.video[0]
            out = out or target.add_stream_from_template(stream)
            later = turn * (stream.duration or 0)
            for packet in source.demux(stream):
                if packet.dts is None or packet.pts is None:
                    continue
                packet.dts, packet.pts = packet.dts + later, packet.pts + later
                at_s = float(packet.dts * (stream.time_base or Fraction(0)))
                first_s = at_s if first_s is None else first_s
                packet.stream = out
                target.mux(packet)
                yield at_s - first_s


def _taken(written: io.BytesIO) -> bytes:
    """Take what was written since the last time."""
    content = written.getvalue()
    written.seek(0)
    written.truncate()
    return content


def transport_stream(clip: Path, *, times: int = 1) -> bytes:
    """Put a clip's video into MPEG-TS, so many times, without decoding it."""
    written = io.BytesIO()
    with av.open(written, "w", format="mpegts") as target:
        for _ in _muxed(clip, target, times):
            pass
    return written.getvalue()
