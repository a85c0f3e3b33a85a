"""Clips of cameras that are good, and that are bad in one way each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from overt.arrays import Rgb
from overt.simulation import Spot, Walker, astronaut, crowd, grace_hopper
from overt.simulation.clip import write_clip
from overt.simulation.stage import Stage

SIZE = (640, 360)


def walkers(small: float, large: float, *, count: int = 6) -> list[Walker]:
    """Let so many people walk towards the camera side by side, faces as high as that in pixels."""
    people = [astronaut(), grace_hopper(), *crowd((1, 7, 11, 35))]
    lanes = np.linspace(0.12, 0.88, count).tolist()
    return [
        Walker(
            people[row],
            enters_s=-0.5,
            leaves_s=4.5,
            path=(Spot(x, 0.4, small + 2 * row), Spot(x + 0.02, 0.45, large + 2 * row)),
        )
        for row, x in enumerate(lanes)
    ]


def dark(picture: Rgb) -> Rgb:
    return (picture * 0.07).astype(np.uint8)


def glaring(picture: Rgb) -> Rgb:
    return np.clip(picture * 3.2 + 30, 0, 255).astype(np.uint8)


def blurred(picture: Rgb) -> Rgb:
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(4)))


def unchanged(picture: Rgb) -> Rgb:
    return picture


def write(
    path: Path,
    people: list[Walker],
    change: Callable[[Rgb], Rgb] = unchanged,
    *,
    fps: int = 12,
    seconds: float = 2.0,
) -> Path:
    """Write what a camera sees, with sensor noise."""
    stage = Stage(people, *SIZE, seed=3)
    pictures = (change(stage.paint(i / fps)[0]) for i in range(round(fps * seconds)))
    width, height = SIZE
    write_clip(path, pictures, width=width, height=height, fps=fps, rng=np.random.default_rng(1))
    return path
