"""Video files: every frame, the same frames at every reading."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from av.container import InputContainer
from av.error import EOFError as EndOfStreamError
from av.error import FFmpegError, InvalidDataError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from overt.errors import SourceError
from overt.sources.container import (
    USUAL_RATE,
    frame_step_s,
    open_file,
    reason_of,
    stamp_s,
    video_stream,
)
from overt.sources.planes import PlaneReader
from overt.sources.timeline import Timeline, utc
from overt.sources.wholeness import is_cut_short
from overt.values.frame import Frame

__all__ = ["Looped", "VideoFile"]

READ_FAILURES: Final = 16  # packets in a row that cannot be read: after these the file is over


class VideoFile:
    """A video file as a source. Each call of `frames` reads it from its first frame.

    Pictures that the decoder cannot make whole are left out and counted in `corrupt`.
    """

    def __init__(self, path: Path, *, camera: str, started: datetime, threads: int = 1) -> None:
        """Name a file to read; it is opened by `frames`.

        Args:
            path: opened as a file only, whatever it looks like.
            camera: the name that the frames carry.
            started: when the first frame was taken, with its time zone.
            threads: for the decoder; 0 lets it choose.

        Raises:
            SourceError: `started` has no time zone.
        """
        self._path = path
        self._camera = camera
        self._started = utc(started)
        self._threads = threads
        self._corrupt = 0
        self._broken: str | None = None
        self._length: int | None = None
        self._closed = threading.Event()

    def __repr__(self) -> str:
        return f"VideoFile({str(self._path)!r}, camera={self._camera!r})"

    @property
    def camera(self) -> str:
        return self._camera

    @property
    def live(self) -> bool:
        return False

    @property
    def length(self) -> int | None:
        """How many frames the container says it holds; None where it does not say.

        Raises:
            SourceError: it cannot be opened.
        """
        if self._length is None:
            with open_file(self._path) as container:
                self._length = self._stream(container).frames
        return self._length or None

    @property
    def dropped(self) -> int:
        return 0

    @property
    def corrupt(self) -> int:
        """Packets and pictures that were left out because they are damaged, so far.

        What the container or the decoder says: a picture that the decoder mended is given.
        """
        return self._corrupt

    def close(self) -> None:
        self._closed.set()

    def frames(self) -> Iterator[Frame]:
        """Give every frame in order.

        Raises:
            SourceError: it cannot be opened, or broke off; the frames before that were given.
        """
        with open_file(self._path) as container:
            yield from self._frames(container, self._stream(container))

    def _stream(self, container: InputContainer) -> VideoStream:
        return video_stream(container, name=repr(str(self._path)), threads=self._threads)

    def _frames(self, container: InputContainer, stream: VideoStream) -> Iterator[Frame]:
        timeline, reader = Timeline(step_s=frame_step_s(stream)), PlaneReader(threads=self._threads)
        self._broken, given, media_s = None, 0, 0.0
        for picture in self._pictures(container, stream):
            if self._closed.is_set():
                return
            media_s = timeline.place(stamp_s(picture, stream))
            planes = reader.read(picture)
            yield Frame(
                camera=self._camera,
                index=given,
                time=self._started + timedelta(seconds=media_s),
                media_s=media_s,
                luma=planes.luma,
                blue=planes.blue,
                red=planes.red,
                colour=planes.colour,
            )
            given += 1
        if not self._closed.is_set():
            self._check_end(container, stream, given, media_s)

    def _pictures(self, container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
        """Decode all that can be read, then what the decoder still holds."""
        for packet in self._packets(container, stream):
            for picture in self._decoded(stream, packet):
                if picture.is_corrupt:
                    self._corrupt += 1
                else:
                    yield picture

    def _decoded(self, stream: VideoStream, packet: Packet[VideoStream] | None) -> list[VideoFrame]:
        try:
            return stream.codec_context.decode(packet)
        except EndOfStreamError:
            return []
        except FFmpegError:
            self._corrupt += 1
            return []

    def _packets(
        self, container: InputContainer, stream: VideoStream
    ) -> Iterator[Packet[VideoStream] | None]:
        """Give what can be read, and at the end None, which makes the decoder give up the rest."""
        failures = 0
        while failures <= READ_FAILURES:
            try:
                for packet in container.demux(stream):
                    failures = 0
                    if packet.is_corrupt:
                        self._corrupt += 1
                    elif packet.size:  # without size: PyAV's own mark of the end
                        yield packet
            except InvalidDataError as error:
                failures, self._broken = failures + 1, reason_of(error)
                self._corrupt += 1
            except FFmpegError as error:
                self._broken = reason_of(error)
                break
            else:
                self._broken = None
                break
        yield None

    def _check_end(
        self, container: InputContainer, stream: VideoStream, given: int, media_s: float
    ) -> None:
        name = repr(str(self._path))
        if given == 0:
            raise SourceError(
                f"{name}: got no picture that can be decoded ({self._corrupt} damaged packets), "
                "want at least one",
                hint="copy the file again",
            )
        reason = self._broken or (
            "the file is cut short" if is_cut_short(self._path, container, stream) else None
        )
        if reason is not None:
            raise SourceError(
                f"{name}: broke off after {given} frames, at second {media_s:.2f} ({reason}); "
                "want the whole file",
                hint="the frames before that were used; copy the file again for the rest",
            )


class Looped:
    """Plays a file again and again, time going on: for demonstrations and long tests."""

    def __init__(self, file: VideoFile) -> None:
        self._file = file
        self._closed = threading.Event()

    def __repr__(self) -> str:
        return f"Looped({self._file!r})"

    @property
    def camera(self) -> str:
        return self._file.camera

    @property
    def live(self) -> bool:
        return False

    @property
    def length(self) -> int | None:
        return None

    @property
    def dropped(self) -> int:
        return self._file.dropped

    @property
    def corrupt(self) -> int:
        """Packets and pictures that were left out because they are damaged, so far."""
        return self._file.corrupt

    def close(self) -> None:
        self._closed.set()
        self._file.close()

    def frames(self) -> Iterator[Frame]:
        """Give the file's frames until `close`, numbered and timed without a gap.

        Raises:
            SourceError: the file cannot be opened, or broke off.
        """
        index, offset_s = 0, 0.0
        while not self._closed.is_set():
            media_s, step_s = 0.0, 1 / USUAL_RATE
            for frame in self._file.frames():
                step_s = frame.media_s - media_s if frame.index else step_s
                media_s = frame.media_s
                yield replace(
                    frame,
                    index=index,
                    time=frame.time + timedelta(seconds=offset_s),
                    media_s=frame.media_s + offset_s,
                )
                index += 1
            offset_s += media_s + step_s
