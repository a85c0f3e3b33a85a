"""Entries of a watchlist as JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from overt.errors import WatchlistError
from overt.table import Table
from overt.values.watchlist import Category, Entry

__all__ = ["entry_from", "entry_to"]


def entry_to(entry: Entry) -> dict[str, str | bool | list[str]]:
    """Write an entry as an object of JSON; what is not known is left out."""
    written: dict[str, str | bool | list[str]] = {
        "reference": entry.reference,
        "name": entry.name,
        "category": str(entry.category),
        "source": entry.source,
        "lawful_basis": entry.lawful_basis,
        "reviewer": entry.reviewer,
        "photo_sha256": entry.photo_sha256,
        "warnings": list(entry.warnings),
    }
    if entry.image_date is not None:
        written["image_date"] = entry.image_date.isoformat()
    if entry.expires is not None:
        written["expires"] = entry.expires.isoformat()
    flags = {"under_18": entry.under_18, "vulnerable": entry.vulnerable}
    texts = {"exception": entry.exception, "relatives": entry.relatives}
    return written | {key: value for key, value in {**flags, **texts}.items() if value}


def entry_from(content: Mapping[str, object], *, file: str) -> Entry:
    """Read an entry.

    Raises:
        WatchlistError: a field is missing, unknown or of another type.
    """
    table = Table(content, file=file, error=WatchlistError)
    image_date = _date(table, "image_date") if table.has("image_date") else None
    entry = Entry(
        reference=table.text("reference"),
        name=table.text("name"),
        category=table.choice("category", Category),
        source=table.text("source"),
        lawful_basis=table.text("lawful_basis"),
        reviewer=table.text("reviewer"),
        image_date=image_date,
        expires=table.iso_time("expires") if table.has("expires") else None,
        photo_sha256=table.text("photo_sha256"),
        warnings=table.texts("warnings", least=0),
        under_18=table.flag("under_18") if table.has("under_18") else False,
        vulnerable=table.flag("vulnerable") if table.has("vulnerable") else False,
        exception=table.text("exception") if table.has("exception") else "",
        relatives=table.text("relatives") if table.has("relatives") else "",
    )
    table.done()
    return entry


def _date(table: Table, key: str) -> date:
    text = table.text(key)
    try:
        return date.fromisoformat(text)
    except ValueError:
        table.wrong(key, text, "a date (2026-03-01)")
