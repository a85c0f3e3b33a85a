"""Opening what sends by itself: an RTSP or HTTP stream, or a webcam."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Final

import av
from av.container import InputContainer

from overt.errors import SourceError
from overt.sources.address import LIVE_SCHEMES, Kind, kind_of, redacted, scheme_of

__all__ = ["connect", "is_recording", "require_live"]

# What a stream may be, and what it may open in turn: never a file of this machine.
STREAM_FORMATS: Final = (
    "rtsp,hls,mpegts,mpjpeg,mjpeg,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,flv,h264,hevc,nut,ogg"
)
STREAM_PROTOCOLS: Final = "rtp,rtsp,http,https,httpproxy,tcp,tls,crypto"
LEARN_US: Final = 1_000_000  # of the stream's own time, in microseconds
FINITE_FORMATS: Final = re.compile(r"mov|matroska|flv|hls|ogg|nut|rtsp")
RAW_FORMATS: Final = re.compile(r"mpegts|h264|hevc|mjpeg")  # their length is a guess by their size


def require_live(address: str) -> None:
    """Check an address.

    Raises:
        SourceError: it is neither a stream nor a webcam.
    """
    if kind_of(address) not in (Kind.STREAM, Kind.WEBCAM):
        raise SourceError(
            f"{redacted(address)!r}: got an address that is not live, want /dev/videoN or one of "
            + ", ".join(f"{scheme}://" for scheme in LIVE_SCHEMES),
            hint="give a file or folder as a path",
        )


@contextmanager
def connect(
    address: str, *, open_timeout_s: float, read_timeout_s: float
) -> Generator[InputContainer]:
    """Connect for as long as the block runs; a wait beyond the limits is an FFmpegError."""
    webcam = kind_of(address) is Kind.WEBCAM
    with av.open(
        address,
        mode="r",
        format="v4l2" if webcam else None,
        options={} if webcam else dict(_stream_options(address, read_timeout_s)),
        metadata_errors="replace",
        timeout=(open_timeout_s, read_timeout_s),
    ) as container:
        yield container


def _stream_options(address: str, read_timeout_s: float) -> Mapping[str, str]:
    common = {
        "format_whitelist": STREAM_FORMATS,
        "protocol_whitelist": STREAM_PROTOCOLS,
        # What is read to learn of the stream delays its first picture: learn quickly.
        "analyzeduration": str(LEARN_US),
        "fpsprobesize": "2",
    }
    limit = str(int(read_timeout_s * 1_000_000))
    if scheme_of(address) in ("rtsp", "rtsps"):
        # Over UDP a lost packet is a smeared face; over TCP it is a late one.
        return {**common, "rtsp_transport": "tcp", "timeout": limit}
    return {**common, "rw_timeout": limit}


def is_recording(container: InputContainer) -> bool:
    """Tell whether what was opened over a network has an end: a recording, not a camera.

    A recorder that plays back over RTSP says where the recording ends.
    """
    name = container.format.name
    if FINITE_FORMATS.search(name) is not None:
        return (container.duration or 0) > 0
    # A camera sends without an end; a server that gives a file says how large it is.
    return RAW_FORMATS.search(name) is not None and container.size > 0
