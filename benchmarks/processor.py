"""What this core can do, and how much of it the networks and the search use."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.flops import gflop
from benchmarks.trial import made_up_list, open_default, unit_vectors
from overt.arrays import F32
from overt.inference.session import Session
from overt.match.gallery import Gallery
from overt.values.embeddings import Embeddings, Probes
from overt.wiring import Models

__all__ = ["Networks", "SearchTime", "Share", "measure_networks", "measure_search"]

ROUNDS: Final = 7
SGEMM_SIDE: Final = 1536
CHIPS: Final = 5  # faces at once, as in the clip
LISTED: Final = (1_000, 10_000, 100_000, 1_000_000)
QUERIES: Final = (1, 64)
THRESHOLD: Final = 0.60  # on the reference scale: random templates do not come near it
ENOUGH_S: Final = 0.4  # a search is repeated until so much time is spent
WIDTH, HEIGHT, MIN_FACE_PX = 1920, 1080, 40  # of the default path


@dataclass(frozen=True, slots=True)
class Share:
    """How much of the core's peak a network reaches."""

    name: str
    shape: tuple[int, ...]
    gflop: float
    ms: float  # median CPU time of a run
    share: float  # median over rounds, of the single-precision matrix product's speed, 0 to 1


@dataclass(frozen=True, slots=True)
class Networks:
    """The networks against the matrix product, measured in turns."""

    sgemm_gflop_per_s: float  # one thread, numpy, median
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class SearchTime:
    """One search of the whole list."""

    listed: int
    queries: int
    ms: float  # median CPU time
    read_gb_per_s: float  # the list's bytes over that time
    bandwidth_gb_per_s: float  # of a plain read of as many bytes, measured next to it


def measure_networks() -> Networks:
    """Run the matrix product and the networks in turns."""
    models = open_default()
    runs = _runs(models)
    side = np.ones((SGEMM_SIDE, SGEMM_SIDE), np.float32)
    out = np.empty_like(side)
    speeds: list[float] = []
    times: dict[str, list[float]] = {run.name: [] for run in runs}
    for _ in range(ROUNDS + 1):
        seconds = _cpu_s(lambda: np.matmul(side, side, out=out), times=3)
        speeds.append(2 * SGEMM_SIDE**3 / seconds / 1e9)
        for run in runs:
            times[run.name].append(_cpu_s(run.go, times=3))
    del speeds[0]
    shares: list[Share] = []
    for run in runs:
        spent = times[run.name][1:]  # the first is a warm-up
        reached = [run.gflop / s / peak for s, peak in zip(spent, speeds, strict=True)]
        ms = statistics.median(spent) * 1e3
        shares.append(Share(run.name, run.shape, run.gflop, ms, statistics.median(reached)))
    return Networks(statistics.median(speeds), tuple(shares))


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    name: str
    session: Session
    given: F32
    gflop: float

    @property
    def shape(self) -> tuple[int, ...]:
        return self.given.shape

    def go(self) -> None:
        self.session.run({self.session.inputs[0].name: self.given})


def _runs(models: Models) -> list[_Run]:
    opened, entry = models.opened, models.opened.bundle.detector
    factor = min(1.0, entry.min_face_px / MIN_FACE_PX)
    height, width = (
        -(-round(length * factor) // entry.stride) * entry.stride for length in (HEIGHT, WIDTH)
    )
    side = opened.bundle.recogniser.input_size
    found = [_run("detector", opened.detector_session(), opened.detector, (1, 3, height, width))]
    recogniser = opened.recogniser_session()
    for faces in (1, CHIPS):
        name = f"recogniser, {faces} at once"
        found.append(_run(name, recogniser, opened.recogniser, (faces, 3, side, side)))
    return found


def _run(name: str, session: Session, path: Path, shape: tuple[int, ...]) -> _Run:
    # What a picture holds does not change the time, but numbers near zero would.
    given = np.random.default_rng(0).uniform(0, 1, shape).astype(np.float32)
    return _Run(name, session, given, gflop(path, shape=shape))


def measure_search() -> tuple[SearchTime, ...]:
    """Search lists of all sizes, one query and many at once, next to a plain read."""
    models = open_default()
    dimensions = models.opened.bundle.recogniser.dimensions
    found: list[SearchTime] = []
    for listed in LISTED:
        vectors = unit_vectors(listed, dimensions, seed=2)
        bandwidth = _bandwidth_gb_per_s(vectors.reshape(-1))
        now = datetime.now(UTC)
        watchlist = made_up_list(vectors, bundle=models.opened.bundle.digest, now=now)
        gallery = Gallery(watchlist, scale=models.scale, comparer=models.comparer)
        point = models.scale.operating_point(THRESHOLD, listed=listed)
        for queries in QUERIES:
            search = partial(gallery.search, _probes(queries, dimensions), point=point, at=now)
            seconds = _median_s(search)
            read = vectors.nbytes / seconds / 1e9
            found.append(SearchTime(listed, queries, seconds * 1e3, read, bandwidth))
    return tuple(found)


def _probes(queries: int, dimensions: int) -> Probes:
    return Probes(
        np.arange(queries, dtype=np.int64),
        Embeddings(unit_vectors(queries, dimensions, seed=3)),
        np.ones(queries, np.int64),
    )


def _bandwidth_gb_per_s(numbers: F32) -> float:
    """Give the fastest of three ways to pass over the bytes: add up, multiply, copy.

    A copy reads and writes, and counts twice.
    """
    half = len(numbers) // 2
    one, other, copy = numbers[:half], numbers[half : 2 * half], np.empty_like(numbers)
    ways: tuple[tuple[Callable[[], object], int], ...] = (
        (numbers.sum, numbers.nbytes),
        (lambda: np.dot(one, other), one.nbytes * 2),
        (lambda: np.copyto(copy, numbers), numbers.nbytes * 2),
    )
    return max(size / _median_s(way) / 1e9 for way, size in ways)


def _cpu_s(work: Callable[[], object], *, times: int) -> float:
    started = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - started) / times


def _median_s(work: Callable[[], object]) -> float:
    """Give the median CPU time of one call: whoever shares the core does not count."""
    work()
    spent: list[float] = []
    while sum(spent) < ENOUGH_S or len(spent) < 5:
        spent.append(_cpu_s(work, times=1))
    return statistics.median(spent)
