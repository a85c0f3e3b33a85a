"""The clip that is measured on, composed once and kept in the user's cache folder."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from overt.settings import read_settings
from overt.simulation.demo_scene import bench_scene
from overt.sources.truth_file import read_truth, write_truth
from overt.values.truth import Truth

__all__ = ["FACES", "FPS", "BenchClip", "bench_clip"]

WIDTH, HEIGHT, SECONDS, FACES, FPS = 1920, 1080, 10.0, 5, 25
CLIP: Final = "street.mp4"
TRUTH: Final = "street.truth.csv"


@dataclass(frozen=True, slots=True, eq=False)
class BenchClip:
    """A 1080p clip of 250 frames with five people in view, and who is where."""

    path: Path
    truth: Truth


def bench_clip() -> BenchClip:
    """Give the clip; composing it takes half a minute the first time."""
    name = f"street-{WIDTH}x{HEIGHT}-{FACES}-faces-overt-{version('overt')}"
    folder = read_settings().cache_dir / "benchmarks" / name
    if not folder.is_dir():
        _compose(folder)
    return BenchClip(folder / CLIP, read_truth(folder / TRUTH))


def _compose(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    scene = bench_scene(width=WIDTH, height=HEIGHT, seconds=SECONDS, faces=FACES)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".street-") as holder:
        whole = Path(holder) / "clip"
        whole.mkdir()
        write_truth(scene.write(whole / CLIP), whole / TRUTH)
        whole.replace(folder)
