"""Labelled photographs: whom each shows, and which groups people said they belong to."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from overt.errors import EvaluationError
from overt.text import printable

__all__ = ["HALVES", "PhotoSet", "Photograph", "half_of", "read_photographs"]

SALT: Final = "overt-split-1"  # of the split: another one would be another split
HALVES: Final = ("development", "test")


@dataclass(frozen=True, slots=True)
class Photograph:
    """One photograph with its labels."""

    file: Path
    identity: str
    groups: tuple[str, ...]  # one for each column of the set; "" where nobody said


@dataclass(frozen=True, slots=True)
class PhotoSet:
    """Photographs, and the names of what groups are by."""

    columns: tuple[str, ...]  # "ethnicity", or "ethnicity+gender" for both together
    photographs: tuple[Photograph, ...]

    def half(self, name: str) -> PhotoSet:
        """Give one half of the people, with all photographs of each.

        Raises:
            EvaluationError: there is no half of this name.
        """
        if name == "all":
            return self
        if name not in HALVES:
            raise EvaluationError(f"half: got {name!r}, want development, test or all")
        kept = tuple(photo for photo in self.photographs if half_of(photo.identity) == name)
        return PhotoSet(self.columns, kept)


def half_of(identity: str) -> str:
    """Give the half of a person: the first bit of SHA-256 over the salt and the identity."""
    return HALVES[hashlib.sha256(f"{SALT}:{identity}".encode()).digest()[0] & 1]


def read_photographs(labels: Path, folder: Path, *, groups: Sequence[str]) -> PhotoSet:
    """Read a table of photographs (CSV: file, identity, and columns of groups).

    Without a column `identity` each photograph is taken to show another person.

    Args:
        labels: the table.
        folder: where the files lie; none may lie outside.
        groups: columns, or several joined by "+" for their combinations.

    Raises:
        EvaluationError: the table, a column or a file is not what it must be.
    """
    shown = printable(str(labels))
    try:
        with labels.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            rows, heads = list(reader), tuple(reader.fieldnames or ())
    except (OSError, UnicodeError, csv.Error) as error:
        raise EvaluationError(f"{shown}: got {error}, want a table (CSV)") from error
    wanted = {"file", *(part for group in groups for part in group.split("+"))}
    if missing := sorted(wanted - set(heads)):
        raise EvaluationError(
            f"{shown}: got the columns {', '.join(heads) or 'none'}, want {', '.join(missing)} too"
        )
    if not rows:
        raise EvaluationError(f"{shown}: got no row, want one for each photograph")
    inside = folder.resolve()
    photographs: list[Photograph] = []
    for row in rows:
        path = (folder / (row["file"] or "")).resolve()
        if not path.is_relative_to(inside) or path == inside:
            raise EvaluationError(
                f"{shown}: got the file {row['file']!r}, want one inside the folder"
            )
        identity = row.get("identity") or row["file"]
        known = tuple(_group(row, group) for group in groups)
        photographs.append(Photograph(path, identity, known))
    return PhotoSet(tuple(groups), tuple(photographs))


def _group(row: dict[str, str], columns: str) -> str:
    parts = [(row[part] or "").strip() for part in columns.split("+")]
    return ", ".join(parts) if all(parts) else ""
