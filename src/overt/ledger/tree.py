"""The Merkle tree of RFC 9162 section 2.1 over SHA-256, grown a leaf at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

__all__ = ["EMPTY_ROOT", "HASH_BYTES", "Tree", "fold", "hash_leaf", "hash_node"]

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()  # RFC 9162 2.1.1: the hash of an empty list


def hash_leaf(leaf: bytes) -> bytes:
    """Hash a leaf: SHA-256(0x00 || leaf), RFC 9162 2.1.1."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into one: SHA-256(0x01 || left || right), RFC 9162 2.1.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(subtrees: Sequence[bytes]) -> bytes:
    """Hash the roots of complete subtrees, the largest first, into the root of the whole."""
    if not subtrees:
        return EMPTY_ROOT
    root = subtrees[-1]
    for left in reversed(subtrees[:-1]):
        root = hash_node(left, root)
    return root


class Tree:
    """The roots of the complete subtrees so far, one for each bit of the size: O(log n) memory."""

    def __init__(self) -> None:
        self._size = 0
        self._subtrees: list[bytes] = []  # the largest first

    @property
    def size(self) -> int:
        """Count the leaves."""
        return self._size

    def append(self, leaf: bytes) -> None:
        """Add a leaf's bytes."""
        self.append_hash(hash_leaf(leaf))

    def append_hash(self, leaf_hash: bytes) -> None:
        """Add a leaf by its hash (32 bytes)."""
        joined, size = leaf_hash, self._size
        while size & 1:  # a complete subtree as large as the one in hand: they are one now
            joined = hash_node(self._subtrees.pop(), joined)
            size >>= 1
        self._subtrees.append(joined)
        self._size += 1

    def root(self) -> bytes:
        """Give the root of the leaves added so far (32 bytes)."""
        return fold(self._subtrees)

    def copy(self) -> Tree:
        """Give a tree of the same leaves, which grows by itself."""
        other = Tree()
        other._size, other._subtrees = self._size, list(self._subtrees)
        return other
