"""A recording played at its own pace, as if it were a camera: for trials and demonstrations."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from overt.clock import Clock
from overt.sources.base import Source
from overt.values.frame import Frame

__all__ = ["Paced"]

LATE_S: Final = 0.1  # a frame that is due for longer is dropped
SLIP_S: Final = 2.0


class Paced:
    """Gives a recording's frames when they are due, and drops those for which it is too late."""

    def __init__(
        self, source: Source, *, clock: Clock, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Play a recording.

        Args:
            source: not live.
            clock: tells when a frame is given; that is its time.
            monotonic: seconds.
        """
        self._source = source
        self._clock = clock
        self._monotonic = monotonic
        self._closed = threading.Event()
        self._dropped = 0

    def __repr__(self) -> str:
        return f"Paced({self._source!r})"

    @property
    def camera(self) -> str:
        return self._source.camera

    @property
    def live(self) -> bool:
        return True

    @property
    def length(self) -> int | None:
        return self._source.length

    @property
    def dropped(self) -> int:
        return self._dropped

    def close(self) -> None:
        self._closed.set()
        self._source.close()

    def frames(self) -> Iterator[Frame]:
        """Give each frame at its second since the first, or not at all where it is too late.

        Raises:
            SourceError: the recording cannot be opened, or broke off.
        """
        begun: float | None = None
        for frame in self._source.frames():
            now = self._monotonic()
            if begun is None or now - begun - frame.media_s > SLIP_S:
                begun = now - frame.media_s  # a machine that cannot keep up plays it later
            late = now - begun - frame.media_s
            if late > LATE_S:
                self._dropped += 1
                continue
            if self._closed.wait(max(0.0, -late)):
                return
            yield replace(frame, time=self._clock.now())
