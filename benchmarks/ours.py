"""overt, twice: every face embedded on every frame, and as it runs by default."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.contender import Block, Found, Metered
from benchmarks.trial import Trial, made_up_list, open_default, unit_vectors
from overt.arrays import Boxes
from overt.clock import SystemClock
from overt.evaluation.clips.noting import Notes, NotingTracker
from overt.sources.opening import open_source
from overt.values.embeddings import Probes
from overt.values.frame import Frame
from overt.values.quality import Quality
from overt.values.shots import Shots

__all__ = ["EveryFace", "OnDefault"]

ANY = Quality(0, 0, 0, 0, 0, 0, 0, 0, 0)  # nothing is measured where every face is embedded


def _trial(clip: Path, *, listed: int) -> Trial:
    models = open_default()
    dimensions = models.opened.bundle.recogniser.dimensions
    watchlist = made_up_list(
        unit_vectors(listed, dimensions, seed=1),
        bundle=models.opened.bundle.digest,
        now=SystemClock().now(),
    )
    return Trial.authorised(clip, watchlist=watchlist, models=models)


class OnDefault:
    """The product's pipeline: detection at intervals, the best shots of a track embedded."""

    def __init__(self, clip: Path, *, listed: int) -> None:
        trial = _trial(clip, listed=listed)
        stages = trial.stages()
        self._notes = Notes()
        tracker = NotingTracker(stages.tracker, self._notes, least_score=0.0)
        self._pipeline = trial.pipeline(replace(stages, tracker=tracker))
        self._source = open_source(
            str(clip), camera=trial.camera.name, clock=trial.clock, started=trial.started
        )
        self._frames = self._source.frames()

    def look(self, frames: int, /) -> Block:
        metered = Metered(self._source, self._frames, count=frames)
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in self._pipeline.run(metered):
            pass
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        return _block(metered, cpu, wall, self._taken())

    def _taken(self) -> tuple[Found, ...]:
        """Hand over what was noted since the last time."""
        looks, self._notes.looks = self._notes.looks, []
        return tuple(
            Found(look.frame, _rows(look.boxes), tuple(int(each) for each in look.tracks))
            for look in looks
        )

    def details(self) -> dict[str, float]:
        """Give each stage's share of the time, in ms a frame of the clip."""
        frames = max(self._pipeline.progress.frames, 1)
        stages = self._pipeline.times.stages
        return {f"{name} ms": spent.total_s * 1e3 / frames for name, spent in stages.items()}


class EveryFace:
    """Every frame looked at, every face embedded and compared: what `face_recognition` does."""

    def __init__(self, clip: Path, *, listed: int) -> None:
        trial = _trial(clip, listed=listed)
        self._trial = trial
        self._stages = trial.stages()
        self._source = open_source(
            str(clip), camera=trial.camera.name, clock=trial.clock, started=trial.started
        )
        self._frames = self._source.frames()

    def look(self, frames: int, /) -> Block:
        metered = Metered(self._source, self._frames, count=frames)
        cpu, wall = time.process_time(), time.perf_counter()
        found = tuple(self._one(frame) for frame in metered.frames())
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        return _block(metered, cpu, wall, found)

    def details(self) -> dict[str, float]:
        return {}

    def _one(self, frame: Frame) -> Found:
        faces = self._stages.detector.detect(frame)
        # As sure as a face must be to start a track; the detector also gives fainter ones.
        faces = faces[faces.scores >= 0.5]
        rows = np.arange(len(faces), dtype=np.int64)
        embeddings = self._stages.embedder.embed(frame, Shots(rows, faces, (ANY,) * len(faces)))
        probes = Probes(rows, embeddings, np.ones(len(faces), np.int64))
        self._stages.gallery.search(probes, point=self._trial.point, at=frame.time)
        return Found(frame.index, _rows(faces.boxes), ())


def _block(metered: Metered, cpu_s: float, wall_s: float, found: tuple[Found, ...]) -> Block:
    a_frame = 1e3 / max(metered.given, 1)
    return Block(
        frames=metered.given,
        decode_ms=metered.decode_s * a_frame,
        work_ms=(cpu_s - metered.decode_s) * a_frame,
        wall_ms=wall_s * a_frame,
        found=found,
    )


def _rows(boxes: Boxes) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(value) for value in box) for box in boxes)
