"""Reading a survey: answers (CSV, a row for each respondent) and what was asked of whom (TOML)."""

from __future__ import annotations

import csv
import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final, cast

from overt.errors import SurveyError
from overt.table import Table

__all__ = [
    "NOT_STATED",
    "About",
    "Columns",
    "Measure",
    "Plan",
    "PopulationShares",
    "Respondents",
    "read_plan",
    "read_respondents",
]

NOT_STATED: Final = "not stated"
LONGEST: Final = 120  # letters of a cell: a longer one is no category
MOST_GROUPS: Final = 60  # in a column: with more it may point at people
MOST_ROWS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class About:
    """What was asked, by whom, of whom: without it a share says nothing."""

    title: str
    question: str  # word for word, as respondents heard or read it
    answers: tuple[str, ...]  # in the order they were offered
    population: str  # whom the shares are of
    commissioned_by: str
    conducted_by: str
    mode: str  # such as "online panel", "telephone", "face to face"
    begin: str  # of the fieldwork, ISO 8601
    end: str
    synthetic: bool  # made up, to show how it is done


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure: the share that gave one of these answers."""

    name: str  # in words: "support"
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PopulationShares:
    """The population's shares of one column, and where they come from."""

    column: str
    shares: tuple[tuple[str, float], ...]
    source: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of the CSV says what."""

    answer: str
    groups: tuple[str, ...]
    weight: str | None
    stratum: str | None
    cluster: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is not an answer."""

    about: About
    columns: Columns
    measures: tuple[Measure, ...]
    margins: tuple[PopulationShares, ...]
    most_weight: float | None  # times the mean
    fewest: int  # respondents behind a published figure
    level: float

    def texts(self) -> tuple[str, ...]:
        """List the columns of text to read, each once."""
        columns = self.columns
        named = (columns.answer, *columns.groups, columns.stratum, columns.cluster)
        wanted = [*named, *(margin.column for margin in self.margins)]
        return tuple(dict.fromkeys(name for name in wanted if name is not None))


@dataclass(frozen=True, slots=True)
class Respondents:
    """The columns that are used: place i of each is the same person."""

    weights: tuple[float, ...]
    cells: Mapping[str, tuple[str, ...]]  # "" where nothing was said


def read_plan(path: Path) -> Plan:
    """Read and check what lies beside the answers.

    Raises:
        SurveyError: it cannot be read, or is not complete and consistent.
    """
    try:
        content = tomllib.loads(path.read_bytes().decode())
    except OSError as error:
        raise SurveyError(f"{path}: got {error.strerror}, want the survey's description") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SurveyError(f"{path}: got {error}, want TOML") from error
    table = Table(content, file=str(path), error=SurveyError)
    about = _about(table.table("survey"))
    weighting = table.table("weighting") if table.has("weighting") else None
    plan = Plan(
        about=about,
        columns=_columns(table.table("columns")),
        measures=tuple(_measure(each, about) for each in table.tables("measure")),
        margins=tuple(map(_margin, table.tables("margin"))) if table.has("margin") else (),
        most_weight=weighting.number("most", low=1.0, high=1e6) if weighting else None,
        fewest=table.integer("fewest", low=2, high=1_000_000),
        level=table.number("level", low=0.5, high=0.9999),
    )
    if weighting:
        weighting.done()
    if plan.most_weight is not None and not plan.margins:
        table.wrong("weighting.most", plan.most_weight, "a [[margin]] to rake to beside it")
    _require_different(path, [measure.name for measure in plan.measures], "[[measure]] name")
    _require_different(path, [margin.column for margin in plan.margins], "[[margin]] column")
    table.done()
    return plan


