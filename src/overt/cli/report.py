"""`overt report`: figures of a deployment or a period, computed from the record or from exports."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from overt.cli.extras import needs_extra
from overt.cli.plain import plain_console
from overt.cli.recording import opened_record
from overt.clock import SystemClock
from overt.errors import RefusedError, ReportError
from overt.ledger.keys import VerifierKey
from overt.report.document.exposed import Exposed, read_exposed
from overt.report.document.report import Options, Report, Section
from overt.text import printable
from overt.wiring import make_log

if TYPE_CHECKING:
    from overt.facts.facts import Facts
    from overt.report.recorded import Counted

__all__ = ["report"]

report = typer.Typer(help="Figures that anybody can compute again.", no_args_is_help=True)

HERE = "this machine"  # whose record it is before its log was begun

Out = Annotated[Path, typer.Option(help="the folder to write")]
Exports = Annotated[
    list[Path] | None,
    typer.Option(
        "--export",
        help="a ledger's export to count, in place of this record; or a folder of tables",
    ),
]
Keys = Annotated[list[str] | None, typer.Option("--key", help="the public key of an export's log")]
OnlyFinal = Annotated[bool, typer.Option("--final", help="refuse while anything does not add up")]
WithPdf = Annotated[bool, typer.Option("--pdf/--no-pdf", help="write report.pdf too")]
Licence = Annotated[
    str, typer.Option(help="of the open data: its id at opendefinition.org, as OGL-UK-3.0")
]
Exposures = Annotated[
    list[str] | None,
    typer.Option(
        "--exposure",
        metavar="GROUP[@PLACE]=LOW[..HIGH][:SOURCE]",
        help="a group's assumed share of the faces seen, 0 to 1; repeat it",
    ),
]
Margin = Annotated[float, typer.Option(help="ratio of two rates that would not matter, above 1")]
SuppressBelow = Annotated[
    int, typer.Option(min=0, help="withhold numbers of people by group below it; 0: none")
]
AsOf = Annotated[
    datetime | None, typer.Option(help="what was due by then is judged, UTC; else now")
]


@report.command()
def deployment(  # noqa: PLR0913 - each is an option that people give
    deployment: Annotated[str, typer.Argument(help="the deployment's id")],
    *,
    out: Out = Path("report"),
    export: Exports = None,
    key: Keys = None,
    exposure: Exposures = None,
    margin: Margin = 1.25,
    suppress_below: SuppressBelow = 0,
    as_of: AsOf = None,
    final: OnlyFinal = False,
    pdf: WithPdf = True,
    licence: Licence = "notspecified",
) -> None:
    """Report on one deployment."""
    options = Options(
        _as_of(as_of),
        deployment=deployment,
        exposures=_exposures(exposure),
        margin=margin,
        suppress_below=suppress_below,
    )
    made, facts = _computed(options, export, key)
    _publish(made, facts, out, final=final, with_pdf=pdf, licence=licence)


@report.command()
def period(  # noqa: PLR0913 - each is an option that people give
    start: Annotated[
        datetime | None, typer.Option("--from", help="windows that start at it or later, UTC")
    ] = None,
    end: Annotated[datetime | None, typer.Option("--to", help="and before it, UTC")] = None,
    *,
    out: Out = Path("report"),
    export: Exports = None,
    key: Keys = None,
    exposure: Exposures = None,
    margin: Margin = 1.25,
    suppress_below: SuppressBelow = 0,
    as_of: AsOf = None,
    survey: Annotated[
        Path | None, typer.Option(help="a survey's answers (CSV), its description beside it")
    ] = None,
    final: OnlyFinal = False,
    pdf: WithPdf = True,
    licence: Licence = "notspecified",
) -> None:
    """Report on all deployments of a period; trials are left out."""
    options = Options(
        _as_of(as_of),
        start=_written(start),
        end=_written(end),
        exposures=_exposures(exposure),
        margin=margin,
        suppress_below=suppress_below,
    )
    made, facts = _computed(options, export, key, survey=survey)
    _publish(made, facts, out, final=final, with_pdf=pdf, licence=licence)


def _computed(
    options: Options,
    exports: list[Path] | None,
    keys: list[str] | None,
    *,
    survey: Path | None = None,
) -> tuple[Report, Facts]:
    """Compute a report, and give the rows that it was counted from."""
    with needs_extra("report"):
        from overt.report.computing import compute, counted
    with plain_console(stderr=True).status("counting"):
        first, *others = sources = _sources(exports or [], keys or [])
        facts = first.facts.plus(other.facts for other in others)
        made = compute(
            facts,
            options=options,
            sources=[one.source for one in sources],
            made=SystemClock().now(),
            software=version("overt"),
            extra=() if survey is None else (_surveyed(survey),),
        )
        return made, counted(facts, options)


def _sources(exports: list[Path], keys: list[str]) -> list[Counted]:
    from overt.report.recorded import facts_of_export, facts_of_folder, facts_of_record

    if not exports:
        with opened_record() as (settings, store):
            log = make_log(settings, store=store)
            return [facts_of_record(store, force=log.first_key().name if log.is_there else HERE)]
    if all(path.is_dir() for path in exports):
        return [facts_of_folder(path) for path in exports]
    if not keys:
        raise ReportError(
            "export: got no --key, want the public key of its log",
            hint="its publisher gives it in another way than the export: `overt ledger key`",
        )
    trusted = tuple(VerifierKey.parse(text) for text in keys)
    return [facts_of_export(path, keys=trusted) for path in exports]


def _publish(
    made: Report, facts: Facts, out: Path, *, final: bool, with_pdf: bool, licence: str
) -> None:
    from overt.report.folder import write_folder
    from overt.report.open_data import write_open_data

    console = plain_console(stderr=True)
    wrong = made.wrong()
    for statement in wrong:
        console.print(f"does not add up: {printable(statement.text)}", soft_wrap=True)
    if final and wrong:
        raise RefusedError(
            f"report: got {len(wrong)} things that do not add up, want none in a final report",
            hint="record what is missing; or leave out --final, and publish what does not add up",
        )
    with console.status("writing"):
        written = write_folder(out, made, with_pdf=with_pdf)
        written += write_open_data(out / "data", facts, made, licence=licence)[:1]
    for path in written:
        print(path)


def _surveyed(path: Path) -> Section:
    from overt.report.sections.survey import survey
    from overt.report.survey import find
    from overt.report.survey_file import read_plan, read_respondents

    plan = read_plan(path.with_suffix(".toml"))
    return survey(find(plan, read_respondents(path, plan)))


def _exposures(texts: list[str] | None) -> tuple[Exposed, ...]:
    return tuple(read_exposed(text) for text in texts or ())


def _as_of(time: datetime | None) -> str:
    return _written(time) or SystemClock().now().isoformat(timespec="seconds")


def _written(time: datetime | None) -> str:
    """Write a time of the command line: one without a zone is UTC, as its help says."""
    if time is None:
        return ""
    aware = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    return aware.isoformat(timespec="seconds")
