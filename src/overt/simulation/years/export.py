"""Events as a real ledger export, signed with a key that is made for it and then thrown away."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Final

from overt.errors import LedgerError
from overt.ledger.checkpoint import next_checkpoint
from overt.ledger.hashes import HashTree, MemoryHashes
from overt.ledger.keys import KeyKind, SigningKey
from overt.ledger.tree import hash_leaf
from overt.ledger.verify import Verified, publish
from overt.records.codec import encode
from overt.values.events import Event

__all__ = ["EXPORT", "KEY", "export_events"]

EXPORT: Final = "export.jsonl"
KEY: Final = "key.txt"


def export_events(folder: Path, events: Iterable[Event], *, force: str) -> Verified:
    """Write `export.jsonl` and the public key that verifies it, `key.txt`.

    The same events give the same leaves and root. The signing key is new each time and is not
    kept: nobody can go on with this log.

    Raises:
        LedgerError: it cannot be written.
    """
    # What opens the commitments is not kept either: there is nothing to read.
    salts = count()

    def new_salt() -> bytes:
        return hashlib.sha256(f"{force} {next(salts)}".encode()).digest()

    leaves = [encode(event, new_salt=new_salt).canonical for event in events]
    tree = HashTree(MemoryHashes())
    tree.append(hash_leaf(leaf) for leaf in leaves)
    key = SigningKey.generate(force, kind=KeyKind.LOG)
    note = next_checkpoint(tree, origin=force, after=None).sign(key=key)
    verified = publish(
        folder / EXPORT, key=key.verifier, rotations=(), checkpoints=(note,), leaves=leaves
    )
    try:
        (folder / KEY).write_text(key.verifier.text + "\n", encoding="utf-8")
    except OSError as error:
        raise LedgerError(f"{folder / KEY}: got {error.strerror}, want to write it") from error
    return verified
