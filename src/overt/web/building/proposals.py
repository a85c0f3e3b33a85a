"""From an upload to who is proposed: each row of the CSV with its photograph, or nothing at all."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from overt.errors import WatchlistError
from overt.governance.applications import Application, from_text
from overt.text import sheet_cell
from overt.web.building.archive import is_archive, require_plain_name, unpacked
from overt.web.building.form import Upload
from overt.web.building.limits import (
    MIB,
    MOST_CSV_BYTES,
    MOST_PHOTO_BYTES,
    MOST_PHOTOS,
    MOST_UNPACKED_BYTES,
)

__all__ = ["Proposal", "proposals"]

NAMED: Final = 5  # files that an error names
UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who is proposed, and the photograph as it was sent."""

    application: Application
    content: bytes


def proposals(csv: Sequence[Upload], photos: Sequence[Upload]) -> tuple[Proposal, ...]:
    """Put each row beside its photograph.

    Raises:
        WatchlistError: the CSV or an archive cannot be read, a row has no photograph, or a
            photograph no row.
    """
    if len(csv) != 1 or not photos:
        raise WatchlistError(
            f"upload: got {len(csv)} CSV files and {len(photos)} others, want one CSV and its "
            "photographs",
            hint="choose both",
        )
    text = text_of(csv[0][1])
    rows = tuple(from_text(text, name="CSV"))
    for row in rows:
        require_no_formula(row)
    if not rows:
        raise WatchlistError("CSV: got a heading alone, want a row for each photograph")
    if len(rows) > MOST_PHOTOS:
        raise WatchlistError(f"CSV: got {len(rows):,} rows, want at most {MOST_PHOTOS:,}")
    held = by_name(photos)
    names = [named(row.file.name) for row in rows]
    require_each_once(names)
    without = [name for name in names if name not in held]
    if without:
        raise WatchlistError(
            f"CSV: got rows without their photograph ({some(without)}), want each file that it "
            "names",
            hint="add the photographs, or take the rows out",
        )
    unnamed = sorted(held.keys() - set(names))
    if unnamed:
        raise WatchlistError(
            f"photographs: got some that no row names ({some(unnamed)}), want a row for each",
            hint="nobody is listed without a ground: add rows, or leave the photographs out",
        )
    return tuple(Proposal(row, held[name]) for row, name in zip(rows, names, strict=True))


def text_of(content: bytes) -> str:
    """Give a CSV's text, which is text and nothing else.

    Raises:
        WatchlistError: it is too large, not UTF-8, or holds what cannot be seen.
    """
    if len(content) > MOST_CSV_BYTES:
        raise WatchlistError(f"CSV: got more than {MOST_CSV_BYTES // MIB} MiB, want a shorter one")
    save = "save it as CSV UTF-8"
    if content.startswith(UTF_16):
        raise WatchlistError("CSV: got UTF-16, want UTF-8", hint=save)
    if is_archive(content):
        raise WatchlistError("CSV: got a spreadsheet or an archive, want text", hint=save)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise WatchlistError(
            f"CSV line {line}: got a byte that is no UTF-8, want UTF-8", hint=save
        ) from None
    strange = next((c for c in text if not c.isprintable() and c not in "\n\r\t"), "")
    if strange:
        line = text[: text.index(strange)].count("\n") + 1
        raise WatchlistError(
            f"CSV line {line}: got the character U+{ord(strange):04X}, which cannot be seen, want "
            "text alone",
            hint=save,
        )
    return text


def require_no_formula(row: Application) -> None:
    """Refuse a cell that a spreadsheet would run: the list's report is read in one."""
    entry = row.entry
    cells = {
        "file": row.file.name,
        "reference": entry.reference,
        "name": entry.name,
        "source": entry.source,
        "lawful_basis": entry.lawful_basis,
        "reviewer": entry.reviewer,
        "exception": entry.exception,
        "relatives": entry.relatives,
    }
    for name, cell in cells.items():
        if sheet_cell(cell) != cell:
            raise WatchlistError(
                f"CSV, {name} of {entry.reference[:40]!r}: got a cell that a spreadsheet takes for "
                "a formula, want text",
                hint="let it begin with a letter or a digit",
            )


def by_name(photos: Iterable[Upload]) -> dict[str, bytes]:
    """Give every photograph by its name, those of archives too.

    Raises:
        WatchlistError: two have one name, or they are too many or too large.
    """
    held: dict[str, bytes] = {}
    folded: set[str] = set()
    left = MOST_UNPACKED_BYTES
    for name, content in single(photos, most_bytes=MOST_UNPACKED_BYTES):
        key = named(name)
        if key.casefold() in folded:
            raise WatchlistError(
                f"photographs: got two named {key[:80]!r}, want each name once",
                hint="small and capital letters make no other name",
            )
        folded.add(key.casefold())
        held[key] = content
        left -= len(content)
        if left < 0 or len(held) > MOST_PHOTOS:
            raise WatchlistError(
                f"photographs: got more than {MOST_UNPACKED_BYTES // MIB} MiB or {MOST_PHOTOS:,} "
                "of them, want fewer",
                hint="scale them down, or build the list with `overt watchlist build`",
            )
    return held


def single(photos: Iterable[Upload], *, most_bytes: int) -> Iterator[Upload]:
    """Give the photographs one by one, out of their archives."""
    left = most_bytes
    for name, content in photos:
        require_plain_name(repr(name[:80]), name)
        inner = unpacked(name, content, most_bytes=left) if is_archive(content) else None
        for each in inner or ((name, content),):
            if len(each[1]) > MOST_PHOTO_BYTES:
                raise WatchlistError(
                    f"{each[0][:80]!r}: got {len(each[1]) / MIB:.0f} MiB, want at most "
                    f"{MOST_PHOTO_BYTES // MIB} MiB",
                    hint="scale the photograph down",
                )
            left -= len(each[1])
            yield each


def require_each_once(names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise WatchlistError(
            f"CSV: got {some(twice)} in two rows, want a photograph of its own for each"
        )


def named(name: str) -> str:
    """Give a file's name in the one way that systems can agree on (NFC)."""
    return unicodedata.normalize("NFC", name)


def some(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(repr(name[:60]) for name in names[:NAMED]) + more
