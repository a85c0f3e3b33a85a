"""Publishing a site: what changed is computed and written, and nothing is ever taken away."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from overt.errors import RefusedError, ReportError
from overt.ledger.checkpoint import Checkpoint
from overt.report.computing import compute, counted
from overt.report.document.report import Options, Report
from overt.report.folder import write_folder
from overt.report.open_data import write_open_data
from overt.report.site.pages import Facing, bar, corrected_bar, site_pages, with_bar
from overt.report.site.planning import Plan, plan_site
from overt.report.site.published import Before, Edition, editions, record_name
from overt.report.site.reading import Material
from overt.report.site.writing import Writer, files_in
from overt.report.verifying import Difference, compare

__all__ = ["Asked", "Published", "computed", "news", "publish_site"]

# Where and until when it was counted is no news where every number stays.
NOT_NEWS: Final = frozenset({"sources", "options"})
SOURCE: Final = "methods.source-"
DATA: Final = "data"
PACKAGE: Final = "datapackage.json"
TOLD: Final = 8  # things that do not add up that an error lists


@dataclass(frozen=True, slots=True)
class Asked:
    """How a site is to be published."""

    as_of: datetime  # UTC: what was due by then is judged
    suppress_below: int  # numbers of people by group below it are withheld
    base: str  # the address at which the public finds it, with its last slash; ""
    with_pdf: bool  # whether each report is set on paper too
    licence: str  # of the open data: its id at opendefinition.org
    as_it_is: bool  # whether a record that does not add up is published, saying so
    software: str
    only: frozenset[str] | None  # folders of the reports that are published; None: all


@dataclass(frozen=True, slots=True)
class Published:
    """What a run did."""

    changed: tuple[str, ...]  # files and folders within the site
    reports: tuple[tuple[str, Edition], ...]  # of each closed deployment: its id, what is current
    wrong: tuple[str, ...]  # what does not add up, and was published so
    waits: int  # deployments that are not closed yet


def publish_site(
    folder: Path, material: Material, *, before: Before | None, asked: Asked
) -> Published:
    """Write a site, or what changed of it.

    Raises:
        RefusedError: a record does not add up, and is not to be published as such.
        ReportError: the folder cannot be written, or holds something else.
    """
    plan = plan_site(material, as_of=asked.as_of)
    made = list(computed(material, plan, asked))
    wrong = tuple(f"{report.title}: {one.text}" for _, report in made for one in report.wrong())
    if wrong and not asked.as_it_is:
        more = f"\n  - and {len(wrong) - TOLD} more" if len(wrong) > TOLD else ""
        raise RefusedError(
            "publish: got a record that does not add up, want one that does:\n"
            + "\n".join(f"  - {each}" for each in wrong[:TOLD])
            + more,
            hint="record what is missing; or publish it with --as-it-is: each page then says so",
        )
    writer = Writer(folder)
    news = [(name, report) for name, report in made if is_news(editions(folder, name), report)]
    size = publish_record(writer, material, before, needed=bool(news))
    for name, report in news:
        publish_report(writer, name, report, material, asked, size=size)
    found = {name: kept for name in reported(plan, asked) if (kept := editions(folder, name))}
    tables = frozenset(name for name in found if (folder / name / DATA / PACKAGE).is_file())
    facing = Facing(material, plan, size, asked.base, found, tables)
    for name, versions in found.items():
        dress(writer, name, versions)
    for name, data in site_pages(facing):
        writer.put(name, data)
    writer.clean()
    current = {f"{one.folder}": one.id for one in plan.deployments}
    return Published(
        tuple(writer.changed),
        tuple((current[name], facing.editions[name][-1]) for name, _ in made if name in current),
        wrong,
        sum(one.standing.value == "not closed yet" for one in plan.deployments),
    )


def computed(material: Material, plan: Plan, asked: Asked) -> Sequence[tuple[str, Report]]:
    """Compute every report that may be published, of those that are asked for."""
    return [
        (name, one_report(material, options, asked))
        for name, options in reported(plan, asked).items()
        if asked.only is None or name in asked.only
    ]


def reported(plan: Plan, asked: Asked) -> Mapping[str, Options]:
    """Give what is chosen for every report that may be published, by its folder."""
    as_of = asked.as_of.astimezone(UTC).isoformat(timespec="seconds")
    return dict(plan.reports(as_of=as_of, suppress_below=asked.suppress_below))


def one_report(material: Material, options: Options, asked: Asked) -> Report:
    """Compute one."""
    return compute(
        material.facts,
        options=options,
        sources=[material.source],
        made=asked.as_of,
        software=asked.software,
    )


def is_news(found: Sequence[Edition], report: Report) -> bool:
    """Tell whether a report says something else than what is published."""
    return not found or bool(news(found[-1].report, report))


def news(before: Report, report: Report) -> tuple[Difference, ...]:
    """Give what a report says otherwise than one before it."""
    withheld = before.options.suppress_below != report.options.suppress_below
    return tuple(
        one
        for one in compare(before, report)
        if (one.id == "options" and withheld)
        or (one.id not in NOT_NEWS and not one.id.startswith(SOURCE))
    )


def publish_record(
    writer: Writer, material: Material, before: Before | None, *, needed: bool
) -> int:
    """Put the export and its checkpoints into the site, and give the size of the newest there.

    Where nothing was recorded since but that reports were published, the one before stays.
    """
    size = material.verified.size
    if before is not None and not needed and material.settled <= before.size:
        return before.size
    name = record_name(size)
    if not (writer.folder / name).is_file():
        beside = writer.scratch() / "record"
        try:
            shutil.copyfile(material.path, beside)
        except OSError as error:
            raise ReportError(f"{beside}: got {error.strerror}, want to write it") from error
        writer.move(beside, name)
    for note in material.checkpoints:
        writer.put(f"checkpoints/{Checkpoint.parse(note.text).size:015d}.note", note.data)
    return size


def publish_report(
    writer: Writer, name: str, report: Report, material: Material, asked: Asked, *, size: int
) -> None:
    """Put a report into its folder; what was there before is kept as a version of its own.

    A period's report has its tables of open data beside it.
    """
    found = editions(writer.folder, name)
    if found:
        writer.keep_version(name, found[-1].number)
    scratch = writer.scratch() / "report"
    write_folder(scratch, report, with_pdf=asked.with_pdf)
    if not report.options.deployment:
        facts = counted(material.facts, report.options)
        write_open_data(scratch / DATA, facts, report, licence=asked.licence)
    page = scratch / "index.html"
    for path in files_in(scratch):
        if path != page:
            writer.move(path, f"{name}/{path.relative_to(scratch)}")
    # The page comes last, with its way back into the site.
    told = bar(name, number=len(found) + 1, record=record_name(size), versions=found)
    writer.put(f"{name}/index.html", with_bar(page.read_bytes(), told))


def dress(writer: Writer, name: str, found: Sequence[Edition]) -> None:
    """Have every version's page say which one it is, and where the others are."""
    for edition, successor in zip(found, [*found[1:], None], strict=True):
        path = f"{edition.folder}/index.html"
        told = (
            bar(name, number=edition.number, record=edition.record, versions=found[:-1])
            if successor is None
            else corrected_bar(edition, successor.report.made)
        )
        writer.put(path, with_bar((writer.folder / path).read_bytes(), told))
