"""Proofs that a leaf is in a tree, and that one tree is the beginning of another (RFC 9162 2.1).

Which hashes a proof takes is told by ranges of leaves; `HashTree` knows the hash of each range.
Checking needs neither tree nor store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from overt.errors import ProofError
from overt.ledger.hashes import HashTree
from overt.ledger.tree import HASH_BYTES, hash_node

__all__ = [
    "ConsistencyProof",
    "InclusionProof",
    "Range",
    "consistency_ranges",
    "inclusion_ranges",
    "prove_consistency",
    "prove_inclusion",
]


class Range(NamedTuple):
    """The leaves `start` to `end - 1`, counted from 0."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """The hashes from a leaf to the root of the tree that holds it."""

    index: int  # of the leaf, counted from 0
    size: int  # of the tree, leaves
    path: tuple[bytes, ...]  # hashes of 32 bytes, the leaf's neighbour first

    def __post_init__(self) -> None:
        """Check the numbers and the hashes.

        Raises:
            ProofError: no such leaf in a tree of this size, or a hash of another length.
        """
        if not 0 <= self.index < self.size:
            raise ProofError(f"inclusion: got leaf {self.index} of {self.size}, want one in it")
        check_hashes("inclusion", self.path)

    def check(self, leaf_hash: bytes, *, root: bytes) -> None:
        """Check that the leaf is in the tree of this root (RFC 9162 2.1.3.2).

        Raises:
            ProofError: it is not proved to be.
        """
        computed = self._root(leaf_hash)
        if computed != root:
            raise ProofError(
                f"leaf {self.index} of {self.size}: got root {computed.hex()}, want {root.hex()}"
            )

    def _root(self, leaf_hash: bytes) -> bytes:
        left, last, root = self.index, self.size - 1, leaf_hash
        for sibling in self.path:
            if last == 0:
                raise self._wrong_length()
            if left & 1 or left == last:
                root = hash_node(sibling, root)
                while not left & 1 and left:
                    left, last = left >> 1, last >> 1
            else:
                root = hash_node(root, sibling)
            left, last = left >> 1, last >> 1
        if last:
            raise self._wrong_length()
        return root

    def _wrong_length(self) -> ProofError:
        want = len(inclusion_ranges(self.index, self.size))
        return ProofError(
            f"leaf {self.index} of {self.size}: got a path of {len(self.path)} hashes, want {want}"
        )


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """The hashes that show that a tree is the beginning of a larger one."""

    old_size: int  # leaves
    size: int  # leaves
    path: tuple[bytes, ...]  # hashes of 32 bytes

    def __post_init__(self) -> None:
        """Check the numbers and the hashes.

        Raises:
            ProofError: the old tree is larger, or a hash of another length.
        """
        if not 0 <= self.old_size <= self.size:
            raise ProofError(
                f"consistency: got sizes {self.old_size} and {self.size}, want the old one first"
            )
        check_hashes("consistency", self.path)

    def check(self, *, old_root: bytes, root: bytes) -> None:
        """Check that the tree of the old root is the beginning of the other (RFC 9162 2.1.4.2).

        Any tree begins with the empty one, and with itself: their proofs are empty.

        Raises:
            ProofError: it is not proved to be.
        """
        if self.old_size in (0, self.size):
            self._check_trivial(old_root, root)
            return
        for name, got, want in zip(
            ("old ", ""), self._roots(old_root), (old_root, root), strict=True
        ):
            if got != want:
                raise ProofError(
                    f"consistency of {self.old_size} with {self.size} leaves: "
                    f"got {name}root {got.hex()}, want {want.hex()}"
                )

    def _check_trivial(self, old_root: bytes, root: bytes) -> None:
        if self.path:
            raise self._wrong_length()
        if self.old_size == self.size and old_root != root:
            raise ProofError(
                f"two trees of {self.size} leaves: got roots {old_root.hex()} and {root.hex()}, "
                "want one root"
            )

    def _roots(self, old_root: bytes) -> tuple[bytes, bytes]:
        """Compute the old root and the new from the path."""
        power_of_two = self.old_size & (self.old_size - 1) == 0
        path = (old_root, *self.path) if power_of_two else self.path
        if not self.path:
            raise self._wrong_length()
        left, last = self.old_size - 1, self.size - 1
        while left & 1:
            left, last = left >> 1, last >> 1
        old = new = path[0]
        for sibling in path[1:]:
            if last == 0:
                raise self._wrong_length()
            if left & 1 or left == last:
                old, new = hash_node(sibling, old), hash_node(sibling, new)
                while not left & 1 and left:
                    left, last = left >> 1, last >> 1
            else:
                new = hash_node(new, sibling)
            left, last = left >> 1, last >> 1
        if last:
            raise self._wrong_length()
        return old, new

    def _wrong_length(self) -> ProofError:
        trivial = self.old_size in (0, self.size)
        want = 0 if trivial else len(consistency_ranges(self.old_size, self.size))
        return ProofError(
            f"consistency of {self.old_size} with {self.size} leaves: "
            f"got a path of {len(self.path)} hashes, want {want}"
        )


def prove_inclusion(tree: HashTree, *, index: int, size: int) -> InclusionProof:
    """Prove that leaf `index` is in the tree of the first `size` leaves.

    Raises:
        ProofError: the log has no such leaf, or has not reached the size.
    """
    if not 0 <= index < size:
        raise ProofError(f"inclusion: got leaf {index} of {size}, want one in it")
    ranges = inclusion_ranges(index, size)
    return InclusionProof(index, size, tuple(tree.hash_range(*part) for part in ranges))


def prove_consistency(tree: HashTree, *, old_size: int, size: int) -> ConsistencyProof:
    """Prove that the first `old_size` leaves are the beginning of the first `size`.

    Raises:
        ProofError: the old tree is larger, or the log has not reached the size.
    """
    if not 0 <= old_size <= size <= tree.size:
        raise ProofError(
            f"consistency: got sizes {old_size} and {size}, want them in order, up to {tree.size}"
        )
    ranges = () if old_size in (0, size) else consistency_ranges(old_size, size)
    return ConsistencyProof(old_size, size, tuple(tree.hash_range(*part) for part in ranges))


def inclusion_ranges(index: int, size: int) -> tuple[Range, ...]:
    """Give the ranges whose hashes are PATH(index, D[0:size]) of RFC 9162 2.1.3.1, in its order."""
    found: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        split = start + largest_power_below(end - start)
        if index < split:
            found.append(Range(split, end))
            end = split
        else:
            found.append(Range(start, split))
            start = split
    return tuple(reversed(found))


def consistency_ranges(old_size: int, size: int) -> tuple[Range, ...]:
    """Give the ranges whose hashes are PROOF(old_size, D[0:size]) of RFC 9162 2.1.4.1, in order.

    For 0 < old_size < size.
    """
    found: list[Range] = []
    start, end = 0, size
    while old_size < end:
        split = start + largest_power_below(end - start)
        if old_size <= split:
            found.append(Range(split, end))
            end = split
        else:
            found.append(Range(start, split))
            start = split
    if start:  # the old tree is not complete: whoever checks does not have this hash
        found.append(Range(start, end))
    return tuple(reversed(found))


def largest_power_below(count: int) -> int:
    """Give the largest power of two smaller than `count`, which is at least 2."""
    return 1 << ((count - 1).bit_length() - 1)


def check_hashes(what: str, hashes: Sequence[bytes]) -> None:
    """Refuse a hash of another length than 32 bytes."""
    for at, found in enumerate(hashes):
        if len(found) != HASH_BYTES:
            raise ProofError(
                f"{what}: got {len(found)} bytes for hash {at} of the path, want {HASH_BYTES}"
            )
