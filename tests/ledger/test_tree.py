"""The tree, in memory and in files, held to the recursive definition and to published roots."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree
from rfc9162 import mth

from overt.errors import LedgerError, ProofError
from overt.ledger.hash_files import FileHashes
from overt.ledger.hashes import HashStore, HashTree, MemoryHashes
from overt.ledger.tree import EMPTY_ROOT, Tree, hash_leaf

# The vectors that Certificate Transparency's implementations share.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def numbered(count: int) -> list[bytes]:
    return [b"%d" % number for number in range(count)]


def grown(leaves: list[bytes], store: HashStore | None = None, *, batch: int = 100) -> HashTree:
    tree = HashTree(store or MemoryHashes())
    for at in range(0, len(leaves), batch):
        tree.append([hash_leaf(leaf) for leaf in leaves[at : at + batch]])
    return tree


@pytest.mark.parametrize("size", range(9))
def test_published_roots(size: int) -> None:
    tree = Tree()
    for leaf in LEAVES[:size]:
        tree.append(leaf)
    assert tree.root().hex() == ROOTS[size]
    assert mth(LEAVES[:size]).hex() == ROOTS[size]
    assert grown(LEAVES).root(size).hex() == ROOTS[size]


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_tree_is_the_definition(leaves: list[bytes]) -> None:
    tree = Tree()
    for at, leaf in enumerate(leaves):
        assert (tree.size, tree.root()) == (at, mth(leaves[:at]))
        tree.append(leaf)
    assert tree.root() == mth(leaves)


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40))
def test_another_implementation_gives_the_same_root(leaves: list[bytes]) -> None:
    other = InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        other.append_entry(leaf)
    tree = grown(leaves)
    for size in range(1, len(leaves) + 1):
        assert tree.root(size) == other.get_root(size)


@pytest.mark.parametrize("batch", [1, 7, 256, 300, 5000])
@pytest.mark.parametrize("files", [True, False])
def test_kept_hashes_give_every_root(tmp_path: Path, *, batch: int, files: bool) -> None:
    leaves = numbered(1100)  # more than four tiles
    store = FileHashes(tmp_path / "hashes", write=True) if files else MemoryHashes()
    tree, slow = grown(leaves, store, batch=batch), Tree()
    for size in range(len(leaves) + 1):
        assert tree.root(size) == slow.root()
        if size < len(leaves):
            slow.append(leaves[size])
            assert tree.leaf_hash(size) == hash_leaf(leaves[size])
    if isinstance(store, FileHashes):
        store.close()


def test_three_rows() -> None:
    leaves = numbered(256 * 256 + 5)
    tree, slow = grown(leaves, batch=4096), Tree()
    for leaf in leaves:
        slow.append(leaf)
    assert tree.root(len(leaves)) == slow.root()


@pytest.mark.parametrize("size", [-1, 11])
def test_a_size_that_never_was_is_refused(size: int) -> None:
    with pytest.raises(ProofError, match="want them in a tree of 10 leaves"):
        grown(numbered(10)).root(size)


def test_no_leaves() -> None:
    assert Tree().root() == grown([]).root(0) == EMPTY_ROOT


def test_files_come_back(tmp_path: Path) -> None:
    leaves = numbered(700)
    with FileHashes(tmp_path, write=True) as store:
        tree = grown(leaves[:600], store)
        tree.commit()
    for write in (False, True):
        with FileHashes(tmp_path, write=write) as store:
            tree = HashTree(store)
            assert (tree.size, tree.root(600)) == (600, mth(leaves[:600]))
    with FileHashes(tmp_path, write=True) as store:
        tree = HashTree(store)
        tree.append(map(hash_leaf, leaves[600:]))
        assert tree.root(700) == mth(leaves)


def test_what_was_not_committed_is_not_there(tmp_path: Path) -> None:
    with FileHashes(tmp_path, write=True) as store:
        tree = grown(numbered(300), store)
        tree.commit()
        tree.append(map(hash_leaf, numbered(500)))  # and then the process is killed
    with FileHashes(tmp_path, write=False) as store:
        assert HashTree(store).root(300) == mth(numbered(300))
        assert HashTree(store).size == 300


def cut(path: Path) -> None:
    os.truncate(path / "row-0", 100)


def cut_above(path: Path) -> None:
    os.truncate(path / "row-1", 0)


def tear(path: Path) -> None:
    (path / "head").write_bytes(b"overt-hashes-1 30")


def scribble(path: Path) -> None:
    (path / "head").write_bytes(b"\xff\xfe\n")


def overstate(path: Path) -> None:
    text = (path / "head").read_text()
    (path / "head").write_text(text.replace(" 300 ", " 301 "))


def understate(path: Path) -> None:
    text = (path / "head").read_text()
    (path / "head").write_text(text.replace(" 300 ", " 299 "))


@pytest.mark.parametrize("damage", [cut, cut_above, tear, scribble, overstate, understate])
@pytest.mark.parametrize("write", [True, False])
def test_a_damaged_cache_starts_anew(
    tmp_path: Path, damage: Callable[[Path], None], *, write: bool
) -> None:
    with FileHashes(tmp_path, write=True) as store:
        grown(numbered(300), store).commit()
    damage(tmp_path)
    with FileHashes(tmp_path, write=write) as store:
        assert HashTree(store).size == 0
        if write:
            assert grown(numbered(1000), store).root(1000) == mth(numbered(1000))


def test_clearing(tmp_path: Path) -> None:
    with FileHashes(tmp_path, write=True) as store:
        grown(numbered(300), store).commit()
        store.clear()
        tree = HashTree(store)
        assert tree.size == 0
        tree.append(map(hash_leaf, [b"other"] * 300))
        assert tree.root(300) == mth([b"other"] * 300)


def test_one_writer(tmp_path: Path) -> None:
    with FileHashes(tmp_path, write=True):
        with pytest.raises(LedgerError, match="got a second writer"):
            FileHashes(tmp_path, write=True)
        FileHashes(tmp_path, write=False).close()
    FileHashes(tmp_path, write=True).close()


def test_a_full_disk_is_named_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaves = numbered(900)
    with FileHashes(tmp_path, write=True) as store:
        tree = grown(leaves[:200], store)
        tree.commit()
        write, calls = os.pwrite, iter([True, False])  # row 0 is written, row 1 is not

        def full(descriptor: int, data: bytes, offset: int) -> int:
            if next(calls):
                return write(descriptor, data, offset)
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(os, "pwrite", full)
            with pytest.raises(LedgerError, match="No space left") as caught:
                tree.append(map(hash_leaf, leaves[200:600]))
            assert caught.value.hint == "free space on the disk"
        with pytest.raises(LedgerError, match="got 0 hashes"):
            tree.root(600)
        tree.append(map(hash_leaf, leaves[600:]))
        assert tree.root(900) == mth(leaves)


def test_a_file_cut_while_open_is_named(tmp_path: Path) -> None:
    with FileHashes(tmp_path, write=True) as store:
        tree = grown(numbered(10), store)
        os.truncate(tmp_path / "row-0", 32)
        with pytest.raises(LedgerError, match="row 0: got 32 bytes at hash 0, want 256"):
            tree.root(10)


def test_a_place_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for write in (True, False):
        with pytest.raises(LedgerError, match="want to read and write it"):
            FileHashes(tmp_path / "file", write=write)


APPEND_FOREVER = """
import sys
from pathlib import Path
from random import Random
from overt.ledger.hash_files import FileHashes
from overt.ledger.hashes import HashTree
from overt.ledger.tree import hash_leaf