def read_respondents(path: Path, plan: Plan) -> Respondents:
    """Read the columns that the plan names; others are not looked at, and not kept.

    Raises:
        SurveyError: it cannot be read, or a cell is not what it must be; the message names the
            line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            names = rows.fieldnames or ()
            _require_columns(path, names, plan)
            read = list(_rows(path, rows, plan))
    except OSError as error:
        raise SurveyError(f"{path}: got {error.strerror}, want a CSV file") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise SurveyError(f"{path}: got {error}, want a CSV file in UTF-8") from error
    if not read:
        raise SurveyError(f"{path}: got no respondent, want one line each")
    cells = {
        name: tuple(texts[place] for _, texts in read) for place, name in enumerate(plan.texts())
    }
    for column in plan.columns.groups:
        if len(set(cells[column])) > MOST_GROUPS:
            raise SurveyError(
                f"{path}: column {column!r}: got {len(set(cells[column]))} groups, want "
                f"{MOST_GROUPS} at most",
                hint="join answers into groups: a column of free text may point at people",
            )
    return Respondents(tuple(weight for weight, _ in read), cells)


def _rows(
    path: Path, rows: csv.DictReader[str], plan: Plan
) -> Iterator[tuple[float, tuple[str, ...]]]:
    columns, texts = plan.columns, plan.texts()
    needed = {columns.stratum, columns.cluster, *(margin.column for margin in plan.margins)}
    for number, row in enumerate(rows, start=1):
        where = f"{path.name} line {rows.line_num}"
        if number > MOST_ROWS:
            raise SurveyError(f"{path}: got more than {MOST_ROWS:,} respondents, want fewer")
        # More cells than columns come under no name, and cells that are missing as None.
        if not all(isinstance(name, str) for name in row) or None in row.values():
            raise SurveyError(f"{where}: got another number of cells than columns, want as many")
        cells = tuple(_cell(where, name, row[name]) for name in texts)
        for name, cell in zip(texts, cells, strict=True):
            if not cell and name in needed:
                raise SurveyError(f"{where}: column {name!r}: got nothing, want a value")
        answer = cells[texts.index(columns.answer)]
        if answer and answer not in plan.about.answers:
            raise SurveyError(
                f"{where}: got answer {answer!r}, want one of {', '.join(plan.about.answers)}, "
                "or nothing where no answer was given"
            )
        yield _weight(where, columns.weight, row), cells


def _cell(where: str, name: str, text: str) -> str:
    cell = text.strip()
    if len(cell) > LONGEST or not cell.isprintable():
        raise SurveyError(
            f"{where}: column {name!r}: got {cell[:40]!r}, want at most {LONGEST} letters, all "
            "visible"
        )
    return cell


def _weight(where: str, column: str | None, row: Mapping[str, str]) -> float:
    if column is None:
        return 1.0
    try:
        weight = float(row[column])
    except ValueError:
        weight = math.nan
    if not 0 < weight < 1e12:
        raise SurveyError(
            f"{where}: column {column!r}: got {row[column][:40]!r}, want a weight above 0",
            hint="leave out who has no weight, or ask who drew the sample for it",
        )
    return weight


def _require_columns(path: Path, names: Sequence[str], plan: Plan) -> None:
    wanted = [*plan.texts(), *([plan.columns.weight] if plan.columns.weight else [])]
    missing = [name for name in wanted if name not in names]
    if missing or len(set(names)) < len(names):
        got = [name[:40] for name in names[:40]]
        raise SurveyError(f"{path}: got columns {got}, want each once, {wanted} among them")


def _require_different(path: Path, names: Sequence[str], what: str) -> None:
    if len(set(names)) < len(names):
        raise SurveyError(f"{path}: {what}: got {list(names)}, want each once")


def _about(table: Table) -> About:
    about = About(
        title=table.text("title"),
        question=table.text("question"),
        answers=table.texts("answers", least=2),
        population=table.text("population"),
        commissioned_by=table.text("commissioned_by"),
        conducted_by=table.text("conducted_by"),
        mode=table.text("mode"),
        begin=_day(table, "begin"),
        end=_day(table, "end"),
        synthetic=table.flag("synthetic") if table.has("synthetic") else False,
    )
    if len(set(about.answers)) < len(about.answers):
        table.wrong("answers", list(about.answers), "each once")
    if about.end < about.begin:
        table.wrong("end", about.end, f"a day from {about.begin} on")
    table.done()
    return about


def _day(table: Table, key: str) -> str:
    value = table.take(key)
    if not isinstance(value, date) or isinstance(value, datetime):
        table.wrong(key, value, "a day (2026-03-01)")
    return value.isoformat()


def _columns(table: Table) -> Columns:
    def optional(key: str) -> str | None:
        return table.text(key) if table.has(key) else None

    columns = Columns(
        answer=table.text("answer"),
        groups=table.texts("groups"),
        weight=optional("weight"),
        stratum=optional("stratum"),
        cluster=optional("cluster"),
    )
    if len(set(columns.groups)) < len(columns.groups) or columns.answer in columns.groups:
        table.wrong("groups", list(columns.groups), "each once, and not the answer")
    table.done()
    return columns


def _measure(table: Table, about: About) -> Measure:
    measure = Measure(table.text("name"), table.texts("answers"))
    if not set(measure.answers) < set(about.answers):
        table.wrong("answers", list(measure.answers), "some of the survey's answers, not all")
    table.done()
    return measure


def _margin(table: Table) -> PopulationShares:
    column, source, shares = table.text("column"), table.text("source"), table.take("shares")
    named = cast("dict[str, object]", shares) if isinstance(shares, dict) else {}
    if len(named) < 2:
        table.wrong("shares", cast("object", shares), "a table of two shares or more")
    within = Table(named, file=f"margin {column}", error=SurveyError)
    found = tuple((name, within.number(name, low=0, high=1)) for name in named)
    table.done()
    return PopulationShares(column, found, source)
