"""Many forces together: each export is verified once, and its tables kept in a work folder.

A force's tables lie in `WORK/SHA256`, by the sha256 of its export, with `verified.json` beside
them: what was verified, and the digests of the tables. It is written last, so that a folder
without it was cut short and is made again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import polars as pl

from overt.errors import FactsError, LedgerError, OvertError, RecordsError, ReportError
from overt.facts.facts import Facts
from overt.facts.parquet import force_folders, scan_facts, write_facts
from overt.facts.schema import TABLES
from overt.ledger.checkpoint import Checkpoint
from overt.ledger.export import ExportReader
from overt.ledger.keys import VerifierKey
from overt.report.document.report import Source
from overt.report.recorded import Counted, facts_of_export

__all__ = ["Combined", "Failed", "Force", "combine"]

VERIFIED: Final = "verified.json"
FORMAT: Final = "overt-verified-1"
TABLES_IN: Final = "tables"
SIMULATED: Final = "simulated-"  # how every simulated force is called


@dataclass(frozen=True, slots=True)
class Failed:
    """A force whose export does not verify."""

    force: str  # as its export calls itself; its file's name where it does not even do that
    path: Path
    error: OvertError


@dataclass(frozen=True, slots=True)
class Force:
    """A force whose record is counted."""

    source: Source
    path: Path
    again: bool  # taken from the work folder, where an earlier run had verified it


@dataclass(frozen=True, slots=True, eq=False)
class Combined:
    """Forces that verified, counted together; and those that did not."""

    facts: Facts | None  # None: no force is left
    forces: tuple[Force, ...]
    failed: tuple[Failed, ...]
    left_out: tuple[str, ...]

    @property
    def sources(self) -> tuple[Source, ...]:
        """Give the records that it is counted from."""
        return tuple(force.source for force in self.forces)


def combine(
    paths: Sequence[Path],
    *,
    keys: Sequence[VerifierKey],
    work: Path,
    without: Sequence[str],
    progress: Callable[[Force | Failed], None],
) -> Combined:
    """Verify and count the exports of many forces, one at a time.

    Args:
        paths: exports; or folders of tables, of simulated forces only.
        keys: the public keys that are trusted, of all forces.
        work: where tables of verified exports are kept for the next run.
        without: forces to leave out: a log's name, or a file's.
        progress: is told each force that is done.

    Raises:
        ReportError: two exports of one force, a force to leave out that is not there, or tables
            of a force that is not simulated.
    """
    forces: list[Force] = []
    failed: list[Failed] = []
    facts: list[Facts] = []
    unknown, left = set(without), list[str]()
    for path in paths:
        for name, one in named(path):
            asked = {name, one.name, str(one)} & set(without)
            if asked:
                unknown -= asked
                left.append(name)
                continue
            try:
                force, counted = verified(name, one, keys=keys, work=work)
            except (LedgerError, RecordsError, FactsError) as error:
                failed.append(Failed(name, one, error))
                progress(failed[-1])
                continue
            require_once(force, forces)
            forces.append(force)
            facts.append(counted)
            progress(force)
    if unknown:
        raise ReportError(f"without: got {', '.join(sorted(unknown))}, want forces that are there")
    together = facts[0].plus(facts[1:]) if facts else None
    return Combined(together, tuple(forces), tuple(failed), tuple(left))


def named(path: Path) -> Sequence[tuple[str, Path]]:
    """Name the forces of a path, before anything is verified: so they call themselves."""
    if path.is_dir():
        return [named_tables(folder) for folder in force_folders(path)]
    try:
        with ExportReader(path) as reader:
            return [(reader.header.origin, path)]
    except LedgerError:
        return [(path.name, path)]


def named_tables(folder: Path) -> tuple[str, Path]:
    """Name the force of a folder of tables: nothing signs them, so only simulated ones count.

    Raises:
        ReportError: they are of a force that is not simulated, or of several.
    """
    column = scan_facts(folder).deployments.select(pl.col("force").cast(pl.String).unique())
    found = sorted(column.collect()["force"].to_list())
    if len(found) != 1 or not found[0].startswith(SIMULATED):
        raise ReportError(
            f"{folder}: got tables of {', '.join(found) or 'no force'}, want those of one "
            "simulated force: nothing proves tables",
            hint="give the force's export",
        )
    return found[0], folder


def verified(
    name: str, path: Path, *, keys: Sequence[VerifierKey], work: Path
) -> tuple[Force, Facts]:
    """Give a force's tables, verified now or by an earlier run.

    Raises:
        LedgerError, RecordsError, FactsError: as `facts_of_export`.
        ReportError: the work folder cannot be written.
    """
    if path.is_dir():
        return Force(Source(name, 0, root="", key=""), path, again=False), scan_facts(path)
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise LedgerError(f"{path}: got {error.strerror}, want to read it") from error
    folder = work / sha256
    kept = verified_before(folder, path, size=size, sha256=sha256, keys=keys)
    if kept is not None:
        return Force(kept, path, again=True), scan_facts(folder / TABLES_IN)
    counted = facts_of_export(path, keys=keys)
    keep(folder, counted, size=size, sha256=sha256, accepted=accepted_keys(path, keys))
    return Force(counted.source, path, again=False), scan_facts(folder / TABLES_IN)


def verified_before(
    folder: Path, path: Path, *, size: int, sha256: str, keys: Sequence[VerifierKey]
) -> Source | None:
    """Find that an earlier run verified exactly this file under a key that is trusted now."""
    try:
        told = cast("dict[str, object]", json.loads((folder / VERIFIED).read_text("utf-8")))
        with ExportReader(path) as reader:
            last = Checkpoint.parse(reader.checkpoints[-1].text)
        same = (told["format"], told["bytes"], told["sha256"], told["root"], told["events"]) == (
            FORMAT,
            size,
            sha256,
            last.root.hex(),
            last.size,
        )
        trusted = {key.text for key in keys} & set(cast("list[str]", told["keys"]))
        whole = told["tables"] == digests(folder / TABLES_IN)
        scan_facts(folder / TABLES_IN)
    except (OSError, ValueError, KeyError, TypeError, LedgerError, FactsError):
        return None  # not there, cut short, not ours, or of an earlier overt: it is verified anew
    if not (same and trusted and whole):
        return None
    key = next((one.text for one in keys if one.name == last.origin), "")
    return Source(last.origin, last.size, last.root.hex(), key)


def keep(
    folder: Path, counted: Counted, *, size: int, sha256: str, accepted: Sequence[str]
) -> None:
    """Keep a force's tables, and then what was verified."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        write_facts(folder / TABLES_IN, counted.facts)
        told = {
            "format": FORMAT,
            "origin": counted.source.force,
            "bytes": size,
            "sha256": sha256,
            "root": counted.source.root,
            "events": counted.source.events,
            "keys": list(accepted),
            "tables": digests(folder / TABLES_IN),
        }
        beside = folder / f".{VERIFIED}.new"
        beside.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        beside.replace(folder / VERIFIED)
    except OSError as error:
        raise ReportError(
            f"{folder}: got {error.strerror or error}, want a work folder that can be written",
            hint="make room, or name another with --work",
        ) from error


def accepted_keys(path: Path, keys: Sequence[VerifierKey]) -> Sequence[str]:
    """Give the trusted keys of this log: one of them led to its last checkpoint."""
    with ExportReader(path) as reader:
        origin = reader.header.origin
    return [key.text for key in keys if key.name == origin]


def digests(folder: Path) -> dict[str, str]:
    """Give the sha256 of each table."""
    made: dict[str, str] = {}
    for name in TABLES:
        with (folder / f"{name}.parquet").open("rb") as file:
            made[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return made


def require_once(force: Force, forces: Sequence[Force]) -> None:
    """Refuse to count a force twice.

    Raises:
        ReportError: it is there already.
    """
    twice = next((one for one in forces if one.source.force == force.source.force), None)
    if twice is not None:
        raise ReportError(
            f"force {force.source.force}: got {twice.path} and {force.path}, want one export",
            hint="give the newer one alone: it holds everything that the older one does",
        )
