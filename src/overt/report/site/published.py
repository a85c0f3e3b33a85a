"""What a site has published so far, read back from its own files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from overt.errors import ReportError
from overt.ledger.checkpoint import Checkpoint
from overt.ledger.note import Note
from overt.report.document.report import Report
from overt.report.document.written import read_report_file
from overt.report.site.writing import VERSIONS

__all__ = [
    "FORMAT",
    "Before",
    "Edition",
    "editions",
    "read_before",
    "record_name",
    "withheld_below",
]

FORMAT = "overt-site-1"
REPORT = "report.json"


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a report, as it lies in the site."""

    number: int  # from 1
    folder: str  # within the site
    sha256: str  # of its report.json
    report: Report

    @property
    def record(self) -> str:
        """Name the export that it was counted from, within the site."""
        return record_name(self.report.sources[0].events)


@dataclass(frozen=True, slots=True)
class Before:
    """What the last run left: the newest export and its checkpoint."""

    size: int
    checkpoint: Note


def record_name(size: int) -> str:
    """Name the export of so many events; by name they sort by size."""
    return f"record/{size:015d}.jsonl"


def editions(site: Path, folder: str) -> tuple[Edition, ...]:
    """Give the versions of one report, the current one last; none where it was never published.

    Raises:
        ReportError: a report cannot be read.
    """
    current = site / folder / REPORT
    if not current.is_file():
        return ()
    found: list[Edition] = []
    kept = sorted(
        (path for path in (site / folder / VERSIONS).glob("[0-9]*") if path.is_dir()),
        key=lambda path: int(path.name),
    )
    now = digest(current)
    for path in kept:
        sha256 = digest(path / REPORT)
        if sha256 != now:  # equal after a run that was cut short: copied, not replaced yet
            report = read_report_file(path / REPORT)
            found.append(
                Edition(len(found) + 1, f"{folder}/{VERSIONS}/{path.name}", sha256, report)
            )
    found.append(Edition(len(found) + 1, folder, now, read_report_file(current)))
    return tuple(found)


def withheld_below(site: Path, folders: Iterable[str]) -> int:
    """Give the highest number below which any of these reports, as it stands, withholds.

    Raises:
        ReportError: a report cannot be read.
    """
    paths = [path for name in folders if (path := site / name / REPORT).is_file()]
    try:
        options = [json.loads(path.read_bytes())["options"] for path in paths]
        return max((int(one["suppress_below"]) for one in options), default=0)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReportError(f"{site}: got {error!r}, want reports that can be read") from error


def read_before(site: Path, *, origins: Iterable[str]) -> Before | None:
    """Read what the last run left; None: there is no site yet.

    Raises:
        ReportError: it is the site of another log, or cannot be read.
    """
    path = site / "site.json"
    if not path.is_file():
        return None
    try:
        tree: object = json.loads(path.read_text(encoding="utf-8"))
        found = cast("dict[str, object]", tree) if isinstance(tree, dict) else {}
        origin, size = found.get("origin"), found.get("events")
        if found.get("format") != FORMAT or not isinstance(size, int):
            raise ReportError(f"{path}: got format {found.get('format')!r}, want {FORMAT}")
        note = Note.parse((site / f"checkpoints/{size:015d}.note").read_bytes())
    except (OSError, ValueError) as error:
        raise ReportError(
            f"{path}: got {error}, want what a site of overt's says of itself",
            hint="restore the site, or publish into a new folder",
        ) from error
    if origin not in set(origins) or Checkpoint.parse(note.text).origin != origin:
        raise ReportError(
            f"{site}: got a site of {origin!r}, want one of {', '.join(origins)}",
            hint="give each log a folder of its own",
        )
    return Before(size, note)


def digest(path: Path) -> str:
    """Give the sha256 of a file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ReportError(f"{path}: got {error.strerror or error}, want to read it") from error
