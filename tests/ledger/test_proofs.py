"""Proofs are those of the RFC, hold where they should, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import cast

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pymerkle import InmemoryTree
from rfc9162 import mth, path, proof

from overt.errors import ProofError
from overt.ledger.hashes import HashTree, MemoryHashes
from overt.ledger.proofs import (
    ConsistencyProof,
    InclusionProof,
    consistency_ranges,
    inclusion_ranges,
    prove_consistency,
    prove_inclusion,
)
from overt.ledger.tree import hash_leaf

MANY = [b"%d" % number for number in range(1500)]


def tree_of(leaves: list[bytes]) -> HashTree:
    tree = HashTree(MemoryHashes())
    tree.append(map(hash_leaf, leaves))
    return tree


BIG = tree_of(MANY)


@pytest.mark.parametrize("size", [*range(1, 18), 31, 32, 33])
def test_every_small_inclusion(size: int) -> None:
    for index in range(size):
        made = prove_inclusion(BIG, index=index, size=size)
        assert list(made.path) == path(index, MANY[:size])
        made.check(hash_leaf(MANY[index]), root=mth(MANY[:size]))


@pytest.mark.parametrize("size", [*range(2, 18), 31, 32, 33])
def test_every_small_consistency(size: int) -> None:
    for old in range(1, size):
        made = prove_consistency(BIG, old_size=old, size=size)
        assert list(made.path) == proof(old, MANY[:size])
        made.check(old_root=mth(MANY[:old]), root=mth(MANY[:size]))


@given(st.data())
def test_inclusion_over_tiles(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(MANY)))
    index = data.draw(st.integers(0, size - 1))
    made = prove_inclusion(BIG, index=index, size=size)
    assert list(made.path) == path(index, MANY[:size])
    made.check(hash_leaf(MANY[index]), root=mth(MANY[:size]))


@given(st.data())
def test_consistency_over_tiles(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, len(MANY)))
    old = data.draw(st.integers(1, size - 1))
    made = prove_consistency(BIG, old_size=old, size=size)
    assert list(made.path) == proof(old, MANY[:size])
    made.check(old_root=mth(MANY[:old]), root=mth(MANY[:size]))


@given(st.integers(2, 60), st.data())
def test_another_implementation_takes_the_same_hashes(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    other = InmemoryTree(algorithm="sha256")
    for leaf in MANY[:size]:
        other.append_entry(leaf)
    taken = cast("dict[str, list[str]]", other.prove_inclusion(index + 1, size).serialize())
    theirs = {bytes.fromhex(text) for text in taken["path"]}
    ours = prove_inclusion(BIG, index=index, size=size).path
    assert theirs == {*ours, hash_leaf(MANY[index])}  # they lay the leaf's own hash beside them


@given(st.integers(1, 40), st.data())
def test_an_altered_inclusion_fails(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    good, leaf, root = path(index, MANY[:size]), hash_leaf(MANY[index]), mth(MANY[:size])
    other = data.draw(altered(good))
    assume(other != good)
    with pytest.raises(ProofError):
        InclusionProof(index, size, tuple(other)).check(leaf, root=root)
    with pytest.raises(ProofError):
        InclusionProof(index, size, tuple(good)).check(hash_leaf(b"x"), root=root)
    with pytest.raises(ProofError):
        InclusionProof(index, size, tuple(good)).check(leaf, root=hash_leaf(b"x"))


@given(st.integers(2, 40), st.data())
def test_an_altered_consistency_fails(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size - 1))
    good = proof(old, MANY[:size])
    roots = {"old_root": mth(MANY[:old]), "root": mth(MANY[:size])}
    other = data.draw(altered(good))
    assume(other != good)
    with pytest.raises(ProofError):
        ConsistencyProof(old, size, tuple(other)).check(**roots)
    for name in roots:
        with pytest.raises(ProofError):
            ConsistencyProof(old, size, tuple(good)).check(**{**roots, name: hash_leaf(b"x")})


def altered(good: list[bytes]) -> st.SearchStrategy[list[bytes]]:
    """Drop, add, swap, or change hashes of a proof."""
    some = st.sampled_from([*good, hash_leaf(b"x")])
    return st.one_of(
        st.lists(some, max_size=len(good) + 2),
        st.permutations(good),
        st.just(good[:-1]),
        some.map(lambda more: [*good, more]),
    )


@given(st.integers(2, 300), st.data())
def test_a_leaf_elsewhere_is_not_proved(size: int, data: st.DataObject) -> None:
    index, other = data.draw(
        st.lists(st.integers(0, size - 1), min_size=2, max_size=2, unique=True)
    )
    made = prove_inclusion(BIG, index=index, size=size)
    with pytest.raises(ProofError):
        replace(made, index=other).check(hash_leaf(MANY[index]), root=BIG.root(size))


def test_empty_and_equal_trees() -> None:
    root = BIG.root(9)
    prove_consistency(BIG, old_size=0, size=9).check(old_root=BIG.root(0), root=root)
    prove_consistency(BIG, old_size=9, size=9).check(old_root=root, root=root)
    with pytest.raises(ProofError, match="want one root"):
        ConsistencyProof(9, 9, ()).check(old_root=BIG.root(8), root=root)
    with pytest.raises(ProofError, match="got a path of 1 hashes, want 0"):
        ConsistencyProof(9, 9, (root,)).check(old_root=root, root=root)
    with pytest.raises(ProofError, match="got a path of 0 hashes, want 5"):
        ConsistencyProof(5, 9, ()).check(old_root=BIG.root(5), root=root)


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0), (3, 1501)])
def test_what_is_not_there_is_not_proved(index: int, size: int) -> None:
    with pytest.raises(ProofError):
        prove_inclusion(BIG, index=index, size=size)


@pytest.mark.parametrize(("old", "size"), [(-1, 5), (6, 5), (1, 1501)])
def test_sizes_that_never_were(old: int, size: int) -> None:
    with pytest.raises(ProofError):
        prove_consistency(BIG, old_size=old, size=size)
    if size <= 5:
        with pytest.raises(ProofError, match="want the old one first"):
            ConsistencyProof(old, size, ())


def test_hashes_of_another_length() -> None:
    with pytest.raises(ProofError, match="got 31 bytes for hash 0"):
        InclusionProof(0, 2, (b"x" * 31,))
    with pytest.raises(ProofError, match="got 33 bytes for hash 0"):
        ConsistencyProof(1, 2, (b"x" * 33,))
    with pytest.raises(ProofError, match="want one in it"):
        InclusionProof(2, 2, ())


def test_ranges_cover_what_they_should() -> None:
    """A consistency proof's ranges, put in order, are the new leaves and what they sit beside."""
    for old in range(1, 40):
        ranges = sorted(consistency_ranges(old, 40))
        assert ranges[-1].end == 40
        assert all(before.end <= after.start for before, after in pairwise(ranges))


def test_a_size_that_lies_is_not_proved() -> None:
    """A right path to a right root, said to be of a tree of another size (RFC 9162: sn is 0)."""
    for size in range(1, 20):
        for other in range(1, 20):
            for index in range(min(size, other)):
                lie = replace(prove_inclusion(BIG, index=index, size=size), size=other)
                if len(lie.path) != len(inclusion_ranges(index, other)):
                    with pytest.raises(ProofError, match="got a path of"):
                        lie.check(BIG.leaf_hash(index), root=BIG.root(size))
    two = BIG.root(2)
    with pytest.raises(ProofError, match="got a path of 1 hashes, want 0"):
        InclusionProof(0, 1, (BIG.leaf_hash(0),)).check(BIG.leaf_hash(1), root=two)


def test_sizes_that_lie_are_not_consistent() -> None:
    for old in range(1, 12):
        for size in range(old + 1, 20):
            for other in range(old + 1, 20):
                lie = replace(prove_consistency(BIG, old_size=old, size=size), size=other)
                if len(lie.path) != len(consistency_ranges(old, other)):
                    with pytest.raises(ProofError, match="got a path of"):
                        lie.check(old_root=BIG.root(old), root=BIG.root(size))
