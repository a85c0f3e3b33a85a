"""Opening what holds a video: as a file and nothing else, or as a live stream and nothing else."""

from __future__ import annotations

import stat
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import av
from av.codec.context import ThreadType
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from overt.errors import SourceError

__all__ = [
    "FILE_FORMATS",
    "USUAL_RATE",
    "frame_step_s",
    "open_file",
    "readable",
    "reason_of",
    "stamp_s",
    "video_stream",
]

# Containers that are read from a file. None of them can name another file or address to open:
# play lists (concat, HLS, DASH, SDP) and devices are left out on purpose.
FILE_FORMATS: Final = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,h264,hevc,av1,obu,ivf,ogg,"
    "flv,asf,mxf,dv,mjpeg,m4v,nut,yuv4mpegpipe,gif,dhav,wav,mp3,aac,flac"
)
USUAL_RATE: Final = 25.0  # frames a second, where a container says nothing or nonsense
READ_AHEAD: Final = 1 << 16  # bytes
WANTED: Final = "want a video file (MP4, MKV, AVI, MPEG-TS, ...)"


class PlainFile:
    """A file without its name: a container's guess is made from its bytes alone."""

    def __init__(self, file: BinaryIO) -> None:
        self.read = file.read
        self.seek = file.seek
        self.tell = file.tell


def readable(path: Path, *, wanted: str = WANTED) -> BinaryIO:
    """Open an ordinary file to read.

    Raises:
        SourceError: it is missing, a folder, a device, or may not be read.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode):
            return path.open("rb")
    except FileNotFoundError as error:
        raise SourceError(
            f"{str(path)!r}: got no such file, {wanted}", hint="check the path"
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        raise SourceError(
            f"{str(path)!r}: got a file that cannot be opened ({reason_of(error)}), {wanted}",
            hint="check the path and who may read it",
        ) from error
    got = "a folder" if stat.S_ISDIR(mode) else "a device, pipe or socket"
    raise SourceError(f"{str(path)!r}: got {got}, {wanted}", hint="give the path of one file")


def reason_of(error: BaseException) -> str:
    """Say why, in the system's or the decoder's words, without the name that was opened."""
    strerror = getattr(error, "strerror", None)
    return str(strerror) if strerror else type(error).__name__


@contextmanager
def open_file(path: Path) -> Generator[InputContainer]:
    """Open a video file for as long as the block runs.

    Raises:
        SourceError: it cannot be read, is empty, or holds no container that we know.
    """
    with readable(path) as file:
        if path.stat().st_size == 0:
            raise SourceError(f"{str(path)!r}: got an empty file, {WANTED}", hint="copy it again")
        try:
            container = av.open(
                PlainFile(file),
                mode="r",
                options={"format_whitelist": FILE_FORMATS, "protocol_whitelist": "none"},
                metadata_errors="replace",
                buffer_size=READ_AHEAD,
            )
        except FFmpegError as error:
            raise SourceError(
                f"{str(path)!r}: got something that is not a video, or whose head or index is "
                f"missing ({reason_of(error)}), {WANTED}",
                hint="see whether another player shows it; a recording that was cut off while it "
                "was written may need to be repaired first",
            ) from error
        with container:
            yield container


def video_stream(container: InputContainer, *, name: str, threads: int) -> VideoStream:
    """Choose a container's first moving picture and make its decoder ready.

    Raises:
        SourceError: there is none (sound only, or a cover picture), or no decoder for it.
    """
    cover = Disposition.attached_pic
    moving = [each for each in container.streams.video if not each.disposition & cover]
    if not moving:
        kinds = sorted({each.type for each in container.streams}) or ["nothing"]
        raise SourceError(
            f"{name}: got {' and '.join(kinds)} without a moving picture, want a video",
            hint="give a file or stream with a video track",
        )
    stream = moving[0]
    # PyAV leaves the context out where FFmpeg was built without a decoder for the codec.
    if getattr(stream, "codec_context", None) is None:
        raise SourceError(
            f"{name}: got a video codec without a decoder here, want H.264, H.265, AV1 or the like",
            hint="convert it to H.264",
        )
    stream.codec_context.thread_count = threads
    # Threads by frame hold frames back; threads by slice do not.
    stream.codec_context.thread_type = ThreadType.SLICE if threads == 1 else ThreadType.AUTO
    return stream


def frame_step_s(stream: VideoStream) -> float:
    """Give one frame's length in seconds, by the stream's average rate."""
    rate = float(stream.average_rate or stream.guessed_rate or USUAL_RATE)
    return 1 / (rate if 0.1 <= rate <= 1000 else USUAL_RATE)


def stamp_s(picture: VideoFrame, stream: VideoStream) -> float | None:
    """Give a picture's time stamp in seconds; None where it has none.

    The stream's time base, not the picture's: what a decoder gives up at the end has none.
    """
    if picture.pts is None or stream.time_base is None:
        return None
    return picture.pts * stream.time_base.numerator / stream.time_base.denominator
