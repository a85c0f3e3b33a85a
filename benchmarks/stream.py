"""A clip as cameras send it."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

__all__ = ["clip_seconds", "transport_stream"]


def clip_seconds(clip: Path) -> float:
    """Give how long a clip's video lasts, seconds."""
    with av.open(str(clip)) as source:
        stream = source.streams.video[0]
        return float((stream.duration or 0) * (stream.time_base or Fraction(0)))


def transport_stream(clip: Path, *, times: int = 1) -> bytes:
    """Put a clip's video into MPEG-TS, so many times, without decoding it."""
    written = io.BytesIO()
    with av.open(written, "w", format="mpegts") as target:
        out: Any = None
        for turn in range(times):
            with av.open(str(clip)) as source:
                stream = source.streams.video[0]
                out = out or target.add_stream_from_template(stream)
                later = turn * (stream.duration or 0)
                for packet in source.demux(stream):
                    if packet.dts is not None and packet.pts is not None:
                        packet.dts, packet.pts = packet.dts + later, packet.pts + later
                        packet.stream = out
                        target.mux(packet)
    return written.getvalue()
