"""`overt publish`: a static site of deployments, reports and the signed record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from overt.cli.extras import needs_extra
from overt.cli.recording import opened_record
from overt.cli.showing import plain_console
from overt.clock import SystemClock
from overt.errors import InputError, ReportError
from overt.governance.witnessing import last_witnessed, witness_keys
from overt.ledger.export import ExportReader
from overt.ledger.keys import VerifierKey
from overt.records.base import Store
from overt.text import printable
from overt.values.duty_events import ReportPublished
from overt.wiring import make_hindsight, make_log

if TYPE_CHECKING:
    from overt.report.site.publishing import Asked, Published

__all__ = ["publish"]


def publish(  # noqa: PLR0913 - each is an option that people give
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="the site's folder")],
    *,
    by: Annotated[str | None, typer.Option(help="who publishes; recorded")] = None,
    base: Annotated[
        str, typer.Option(metavar="URL", help="the address at which the public finds the site")
    ] = "",
    export: Annotated[
        Path | None, typer.Option(help="publish this export, in place of this record")
    ] = None,
    key: Annotated[
        list[str] | None, typer.Option("--key", help="the public key of the export's log")
    ] = None,
    witnessed: Annotated[
        bool,
        typer.Option("--witnessed", help="up to the last checkpoint that all witnesses cosigned"),
    ] = False,
    suppress_below: Annotated[
        int, typer.Option(min=0, help="withhold numbers of people by group below it")
    ] = 5,
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="write report.pdf too")] = True,
    licence: Annotated[
        str, typer.Option(help="of the open data: its id at opendefinition.org, as OGL-UK-3.0")
    ] = "notspecified",
    as_of: Annotated[
        datetime | None, typer.Option(help="what was due by then is judged, UTC; else now")
    ] = None,
    as_it_is: Annotated[
        bool, typer.Option("--as-it-is", help="publish what does not add up, saying so")
    ] = False,
) -> None:
    """Publish a site of static pages: deployments, reports, data, checkpoints, how to check.

    Run it again and again: only what changed is written, nothing that was published is removed,
    and a correction keeps the version before it. Of this machine's record, what was published is
    recorded; with --export, nothing is. Exit code 1 where a record does not add up.
    """
    with needs_extra("report"):
        from overt.report.site.publishing import Asked
    asked = Asked(
        as_of=SystemClock().now() if as_of is None else as_of.replace(tzinfo=as_of.tzinfo or UTC),
        suppress_below=suppress_below,
        base=_address(base),
        with_pdf=pdf,
        licence=licence,
        as_it_is=as_it_is,
        software=version("overt"),
    )
    if export is not None:
        if not key:
            raise ReportError(
                "export: got no --key, want the public key of its log",
                hint="its publisher gives it in another way than the export: `overt ledger key`",
            )
        keys = tuple(VerifierKey.parse(text) for text in key)
        _tell(_published(folder, export, keys, asked), folder)
        return
    _publish_record(folder, asked, by=by, witnessed=witnessed)


def _publish_record(folder: Path, asked: Asked, *, by: str | None, witnessed: bool) -> None:
    if not by or not asked.base:
        lacking = "--by" if not by else "--base"
        raise InputError(
            f"publish: got no {lacking}, want who publishes and at which address",
            hint="both are recorded; to write a site and record nothing, give --export and --key",
        )
    with opened_record() as (settings, store):
        log = make_log(settings, store=store)
        until = last_witnessed(log, known=witness_keys(settings.witnesses)) if witnessed else None
        log.first_key()  # before anything is written
        with TemporaryDirectory(prefix="overt-publish-") as scratch:
            export = Path(scratch) / "record.jsonl"
            log.export(export, until=until)
            done = _published(folder, export, log.chain().keys, asked)
        hindsight = make_hindsight(settings, store=store, clock=SystemClock())
        noted = _noted(store)
        for deployment, edition in done.reports:
            if (deployment, edition.sha256) not in noted:
                where = f"{asked.base}{edition.folder}/index.html"
                hindsight.published(deployment, where=where, sha256=edition.sha256, by=by)
                print(f"{deployment}\tpublished\t{printable(where)}\t{edition.sha256}")
    _tell(done, folder)


def _published(folder: Path, export: Path, keys: Sequence[VerifierKey], asked: Asked) -> Published:
    from overt.report.site.published import read_before
    from overt.report.site.publishing import publish_site
    from overt.report.site.reading import read_material

    with plain_console(stderr=True).status("counting"):
        with ExportReader(export) as reader:
            before = read_before(folder, origins=[reader.header.origin])
        material = read_material(
            export, keys=keys, against=None if before is None else before.checkpoint
        )
        return publish_site(folder, material, before=before, asked=asked)


def _noted(store: Store) -> frozenset[tuple[str, str]]:
    """Give what the record says was published: deployments and digests."""
    events = (recorded.event for recorded in store.events())
    return frozenset(
        (event.deployment, event.body.sha256)
        for event in events
        if isinstance(event.body, ReportPublished) and not event.body.period
    )


def _tell(done: Published, folder: Path) -> None:
    console = plain_console(stderr=True)
    for told in done.wrong:
        console.print(f"does not add up: {printable(told)}", soft_wrap=True)
    if done.waits:
        console.print(f"{done.waits} deployments are not closed yet: listed without figures")
    for name in done.changed:
        print(folder / name)


def _address(base: str) -> str:
    if base and not base.startswith(("https://", "http://")):
        raise InputError(f"base: got {base!r}, want an address (https://police.example/lfr/)")
    return base if not base or base.endswith("/") else f"{base}/"
