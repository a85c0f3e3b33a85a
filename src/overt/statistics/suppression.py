"""Which figures are withheld because too few people are behind them.

A figure of few people can point at one of them. And where the groups make up a whole that is
published, a single figure that was withheld is found by subtracting the others: then another is
withheld with it (complementary suppression; Hundepool et al., 2012, "Statistical Disclosure
Control", section 5.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

__all__ = ["Reason", "withheld"]


class Reason(StrEnum):
    """Why a figure is withheld."""

    FEW = "too few people"
    FOUND = "another could be found by subtraction"


def withheld(counts: Mapping[str, int], *, fewest: int) -> dict[str, Reason]:
    """Say which groups of one whole are withheld.

    The smallest of the others is withheld too until those withheld have `fewest` people or more
    together; one alone never has, so they are two at least.

    Args:
        counts: people of each group, unweighted; together they are the published whole.
        fewest: people that a published figure must have behind it.
    """
    found = {name: Reason.FEW for name, count in counts.items() if count < fewest}
    others = sorted((count, name) for name, count in counts.items() if name not in found)
    while found and others and sum(counts[name] for name in found) < fewest:
        found[others.pop(0)[1]] = Reason.FOUND
    return found
