"""The clips that the demo and the benchmarks run on."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from overt.errors import SourceError
from overt.simulation.portraits import Portrait, astronaut, astronaut_photo, crowd, grace_hopper
from overt.simulation.street import FACE_UP_M, Street
from overt.simulation.walk import Spot, Walker, compose
from overt.sources.truth_file import write_truth
from overt.values.truth import Truth

__all__ = ["CLIP", "LISTED", "TRUTH", "Scene", "bench_scene", "demo_scene", "write_demo_inputs"]

CLIP: Final = "street.mp4"
LISTED: Final = "listed"
TRUTH: Final = "street.truth.csv"
CROWD_ROWS: Final = (1, 7, 11, 35, 41, 49, 62, 66, 73, 33, 54, 23)  # sharp ones, from the front
PACE_M_PER_S: Final = 1.3


@dataclass(frozen=True, slots=True)
class Scene:
    """All that `compose` needs for one clip."""

    walkers: tuple[Walker, ...]
    width: int
    height: int
    fps: int
    seconds: float
    seed: int

    def write(self, path: Path) -> Truth:
        """Compose the clip at `path`; raises `SourceError`."""
        return compose(
            path,
            self.walkers,
            width=self.width,
            height=self.height,
            fps=self.fps,
            seconds=self.seconds,
            seed=self.seed,
        )


@dataclass(frozen=True, slots=True)
class _Route:
    """A straight walk in metres: (across, away) of its first and its last point."""

    enters_s: float
    first: tuple[float, float]
    last: tuple[float, float]

    def walker(
        self, street: Street, portrait: Portrait | None, *, gain: float = 1.0,
        blur_px: float = 0.6, listed: bool = False,
    ) -> Walker:  # fmt: skip
        """Make the walker, at a usual pace."""
        length_m = float(np.hypot(self.last[0] - self.first[0], self.last[1] - self.first[1]))
        return Walker(
            portrait=portrait,
            enters_s=self.enters_s,
            leaves_s=self.enters_s + length_m / PACE_M_PER_S,
            path=(_spot(street, self.first), _spot(street, self.last)),
            gain=gain,
            blur_px=blur_px,
            listed=listed,
        )


def demo_scene() -> Scene:
    """Give the demo's clip: one listed person, others, some covered, one at the frame's edge.

    Raises:
        SourceError: a portrait's package is missing.
    """
    street = Street(1280, 720)
    faces = crowd(CROWD_ROWS[:8])
    routes = (
        (_Route(-6.0, (1.5, 13.0), (2.1, 3.6)), faces[0], 1.0),
        (_Route(-4.5, (-1.6, 13.0), (-2.0, 3.0)), faces[1], 0.95),
        (_Route(0.0, (0.9, 14.0), (-1.7, 3.0)), faces[2], 1.0),
        (_Route(2.2, (-0.6, 15.0), (1.75, 3.1)), faces[3], 1.05),
        (_Route(3.0, (1.9, 15.0), (1.75, 3.0)), faces[4], 0.9),
        (_Route(-0.3, (-3.5, 8.0), (-1.05, 1.7)), faces[5], 1.0),  # along the left edge
        (_Route(5.0, (-1.4, 16.0), (-1.7, 2.9)), faces[6], 1.0),
        (_Route(6.5, (0.4, 17.0), (0.6, 3.0)), faces[7], 1.0),
        (_Route(3.6, (0.1, 15.0), (-1.1, 1.8)), grace_hopper(), 1.0),
        (_Route(1.5, (-1.5, 1.7), (-0.3, 14.0)), None, 0.9),  # from behind, covers others
        (_Route(7.5, (1.5, 1.7), (0.9, 14.0)), None, 1.0),
    )
    walkers = tuple(route.walker(street, portrait, gain=gain) for route, portrait, gain in routes)
    listed = _Route(-0.5, (-0.5, 15.0), (1.05, 1.8)).walker(
        street, astronaut(), gain=0.92, listed=True
    )
    return Scene((listed, *walkers), width=1280, height=720, fps=25, seconds=13.0, seed=20)


def bench_scene(
    *, width: int = 1920, height: int = 1080, seconds: float = 10.0, faces: int = 5
) -> Scene:
    """Give a clip with `faces` people in view at nearly all times; none is listed.

    Raises:
        SourceError: a portrait's package is missing.
    """
    street = Street(width, height)
    lanes = np.linspace(-1.7, 1.7, faces)
    people = (astronaut(), grace_hopper(), *crowd(CROWD_ROWS))
    walk_s = 9.0 / PACE_M_PER_S
    walkers: list[Walker] = []
    for lane, across in enumerate(lanes):
        start_s = -walk_s * (lane + 0.5) / faces
        while start_s < seconds:
            person = people[len(walkers) % len(people)]
            route = _Route(start_s, (float(across), 12.0), (float(across), 3.0))
            walkers.append(route.walker(street, person))
            start_s += walk_s
    return Scene(tuple(walkers), width=width, height=height, fps=25, seconds=seconds, seed=21)


def write_demo_inputs(folder: Path) -> Scene:
    """Make `folder` with the clip, its truth and a folder of the one listed photograph.

    The folder appears at once when all is written: where it is, it is whole.

    Raises:
        SourceError: a portrait's package is missing, a file cannot be written, or the folder is
            there already and not empty.
    """
    scene = demo_scene()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as holder:
            partial = Path(holder) / "inputs"
            _write(scene, partial)
            partial.replace(folder)
    except OSError as error:
        raise SourceError(f"{folder}: got {error.strerror}, want a new folder there") from error
    return scene


def _write(scene: Scene, folder: Path) -> None:
    (folder / LISTED).mkdir(parents=True)
    (folder / LISTED / "Eileen Collins.png").write_bytes(astronaut_photo())
    write_truth(scene.write(folder / CLIP), folder / TRUTH)


def _spot(street: Street, place: tuple[float, float]) -> Spot:
    """Give where a face is in the picture whose owner stands at (across, away) metres."""
    x, y = street.project(place[0], FACE_UP_M, place[1])
    return Spot(x / street.width, y / street.height, street.face_px(place[1]))
