"""Facts from where they were recorded: this machine's record, or a published export."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from overt.facts.facts import Facts
from overt.facts.from_events import fold_facts
from overt.facts.parquet import scan_facts
from overt.ledger.export import ExportReader
from overt.ledger.keys import VerifierKey
from overt.ledger.verify import Verified, verify_export
from overt.records.base import Store
from overt.records.codec import decode
from overt.report.document.report import Source
from overt.values.events import Event

__all__ = ["Counted", "facts_of_export", "facts_of_folder", "facts_of_record"]


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """Facts, and the state of the record that they were counted from."""

    facts: Facts
    source: Source


def facts_of_record(store: Store, *, force: str) -> Counted:
    """Count this machine's record as it is now; it is not proved to anybody.

    Raises:
        RecordsError: the record cannot be read.
        FactsError: recognition without an authority.
    """
    size = 0

    def events() -> Iterator[Event]:
        nonlocal size
        for recorded in store.events():
            size = recorded.sequence
            yield recorded.event

    facts = fold_facts(events(), force=force)
    return Counted(facts, Source(force, size, root="", key=""))


def facts_of_folder(folder: Path) -> Counted:
    """Take tables as they lie in a folder, or in a folder for each force; nothing proves them.

    Raises:
        FactsError: a table is missing, cut short, or not what it must be.
    """
    facts = scan_facts(folder)
    forces = facts.deployments.select(pl.col("force").cast(pl.String).unique().sort()).collect()
    names = ", ".join(forces["force"].to_list()) or str(folder)
    return Counted(facts, Source(names, 0, root="", key=""))


def facts_of_export(
    path: Path, *, keys: Sequence[VerifierKey], progress: Callable[[int], None] | None = None
) -> Counted:
    """Verify a published export, then count what it holds.

    Args:
        path: the export.
        keys: the log's public keys that are trusted; got by another way than the export.
        progress: told how many events were read, now and then.

    Raises:
        LedgerError: it does not verify.
        RecordsError: an event that this version of overt does not know.
        FactsError: recognition without an authority.
    """
    verified = verify_export(path, keys=keys, against=None, witnesses=None)
    with closing(ExportReader(path)) as reader:
        facts = fold_facts(_events(reader, progress), force=verified.origin)
    return Counted(facts, _source(verified, keys))


def _events(reader: ExportReader, progress: Callable[[int], None] | None) -> Iterator[Event]:
    for number, leaf in enumerate(reader.leaves(), start=1):
        if progress is not None and number % 5000 == 0:
            progress(number)
        yield decode(leaf, None)


def _source(verified: Verified, keys: Sequence[VerifierKey]) -> Source:
    key = next((one.text for one in keys if one.name == verified.origin), "")
    return Source(verified.origin, verified.size, verified.root.hex(), key)
