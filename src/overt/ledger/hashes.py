"""Hashes kept, so that a root at any size and a proof cost microseconds, not a pass over the log.

Row 0 holds the hash of every leaf, row r the root of every complete subtree of 256**r leaves: the
tiles of C2SP tlog-tiles, laid end to end. It takes 32.13 bytes a leaf; what lies between two rows
is hashed when asked for, at most 255 hashes a row.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Protocol

from overt.errors import ProofError
from overt.ledger.tree import HASH_BYTES, fold, hash_node

__all__ = ["TILE_WIDTH", "HashStore", "HashTree", "MemoryHashes"]

TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 1 << TILE_HEIGHT


class HashStore(Protocol):
    """Rows of hashes of 32 bytes, appended to only. A cache: it can be made again from the leaves.

    Every method may raise LedgerError: what keeps the hashes cannot be read or written.
    """

    def length(self, row: int, /) -> int:
        """Count the hashes of a row; a row that was never written has none."""
        ...

    def extend(self, row: int, hashes: bytes, /) -> None:
        """Append hashes, laid end to end, to a row."""
        ...

    def read(self, row: int, start: int, count: int, /) -> bytes:
        """Give `count` hashes of a row, laid end to end; all of them must be there."""
        ...

    def commit(self) -> None:
        """Make what was appended durable."""
        ...


class MemoryHashes:
    """Hashes kept in memory, 32 bytes a leaf."""

    def __init__(self) -> None:
        self._rows: list[bytearray] = []

    def length(self, row: int, /) -> int:
        """Count the hashes of a row."""
        return len(self._rows[row]) // HASH_BYTES if row < len(self._rows) else 0

    def extend(self, row: int, hashes: bytes, /) -> None:
        """Append hashes to a row."""
        while len(self._rows) <= row:
            self._rows.append(bytearray())
        self._rows[row] += hashes

    def read(self, row: int, start: int, count: int, /) -> bytes:
        """Give hashes of a row."""
        return bytes(self._rows[row][start * HASH_BYTES : (start + count) * HASH_BYTES])

    def commit(self) -> None:
        """Do nothing: memory is never durable."""


class HashTree:
    """The tree over a store of hashes: its root and subtrees at every size it ever had."""

    def __init__(self, store: HashStore) -> None:
        self._store = store

    @property
    def size(self) -> int:
        """Count the leaves."""
        return self._store.length(0)

    def append(self, leaf_hashes: Iterable[bytes]) -> None:
        """Add leaves by their hashes (32 bytes each), in batches where there are many.

        Raises:
            LedgerError: the store cannot be written.
        """
        self._store.extend(0, b"".join(leaf_hashes))
        row = 0
        while self._store.length(row) >= TILE_WIDTH:  # all rows: an append before may have failed
            if self._store.length(row) // TILE_WIDTH > self._store.length(row + 1):
                self._raise_row(row)
            row += 1

    def root(self, size: int) -> bytes:
        """Give the root (32 bytes) of the first `size` leaves.

        Raises:
            ProofError: there are fewer leaves.
        """
        return self.hash_range(0, size)

    def leaf_hash(self, index: int) -> bytes:
        """Give the hash of leaf `index`, counted from 0.

        Raises:
            ProofError: there is no such leaf.
        """
        return self.hash_range(index, index + 1)

    def hash_range(self, start: int, end: int) -> bytes:
        """Give MTH(D[start:end]) of RFC 9162 2.1.1 for a range that the tree's splits make.

        Raises:
            ProofError: the range does not lie in the tree.
        """
        if not 0 <= start <= end <= self.size:
            raise ProofError(
                f"leaves: got {start} to {end}, want them in a tree of {self.size} leaves",
                hint="ask for a size that the log has reached",
            )
        subtrees: list[bytes] = []
        while start < end:
            level = (end - start).bit_length() - 1  # the largest complete subtree that fits
            subtrees.append(self._subtree(level, start >> level))
            start += 1 << level
        return fold(subtrees)

    def commit(self) -> None:
        """Make what was appended durable.

        Raises:
            LedgerError: it could not be.
        """
        self._store.commit()

    def _subtree(self, level: int, index: int) -> bytes:
        """Give the root of complete subtree `index` among those of 2**level leaves."""
        row, above = divmod(level, TILE_HEIGHT)
        return join(self._store.read(row, index << above, 1 << above))

    def _raise_row(self, row: int) -> None:
        """Write the roots of the tiles of a row that were completed, in the row above."""
        start, end = self._store.length(row + 1), self._store.length(row) // TILE_WIDTH
        tiles = (
            join(self._store.read(row, tile * TILE_WIDTH, TILE_WIDTH)) for tile in range(start, end)
        )
        self._store.extend(row + 1, b"".join(tiles))


def join(hashes: bytes) -> bytes:
    """Hash a power of two of hashes, laid end to end, into their root."""
    row = [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]
    while len(row) > 1:
        row = [hash_node(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0]