with FileHashes(Path(sys.argv[1]), write=True) as store:
    tree = HashTree(store)
    while True:
        tree.append([hash_leaf(b"%d" % number) for number in range(tree.size, tree.size + 97)])
        tree.commit()
        print(tree.size, flush=True)
"""


def test_killed_while_appending(tmp_path: Path) -> None:
    """Whatever was committed is there, and every root is right, however often it is killed."""
    pause, said, slow = Random(1), 0, Tree()  # noqa: S311 - no secret
    for _ in range(6):
        with subprocess.Popen(  # noqa: S603 - fixed arguments
            [sys.executable, "-c", APPEND_FOREVER, str(tmp_path)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        ) as process:
            assert process.stdout is not None
            said = int(process.stdout.readline())
            time.sleep(pause.uniform(0, 0.05))
            process.kill()
            said = max([said, *(int(line) for line in process.stdout if line.endswith(b"\n"))])
        with FileHashes(tmp_path, write=False) as store:
            tree = HashTree(store)
            assert tree.size >= said
            for number in range(slow.size, tree.size):
                slow.append(b"%d" % number)
            assert tree.root(tree.size) == slow.root()
    assert said > 6 * 97


class Faulty(MemoryHashes):
    """A store that cannot write row 2 the first time."""

    def __init__(self) -> None:
        super().__init__()
        self.faults = 1

    def extend(self, row: int, hashes: bytes, /) -> None:
        if row == 2 and self.faults:
            self.faults -= 1
            raise LedgerError("no space")
        super().extend(row, hashes)


def test_a_row_that_failed_is_made_good() -> None:
    leaves = numbered(256 * 256)
    tree, slow = HashTree(Faulty()), Tree()
    with pytest.raises(LedgerError, match="no space"):
        tree.append(map(hash_leaf, leaves))
    tree.append([hash_leaf(b"one more")])
    for leaf in (*leaves, b"one more"):
        slow.append(leaf)
    assert tree.root(tree.size) == slow.root()
