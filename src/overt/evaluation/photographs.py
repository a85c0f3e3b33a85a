"""Labelled photographs: whom each shows, and which groups people said they belong to.

One reader for every command that is given photographs, so that a table means the same everywhere.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from overt.errors import EvaluationError
from overt.text import printable

__all__ = ["HALVES", "Half", "PhotoSet", "Photograph", "half_of", "read_photographs"]

SALT: Final = "overt-split-1"  # of the split: another one would be another split
IDENTITY: Final = "identity"  # the usual column of the person
Row: TypeAlias = Mapping[str, str]


class Half:
    """Names of the two halves of a labelled set: on one everything is chosen, on the other not."""

    DEVELOPMENT: Final = "development"
    TEST: Final = "test"


HALVES: Final = (Half.DEVELOPMENT, Half.TEST)


@dataclass(frozen=True, slots=True)
class Photograph:
    """One photograph with its labels."""

    file: Path
    identity: str
    groups: tuple[str, ...]  # one for each column of the set; "" where nobody said

    @property
    def half(self) -> str:
        """Which half it belongs to; all photographs of one person to the same."""
        return half_of(self.identity)


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
        kept = tuple(photo for photo in self.photographs if photo.half == name)
        return PhotoSet(self.columns, kept)


def half_of(identity: str) -> str:
    """Give the half of a person: the first bit of SHA-256 over the salt and the identity."""
    return HALVES[hashlib.sha256(f"{SALT}:{identity}".encode()).digest()[0] & 1]


def read_photographs(
    labels: Path,
    folder: Path,
    *,
    groups: Sequence[str],
    identity: str | None = None,
    same: Path | None = None,
) -> PhotoSet:
    """Read a table of photographs (CSV: file, the person, and columns of groups).

    Args:
        labels: the table.
        folder: where the files lie; none may lie outside.
        groups: columns, or several joined by "+" for their combinations.
        identity: the column that says whom a photograph shows; None: `identity` where the table
            has it, and else each photograph shows another person.
        same: a table (CSV: first, second) of files that show one person under two identities,
            found by looking: they become one. Files that are not in `labels` are none.

    Raises:
        EvaluationError: a table, a column or a file is not what it must be.
    """
    wanted = ["file", *(part for group in groups for part in group.split("+"))]
    rows = _rows(labels, (*wanted, *([identity] if identity else [])))
    column = identity or (IDENTITY if IDENTITY in rows[0] else "file")
    named = {row["file"]: row[column] or row["file"] for row in rows}
    pairs = _rows(same, ("first", "second"), least=0) if same else []
    one = _joined(
        (named.get(row["first"], row["first"]), named.get(row["second"], row["second"]))
        for row in pairs
    )
    return PhotoSet(
        tuple(groups),
        tuple(
            Photograph(
                _inside(folder, row["file"], labels),
                _identity(one, row[column] or row["file"]),
                tuple(_group(row, group) for group in groups),
            )
            for row in rows
        ),
    )


def _rows(path: Path, columns: Sequence[str], *, least: int = 1) -> list[dict[str, str]]:
    shown = printable(str(path))
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            rows, heads = list(reader), tuple(reader.fieldnames or ())
    except (OSError, UnicodeError, csv.Error) as error:
        raise EvaluationError(f"{shown}: got {error}, want a table (CSV)") from error
    if missing := [name for name in dict.fromkeys(columns) if name not in heads]:
        raise EvaluationError(
            f"{shown}: got the columns {', '.join(heads) or 'none'}, want {', '.join(missing)} too"
        )
    if len(rows) < least:
        raise EvaluationError(f"{shown}: got no row, want one for each photograph")
    for number, row in enumerate(rows, start=1):
        # csv gives None where a row is short.
        if any(row[name] is None for name in heads):  # pyright: ignore[reportUnnecessaryComparison]
            raise EvaluationError(f"{shown}, row {number}: got too few values, want one a column")
    return rows


def _inside(folder: Path, name: str, labels: Path) -> Path:
    inside = folder.resolve()
    path = (folder / name.replace("\0", "/")).resolve()
    if "\0" in name or not path.is_relative_to(inside) or path == inside:
        raise EvaluationError(
            f"{printable(str(labels))}: got the file {name!r}, want one inside the folder {folder}"
        )
    return path


def _group(row: Row, columns: str) -> str:
    parts = [row[part].strip() for part in columns.split("+")]
    return ", ".join(parts) if all(parts) else ""


def _identity(one: Mapping[str, str], name: str) -> str:
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
