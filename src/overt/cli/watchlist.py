"""`overt watchlist`: build a list of photographs, and destroy it."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from overt.cli.plain import plain_console
from overt.errors import InputError
from overt.governance.applications import Application, Grounds, from_csv, from_folder
from overt.governance.building import Built, build_list
from overt.governance.listfile import destroy_unused
from overt.settings import read_settings
from overt.text import printable, sheet_cell
from overt.values.watchlist import Category
from overt.vault.keys import KeyRing
from overt.wiring import Models, make_enrolment, open_keys, open_keys_to_destroy, open_models

__all__ = ["watchlist"]

watchlist = typer.Typer(help="Build a watchlist, and destroy it.", no_args_is_help=True)
console = plain_console(stderr=True)

REPORT_COLUMNS = ("reference", "file", "result", "detail")


@watchlist.command()
def build(
    photos: Annotated[Path, typer.Argument(help="a folder of photographs, or a CSV")],
    *,
    out: Annotated[Path, typer.Option(help="folder to make for the sealed list")],
    name: Annotated[str, typer.Option(help="what the list is called")] = "watchlist",
    bundle: Annotated[str, typer.Option(help="model bundle that makes the templates")] = "default",
    category: Annotated[Category | None, typer.Option(help="for a folder: of all")] = None,
    source: Annotated[str, typer.Option(help="for a folder: where photos come from")] = "",
    lawful_basis: Annotated[str, typer.Option(help="for a folder: of all")] = "",
    reviewer: Annotated[str, typer.Option(help="for a folder: who reviewed them all")] = "",
) -> None:
    """Make a watchlist: one photograph an entry; what cannot be used is listed in a report.

    A CSV has the columns file, reference, name, category, source, lawful_basis, reviewer, and if
    known image_date, expires, under_18, vulnerable, exception and relatives; photographs lie
    beside it.
    """
    settings = read_settings()
    settings.make_data_dir()
    grounds = _grounds(category, source, lawful_basis, reviewer) if photos.is_dir() else None
    applications = from_folder(photos, grounds) if grounds else from_csv(photos)
    built = build_here(
        list(applications),
        out=out,
        name=name,
        models=open_models(bundle, settings=settings),
        keys=open_keys(settings),
    )
    path = out.with_name(out.name + "-report.csv")
    built.list.note_report(path)
    report = write_report(built, path)
    console.print(
        f"{len(built.list.watchlist)} listed, {len(built.rejected)} rejected, "
        f"{len(built.alike)} pairs alike: {printable(str(report))}",
        soft_wrap=True,
    )
    print(printable(str(out)))


@watchlist.command()
def destroy(
    folder: Annotated[Path, typer.Argument(help="the sealed list's folder")],
) -> None:
    """Destroy a list: its key first, so that no copy of it can be read again."""
    settings = read_settings()
    settings.make_data_dir()
    destroy_unused(folder, keys=open_keys_to_destroy(settings))
    console.print(f"{printable(str(folder))}: destroyed", soft_wrap=True)


def build_here(
    applications: list[Application], *, out: Path, name: str, models: Models, keys: KeyRing
) -> Built:
    """Build a list, showing progress."""
    shown = _shown(applications)
    return build_list(
        shown,
        enrolment=make_enrolment(models),
        folder=out,
        name=name,
        keys=keys,
        now=datetime.now(UTC),
    )


def write_report(built: Built, path: Path) -> Path:
    """Write what became of every photograph, and which entries look alike, as CSV.

    Raises:
        InputError: it cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            os.fchmod(descriptor, 0o600)  # also where it was there before
            rows = csv.writer(file)
            rows.writerow(REPORT_COLUMNS)
            rows.writerows([sheet_cell(cell) for cell in row] for row in _report(built))
    except OSError as error:
        raise InputError(f"report {str(path)!r}: got {error.strerror}, want a new file") from error
    return path


def _report(built: Built) -> Iterator[tuple[str, ...]]:
    for entry in built.list.watchlist.entries:
        yield entry.reference, "", "listed", "; ".join(entry.warnings)
    for item in built.rejected:
        yield item.reference, printable(str(item.file)), "rejected", item.reason
    for pair in built.alike:
        result = "same person?" if pair.same else "alike"
        yield pair.first, "", result, f"{pair.second}, similarity {pair.similarity:.3f}"


def _shown(applications: list[Application]) -> Iterator[Application]:
    yield from track(applications, description="photographs", console=console, transient=True)


def _grounds(category: Category | None, source: str, lawful_basis: str, reviewer: str) -> Grounds:
    given = {"--source": source, "--lawful-basis": lawful_basis, "--reviewer": reviewer}
    missing = [name for name, text in given.items() if not text.strip()]
    if category is None:
        missing.append("--category")
    if missing or category is None:
        raise InputError(
            f"watchlist: got a folder without {', '.join(missing)}, want them for every entry",
            hint="every listed photograph needs its ground; a CSV gives one for each",
        )
    return Grounds(category, source, lawful_basis, reviewer)
