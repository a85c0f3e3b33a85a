"""Photographs with labels that people gave: whom they show, and to which groups they belong."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from overt.arrays import F32
from overt.errors import InputError, SourceError
from overt.evaluation.face import PhotoStages
from overt.evaluation.photographs import half_of
from overt.select.limits import Limits, reason_unfit
from overt.sources.stills import read_still

__all__ = [
    "Half",
    "Labelled",
    "Template",
    "Turned",
    "embed_all",
    "read_labelled",
]


class Half:
    """Names of the two halves of a labelled set: on one everything is chosen, on the other not."""

    DEVELOPMENT: Final = "development"
    TEST: Final = "test"


@dataclass(frozen=True, slots=True)
class Labelled:
    """One photograph."""

    file: Path
    identity: str
    group: str  # "" where none is known

    @property
    def half(self) -> str:
        """Which half it belongs to; all photographs of one person to the same."""
        return half_of(self.identity)


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """The template of the largest face of a photograph."""

    photo: Labelled
    vector: F32  # (d,)


@dataclass(frozen=True, slots=True)
class Turned:
    """A photograph that gave no template."""

    photo: Labelled
    reason: str


def read_labelled(
    labels: Path,
    folder: Path,
    *,
    identity: str | None,
    groups: Sequence[str],
    same: Path | None = None,
) -> tuple[Labelled, ...]:
    """Read a table of photographs (CSV with a column `file`).

    Args:
        labels: the table.
        folder: where the files lie.
        identity: the column that says whom a photograph shows; None: each shows another person.
        groups: the columns that together are a group.
        same: a table (CSV, columns `first`, `second`) of files that show one person under two
            identities, found by looking: they become one. Files that are not in `labels` are none.

    Raises:
        InputError: a table or a column is missing, or a file lies outside the folder.
    """
    rows = _rows(labels, ("file", *groups, *([identity] if identity else [])))
    named = {row["file"]: row[identity or "file"] for row in rows}
    pairs = _rows(same, ("first", "second")) if same else []
    one = _joined(
        (named.get(row["first"], row["first"]), named.get(row["second"], row["second"]))
        for row in pairs
    )
    return tuple(
        Labelled(
            _inside(folder, row["file"], labels),
            _identity(one, named[row["file"]]),
            ", ".join(row[name] for name in groups),
        )
        for row in rows
    )


def embed_all(
    photos: Iterable[Labelled],
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


def _rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeError, csv.Error) as error:
        raise InputError(f"{path}: got no table ({error}), want a CSV file") from error
    missing = [name for name in columns if not rows or name not in rows[0]]
    if missing:
        got = ", ".join(rows[0]) if rows else "nothing"
        raise InputError(f"{path}: got the columns {got}, want {', '.join(missing)} too")
    for number, row in enumerate(rows, start=1):
        # csv gives None where a row is short.
        if any(row[name] is None for name in columns):  # pyright: ignore[reportUnnecessaryComparison]
            raise InputError(f"{path}, row {number}: got too few values, want one a column")
    return rows


def _inside(folder: Path, name: str, labels: Path) -> Path:
    path = (folder / name.replace("\0", "/")).resolve()
    if "\0" in name or not path.is_relative_to(folder.resolve()):
        raise InputError(f"{labels}: got the file {name!r}, want one inside {folder}")
    return path


def _identity(one: dict[str, str], name: str) -> str:
    while one.get(name, name) != name:
        name = one[name]
    return name


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Join names pairwise: each leads to the first one known of that person."""
    one: dict[str, str] = {}
    for pair in pairs:
        first, second = (_identity(one, name) for name in pair)
        if first != second:
            one[second] = first
    return one
