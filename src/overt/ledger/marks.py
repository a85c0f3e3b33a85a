"""Roots that a log must have at given sizes, compared while it is read once."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import NamedTuple

from overt.errors import ProofError
from overt.ledger.tree import Tree

__all__ = ["Mark", "Marks"]


class Mark(NamedTuple):
    """What was signed about the first `size` leaves."""

    size: int
    root: bytes  # 32 bytes
    what: str  # who says so, for an error
    holds: bytes = b""  # what the last of these leaves must contain


class Marks:
    """Takes leaves in order; stops at the first mark that does not hold."""

    def __init__(self, marks: Iterable[Mark], *, first_line: int) -> None:
        """Sort the marks and compare those of no leaves.

        Args:
            marks: in any order.
            first_line: the line of leaf 0 in its file, counted from 1, for errors.

        Raises:
            ProofError: one of no leaves does not hold.
        """
        self._tree = Tree()
        self._left = sorted(marks, key=lambda mark: -mark.size)  # the next one last
        self._held = 0
        self._first_line = first_line
        self._compare(b"")

    @property
    def size(self) -> int:
        """Count the leaves taken."""
        return self._tree.size

    def root(self) -> bytes:
        """Give the root of the leaves taken (32 bytes)."""
        return self._tree.root()

    def take(self, leaf: bytes) -> None:
        """Take the next leaf.

        Raises:
            ProofError: a mark does not hold; it says between which leaves the fault lies.
        """
        self._tree.append(leaf)
        if self._tree.size == self._next:
            self._compare(leaf)

    def finish(self) -> None:
        """Require that every mark was reached.

        Raises:
            ProofError: one is of more leaves than there are.
        """
        if self._left:
            mark = self._left[-1]
            raise ProofError(
                f"{mark.what}: got {self.size} leaves, want the {mark.size} that were signed: "
                "this is older than the checkpoint, or leaves were cut off"
            )

    def _compare(self, leaf: bytes) -> None:
        while self._left and self._left[-1].size == self._tree.size:
            mark = self._left.pop()
            if (root := self.root()) != mark.root:
                raise self._rewritten(mark, root)
            if mark.holds not in leaf:
                raise ProofError(
                    f"{mark.what}: got leaf {mark.size - 1} (line "
                    f"{self._first_line + mark.size - 1}) without {mark.holds.decode()!r}"
                )
        self._held = self._tree.size
        self._next = self._left[-1].size if self._left else -1

    def _rewritten(self, mark: Mark, root: bytes) -> ProofError:
        first, last = self._held, mark.size - 1
        before = f"leaves 0 to {first - 1} are as signed" if first else "no leaf before is signed"
        return ProofError(
            f"{mark.what}: got root {base64.b64encode(root).decode()}, "
            f"want {base64.b64encode(mark.root).decode()}; of leaves {first} to {last} (lines "
            f"{self._first_line + first} to {self._first_line + last}) one or more were altered, "
            f"added, dropped or moved; {before}"
        )
