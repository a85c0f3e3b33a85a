"""Templates of labelled photographs, made at once and kept nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from overt.arrays import F32
from overt.errors import SourceError
from overt.evaluation.face import PhotoStages
from overt.evaluation.photographs import Photograph
from overt.select.limits import Limits, reason_unfit
from overt.sources.stills import read_still

__all__ = ["Template", "Turned", "embed_all"]


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """The template of the largest face of a photograph."""

    photo: Photograph
    vector: F32  # (d,)

    @property
    def group(self) -> str:
        """The group by the set's first column; "" where nobody said."""
        return self.photo.groups[0] if self.photo.groups else ""


@dataclass(frozen=True, slots=True)
class Turned:
    """A photograph that gave no template."""

    photo: Photograph
    reason: str


def embed_all(
    photos: Iterable[Photograph],
    *,
    stages: PhotoStages,
    limits: Limits | None,
    told: Callable[[Turned], None] = lambda _: None,
) -> tuple[Template, ...]:
    """Make the template of each photograph's largest sure face, if it is fit to be compared.

    Args:
        photos: in any order.
        stages: of the bundle.
        limits: what a face must measure, as in a deployment; None: every face is taken.
        told: is told of each photograph that gives none.
    """
    found: list[Template] = []
    for photo in photos:
        try:
            frame = read_still(photo.file)
        except SourceError as error:
            told(Turned(photo, str(error)))
            continue
        face = stages.find(frame)
        if face is None:
            told(Turned(photo, "no face"))
            continue
        unfit = reason_unfit(face.quality, limits) if limits else None
        if unfit is not None:
            told(Turned(photo, str(unfit)))
            continue
        found.append(Template(photo, stages.embed(face)))
    return tuple(found)
