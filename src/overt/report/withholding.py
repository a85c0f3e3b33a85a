"""Numbers of people too small to be published, and those that would give them away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["withheld_rows"]


def withheld_rows(columns: Sequence[Mapping[str, int]], *, fewest: int) -> frozenset[str]:
    """Say which rows of a table are withheld, whole.

    A row with a number below `fewest` is; and where the rows of a column make up a published
    whole, so many others that in every column two rows or more with `fewest` or more people are:
    otherwise the withheld one could be found by subtraction.

    Args:
        columns: numbers of people by row, a mapping a column, all with the same rows.
        fewest: people that a published number must have behind it; 0: nothing is withheld.
    """
    if not columns:
        return frozenset()
    found = {name for column in columns for name, people in column.items() if people < fewest}
    others = sorted(columns[0].keys() - found, key=lambda name: (columns[0][name], name))
    while found and others and not all(_is_hidden(column, found, fewest) for column in columns):
        found.add(others.pop(0))
    return frozenset(found)


def _is_hidden(column: Mapping[str, int], found: set[str], fewest: int) -> bool:
    return len(found) > 1 and sum(column[name] for name in found) >= fewest
