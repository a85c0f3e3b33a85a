"""A soak from beginning to end: a camera, a machine, and faults at random."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from benchmarks.soak.camera import camera_of
from benchmarks.soak.faults import FAULTS, Fault, Scene
from benchmarks.soak.machine import Life, recognising
from overt.simulation import astronaut_photo
from overt.simulation.demo_scene import demo_scene

__all__ = ["Inflicted", "Plan", "Ran", "run"]

SETTLE_S: Final = 45.0  # before the first fault, and after the last
DISK_MB: Final = 4000
FPS: Final = 10  # of the camera: a soak is long, not fast


@dataclass(frozen=True, slots=True)
class Plan:
    """What a soak is made of."""

    folder: Path
    seconds: float
    between_s: float  # from the end of a fault to the next, on average
    each: bool  # every fault once in turn, instead of at random
    seed: int

    @property
    def data(self) -> Path:
        """The data folder of the machine that recognises."""
        return self.folder / "out" / "data"


@dataclass(frozen=True, slots=True)
class Inflicted:
    """A fault that was inflicted; times are time.time()."""

    fault: Fault
    begun: float
    ended: float


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of it, beside the record."""

    plan: Plan
    inflicted: list[Inflicted]
    lives: list[Life]
    sent_s: float  # seconds of video that the camera sent undisturbed
    loop_s: float  # the listed person walks by once in so many


def run(plan: Plan, *, say: Callable[[str], None]) -> Ran:
    """Run a soak; raises `RuntimeError` where it cannot begin."""
    clip, listed = _inputs(plan.folder / "inputs")
    inflicted: list[Inflicted] = []
    with (
        _small_disk(plan.folder / "out") as disk,
        camera_of(clip, seed=plan.seed) as camera,
        recognising(
            camera.address, listed, plan.folder / "out", plan.folder / "machine.log"
        ) as machine,
    ):
        scene = Scene(camera, machine, plan.data / "events.sqlite", disk)
        end = time.time() + plan.seconds
        time.sleep(SETTLE_S)
        for fault, pause_s in _chosen(plan):
            if time.time() + fault.lasts_s + SETTLE_S > end:
                break
            say(f"{(end - time.time()) / 60:.0f} min left: {fault.name}")
            begun = time.time()
            fault.inflict(scene, fault.lasts_s)
            inflicted.append(Inflicted(fault, begun, time.time()))
            time.sleep(pause_s)
        if not plan.each:
            time.sleep(max(end - time.time(), 0.0))
    return Ran(plan, inflicted, machine.lives, camera.sent_s, camera.lasts_s)


def _inputs(folder: Path) -> tuple[Path, Path]:
    """Make the clip, and the folder of the one listed photograph."""
    clip, listed = folder / "street.mp4", folder / "listed"
    listed.mkdir(parents=True)
    (listed / "Eileen Collins.png").write_bytes(astronaut_photo())
    replace(demo_scene(), fps=FPS).write(clip)
    return clip, listed


def _chosen(plan: Plan) -> Iterator[tuple[Fault, float]]:
    """Give faults, and how long to wait after each."""
    if plan.each:
        yield from ((fault, plan.between_s) for fault in FAULTS)
        return
    chance = random.Random(plan.seed)  # noqa: S311 - no secret
    weights = [fault.weight for fault in FAULTS]
    while True:
        (fault,) = chance.choices(FAULTS, weights)
        yield fault, plan.between_s * chance.uniform(0.5, 1.5)


@contextmanager
def _small_disk(folder: Path) -> Generator[Path | None]:
    """Mount a file system in memory that can be filled; None where that is not allowed."""
    folder.mkdir(mode=0o700)
    options = ("-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=0700", "overt-soak", str(folder))
    mounted = subprocess.run(  # noqa: S603 - fixed words and a folder of our own
        ["/usr/bin/env", "mount", *options], capture_output=True, check=False
    )
    if mounted.returncode:
        yield None
        return
    try:
        yield folder
    finally:
        keep = folder.with_name("kept")
        subprocess.run(["/usr/bin/env", "cp", "-a", folder, keep], check=True)  # noqa: S603
        subprocess.run(["/usr/bin/env", "umount", folder], check=True)  # noqa: S603
        folder.rmdir()
        keep.rename(folder)
