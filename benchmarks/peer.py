"""`face_recognition` with dlib, used as its manual shows: find, encode, compare, frame by frame."""

# The package has no types; what leaves this module has.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

import av
import face_recognition
import numpy as np

from benchmarks.contender import Block, Found
from benchmarks.trial import unit_vectors
from overt.arrays import Rgb

__all__ = ["Peer"]

EVERY: Final = 8  # one frame of so many is looked at: it takes about a second each
DIMENSIONS: Final = 128


class Peer:
    """Decodes every frame, and looks at one of eight."""

    def __init__(self, clip: Path, *, listed: int) -> None:
        self._known = unit_vectors(listed, DIMENSIONS, seed=1).astype(np.float64)
        self._container = av.open(str(clip))
        stream = self._container.streams.video[0]
        stream.codec_context.thread_count = 1
        self._pictures = self._container.decode(stream)
        self._index = -1

    def look(self, frames: int, /) -> Block:
        decode_s = work_s = decode_wall_s = work_wall_s = 0.0
        found: list[Found] = []
        for place in range(frames):
            cpu, wall = time.process_time(), time.perf_counter()
            rgb = np.asarray(next(self._pictures).to_ndarray(format="rgb24"), np.uint8)
            decode_s += time.process_time() - cpu
            decode_wall_s += time.perf_counter() - wall
            self._index += 1
            if place % EVERY == 0:
                cpu, wall = time.process_time(), time.perf_counter()
                found.append(self._one(rgb))
                work_s += time.process_time() - cpu
                work_wall_s += time.perf_counter() - wall
        return Block(
            frames=frames,
            decode_ms=decode_s * 1e3 / frames,
            work_ms=work_s * 1e3 / len(found),
            wall_ms=(decode_wall_s / frames + work_wall_s / len(found)) * 1e3,
            found=tuple(found),
        )

    def details(self) -> dict[str, float]:
        return {}

    def _one(self, rgb: Rgb) -> Found:
        places = face_recognition.face_locations(rgb)  # HOG, the picture doubled once: its default
        for template in face_recognition.face_encodings(rgb, places):
            face_recognition.compare_faces(self._known, template)
        boxes = tuple(
            (float(left), float(top), float(right), float(bottom))
            for top, right, bottom, left in places
        )
        return Found(self._index, boxes, ())
