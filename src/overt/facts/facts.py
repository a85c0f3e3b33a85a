"""The tables themselves: checked once, where they are made, and narrowed by asking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from types import MappingProxyType
from typing import Final, Self

import polars as pl

from overt.errors import FactsError
from overt.facts.schema import TABLES, Kind, Table

__all__ = ["DTYPES", "Facts", "empty", "frame"]

DTYPES: Final[Mapping[Kind, pl.DataType]] = MappingProxyType(
    {
        Kind.NAME: pl.Categorical(),
        Kind.TEXT: pl.String(),
        Kind.WHOLE: pl.UInt32(),
        Kind.NUMBER: pl.Float64(),
        Kind.TRUTH: pl.Boolean(),
        Kind.TIME: pl.Datetime("us", "UTC"),
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """All tables of `schema.TABLES`, not read before a figure asks for them.

    `minutes` may have tens of millions of rows: add it up where it lies (group_by, then collect
    with the streaming engine), and never collect it whole.
    """

    deployments: pl.LazyFrame
    lists: pl.LazyFrame
    minutes: pl.LazyFrame
    unfit: pl.LazyFrame
    alerts: pl.LazyFrame
    thresholds: pl.LazyFrame
    deletions: pl.LazyFrame
    complaints: pl.LazyFrame
    passages: pl.LazyFrame

    def __post_init__(self) -> None:
        """Check every table's columns and their types.

        Raises:
            FactsError: a table lacks a column, has another, or one of another type.
        """
        for name, table in self.tables().items():
            check_columns(TABLES[name], table.collect_schema())

    def tables(self) -> Mapping[str, pl.LazyFrame]:
        """Give every table by its name, in the schema's order."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def where(self, chosen: pl.LazyFrame) -> Self:
        """Keep what belongs to some deployments: `chosen` has columns force and deployment."""
        keys = ["force", "deployment"]
        kept = {
            name: table.join(chosen.select(keys), on=keys, how="semi")
            for name, table in self.tables().items()
        }
        return type(self)(**kept)

    def of_deployment(self, deployment: str, *, force: str | None = None) -> Self:
        """Keep one deployment's rows."""
        one = pl.col("deployment").cast(pl.String) == deployment
        if force is not None:
            one &= pl.col("force").cast(pl.String) == force
        return self.where(self.deployments.filter(one))

    def between(self, start: datetime, end: datetime) -> Self:
        """Keep the deployments whose window starts in [start, end); each counts whole."""
        return self.where(
            self.deployments.filter((pl.col("start") >= start) & (pl.col("start") < end))
        )

    def in_public(self) -> Self:
        """Leave trials out: their faces are of people who agreed."""
        return self.where(self.deployments.filter(~pl.col("trial")))

    def plus(self, others: Iterable[Facts]) -> Self:
        """Put the rows of others under these."""
        others = tuple(others)
        return type(self)(
            **{
                name: pl.concat([table, *(other.tables()[name] for other in others)])
                for name, table in self.tables().items()
            }
        )


def frame(table: Table, columns: Mapping[str, Iterable[object]]) -> pl.LazyFrame:
    """Make a table of columns of values, with the types that the schema says.

    Raises:
        FactsError: a column is missing, too many, or holds what its type cannot.
    """
    types = {column.name: DTYPES[column.kind] for column in table.columns}
    if columns.keys() != types.keys():
        raise FactsError(f"table {table.name}: got columns {sorted(columns)}, want {sorted(types)}")
    try:
        made = pl.DataFrame(
            {name: pl.Series(name, columns[name], dtype=types[name]) for name in types}
        )
    except (pl.exceptions.PolarsError, TypeError, OverflowError) as error:
        raise FactsError(f"table {table.name}: got {error}, want values of its types") from error
    return made.lazy()


def empty() -> Facts:
    """Make tables without a row."""
    return Facts(
        **{
            name: frame(table, {column.name: () for column in table.columns})
            for name, table in TABLES.items()
        }
    )


def check_columns(table: Table, got: pl.Schema) -> None:
    """Hold a table's columns to the schema.

    Raises:
        FactsError: it names the first column that is not as it must be.
    """
    want = {column.name: DTYPES[column.kind] for column in table.columns}
    for name, dtype in want.items():
        if name not in got:
            raise FactsError(f"table {table.name}: got no column {name}, want one of {dtype}")
        if got[name] != dtype:
            raise FactsError(f"table {table.name}, column {name}: got {got[name]}, want {dtype}")
    if more := [name for name in got.names() if name not in want]:
        raise FactsError(f"table {table.name}: got columns {more} too, want none of them")
