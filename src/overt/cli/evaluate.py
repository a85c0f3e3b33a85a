"""`overt evaluate`: what a threshold means, for whom, with which list, before anyone is scanned."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from overt.cli.evaluate_change import change
from overt.cli.extras import needs_extra
from overt.cli.files import read_file, write_file
from overt.cli.labelled import Identity, Same
from overt.cli.plain import plain_console
from overt.cli.showing_changes import print_changes
from overt.clock import SystemClock
from overt.errors import RefusedError
from overt.evaluation.clips.written import clip_blocks
from overt.evaluation.comparing import ComparedList, Enlist
from overt.evaluation.comparison import compare as compared
from overt.evaluation.comparison import is_worse
from overt.evaluation.evaluating import RATES, THRESHOLDS, About, Asked
from overt.evaluation.evaluating import evaluate as evaluated
from overt.evaluation.of_scores import of_scores
from overt.evaluation.photographs import PhotoSet, read_photographs
from overt.evaluation.prepared import prepare
from overt.evaluation.score_files import read_scores
from overt.evaluation.templates import Failed, Taken, TemplateCache
from overt.evaluation.written import blocks_of
from overt.inference.evaluation_file import read_record, write_record
from overt.select.limits import Limits
from overt.settings import read_settings
from overt.text import printable
from overt.values.deployment import Recognition
from overt.values.evaluation import Model, Record
from overt.wiring import Models, make_template_maker, open_models

__all__ = ["evaluate", "keep", "model_of", "print_record"]

evaluate = typer.Typer(help="Measure what a threshold means, and for whom.", no_args_is_help=True)
evaluate.command("change")(change)

Out = Annotated[Path, typer.Option(help="the evaluation record to write (JSON)")]
Thresholds = Annotated[
    list[float] | None, typer.Option("--threshold", help="a similarity; repeat it")
]
Rates = Annotated[
    list[float] | None, typer.Option("--fpir", help="a false alert rate to hold; repeat it")
]
Bundle = Annotated[str, typer.Option(help="model bundle")]
Margin = Annotated[float, typer.Option(help="ratio of two rates that would not matter, above 1")]
FOLDER: Final = "evaluation"  # of templates, in the cache


@evaluate.command()
def photos(  # noqa: PLR0913 - each is an option that people give
    folder: Annotated[Path, typer.Argument(help="folder of photographs")],
    *,
    labels: Annotated[Path, typer.Option(help="table (CSV): file, identity, groups")],
    group: Annotated[
        list[str] | None, typer.Option(help="a column of groups, or a+b for both; repeat it")
    ] = None,
    identity: Identity = None,
    same: Same = None,
    listed: Annotated[int, typer.Option(min=1, help="people to list")] = 600,
    half: Annotated[str, typer.Option(help="of the people: development, test or all")] = "all",
    seed: Annotated[int, typer.Option(help="of the draw of who is listed")] = 0,
    data: Annotated[str, typer.Option(help="what the photographs are, in words")] = "not described",
    threshold: Thresholds = None,
    fpir: Rates = None,
    margin: Margin = 1.25,
    bundle: Bundle = "default",
    out: Out = Path("evaluation.json"),
) -> None:
    """Evaluate on labelled photographs: listed people and others, searched in one list."""
    settings = read_settings()
    models = open_models(bundle, settings=settings)
    content = read_file(labels, want="a table (CSV)")
    whole = read_photographs(labels, folder, groups=group or [], identity=identity, same=same)
    people = whole.half(half)
    found = _templates(people, models, settings.cache_dir / FOLDER)
    with plain_console(stderr=True).status("comparing"):
        record = evaluated(
            prepare(
                people,
                found,
                listed=listed,
                seed=seed,
                listing=Limits.for_listing(),
                seen=Limits(min_eyes_px=Recognition(confirm_shots=1).min_eyes_px),
            ),
            enlist=enlist_of(models),
            scale=models.scale,
            about=About(
                made=SystemClock().now(),
                software=f"overt {version('overt')}",
                model=model_of(models),
                data=data,
                labels_sha256=hashlib.sha256(content).hexdigest(),
                half=half,
                seed=seed,
                photographs=len(people.photographs),
            ),
            asked=Asked(tuple(threshold or THRESHOLDS), tuple(fpir or RATES), margin),
        )
    keep(record, out)


@evaluate.command()
def scores(
    file: Annotated[Path, typer.Argument(help="scores: genuine and impostor, or score,same")],
    *,
    distances: Annotated[bool, typer.Option("--distances", help="less is more alike")] = False,
    fmr: Annotated[
        list[float] | None, typer.Option(help="a false match rate to hold; repeat it")
    ] = None,
    data: Annotated[str, typer.Option(help="what was compared, in words")] = "not described",
    tool: Annotated[str, typer.Option(help="what made the scores")] = "another tool",
    out: Out = Path("evaluation.json"),
) -> None:
    """Evaluate the scores that another tool wrote: false matches, false non-matches, curves."""
    record = of_scores(
        read_scores(file, distances=distances),
        rates=tuple(fmr or RATES),
        data=data,
        tool=tool,
        made=SystemClock().now(),
        software=f"overt {version('overt')}",
    )
    keep(record, out)


@evaluate.command()
def compare(
    before: Annotated[Path, typer.Argument(help="an evaluation record")],
    after: Annotated[Path, typer.Argument(help="one of the same photographs and list")],
    *,
    threshold: Thresholds = None,
    fpir: Rates = None,
    limit: Annotated[
        float, typer.Option(help="how much more of the probes may go wrong, as a share")
    ] = 0.01,
) -> None:
    """Say what became better or worse, and for whom; ends with 1 where AFTER is worse.

    Worse: an error rate rose by more than --limit, and its whole interval lies above 0.
    """
    changes = compared(
        read_record(before),
        read_record(after),
        thresholds=tuple(threshold or THRESHOLDS),
        rates=tuple(fpir or RATES),
    )
    print_changes(changes, limits=lambda _: limit)
    worse = [change for change in changes if is_worse(change, limit=limit)]
    if worse:
        first = max(worse, key=lambda change: change.difference)
        raise RefusedError(
            f"evaluation: got {len(worse)} rates that are worse, the most {first.measure} of "
            f"{printable(first.group)} at {first.at} (+{first.difference:.2%}), want none "
            f"above {limit:.2%}",
            hint="what gains for most may not be paid for by a group: look at each line",
        )


@evaluate.command()
def page(
    record: Annotated[Path, typer.Argument(help="an evaluation record")],
    *,
    out: Annotated[Path, typer.Option(help="the page to write")] = Path("evaluation.html"),
    pdf: Annotated[
        Path | None, typer.Option(help="also write it as a PDF (A4, tagged), word for word")
    ] = None,
) -> None:
    """Write a record as a page (HTML) to be published, and as a PDF."""
    with needs_extra("report"):
        from overt.evaluation.render.page import page as written
        from overt.evaluation.render.pdf import pdf as on_paper
    found = read_record(record)
    write_file(out, written(found).encode())
    print(out)
    if pdf is not None:
        write_file(pdf, on_paper(found))
        print(pdf)


@evaluate.command()
def forget() -> None:
    """Delete the templates that evaluations kept: they are personal data."""
    files = TemplateCache.forget(read_settings().cache_dir / FOLDER)
    print(f"deleted: {files:,} templates")


def enlist_of(models: Models) -> Enlist:
    """Give what makes a list of templates, compared as on the live path."""
    return lambda vectors: ComparedList(vectors, comparer=models.comparer)


def model_of(models: Models) -> Model:
    """Say what is evaluated."""
    bundle = models.opened.bundle
    held = "" if bundle.cohort is None else ", held against a cohort"
    score = f"{bundle.recogniser.metric}{held}"
    return Model(bundle.name, bundle.version, bundle.evaluated, score)


def print_record(record: Record) -> None:
    """Print the main figures."""
    console = plain_console(stderr=False)
    for title, heads, rows in (*blocks_of(record), *clip_blocks(record)):
        table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
        for head in heads:
            table.add_column(head)
        for row in rows:
            table.add_row(*(printable(cell) for cell in row))
        console.print(table)
        console.print()


def keep(record: Record, out: Path) -> None:
    """Write a record, and print its main figures."""
    write_file(out, write_record(record))
    print_record(record)
    print(out)


def _templates(people: PhotoSet, models: Models, folder: Path) -> list[Taken | Failed]:
    maker = make_template_maker(models, folder)
    with Progress(
        TextColumn("photographs"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=plain_console(stderr=True),
        transient=True,
    ) as progress:
        task = progress.add_task("", total=len(people.photographs))
        return list(maker.make(people.photographs, told=lambda: progress.advance(task)))
