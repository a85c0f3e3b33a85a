"""Rows of people by group that are too small to be published, and those that give them away."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from overt.statistics.suppression import withheld

__all__ = ["withheld_note", "withheld_rows"]


def withheld_rows(columns: Sequence[Mapping[str, int]], *, fewest: int) -> frozenset[str]:
    """Say which rows of a table are withheld, whole.

    Each column has its own rows to withhold, and in each all of them are: more rows than it
    takes hide a number no worse.

    Args:
        columns: numbers of people by row, a mapping a column, all with the same rows; the rows of
            each make up a published whole.
        fewest: people that a published number must have behind it; 0: nothing is withheld.
    """
    return frozenset(row for column in columns for row in withheld(column, fewest=fewest))


def withheld_note(
    columns: Sequence[Mapping[str, int]],
    hidden: Collection[str],
    *,
    fewest: int,
    heads: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Say why rows of a table are withheld, after what else is noted; "" where none is.

    Args:
        columns: as `withheld_rows` takes them.
        hidden: the rows that are.
        fewest: as `withheld_rows` takes it.
        heads: what rows are called in the table, where that is something else.
    """
    if not hidden:
        return ""
    alone = withheld_rows(columns, fewest=fewest)
    note = ""
    if alone & set(hidden):
        note += (
            f" Where a number is below {fewest}, its row is withheld, and others by which it could "
            "be found."
        )
    if more := [row for row in columns[0] if row in hidden and row not in alone]:
        note += (
            f" Withheld so that a smaller number in a part of the period cannot be worked out: "
            f"{'; '.join(heads.get(row, row) for row in more)}."
        )
    return note
