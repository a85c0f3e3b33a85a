"""Rows of people by group that are too small to be published, and those that give them away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from overt.statistics.suppression import withheld

__all__ = ["withheld_rows"]


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
