"""Streams and webcams: the newest frame wins, the others are dropped and counted."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame

from overt.clock import Clock
from overt.errors import OvertError, SettingsError, SourceError
from overt.sources.address import redacted, without_secrets
from overt.sources.connection import connect, is_recording, require_live
from overt.sources.container import frame_step_s, reason_of, stamp_s, video_stream
from overt.sources.planes import PlaneReader
from overt.sources.slot import Slot
from overt.sources.timeline import Timeline
from overt.values.frame import Frame

__all__ = ["Live", "LiveOptions", "back_off_s"]

CLOSE_WAIT_S: Final = 1.0  # after this a peer that hangs is left to its own time limit
BURST_STEP_S: Final = 0.001
UNTIMED: Final = frozenset({"mpjpeg", "mjpeg", "h264", "hevc"})  # FFmpeg makes their stamps up


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """How long to wait for a live source. Seconds."""

    open_timeout_s: float = 5.0  # for a connection and its first pictures
    read_timeout_s: float = 5.0  # for the next packet
    first_wait_s: float = 0.5  # before the first reconnection; doubled at every failure
    longest_wait_s: float = 30.0  # the wait grows no further
    first_attempts: int = 5  # a source that never gave a picture is given up after so many
    threads: int = 1  # for the decoder
    jitter: Callable[[], float] = random.random  # gives [0, 1): spreads reconnections of cameras

    def __post_init__(self) -> None:
        waits = (self.open_timeout_s, self.read_timeout_s, self.first_wait_s, self.longest_wait_s)
        if min(waits) <= 0 or self.first_attempts < 1 or self.threads < 0:
            raise SettingsError(f"live options: got {self}, want waits and attempts above 0")


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """A decoded picture, and when its packet came."""

    picture: VideoFrame
    index: int
    time: datetime
    media_s: float


def back_off_s(failures: int, options: LiveOptions) -> float:
    """Give the wait before the next attempt: doubling, capped, cut by a random half at most."""
    wait = min(options.longest_wait_s, options.first_wait_s * 2 ** min(failures, 32))
    return wait * (0.5 + 0.5 * options.jitter())


class Live:
    """A stream or webcam as a source. A stream that ends is connected again until `close`.

    Made for one use: after `close`, `frames` gives nothing more.
    """

    def __init__(
        self, url: str, *, camera: str, clock: Clock, options: LiveOptions | None = None
    ) -> None:
        """Name a stream or webcam; it is connected by `frames`.

        Args:
            url: rtsp://, rtsps://, http://, https:// or /dev/videoN; logins in it are never shown.
            camera: the name that the frames carry.
            clock: tells when a packet came.
            options: waits and limits.

        Raises:
            SourceError: the address is not live.
        """
        require_live(url)
        self._url = url
        self._shown = redacted(url)
        self._camera = camera
        self._clock = clock
        self._options = options or LiveOptions()
        self._slot: Slot[Arrival] = Slot()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._timeline = Timeline(step_s=0.04)
        self._first: datetime | None = None
        self._came = self._corrupt = self._reconnects = self._failures = 0
        self._connected = False
        self._trouble = ""

    def __repr__(self) -> str:
        return f"Live({self._shown!r}, camera={self._camera!r})"

    @property
    def camera(self) -> str:
        return self._camera

    @property
    def live(self) -> bool:
        return True

    @property
    def length(self) -> int | None:
        return None

    @property
    def dropped(self) -> int:
        return self._slot.dropped

    @property
    def corrupt(self) -> int:
        """Packets and pictures that were left out because they are damaged, so far."""
        return self._corrupt

    @property
    def connected(self) -> bool:
        """Whether pictures are coming."""
        return self._connected

    @property
    def reconnects(self) -> int:
        """How often it was connected again, or tried to be, after it had worked once."""
        return self._reconnects

    @property
    def trouble(self) -> str:
        """Why the last connection ended, without anything secret; empty while all is well."""
        return self._trouble

    def close(self) -> None:
        """End `frames`, within two seconds even when the peer hangs."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._slot.end()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            # The decoder cannot be called back from a wait: it ends by its own time limit, as a
            # daemon, and what it still brings is not taken.
            thread.join(CLOSE_WAIT_S)

    def frames(self) -> Iterator[Frame]:
        """Connect and give the newest frame, again and again.

        Raises:
            SourceError: it never gave a picture, or is a recording.
            ClockError: the clock went back.
        """
        if not self._closed.is_set() and self._thread is None:
            self._thread = threading.Thread(
                target=self._run, name=f"decode {self._camera}", daemon=True
            )
            self._thread.start()
        reader = PlaneReader(threads=max(1, self._options.threads))
        try:
            while (arrival := self._slot.take()) is not None:
                frame = self._frame(reader, arrival)
                if frame is not None:
                    yield frame
        finally:
            self.close()

    def _frame(self, reader: PlaneReader, arrival: Arrival) -> Frame | None:
        try:
            planes = reader.read(arrival.picture)
        except SourceError:
            self._corrupt += 1
            return None
        return Frame(
            camera=self._camera,
            index=arrival.index,
            time=arrival.time,
            media_s=arrival.media_s,
            luma=planes.luma,
            blue=planes.blue,
            red=planes.red,
            colour=planes.colour,
        )

    def _run(self) -> None:
        """Stay connected until `close`: what the decoding thread does."""
        try:
            while not self._slot.ended:
                self._session()
                self._connected = False
                if not self._slot.ended:
                    self._await_next()
        except OvertError as error:
            self._slot.end(error)
        finally:
            self._connected = False
            # Reached without a reason only when the thread dies of an error nobody foresaw.
            self._slot.end(SourceError(f"{self._shown}: the decoding thread stopped"))

    def _session(self) -> None:
        """Decode from one connection until it ends, and note why it did."""
        options = self._options
        try:
            with connect(
                self._url,
                open_timeout_s=options.open_timeout_s,
                read_timeout_s=options.read_timeout_s,
            ) as container:
                self._decode(container)
            reason = "the stream ended"
        except FFmpegError as error:
            reason = without_secrets(reason_of(error), address=self._url)
        except SourceError as error:
            reason = str(error)
        self._trouble = reason

    def _decode(self, container: InputContainer) -> None:
        if is_recording(container):
            self._slot.end(
                SourceError(
                    f"{self._shown}: got a recording with an end, want a live stream",
                    hint="copy the file to this machine and give its path",
                )
            )
            return
        stream = video_stream(container, name=self._shown, threads=self._options.threads)
        stamped = container.format.name not in UNTIMED
        # Without stamps a frame's time is its arrival, and those of a burst lie close together.
        step_s = frame_step_s(stream) if stamped else BURST_STEP_S
        self._timeline.restart(self._since(self._clock.now()), step_s=step_s)
        for packet in container.demux(stream):
            if self._slot.ended:
                return
            time = self._clock.now()
            try:
                pictures = packet.decode()
            except FFmpegError:
                self._corrupt += 1
                continue
            for picture in pictures:
                own = stamp_s(picture, stream) if stamped else None
                self._arrive(picture, time=time, stamp=own)

    def _arrive(self, picture: VideoFrame, *, time: datetime, stamp: float | None) -> None:
        if self._first is None:
            self._first = time
        self._connected, self._failures, self._trouble = True, 0, ""
        media_s = self._timeline.place(self._since(time) if stamp is None else stamp)
        self._slot.put(Arrival(picture, self._came, time, media_s))
        self._came += 1

    def _since(self, time: datetime) -> float:
        return 0.0 if self._first is None else (time - self._first).total_seconds()

    def _await_next(self) -> None:
        never = self._first is None
        if never and self._failures + 1 >= self._options.first_attempts:
            raise SourceError(
                f"{self._shown}: got no picture in {self._options.first_attempts} attempts "
                f"({self._trouble}), want a live stream",
                hint="check the address, the login and the network",
            )
        self._closed.wait(back_off_s(self._failures, self._options))
        self._failures += 1
        self._reconnects += 0 if never else 1
