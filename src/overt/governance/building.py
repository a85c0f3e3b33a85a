"""Building a watchlist: enrol, find look-alikes, seal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from overt.errors import WatchlistError
from overt.governance.applications import Application
from overt.governance.enrol import Enrolled, Enroller, Rejected, enrol_all
from overt.governance.listfile import ListFile, list_digest
from overt.governance.lookalikes import Alike, find_alike, with_warnings
from overt.match.comparing import Comparer
from overt.match.scale import ReferenceScale
from overt.values.embeddings import Embeddings
from overt.values.watchlist import Watchlist
from overt.vault.keys import KeyRing

__all__ = ["Built", "Enrolment", "alike_of", "build_list", "list_of", "seal_list"]


@dataclass(frozen=True, slots=True, eq=False)
class Enrolment:
    """What makes entries of photographs, and what their templates mean."""

    enroller: Enroller
    scale: ReferenceScale
    comparer: Comparer
    bundle: str  # digest


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """A list, what did not come onto it, and who on it looks alike."""

    list: ListFile
    rejected: tuple[Rejected, ...]
    alike: tuple[Alike, ...]


def build_list(
    applications: Iterable[Application],
    *,
    enrolment: Enrolment,
    folder: Path,
    name: str,
    keys: KeyRing,
    now: datetime,
) -> Built:
    """Enrol every application that can be, and seal the list into a new folder.

    Raises:
        WatchlistError: none could be enrolled; the message gives the reasons.
    """
    if folder.exists():
        raise WatchlistError(f"{folder}: got a folder that is there, want a new one")
    results = tuple(enrol_all(enrolment.enroller, applications))
    enrolled = [result for result in results if isinstance(result, Enrolled)]
    rejected = tuple(result for result in results if isinstance(result, Rejected))
    if not enrolled:
        reasons = "; ".join(f"{item.file.name}: {item.reason}" for item in rejected[:5])
        raise WatchlistError(f"watchlist: got no photograph that can be used ({reasons})")
    made, alike = seal_list(
        enrolled, enrolment=enrolment, folder=folder, name=name, keys=keys, now=now
    )
    return Built(made, rejected, alike)


def seal_list(
    enrolled: Sequence[Enrolled],
    *,
    enrolment: Enrolment,
    folder: Path,
    name: str,
    keys: KeyRing,
    now: datetime,
) -> tuple[ListFile, tuple[Alike, ...]]:
    """Seal those who are to be listed into a new folder, each warned of whom it looks like.

    Raises:
        WatchlistError: nobody is to be listed, or the folder is there.
    """
    watchlist, alike = list_of(enrolled, enrolment=enrolment, name=name, now=now)
    photos = (result.photo for result in enrolled)
    return ListFile.create(folder, watchlist, photos, keys=keys), alike


def list_of(
    enrolled: Sequence[Enrolled], *, enrolment: Enrolment, name: str, now: datetime
) -> tuple[Watchlist, tuple[Alike, ...]]:
    """Make a list in memory, each entry warned of whom it looks like.

    Raises:
        WatchlistError: nobody is to be listed.
    """
    if not enrolled:
        raise WatchlistError("watchlist: got no entry, want at least one")
    vectors = np.stack([result.template for result in enrolled])
    alike = alike_of(enrolled, enrolment=enrolment)
    entries = with_warnings((result.entry for result in enrolled), alike)
    digest = list_digest(entries, vectors, bundle=enrolment.bundle)
    return Watchlist(name, now, enrolment.bundle, entries, Embeddings(vectors), digest), alike


def alike_of(enrolled: Sequence[Enrolled], *, enrolment: Enrolment) -> tuple[Alike, ...]:
    """Tell who of those who are to be listed looks alike."""
    if not enrolled:
        return ()
    vectors = np.stack([result.template for result in enrolled])
    entries = tuple(result.entry for result in enrolled)
    scale, comparer = enrolment.scale, enrolment.comparer
    return tuple(find_alike(entries, vectors, scale=scale, comparer=comparer))
