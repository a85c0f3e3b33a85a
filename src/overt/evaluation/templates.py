"""Templates of photographs, kept between runs so that an evaluation can be broken off.

Templates of people in a test set are personal data like any other: each lies in a file that only
its owner may read, under the bundle's digest and the photograph's SHA-256, and `forget` deletes
them all.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from overt.arrays import F32, F64
from overt.errors import SourceError
from overt.evaluation.face import PhotoStages
from overt.evaluation.photographs import Photograph
from overt.select.limits import Limits, reason_unfit
from overt.sources.stills import read_still
from overt.values.quality import Quality

__all__ = ["Failed", "Taken", "TemplateCache", "TemplateMaker"]

FORM: Final = "1"  # of the files: another one is not read
HEAD: Final = 11  # numbers before the template: faces, height, and nine measures of quality


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """The largest face of a photograph."""

    photograph: Photograph
    sha256: str  # of the photograph
    faces: int  # as large as this one, or nearly, itself among them
    height_px: float  # of its box
    quality: Quality
    vector: F32  # (d,)

    def reason(self, limits: Limits, *, alone: bool) -> str | None:
        """Tell why it is not compared; None when it is."""
        if alone and self.faces > 1:
            return f"{self.faces} faces, want one"
        reason = reason_unfit(self.quality, limits)
        return None if reason is None else str(reason)


@dataclass(frozen=True, slots=True)
class Failed:
    """A photograph without a face, or that cannot be read."""

    photograph: Photograph
    sha256: str
    reason: str


class TemplateCache:
    """Files of templates, one a photograph."""

    def __init__(self, folder: Path, *, bundle: str) -> None:
        """Take the folder of all caches, and the digest of the bundle whose templates these are."""
        self._folder = folder / f"{FORM}-{bundle[:32]}"

    def get(self, sha256: str) -> F64 | str | None:
        """Give what was kept of a photograph; a reason where it has no face; None: nothing."""
        path = self._folder / sha256[:2] / sha256
        try:
            if (reason := path.with_suffix(".txt")).exists():
                return reason.read_text(encoding="utf-8")
            return np.asarray(np.load(path.with_suffix(".npy"), allow_pickle=False), np.float64)
        except (OSError, ValueError):  # not there, or a file that was damaged: it is made again
            return None

    def put(self, sha256: str, kept: F64 | str) -> None:
        """Keep what is known of a photograph; a process that is killed leaves no half file."""
        folder = self._folder / sha256[:2]
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        suffix = ".txt" if isinstance(kept, str) else ".npy"
        handle, name = tempfile.mkstemp(dir=folder)  # only its owner may read it
        with os.fdopen(handle, "wb") as file:
            if isinstance(kept, str):
                file.write(kept.encode())
            else:
                np.save(file, kept, allow_pickle=False)
        Path(name).replace(folder / f"{sha256}{suffix}")

    @staticmethod
    def forget(folder: Path) -> int:
        """Delete the templates of every bundle; tell how many files there were."""
        files = sum(1 for path in folder.rglob("*") if path.is_file())
        if folder.exists():
            shutil.rmtree(folder)
        return files


class TemplateMaker:
    """Makes templates of photographs, or takes them from the cache."""

    def __init__(self, stages: PhotoStages, cache: TemplateCache) -> None:
        self._stages = stages
        self._cache = cache

    def make(
        self, photographs: tuple[Photograph, ...], *, told: Callable[[], None] = lambda: None
    ) -> Iterator[Taken | Failed]:
        """Give each photograph's template, in order; `told` is called after each."""
        for photograph in photographs:
            yield self._one(photograph)
            told()

    def _one(self, photograph: Photograph) -> Taken | Failed:
        try:
            content = photograph.file.read_bytes()
        except OSError as error:
            return Failed(photograph, "", f"cannot be read: {error.strerror}")
        sha256 = hashlib.sha256(content).hexdigest()
        kept = self._cache.get(sha256)
        if kept is None:
            kept = self._look(photograph)
            self._cache.put(sha256, kept)
        if isinstance(kept, str):
            return Failed(photograph, sha256, kept)
        return Taken(
            photograph,
            sha256,
            faces=int(kept[0]),
            height_px=float(kept[1]),
            quality=Quality(*(float(each) for each in kept[2:HEAD])),
            vector=kept[HEAD:].astype(np.float32),
        )

    def _look(self, photograph: Photograph) -> F64 | str:
        try:
            frame = read_still(photograph.file)
        except SourceError as error:
            return f"cannot be read: {str(error).rsplit(': ', 1)[-1]}"
        found = self._stages.find(frame)
        if found is None:
            return "no face found"
        box, quality = found.face.boxes[0], found.quality
        head = [
            float(found.among),
            float(box[3] - box[1]),
            quality.eyes_px,
            quality.sharpness,
            quality.brightness,
            quality.yaw,
            quality.pitch,
            quality.roll,
            quality.inside,
            quality.covered,
            quality.score,
        ]
        return np.concatenate([np.array(head), self._stages.embed(found).astype(np.float64)])
