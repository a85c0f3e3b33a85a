"""Measure the ledger: `python -m benchmarks.ledger [--leaves N] [--json FILE]`.

Each step runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from benchmarks.machine import describe, peak_mb
from overt.ledger.checkpoint import Checkpoint, next_checkpoint
from overt.ledger.hash_files import FileHashes
from overt.ledger.hashes import HashTree
from overt.ledger.keys import KeyKind, SigningKey
from overt.ledger.proofs import prove_consistency, prove_inclusion
from overt.ledger.tree import hash_leaf
from overt.ledger.verify import publish, verify_export

ORIGIN: Final = "bench.example/log"
KEY: Final = SigningKey(ORIGIN, KeyKind.LOG, bytes(32))
BATCH: Final = 1000
PROOFS: Final = 1000


@dataclass(frozen=True, slots=True)
class Step:
    """What one step took."""

    name: str
    value: float
    unit: str
    peak_mb: float  # of the process, interpreter included


def leaf(number: int) -> bytes:
    """Write a leaf of the size and shape of a count of faces, about 190 bytes."""
    return (
        b'{"at":"2026-06-01T12:%02d:%02d.000000Z","body":{"camera":"north","faces":%d,"fit":%d},'
        b'"deployment":"2026-06-01-high-street","id":"01jwn%021d","kind":"faces_counted",'
        b'"version":1}' % (number // 60 % 60, number % 60, number % 97, number % 89, number)
    )


def leaves(count: int) -> Iterator[bytes]:
    """Write every leaf."""
    return map(leaf, range(count))


def append(folder: Path, count: int) -> Step:
    """Append to a tree kept in files, in batches, and make it durable after each hundred."""
    start = time.perf_counter()
    with FileHashes(folder / "hashes", write=True) as store:
        tree = HashTree(store)
        hashes = map(hash_leaf, leaves(count))
        while batch := list(islice(hashes, BATCH)):
            tree.append(batch)
            if tree.size % (100 * BATCH) == 0:
                tree.commit()
        tree.commit()
    return Step("append", count / (time.perf_counter() - start), "leaves/s", peak_mb())


def prove(folder: Path, count: int) -> list[Step]:
    """Make and check proofs all over the tree; the median and the slowest."""
    with FileHashes(folder / "hashes", write=False) as store:
        tree = HashTree(store)
        root, step = tree.root(count), count // PROOFS
        inclusion: list[float] = []
        consistency: list[float] = []
        for index in range(0, count - step, step):
            start = time.perf_counter()
            prove_inclusion(tree, index=index, size=count).check(hash_leaf(leaf(index)), root=root)
            middle = time.perf_counter()
            old = tree.root(index)
            begin = time.perf_counter()
            prove_consistency(tree, old_size=index, size=count).check(old_root=old, root=root)
            inclusion.append((middle - start) * 1000)
            consistency.append((time.perf_counter() - begin) * 1000)
    return [
        Step(f"{name}, {which}", pick(times), "ms", peak_mb())
        for name, times in (("inclusion", inclusion), ("consistency", consistency))
        for which, pick in (("median", statistics.median), ("slowest", max))
    ]


def write(folder: Path, count: int) -> Step:
    """Publish an export with ten checkpoints."""
    with FileHashes(folder / "hashes", write=False) as store:
        tree = HashTree(store)
        sizes = [count * tenth // 10 for tenth in range(1, 10)]
        notes = [Checkpoint(ORIGIN, size, tree.root(size)).sign(key=KEY) for size in sizes]
        notes.append(next_checkpoint(tree, origin=ORIGIN, after=None).sign(key=KEY))
    start = time.perf_counter()
    path = folder / "log.jsonl"
    publish(path, key=KEY.verifier, rotations=(), checkpoints=notes, leaves=leaves(count))
    return Step("publish", time.perf_counter() - start, "s", peak_mb())


def verify(folder: Path, count: int) -> Step:
    """Verify the export."""
    start = time.perf_counter()
    found = verify_export(folder / "log.jsonl", keys=[KEY.verifier], against=None, witnesses=None)
    if found.size != count:
        raise RuntimeError(f"got {found.size} leaves, want {count}")
    return Step("verify", time.perf_counter() - start, "s", peak_mb())


def alone(
    measure: Callable[[Path, int], Step | list[Step]], folder: Path, count: int
) -> list[Step]:
    """Run one step in a new process."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        found = pool.submit(measure, folder, count).result()
    return found if isinstance(found, list) else [found]


def main() -> None:
    """Measure, print, and keep the figures where asked to."""
    parser = argparse.ArgumentParser(description="Measure the ledger.")
    parser.add_argument("--leaves", type=int, default=1_000_000)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    steps: list[Step] = []
    with tempfile.TemporaryDirectory(prefix="overt-ledger-") as holder:
        for measure in (append, prove, write, verify):
            print(f"{measure.__name__} {arguments.leaves} leaves", file=sys.stderr)
            steps += alone(measure, Path(holder), arguments.leaves)
    for step in steps:
        print(f"{step.name:20} {step.value:12,.2f} {step.unit:9} peak {step.peak_mb:6.1f} MB")
    if arguments.json is not None:
        found = {
            "leaves": arguments.leaves,
            "leaf_bytes": len(leaf(0)),
            "machine": asdict(describe()),
            "steps": [asdict(step) for step in steps],
        }
        arguments.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
