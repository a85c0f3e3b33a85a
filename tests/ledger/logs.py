"""A log that grew, changed its key and was witnessed, and the exports made of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from overt.ledger.checkpoint import Checkpoint, next_checkpoint
from overt.ledger.hashes import HashTree, MemoryHashes
from overt.ledger.keys import KeyKind, SigningKey
from overt.ledger.note import Note
from overt.ledger.proofs import prove_consistency
from overt.ledger.rotation import Rotation
from overt.ledger.tree import hash_leaf
from overt.ledger.verify import Verified, publish
from overt.ledger.witness import witness

ORIGIN: Final = "example.org/log"
FIRST: Final = SigningKey(ORIGIN, KeyKind.LOG, b"1" * 32)
SECOND: Final = SigningKey(ORIGIN, KeyKind.LOG, b"2" * 32)
STRANGER: Final = SigningKey(ORIGIN, KeyKind.LOG, b"9" * 32)
WITNESSES: Final = tuple(
    SigningKey(f"witness.example/{n}", KeyKind.WITNESS, bytes([n]) * 32) for n in range(3)
)
NOON: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)
ROTATED_AT: Final = 9  # leaves under the first key, the announcement of the second included


def leaf(number: int) -> bytes:
    return json.dumps({"at": number, "body": "é" * (number % 3)}, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Log:
    leaves: tuple[bytes, ...]
    rotations: tuple[Note, ...]
    checkpoints: tuple[Note, ...]

    def tree(self) -> HashTree:
        tree = HashTree(MemoryHashes())
        tree.append(map(hash_leaf, self.leaves))
        return tree

    def publish(self, path: Path) -> Verified:
        return publish(
            path,
            key=FIRST.verifier,
            rotations=self.rotations,
            checkpoints=self.checkpoints,
            leaves=self.leaves,
        )


def make_log(sizes: Sequence[int] = (0, 4, 9, 20), *, rotate: bool = True) -> Log:
    """Grow a log to each of these sizes, and sign and witness it there."""
    tree = HashTree(MemoryHashes())
    leaves: list[bytes] = []
    rotations: list[Note] = []
    notes: list[Note] = []
    key, last = FIRST, None
    for size in sizes:
        while len(leaves) < size:
            announces = rotate and len(leaves) + 1 == ROTATED_AT
            new = json.dumps({"key": SECOND.verifier.text}).encode()
            leaves.append(new if announces else leaf(len(leaves)))
            tree.append([hash_leaf(leaves[-1])])
            if announces:
                at = Checkpoint(ORIGIN, tree.size, tree.root(tree.size))
                rotations.append(Rotation(at, SECOND.verifier).sign(key=FIRST))
                key = SECOND
        checkpoint = next_checkpoint(tree, origin=ORIGIN, after=last)
        note = checkpoint.sign(key=key)
        proof = last and prove_consistency(tree, old_size=last.size, size=size)
        for seen_by in WITNESSES[:2]:
            note = witness(note, seen=last, proof=proof, log=key.verifier, key=seen_by, at=NOON)
        last = checkpoint
        notes.append(note)
    return Log(tuple(leaves), tuple(rotations), tuple(notes))


def seal(lines: Sequence[bytes]) -> bytes:
    """Write lines with a right sum under them, as somebody would who edits an export."""
    body = b"".join(line + b"\n" for line in lines)
    total = hashlib.sha256(body).hexdigest()
    return body + b'{"sha256":"%s"}\n' % total.encode()
