"""Tables while they are built: rows found by key, changed as events come, checked at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias, cast

import polars as pl

from overt.errors import FactsError
from overt.facts.facts import frame
from overt.facts.schema import Kind, Table

__all__ = ["Cell", "Rows"]

Cell: TypeAlias = object  # what a column's kind says

EMPTY: Final[Mapping[Kind, Cell]] = {Kind.WHOLE: 0, Kind.TRUTH: False}


class Rows:
    """The rows of one table."""

    def __init__(self, table: Table) -> None:
        """Begin without a row."""
        self._table = table
        self._rows: dict[tuple[str, ...], dict[str, Cell]] = {}
        self._blank = {column.name: EMPTY.get(column.kind) for column in table.columns}

    def __contains__(self, key: tuple[str, ...]) -> bool:
        return key in self._rows

    def make(self, key: tuple[str, ...], **values: Cell) -> None:
        """Make a row, or change the one that has this key.

        Raises:
            FactsError: a column that the table does not have.
        """
        row = self._rows.setdefault(key, dict(self._blank))
        self._put(row, values)

    def change(self, key: tuple[str, ...], **values: Cell) -> None:
        """Change a row; where there is none, what happened was about something not counted."""
        row = self._rows.get(key)
        if row is not None:
            self._put(row, values)

    def add(self, key: tuple[str, ...], **numbers: int) -> None:
        """Add to a row's numbers; where there is none, as for `change`."""
        row = self._rows.get(key)
        if row is not None:
            self._put(row, {name: cast("int", row[name]) + n for name, n in numbers.items()})

    def value(self, key: tuple[str, ...], column: str) -> Cell:
        """Give a cell of a row that is there."""
        return self._rows[key][column]

    def keys(self) -> Iterator[tuple[str, ...]]:
        """Give the keys, in the order in which the rows were made."""
        return iter(self._rows)

    def frame(self) -> pl.LazyFrame:
        """Give the table.

        Raises:
            FactsError: a cell is empty that must not be, or is not of its kind.
        """
        rows = self._rows.values()
        for column in self._table.columns:
            if not column.optional and any(row[column.name] is None for row in rows):
                raise FactsError(
                    f"table {self._table.name}: got a row without {column.name}, want it in each"
                )
        return frame(
            self._table,
            {column.name: [row[column.name] for row in rows] for column in self._table.columns},
        )

    def _put(self, row: dict[str, Cell], values: Mapping[str, Cell]) -> None:
        for name, value in values.items():
            if name not in self._blank:
                raise FactsError(f"table {self._table.name}: got the column {name}, want its own")
            # An enumeration's text is what a column holds, not its member.
            row[name] = str(value) if isinstance(value, str) else value
