"""`overt survey`: what the public says of live facial recognition, by group."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Final, cast

import typer
from rich.console import Console
from rich.table import Table

from overt.cli.plain import plain_console
from overt.report.document.wording import (
    headline,
    interval_of,
    number,
    percent,
    points,
    probability,
)
from overt.report.document.written import plain
from overt.report.survey import Group, MeasureFound, SurveyFound, find
from overt.report.survey_file import read_plan, read_respondents
from overt.statistics.estimate import Difference, NoTrials, WeightedShare
from overt.statistics.suppression import Reason
from overt.text import printable

__all__ = ["FORMAT", "survey"]

FORMAT: Final = "overt-survey-1"
WIDE: Final = 130


def survey(
    path: Annotated[Path, typer.Argument(help="the answers: CSV, a row for each respondent")],
    *,
    about: Annotated[
        Path | None, typer.Option(help="what was asked of whom (TOML); if not given, beside it")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="every figure, as JSON")] = False,
) -> None:
    """Give weighted shares of answers by group, with intervals and the question's wording.

    Groups of too few people are withheld, and another with them where it could be subtracted.
    """
    plan = read_plan(path.with_suffix(".toml") if about is None else about)
    found = find(plan, read_respondents(path, plan))
    if as_json:
        tree = {"format": FORMAT, **cast("dict[str, object]", plain(found))}
        print(json.dumps(tree, ensure_ascii=False, indent=1, allow_nan=False))
        return
    console = plain_console(stderr=False)
    console.width = max(console.width, WIDE)  # a figure is never cut short
    _print_about(found, console)
    for measure in found.measures:
        _print_measure(found, measure, console)
    _print_notes(found, console)


def _print_about(found: SurveyFound, console: Console) -> None:
    about, weighting = found.about, found.weighting
    if about.synthetic:
        _say(console, "SYNTHETIC: nobody was asked; made up to show how it is done")
    _say(console, f"{about.title}")
    _say(console, f"asked of {about.population}, {about.mode}, {about.begin} to {about.end}")
    _say(console, f"commissioned by {about.commissioned_by}, conducted by {about.conducted_by}")
    _say(
        console,
        f"{number(found.answered)} answers of {number(found.respondents)} respondents, in "
        f"{number(found.clusters)} clusters of {number(found.strata)} strata",
    )
    if weighting.raked_to:
        _say(console, f"raked to {', '.join(weighting.raked_to)}; {weighting.trimmed} trimmed")
    _say(console, f"effect of weighting on variance (Kish): {weighting.effect:.2f}")
    _say(console, f'\n"{about.question}"')
    table = _table("answer", "share", "interval")
    for option in found.options:
        table.add_row(printable(option.answer), headline(option.share), interval_of(option.share))
    console.print(table)


def _print_measure(found: SurveyFound, of: MeasureFound, console: Console) -> None:
    measure = of.measure
    _say(console, f'\n{measure.name}: {" or ".join(measure.answers)}\n"{found.about.question}"')
    table = _table(
        "group", "share", "interval", "from everybody", "interval", "p", "people", "worth"
    )
    table.add_row("everybody", *_share(of.everybody), "", "", "", *_people(of.everybody))
    column = ""
    for group in of.groups:
        if group.column != column:
            column = group.column
            table.add_row(printable(column))
        table.add_row(f"  {printable(group.name)}", *_cells(group, found))
    console.print(table)


def _cells(group: Group, found: SurveyFound) -> tuple[str, ...]:
    if group.withheld is not None or group.share is None:
        few = group.withheld is Reason.FEW
        return ("withheld", f"fewer than {found.fewest} people" if few else str(group.withheld))
    difference = ("", "", "")
    if isinstance(group.difference, Difference):
        one = group.difference
        ends = f"{100 * one.low:+.1f} to {100 * one.high:+.1f}"
        difference = points(one.value), ends, _p(one.p.value)
    return *_share(group.share), *difference, *_people(group.share)


def _share(share: WeightedShare | NoTrials) -> tuple[str, str]:
    if isinstance(share, NoTrials):
        return headline(share), ""
    return percent(share.value), f"{percent(share.low)} to {percent(share.high)}"


def _people(share: WeightedShare | NoTrials) -> tuple[str, str]:
    if isinstance(share, NoTrials):
        return "", ""
    return number(share.count), number(share.effective)


def _p(value: float) -> str:
    return "under 0.0001" if value < 0.0001 else probability(value)


def _print_notes(found: SurveyFound, console: Console) -> None:
    compared = ", ".join(f"{of.measure.name} {of.compared}" for of in found.measures)
    _say(
        console,
        f"\nintervals: {100 * found.level:g} %, each by itself; everybody includes the group; p: "
        f"by Holm over the groups compared ({compared}); worth: people of equal weight",
    )


def _say(console: Console, text: str) -> None:
    console.print("\n".join(printable(line) for line in text.split("\n")), soft_wrap=True)


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for place, name in enumerate(columns):
        table.add_column(name, justify="left" if place == 0 else "right", no_wrap=True)
    return table
