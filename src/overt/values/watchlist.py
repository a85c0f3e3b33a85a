"""Who is looked for, on what ground, and who answers for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from overt.errors import WatchlistError
from overt.values.embeddings import Embeddings

__all__ = ["Category", "Entry", "Watchlist"]


class Category(StrEnum):
    """Why somebody may be listed (FACTS: watchlist categories)."""

    COURTS = "wanted by the courts"
    GROUNDS = "reasonable grounds"
    MAPPA = "multi-agency managed"
    MISSING = "missing or vulnerable"
    BLUE = "blue list"


@dataclass(frozen=True, slots=True)
class Entry:
    """One listed person by one photograph."""

    reference: str  # the force's own reference for the person or case; unique within a list
    name: str
    category: Category
    source: str  # where the photograph comes from
    lawful_basis: str
    reviewer: str  # who checked that the entry is necessary, and that the photograph is right
    image_date: date | None  # when the photograph was taken; None: not known, and shown so
    expires: datetime | None  # UTC; None: with the list
    photo_sha256: str  # of the photograph's file
    warnings: tuple[str, ...] = ()  # look-alikes on the list, by their references
    under_18: bool = False
    vulnerable: bool = False
    exception: str = ""  # why somebody under 18 or vulnerable is listed, and who decided it
    relatives: str = ""  # close relatives or a twin, who may look alike; free text

    def __post_init__(self) -> None:
        for name in ("reference", "name", "source", "lawful_basis", "reviewer", "photo_sha256"):
            if not str(getattr(self, name)).strip():
                raise WatchlistError(f"entry {self.reference!r}: got no {name}, want one")
        if self.expires is not None and self.expires.tzinfo is None:
            raise WatchlistError(
                f"entry {self.reference!r}: got expires {self.expires.isoformat()} without a time "
                "zone, want one (2026-03-01T10:00:00Z)"
            )
        if (self.under_18 or self.vulnerable) and not self.exception.strip():
            who = "under 18" if self.under_18 else "vulnerable"
            raise WatchlistError(
                f"entry {self.reference!r}: got somebody {who} without an exception, "
                "want it recorded: why it is necessary, and who decided it"
            )

    @property
    def cautions(self) -> tuple[str, ...]:
        """What an operator must know with an alert. It is recorded, so it names nobody."""
        known = {
            "another on this list looks alike: see the entry": bool(self.warnings),
            "a close relative or twin is known: see the entry": bool(self.relatives.strip()),
            "listed person is under 18": self.under_18,
            "listed person is vulnerable": self.vulnerable,
        }
        return tuple(caution for caution, holds in known.items() if holds)


@dataclass(frozen=True, slots=True, eq=False)
class Watchlist:
    """The entries and their templates: row i of `embeddings` is `entries[i]`."""

    name: str
    built: datetime  # UTC
    bundle: str  # digest of the bundle that made the templates; others cannot be compared
    entries: tuple[Entry, ...]
    embeddings: Embeddings  # (n, d)
    digest: str  # sha256 over entries and templates; an authority names it

    def __post_init__(self) -> None:
        if len(self.entries) != len(self.embeddings):
            raise WatchlistError(
                f"watchlist {self.name!r}: got {len(self.embeddings)} templates, "
                f"want {len(self.entries)}, one an entry"
            )
        if not self.entries:
            raise WatchlistError(f"watchlist {self.name!r}: got no entry, want at least one")
        references = [entry.reference for entry in self.entries]
        if len(set(references)) != len(references):
            twice = sorted({name for name in references if references.count(name) > 1})
            raise WatchlistError(f"watchlist {self.name!r}: got {twice} more than once, want once")

    def __len__(self) -> int:
        return len(self.entries)
