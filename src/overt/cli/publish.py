"""`overt publish`: a static site of deployments, reports and the signed record."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from overt.cli.extras import needs_extra
from overt.cli.plain import plain_console
from overt.cli.recording import opened_record
from overt.clock import SystemClock
from overt.errors import InputError, ReportError
from overt.ledger.keys import VerifierKey
from overt.operations.publishable import address_of_site
from overt.text import printable

if TYPE_CHECKING:
    from overt.operations.foreseen import Noted
    from overt.operations.publishing import Publisher
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
    deployment: Annotated[
        str | None,
        typer.Option(metavar="ID", help="publish this report alone; refused while it is not told"),
    ] = None,
) -> None:
    """Publish a site of static pages: deployments, reports, data, checkpoints, how to check.

    Run it again and again: only what changed is written, nothing that was published is removed,
    and a correction keeps the version before it. Of this machine's record, what was published is
    recorded; with --export, nothing is. Exit code 1 where a record does not add up.
    """
    asked = _asked(
        as_of,
        suppress_below=suppress_below,
        base=address_of_site(base),
        with_pdf=pdf,
        licence=licence,
        as_it_is=as_it_is,
    )
    if deployment is not None and (export is not None or as_of is not None):
        raise InputError(
            "publish: got --deployment with --export or --as-of, want it of this record, as of now",
            hint="leave them out",
        )
    if export is not None:
        _publish_export(folder, export, key or (), asked)
    else:
        _publish_own(folder, deployment, asked, by=by, witnessed=witnessed)


def _asked(as_of: datetime | None, **chosen: Any) -> Asked:
    with needs_extra("report"):
        from overt.report.site.publishing import Asked
    now = SystemClock().now() if as_of is None else as_of.replace(tzinfo=as_of.tzinfo or UTC)
    return Asked(as_of=now, software=version("overt"), only=None, **chosen)


def _publish_own(
    folder: Path, deployment: str | None, asked: Asked, *, by: str | None, witnessed: bool
) -> None:
    if not by or not asked.base:
        lacking = "--by" if not by else "--base"
        raise InputError(
            f"publish: got no {lacking}, want who publishes and at which address",
            hint="both are recorded; to write a site and record nothing, give --export and --key",
        )
    if deployment is not None:
        _publish_one(folder, deployment, asked, by=by, witnessed=witnessed)
    else:
        _publish_all(folder, asked, by=by, witnessed=witnessed)


def _publish_export(folder: Path, export: Path, texts: Sequence[str], asked: Asked) -> None:
    from overt.operations.publishing import publish_export

    if not texts:
        raise ReportError(
            "export: got no --key, want the public key of its log",
            hint="its publisher gives it in another way than the export: `overt ledger key`",
        )
    keys = tuple(VerifierKey.parse(text) for text in texts)
    with plain_console(stderr=True).status("counting"):
        done = publish_export(folder, export, keys, asked)
    _tell(done, folder)


def _publish_all(folder: Path, asked: Asked, *, by: str, witnessed: bool) -> None:
    with _publisher(folder, asked) as publisher:
        with plain_console(stderr=True).status("counting"):
            done, noted = publisher.publish_all(asked, by=by, witnessed=witnessed)
        for each in noted:
            _tell_noted(each)
    _tell(done, folder)


def _publish_one(folder: Path, deployment: str, asked: Asked, *, by: str, witnessed: bool) -> None:
    with (
        _publisher(folder, asked) as publisher,
        plain_console(stderr=True).status("counting"),
    ):
        foreseen = publisher.foresee(deployment, publisher.pin(witnessed=witnessed))
        if not foreseen.is_news:
            return
        noted = publisher.publish(
            deployment,
            foreseen.pinned,
            seen=foreseen.sha256,
            by=by,
            as_it_is=asked.as_it_is,
            with_pdf=asked.with_pdf,
        )
    _tell_noted(noted)


@contextmanager
def _publisher(folder: Path, asked: Asked) -> Generator[Publisher]:
    from overt.operations.publishing import Publisher

    with opened_record() as (settings, store):
        yield Publisher(
            settings,
            store=store,
            clock=SystemClock(),
            folder=folder,
            base=asked.base,
            suppress_below=asked.suppress_below,
        )


def _tell_noted(noted: Noted) -> None:
    print(f"{noted.deployment}\tpublished\t{printable(noted.where)}\t{noted.sha256}")


def _tell(done: Published, folder: Path) -> None:
    console = plain_console(stderr=True)
    for told in done.wrong:
        console.print(f"does not add up: {printable(told)}", soft_wrap=True)
    if done.waits:
        are = "deployment is" if done.waits == 1 else "deployments are"
        console.print(f"{done.waits} {are} not closed yet: listed without figures")
    for name in done.changed:
        print(folder / name)
