"""Evaluations of made-up templates whose truth is known."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance

from overt.evaluation.comparing import ComparedList
from overt.evaluation.evaluating import About, Asked, evaluate
from overt.evaluation.photographs import Photograph, PhotoSet
from overt.evaluation.prepared import prepare
from overt.evaluation.templates import Failed, Taken
from overt.match.comparing import Comparer
from overt.match.scale import ReferenceScale
from overt.select.limits import Limits
from overt.simulation import astronaut_photo
from overt.values.calibration import Calibration, Tail
from overt.values.evaluation import Model, Record
from overt.values.metric import Metric
from overt.values.quality import Quality

GOOD = Quality(60, 0.4, 0.5, 0, 0, 0, 1, 0, 0.9)
CALIBRATION = Calibration(
    "a test", ("none",), "all", 1000, (0.0, 0.5, 1.0), (-0.3, -3.0, -8.0), 0.6, Tail(0.4, 0.1, 1, 1)
)


def record_of(*, noise: float, alike: float = 0.0, seed: int = 3) -> Record:
    """Evaluate 120 people, two photographs of each; those of one group are `alike` each other."""
    random = np.random.default_rng(seed)
    common = np.zeros(32)
    common[0] = 1.0
    photographs: list[Photograph] = []
    found: list[Taken | Failed] = []
    for person in range(120):
        group = "near" if person % 3 == 0 else "far"
        middle = random.normal(size=32) / 32**0.5 + (alike * common if group == "near" else 0)
        for number in range(2):
            vector = middle + noise * random.normal(size=32) / 32**0.5
            photograph = Photograph(Path(f"{person}_{number}.jpg"), f"p{person}", (group,))
            sha256 = f"{person:016d}{number:016d}" * 2
            unit = (vector / np.linalg.norm(vector)).astype(np.float32)
            photographs.append(photograph)
            found.append(Taken(photograph, sha256, 1, 100.0, GOOD, unit))
    found[7] = Failed(photographs[7], "", "no face found")
    limits = Limits(min_eyes_px=20)
    prepared = prepare(
        PhotoSet(("group",), tuple(photographs)), found,
        listed=40, seed=0, listing=limits, seen=limits,
    )  # fmt: skip
    return evaluate(
        prepared,
        enlist=lambda vectors: ComparedList(vectors, comparer=Comparer(Metric.COSINE)),
        scale=ReferenceScale(CALIBRATION),
        about=About(
            datetime(2026, 1, 1, tzinfo=UTC), "a test", Model("made up", "1", "00", "cosine"),
            "made up", "00", "all", 0, 240,
        ),
        asked=Asked((0.30, 0.35), (0.1, 0.05), 1.25),
    )  # fmt: skip


def write_photographs(folder: Path) -> None:
    """Make a folder of three photographs: a.png and b.png show one person, c.png her mirrored."""
    photo = Image.open(io.BytesIO(astronaut_photo())).convert("RGB")
    folder.mkdir()
    photo.save(folder / "a.png")
    ImageEnhance.Brightness(photo).enhance(0.8).save(folder / "b.png")
    photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(folder / "c.png")
