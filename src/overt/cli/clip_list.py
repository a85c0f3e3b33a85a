"""Who is listed in an evaluation of clips: folders of photographs, or tables that name them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from rich.progress import track

from overt.cli.plain import plain_console
from overt.cli.trying import trial_grounds
from overt.clock import SystemClock
from overt.errors import InputError
from overt.evaluation.clips.prepared import Listing
from overt.governance.applications import NOT_YET, Application, from_folder
from overt.governance.building import Enrolment, list_of
from overt.governance.enrol import Enrolled, Rejected, enrol_all
from overt.text import printable
from overt.values.watchlist import Entry, Watchlist

__all__ = ["enlisted", "proposed"]

NAME: Final = "evaluation"
COLUMNS: Final = ("identity", "enrol_photo")


def proposed(lists: Sequence[Path], *, photos: Path | None) -> tuple[Application, ...]:
    """Read who is to be listed.

    A folder lists every photograph in it, under the name of its file; a table (CSV) has the
    columns `identity` and `enrol_photo`, empty for who is not listed. Both are named as in a
    truth, with `_` for a blank. Everybody is listed as on a blue list: people who agreed.

    Raises:
        InputError: a table cannot be read or lacks a column; somebody is listed twice.
        WatchlistError: a folder is not there or holds no photograph.
    """
    found: list[Application] = []
    for path in lists:
        found += from_folder(path, trial_grounds()) if path.is_dir() else _table(path, photos)
    named = [_named(each) for each in found]
    references = [each.entry.reference for each in named]
    for reference in references:
        if references.count(reference) > 1:
            raise InputError(f"list: got {printable(reference)!r} twice, want one photograph each")
    if not named:
        raise InputError("list: got nobody, want one photograph at least")
    return tuple(named)


def enlisted(
    applications: Sequence[Application], *, enrolment: Enrolment
) -> tuple[Watchlist, Listing]:
    """Make the list, in memory alone, showing progress.

    Raises:
        WatchlistError: nobody could be enrolled.
    """
    console = plain_console(stderr=True)
    shown = track(applications, description="photographs", console=console, transient=True)
    results = list(enrol_all(enrolment.enroller, shown))
    taken = [each for each in results if isinstance(each, Enrolled)]
    rejected = [each for each in results if isinstance(each, Rejected)]
    watchlist, _ = list_of(taken, enrolment=enrolment, name=NAME, now=SystemClock().now())
    people = tuple(entry.reference for entry in watchlist.entries)
    return watchlist, Listing(people, tuple((each.reference, each.reason) for each in rejected))


def _named(application: Application) -> Application:
    """Name an entry as truths name people."""
    reference = application.entry.reference.replace(" ", "_")
    return replace(application, entry=replace(application.entry, reference=reference))


def _table(path: Path, photos: Path | None) -> list[Application]:
    shown = printable(path.name)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
            if missing:
                raise InputError(
                    f"{shown}: got no column {', '.join(missing)}, want {', '.join(COLUMNS)}"
                )
            lines = [
                (row["identity"] or "", row["enrol_photo"] or "", rows.line_num) for row in rows
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"{shown}: got {error}, want a folder of photographs or a table (CSV)"
        ) from error
    folder = path.parent if photos is None else photos
    return [
        _application(folder, identity, photo, f"{shown}, line {line}")
        for identity, photo, line in lines
        if photo
    ]


def _application(folder: Path, identity: str, photo: str, where: str) -> Application:
    if not identity or photo != Path(photo).name or not (folder / photo).is_file():
        raise InputError(
            f"{where}: got identity {printable(identity)!r} and photograph {printable(photo)!r}, "
            f"want a name, and a file in {printable(str(folder))}",
            hint="name the folder of the photographs with --photos",
        )
    grounds = trial_grounds()
    entry = Entry(
        printable(identity), identity.replace("_", " "), grounds.category, grounds.source,
        grounds.lawful_basis, grounds.reviewer, None, None, NOT_YET,
    )  # fmt: skip
    return Application(folder / photo, entry)
