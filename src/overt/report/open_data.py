"""Open data: the tables that a report's figures are counted from, for other people's programs.

A folder `data` with every table as CSV and as Parquet, a descriptor (Frictionless Tabular Data
Package, version 1) and a JSON Schema a table. Tables are written as they are read, never held
whole: a country's minutes are tens of millions of rows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from overt.errors import ReportError
from overt.facts.facts import Facts
from overt.facts.published import HOURS, Json, json_schema, table_schema, withheld_columns
from overt.facts.schema import TABLES, Kind, Table
from overt.report.document.report import Report, Source
from overt.text import FORMULA

__all__ = ["LICENCE", "write_open_data"]

LICENCE: Final = "notspecified"  # of opendefinition.org's ids: the publisher says another
MOST_ROWS: Final = 1_000_000  # of minutes in a CSV; a spreadsheet holds 1,048,576
CSV_TIME: Final = "%Y-%m-%dT%H:%M:%S%.6fZ"
SUMMED: Final = ("frames", "dropped", "thinned", "partial", "seen", "compared", "brief", "alerts")
# A cell that a spreadsheet would take for a formula, as `overt.text.sheet_cell` finds it.
IS_FORMULA: Final = rf"^[\p{{C}}\p{{Z}}]*[{''.join(FORMULA).replace('-', chr(92) + '-')}]"
ABOUT: Final = (
    "Every row that the figures of the report beside it are counted from. Text is UTF-8, times are "
    "ISO 8601 in UTC, an empty cell is not known or did not happen. A text that a spreadsheet "
    "would take for a formula has an apostrophe before it in the CSV, and none in the Parquet file."
)
NO_MINUTES: Final = (
    "There are more than {most:,} minutes, too many for a spreadsheet: as CSV they are added up "
    "by deployment, camera, threshold and hour (hours.csv); minutes.parquet has each."
)
WITHHELD: Final = (
    "What is known of a person's ethnicity, gender and age is withheld from each row, and how many "
    "of a list are under 18 or vulnerable, since numbers of fewer than {below} people could point "
    "at somebody; the report has it by group."
)


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written, and what its descriptor says of it."""

    path: Path
    rows: int

    def told(self) -> dict[str, Json]:
        """Give its name, size and digest."""
        with self.path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return {
            "path": self.path.name,
            "bytes": self.path.stat().st_size,
            "hash": f"sha256:{digest}",
            "rows": self.rows,
        }


def write_open_data(
    folder: Path, facts: Facts, report: Report, *, licence: str = LICENCE, most: int = MOST_ROWS
) -> tuple[Path, ...]:
    """Write the tables that a report was counted from, and give the files.

    Args:
        folder: which; files of the same names are replaced.
        facts: of the report's deployments, and of no other.
        report: whose they are.
        licence: its id at opendefinition.org, as "OGL-UK-3.0".
        most: rows of minutes that are written as CSV too.

    Raises:
        ReportError: the folder cannot be written.
    """
    withheld = report.options.suppress_below > 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _write(folder, facts, report, licence=licence, most=most, withheld=withheld)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ReportError(
            f"{folder}: got {str(error).partition(chr(10))[0]}, want a folder that can be written",
            hint="name another folder, or make room",
        ) from error


