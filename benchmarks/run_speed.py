"""Runs the contenders in turns, each in its own process on the same core, and compares them."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from benchmarks.bench_clip import FPS
from benchmarks.contender import Block, Found

__all__ = ["NAMES", "PairedRatio", "Result", "Worker", "ask_once", "paired_ratio", "run_in_turns"]

NAMES: Final[Mapping[str, str]] = {
    "every-face": "overt, embed all",
    "default": "overt, default",
    "peer": "face_recognition",
}
WARM_FRAMES: Final = 10
BLOCK_FRAMES: Final = 48
BLOCKS: Final = 5
ONE_THREAD: Final = {
    f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "BLIS")
}
ROOT: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Result:
    """What one contender cost."""

    blocks: tuple[Block, ...]
    peak_mb: float
    details: dict[str, float]

    @property
    def cpu_ms(self) -> float:
        """Median over blocks, a frame, decoding included."""
        return statistics.median(block.cpu_ms for block in self.blocks)

    @property
    def work_ms(self) -> float:
        """Median over blocks, a frame, without decoding."""
        return statistics.median(block.work_ms for block in self.blocks)

    @property
    def decode_ms(self) -> float:
        """Median over blocks, a frame, decoding only."""
        return statistics.median(block.decode_ms for block in self.blocks)

    @property
    def frames_per_s(self) -> float:
        """With a core to itself, by CPU time, decoding included."""
        return 1e3 / self.cpu_ms

    @property
    def wall_frames_per_s(self) -> float:
        """By the clock on the wall: less, where others used the core too."""
        return 1e3 / statistics.median(block.wall_ms for block in self.blocks)

    @property
    def real_time(self) -> float:
        """How many times as fast as the clip plays, with a core to itself."""
        return self.frames_per_s / FPS

    @property
    def found(self) -> tuple[Found, ...]:
        """All that was found."""
        return tuple(found for block in self.blocks for found in block.found)


@dataclass(frozen=True, slots=True)
class PairedRatio:
    """How many times as much the other cost, block by block."""

    median: float
    low: float
    high: float


class Worker:
    """A process that works when it is told to."""

    def __init__(self, kind: str, clip: Path) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "benchmarks.worker", kind, str(clip)],
            cwd=ROOT,
            env={**os.environ, **ONE_THREAD},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._kind = kind

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def hear(self) -> dict[str, Any]:
        """Wait for a line.

        Raises:
            RuntimeError: the process has ended.
        """
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError(f"{self._kind}: got no answer, want one; see the error above")
        return json.loads(line)

    def look(self, frames: int) -> Block:
        """Have it look at the next frames."""
        if self._process.stdin is None:
            raise RuntimeError(f"{self._kind}: got no pipe, want one")
        print(frames, file=self._process.stdin, flush=True)
        return _block(self.hear())

    def end(self) -> dict[str, Any]:
        """Tell it that this was all, and hear the rest."""
        if self._process.stdin is not None:
            self._process.stdin.close()
            self._process.stdin = None
        return self.hear()


def ask_once(kind: str, clip: Path) -> dict[str, Any]:
    """Have a process measure one thing."""
    with Worker(kind, clip) as worker:
        return worker.hear()


def run_in_turns(clip: Path, *, on_block: Callable[[str], None]) -> dict[str, Result]:
    """Run all contenders over the same frames, block by block in turns."""
    with ExitStack() as stack:
        workers: dict[str, Worker] = {}
        for kind in NAMES:
            workers[kind] = stack.enter_context(Worker(kind, clip))
            workers[kind].hear()
        for worker in workers.values():
            worker.look(WARM_FRAMES)
        blocks: dict[str, list[Block]] = {kind: [] for kind in NAMES}
        for _ in range(BLOCKS):
            for kind, worker in workers.items():
                on_block(NAMES[kind])
                blocks[kind].append(worker.look(BLOCK_FRAMES))
        results: dict[str, Result] = {}
        for kind, worker in workers.items():
            rest = worker.end()
            results[kind] = Result(tuple(blocks[kind]), rest["peak_mb"], rest["details"])
        return results


def paired_ratio(
    peer: Sequence[Block], ours: Sequence[Block], *, cost: Callable[[Block], float]
) -> PairedRatio:
    """Compare block by block, so that what disturbs the machine disturbs both."""
    ratios = [cost(theirs) / cost(our) for theirs, our in zip(peer, ours, strict=True)]
    return PairedRatio(statistics.median(ratios), min(ratios), max(ratios))


def _block(content: dict[str, Any]) -> Block:
    found = tuple(
        Found(each["frame"], tuple(tuple(box) for box in each["boxes"]), tuple(each["tracks"]))
        for each in content["found"]
    )
    return Block(
        frames=content["frames"],
        decode_ms=content["decode_ms"],
        work_ms=content["work_ms"],
        wall_ms=content["wall_ms"],
        found=found,
    )
