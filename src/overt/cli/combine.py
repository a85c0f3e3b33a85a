"""`overt combine`: the exports of many forces, verified, and one report on all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from overt.cli.extras import needs_extra
from overt.cli.files import read_file
from overt.cli.plain import plain_console
from overt.clock import SystemClock
from overt.errors import RefusedError, ReportError
from overt.ledger.keys import VerifierKey
from overt.report.document.report import Options, Report
from overt.text import printable

if TYPE_CHECKING:
    from overt.report.combining import Combined, Failed, Force

__all__ = ["combine"]


def combine(  # noqa: PLR0913 - each is an option that people give
    exports: Annotated[
        list[Path],
        typer.Argument(metavar="EXPORT...", help="exports; or folders of simulated tables"),
    ],
    *,
    key: Annotated[
        list[str] | None, typer.Option("--key", help="the public key of one of the logs")
    ] = None,
    keys: Annotated[Path | None, typer.Option(help="public keys, one a line")] = None,
    out: Annotated[Path, typer.Option(help="the folder to write")] = Path("national"),
    work: Annotated[
        Path, typer.Option(help="where verified tables are kept for the next run")
    ] = Path("combined"),
    without: Annotated[
        list[str] | None,
        typer.Option(metavar="FORCE", help="leave a force out: its log's name, or its file's"),
    ] = None,
    start: Annotated[
        datetime | None, typer.Option("--from", help="windows that start at it or later, UTC")
    ] = None,
    end: Annotated[datetime | None, typer.Option("--to", help="and before it, UTC")] = None,
    as_of: Annotated[
        datetime | None, typer.Option(help="what was due by then is judged, UTC; else now")
    ] = None,
    suppress_below: Annotated[
        int, typer.Option(min=0, help="withhold numbers of people by group below it")
    ] = 5,
    final: Annotated[
        bool, typer.Option("--final", help="refuse while anything does not add up")
    ] = False,
) -> None:
    """Make one report of many forces, each export verified first.

    An export that an earlier run verified is not verified again. Exit code 1, without a report,
    where one does not verify and is not left out by --without.
    """
    with needs_extra("report"):
        from overt.report.combining import combine as combined
    trusted = _keys(key or [], keys)
    if not trusted and not all(path.is_dir() for path in exports):
        raise ReportError(
            "combine: got no --key and no --keys, want the public key of each log",
            hint="its publisher gives it in another way than the export: `overt ledger key`",
        )
    console = plain_console(stderr=True)
    with console.status("verifying"):
        found = combined(exports, keys=trusted, work=work, without=without or [], progress=_tell)
    _require_whole(found.failed)
    options = Options(
        _written(as_of) or SystemClock().now().isoformat(timespec="seconds"),
        start=_written(start),
        end=_written(end),
        suppress_below=suppress_below,
    )
    with console.status("counting"):
        made = _computed(found, options)
    _write(made, out, final=final)


def _tell(done: Force | Failed) -> None:
    from overt.report.combining import Force

    if not isinstance(done, Force):
        print(f"{printable(done.force)}\tdoes not verify")
        return
    source = done.source
    how = "tables, not signed" if not source.root else "verified"
    counted = f"\t{source.events} events\troot {source.root}" if source.root else ""
    print(f"{printable(source.force)}\t{how}{' before' if done.again else ''}{counted}")


def _require_whole(failed: Sequence[Failed]) -> None:
    if failed:
        raise RefusedError(
            "combine: got exports that do not verify, want every force's to:\n"
            + "\n".join(
                f"  - {printable(one.force)}: {printable(str(one.error))}" for one in failed
            ),
            hint="ask the force for its export; or leave it out with --without: the report says so",
        )


def _computed(found: Combined, options: Options) -> Report:
    from overt.report.computing import compute
    from overt.report.sections.forces import left_out

    if found.facts is None:
        raise ReportError("combine: got no force, want one or more")
    return compute(
        found.facts,
        options=options,
        sources=found.sources,
        made=SystemClock().now(),
        software=version("overt"),
        extra=[left_out(found.left_out)] if found.left_out else [],
    )


def _write(made: Report, out: Path, *, final: bool) -> None:
    from overt.report.folder import write_folder

    console = plain_console(stderr=True)
    for statement in made.wrong():
        console.print(f"does not add up: {printable(statement.text)}", soft_wrap=True)
    if final and made.wrong():
        raise RefusedError(
            f"report: got {len(made.wrong())} things that do not add up, want none in a final "
            "report",
            hint="ask the forces; or leave out --final, and publish what does not add up",
        )
    for path in write_folder(out, made):
        print(path)


def _keys(texts: Sequence[str], file: Path | None) -> tuple[VerifierKey, ...]:
    lines = [*texts]
    if file is not None:
        lines += (
            read_file(file, want="public keys, one a line").decode(errors="replace").split("\n")
        )
    return tuple(VerifierKey.parse(line.strip()) for line in lines if line.strip())


def _written(time: datetime | None) -> str:
    if time is None:
        return ""
    aware = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    return aware.isoformat(timespec="seconds")