def _write(
    folder: Path, facts: Facts, report: Report, *, licence: str, most: int, withheld: bool
) -> tuple[Path, ...]:
    paths: list[Path] = []
    resources: list[Json] = []
    parquet: list[Json] = []
    all_minutes = True
    for table, rows in _tables(facts):
        hidden = withheld_columns(table) if withheld else frozenset[str]()
        shown = _shown(table, rows, hidden)
        number = int(rows.select(pl.len()).collect(engine="streaming").item())
        many = number > most
        if not many:  # a table that can be sorted reads the same wherever it was made
            shown = shown.sort(table.key)
        whole = Written(folder / f"{table.name}.parquet", number)
        _replace(whole.path, lambda path, shown=shown: shown.sink_parquet(path))
        parquet.append({"name": table.name, **whole.told()})
        paths.append(whole.path)
        plain = Written(folder / f"{table.name}.csv", number)
        if many and table.name == "minutes":
            plain.path.unlink(missing_ok=True)  # of an earlier report
            all_minutes = False
        else:
            _replace(plain.path, lambda path, shown=shown, table=table: _csv(path, table, shown))
            schema = table_schema(table, withheld=hidden)
            resources.append(_resource(table, plain, schema))
            paths.append(plain.path)
        schema_path = folder / f"{table.name}.schema.json"
        _put(schema_path, json_schema(table, withheld=hidden))
        paths.append(schema_path)
    told = [ABOUT]
    told += [] if all_minutes else [NO_MINUTES.format(most=most)]
    told += [WITHHELD.format(below=report.options.suppress_below)] if withheld else []
    package = {
        "profile": "tabular-data-package",
        "name": "live-facial-recognition",
        "title": f"{report.title}: open data",
        "description": " ".join(told),
        "created": report.made,
        "licenses": [{"name": licence}],
        "sources": [_source(source) for source in report.sources],
        "resources": resources,
        "parquet": parquet,
    }
    _put(folder / "datapackage.json", package)
    return (folder / "datapackage.json", *paths)


def _tables(facts: Facts) -> Iterator[tuple[Table, pl.LazyFrame]]:
    """Give every table, and minutes by the hour."""
    for name, rows in facts.tables().items():
        yield TABLES[name], rows
    yield HOURS, _by_hour(facts.minutes)


def _by_hour(minutes: pl.LazyFrame) -> pl.LazyFrame:
    key = ("force", "deployment", "camera", "threshold")
    sums = [pl.col(name).cast(pl.Int64).sum().cast(pl.UInt32) for name in SUMMED]
    return (
        minutes.group_by(*key, pl.col("minute").dt.truncate("1h").alias("hour"))
        .agg(pl.len().cast(pl.UInt32).alias("minutes"), *sums)
        .select(column.name for column in HOURS.columns)
    )


def _shown(table: Table, rows: pl.LazyFrame, hidden: frozenset[str]) -> pl.LazyFrame:
    """Give the rows as they are published: texts as texts, and what is hidden empty."""

    def shown(name: str, kind: Kind) -> pl.Expr:
        column = pl.col(name)
        if kind in {Kind.NAME, Kind.TEXT}:
            text = column.cast(pl.String)
            column = pl.when(text != "").then(text)  # a text without a letter says nothing
        return pl.when(pl.lit(value=False)).then(column).alias(name) if name in hidden else column

    return rows.select(
        shown(column.name, column.kind).alias(column.name) for column in table.columns
    )


def _csv(path: Path, table: Table, rows: pl.LazyFrame) -> None:
    texts = [column.name for column in table.columns if column.kind in {Kind.NAME, Kind.TEXT}]
    safe = [
        pl.when(pl.col(name).str.contains(IS_FORMULA))
        .then(pl.concat_str(pl.lit("'"), pl.col(name)))
        .otherwise(pl.col(name))
        .alias(name)
        for name in texts
    ]
    rows.with_columns(safe).sink_csv(path, datetime_format=CSV_TIME)


def _resource(table: Table, file: Written, schema: Json) -> Json:
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": table.about,
        **file.told(),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _source(source: Source) -> Json:
    """Say which log it was counted from, and at which state."""
    return {
        "title": f"transparency log {source.force}",
        "origin": source.force,
        "size": source.events,
        "root": source.root,
        "key": source.key,
    }


def _put(path: Path, tree: Json | Mapping[str, Json]) -> None:
    data = json.dumps(tree, ensure_ascii=False, indent=1, allow_nan=False).encode() + b"\n"
    _replace(path, lambda beside: beside.write_bytes(data))


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file beside its place, then put it there: it is whole, or the one before."""
    beside = path.with_name(f".{path.name}.new")
    write(beside)
    beside.replace(path)
