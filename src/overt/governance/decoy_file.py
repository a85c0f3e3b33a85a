"""Reading a decoy's file (TOML): whose photographs, who agreed, and what is pretended."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from overt.errors import InputError
from overt.table import Table, open_table
from overt.values.watchlist import Category, Entry

__all__ = ["DecoyFile", "read_decoy"]

NOT_YET: Final = "not read yet"  # the photograph's hash, until it is read


@dataclass(frozen=True, slots=True)
class DecoyFile:
    """A decoy as its supervisor wants it."""

    agreed: str  # where the agreement of those in the pictures is kept
    camera: str
    probes: tuple[Path, ...]  # of one person, as a camera sees; one or more
    listed: Path  # the listed photograph
    entry: Entry  # as entries of this deployment's list are written
    similarity: float | None  # on the reference scale; None: to be drawn


def read_decoy(path: Path) -> DecoyFile:
    """Read and check a decoy's file. Paths in it count from the folder it lies in.

    Raises:
        InputError: it cannot be read, or is not complete.
    """
    table = open_table(path, want="a decoy's file", error=InputError)
    decoy = DecoyFile(
        agreed=table.text("agreed"),
        camera=table.text("camera"),
        probes=tuple(path.parent / probe for probe in table.texts("probes")),
        listed=path.parent / table.text("listed"),
        entry=_entry(table.table("entry")),
        similarity=table.number("similarity", low=0, high=1) if table.has("similarity") else None,
    )
    table.done()
    return decoy


def _entry(table: Table) -> Entry:
    entry = Entry(
        reference=table.text("reference"),
        name=table.text("name"),
        category=table.choice("category", Category),
        source=table.text("source"),
        lawful_basis=table.text("lawful_basis"),
        reviewer=table.text("reviewer"),
        image_date=None,
        expires=None,
        photo_sha256=NOT_YET,
    )
    table.done()
    return entry
