"""Who is proposed for a watchlist: a folder of photographs, or a CSV with one line an entry."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from overt.errors import WatchlistError
from overt.text import printable
from overt.values.watchlist import Category, Entry

__all__ = ["COLUMNS", "Application", "Grounds", "from_csv", "from_folder", "from_text"]

PHOTO_SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"})
REQUIRED: Final = (
    "file",
    "reference",
    "name",
    "category",
    "source",
    "lawful_basis",
    "reviewer",
)
OPTIONAL: Final = (
    "image_date",
    "expires",
    "under_18",
    "vulnerable",
    "exception",
    "relatives",
)
COLUMNS: Final = (*REQUIRED, *OPTIONAL)
NOT_YET: Final = "not read yet"  # the photograph's hash, until it is read


@dataclass(frozen=True, slots=True)
class Application:
    """An entry as proposed, and the file of its photograph."""

    file: Path
    entry: Entry


@dataclass(frozen=True, slots=True)
class Grounds:
    """What holds for every photograph of a folder."""

    category: Category
    source: str
    lawful_basis: str
    reviewer: str


def from_folder(folder: Path, grounds: Grounds) -> Iterator[Application]:
    """Propose every photograph of a folder, by name; the file's name is the reference.

    Raises:
        WatchlistError: there is no such folder, or no photograph in it.
    """
    if not folder.is_dir():
        raise WatchlistError(f"{folder}: got no folder, want one with photographs")
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in PHOTO_SUFFIXES)
    if not files:
        wanted = " ".join(sorted(PHOTO_SUFFIXES))
        raise WatchlistError(f"{folder}: got no photograph, want files ending in {wanted}")
    for file in files:
        reference = printable(file.stem)
        entry = Entry(
            reference=reference,
            name=reference.replace("_", " "),
            category=grounds.category,
            source=grounds.source,
            lawful_basis=grounds.lawful_basis,
            reviewer=grounds.reviewer,
            image_date=None,
            expires=None,
            photo_sha256=NOT_YET,
        )
        yield Application(file, entry)


def from_csv(path: Path) -> Iterator[Application]:
    """Propose the entries of a CSV file with a heading; photographs lie beside it.

    Raises:
        WatchlistError: it cannot be read, or a line is not complete; the message names the line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _applications(file, path)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise WatchlistError(f"{path}: got {error}, want a CSV file in UTF-8") from error


def from_text(text: str, *, name: str) -> Iterator[Application]:
    """Propose the entries of a CSV that is held in memory; photographs are told by their names.

    Raises:
        WatchlistError: a line is not complete; the message names the line.
    """
    try:
        yield from _applications(io.StringIO(text, newline=""), Path(name))
    except csv.Error as error:
        raise WatchlistError(f"{name}: got {error}, want a CSV file") from error


def _applications(file: Iterable[str], path: Path) -> Iterator[Application]:
    rows = csv.DictReader(file)
    _require_columns(path, rows.fieldnames or ())
    for row in rows:
        yield _application(path, rows.line_num, row)


def _require_columns(path: Path, names: Sequence[str]) -> None:
    missing = [name for name in REQUIRED if name not in names]
    unknown = [name for name in names if name not in COLUMNS]
    if missing or unknown or len(set(names)) < len(names):
        raise WatchlistError(f"{path}: got columns {list(names)}, want {list(COLUMNS)}")


def _application(path: Path, line: int, cells: Mapping[str, str | None]) -> Application:
    where = f"{path.name} line {line}"
    # More cells than columns come under no name: a comma without quotes has shifted the rest.
    if not cells.keys() <= set(COLUMNS):
        raise WatchlistError(f"{where}: got more cells than columns, want a quote around a comma")
    row = {name: cell or "" for name, cell in cells.items()}
    file = row["file"]
    # One folder that can be looked through before it is listed: no way out of it, no hidden file.
    if not file or file != Path(file).name or file.startswith(".") or not file.isprintable():
        raise WatchlistError(f"{where}: got file {file!r}, want the name of a file beside the CSV")
    try:
        entry = Entry(
            reference=row["reference"],
            name=row["name"],
            category=Category(row["category"]),
            source=row["source"],
            lawful_basis=row["lawful_basis"],
            reviewer=row["reviewer"],
            image_date=date.fromisoformat(row["image_date"]) if row.get("image_date") else None,
            expires=_time(row["expires"]) if row.get("expires") else None,
            photo_sha256=NOT_YET,
            under_18=_is_yes(row.get("under_18", "")),
            vulnerable=_is_yes(row.get("vulnerable", "")),
            exception=row.get("exception", ""),
            relatives=row.get("relatives", ""),
        )
    except ValueError as error:
        raise WatchlistError(
            f"{where}: got {error}; want a category of {[str(c) for c in Category]}, "
            "dates as 2026-03-01, times as 2026-03-01T10:00:00Z, yes or no"
        ) from error
    except WatchlistError as error:
        raise WatchlistError(f"{where}: {error}") from error
    return Application(path.parent / file, entry)


def _is_yes(text: str) -> bool:
    """Read a cell that says yes or no; empty is no. Anything else might have meant yes."""
    if text not in {"", "yes", "no"}:
        raise ValueError(f"{text!r} where yes or no is said")
    return text == "yes"


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"{text!r} without a time zone")
    return time.astimezone(UTC)
