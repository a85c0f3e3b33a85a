"""What is compared: something that looks at a clip's frames, a block at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from overt.sources.base import Source
from overt.values.frame import Frame

__all__ = ["Block", "Contender", "Found", "Metered"]


@dataclass(frozen=True, slots=True)
class Found:
    """The faces found in one frame."""

    frame: int  # counted from 0
    boxes: tuple[tuple[float, ...], ...]  # x1 y1 x2 y2, pixels of the full frame
    tracks: tuple[int, ...]  # of each, where the contender follows faces; else empty


@dataclass(frozen=True, slots=True)
class Block:
    """What some frames in a row cost. Times are the process's own CPU time."""

    frames: int
    decode_ms: float  # a frame: from the file to what the contender takes
    work_ms: float  # a frame: all the rest
    wall_ms: float  # a frame, all included: by the clock on the wall
    found: tuple[Found, ...]

    @property
    def cpu_ms(self) -> float:
        """A frame, all included."""
        return self.decode_ms + self.work_ms


class Contender(Protocol):
    """Looks at the next frames of its clip."""

    def look(self, frames: int, /) -> Block: ...

    def details(self) -> dict[str, float]:
        """Give what else it measured, by name."""
        ...


class Metered:
    """The next frames of a source, as a source of its own; what decoding them costs is added up."""

    def __init__(self, source: Source, frames: Iterator[Frame], *, count: int) -> None:
        self._source = source
        self._frames = frames
        self._count = count
        self.decode_s = 0.0
        self.given = 0

    @property
    def camera(self) -> str:
        return self._source.camera

    @property
    def live(self) -> bool:
        return False

    @property
    def length(self) -> int | None:
        return self._count

    @property
    def dropped(self) -> int:
        return 0

    def close(self) -> None:
        self._source.close()

    def frames(self) -> Iterator[Frame]:
        """Give them.

        Raises:
            SourceError: the source broke off.
        """
        while self.given < self._count:
            started = time.process_time()
            frame = next(self._frames, None)
            self.decode_s += time.process_time() - started
            if frame is None:
                return
            self.given += 1
            yield frame
