"""Whether a number that was withheld follows from published ones by adding and subtracting.

Published tables that lie within each other (months within a year) are linear equations in the
numbers that they withhold. Each of these stands in two of them at most: the sum of its own table's
rows, and the first total over several tables that is published. So the equations are the nodes of
a graph and the unknown numbers its edges, and what follows from the equations is found by walking
it, exactly (Gusfield, 1988, "A graph theoretic approach to statistical data security", SIAM Journal
on Computing 17(3): a number is protected if and only if its edge lies on a cycle).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Hashable, Sequence
from typing import NamedTuple, TypeAlias

__all__ = ["Equations", "Unknown"]

Node: TypeAlias = Hashable


class Unknown(NamedTuple):
    """A number that was withheld, by the two sums it stands in."""

    table: Node  # whose rows add up to a published number
    total: Node | None  # the published total over several tables; None: there is none


class Equations:
    """The equations of numbers that were withheld, to be asked what follows from them."""

    def __init__(self, unknown: Sequence[Unknown]) -> None:
        """Take every number that was withheld."""
        self._ends = [(("table", one.table), ("total", one.total)) for one in unknown]
        self._at: dict[Node, list[tuple[int, Node]]] = {}
        for place, ends in enumerate(self._ends):
            for one, other in (ends, ends[::-1]):
                self._at.setdefault(one, []).append((place, other))

    def give(self, wanted: Collection[int]) -> bool:
        """Tell whether the sum of some of the numbers follows.

        It does if every equation can be given a weight so that each wanted number has one in all,
        and each other none. Where no total is published there is no equation, whose weight is
        none: within what is connected all weights can be moved until it is.

        Args:
            wanted: places of those that are added up.
        """
        weights: dict[Node, int] = {}
        for start in (self._ends[place][0] for place in wanted):
            if start in weights:
                continue
            weights[start] = 0
            waiting: deque[Node] = deque([start])
            while waiting:  # near ones first: a ring that tells nothing is mostly a small one
                here = waiting.popleft()
                for place, other in self._at[here]:
                    weight = int(place in wanted) - weights[here]
                    if other not in weights:
                        weights[other] = weight
                        waiting.append(other)
                    elif weights[other] != weight:
                        return False
        return True
