"""A receipt (C2SP tlog-proof): one leaf is in the log, provable offline and without the log.

c2sp.org/tlog-proof@v1
index INDEX             of the leaf, counted from 0
HASH                    base 64, one line for each hash of the inclusion proof
                        (a blank line)
the checkpoint          as a signed note
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final, Self

from overt.errors import NoteError
from overt.ledger.checkpoint import Checkpoint, open_checkpoint, parse_size
from overt.ledger.hashes import HashTree
from overt.ledger.keys import VerifierKey, decode_base64
from overt.ledger.note import Note
from overt.ledger.proofs import InclusionProof, prove_inclusion
from overt.ledger.tree import hash_leaf

__all__ = ["Receipt"]

FORMAT: Final = "c2sp.org/tlog-proof@v1"
INDEX: Final = "index "


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where a leaf is, the hashes that prove it, and the signed checkpoint they lead to."""

    proof: InclusionProof
    note: Note

    @classmethod
    def make(cls, tree: HashTree, note: Note, *, index: int) -> Self:
        """Make a receipt for leaf `index` under a checkpoint of this tree.

        Raises:
            ProofError: the checkpoint does not hold the leaf.
            NoteError: the note is no checkpoint.
        """
        size = Checkpoint.parse(note.text).size
        return cls(prove_inclusion(tree, index=index, size=size), note)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a receipt; extra data, which proves nothing, is dropped.

        Raises:
            NoteError: it is not in the form above.
            ProofError: a leaf that is not in a tree of the checkpoint's size.
        """
        head, blank, rest = data.partition(b"\n\n")
        if not blank:
            raise NoteError("receipt: got no blank line, want one before the checkpoint")
        note = Note.parse(rest)
        try:
            form, *lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise NoteError(f"receipt: got other than ASCII ({error})") from error
        if lines and lines[0].startswith("extra "):
            decode_base64(lines.pop(0).removeprefix("extra "), "receipt's extra data")
        if form != FORMAT or not lines or not lines[0].startswith(INDEX):
            raise NoteError(f"receipt: got {head[:80]!r}, want {FORMAT} and {INDEX!r}")
        index = parse_size(lines[0].removeprefix(INDEX), "receipt's index")
        path = tuple(decode_base64(line, "receipt's hash") for line in lines[1:])
        return cls(InclusionProof(index, Checkpoint.parse(note.text).size, path), note)

    @property
    def data(self) -> bytes:
        """Write the receipt's bytes."""
        hashes = "".join(f"{base64.b64encode(found).decode()}\n" for found in self.proof.path)
        return f"{FORMAT}\n{INDEX}{self.proof.index}\n{hashes}\n".encode() + self.note.data

    def check(self, leaf: bytes, *, key: VerifierKey) -> Checkpoint:
        """Check that the leaf's bytes are in the log, under a checkpoint that this key signed.

        Raises:
            NoteError: the note is no checkpoint.
            SignatureError: the key did not sign it.
            ProofError: the leaf is not proved to be in it.
        """
        checkpoint = open_checkpoint(self.note, key=key)
        self.proof.check(hash_leaf(leaf), root=checkpoint.root)
        return checkpoint
