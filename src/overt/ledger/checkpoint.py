"""Checkpoints (C2SP tlog-checkpoint): how large the log is and what its root is, signed.

ORIGIN                  the log's name, which is its key's name too
SIZE                    leaves, decimal
ROOT                    base 64 of 32 bytes
any more lines          extensions, kept and not read
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Final, Self

from overt.errors import NoteError, ProofError, SignatureError
from overt.ledger.hashes import HashTree
from overt.ledger.keys import SigningKey, VerifierKey, decode_base64, is_unicode
from overt.ledger.note import Note
from overt.ledger.tree import EMPTY_ROOT, HASH_BYTES

__all__ = ["Checkpoint", "check_origin", "next_checkpoint", "open_checkpoint", "parse_size"]

SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
LARGEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's size and root at one moment."""

    origin: str
    size: int  # leaves
    root: bytes  # 32 bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check every line.

        Raises:
            NoteError: one that a checkpoint cannot hold.
        """
        check_origin(self.origin)
        if not 0 <= self.size <= LARGEST:
            raise NoteError(f"checkpoint: got size {self.size}, want 0 to {LARGEST}")
        if len(self.root) != HASH_BYTES:
            raise NoteError(f"checkpoint: got a root of {len(self.root)} bytes, want {HASH_BYTES}")
        if not self.size and self.root != EMPTY_ROOT:
            raise NoteError(
                f"checkpoint of no leaves: got root {self.root.hex()}, want {EMPTY_ROOT.hex()}"
            )
        for line in self.extensions:
            check_line(line, "extension")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a note's text as a checkpoint; that says nothing about who signed it.

        Raises:
            NoteError: it is not exactly what `text` would write.
        """
        lines = text.removesuffix("\n").split("\n")
        if not text.endswith("\n") or len(lines) < 3:
            raise NoteError(
                f"checkpoint: got {len(lines)} lines, want origin, size and root, each with its end"
            )
        origin, size, root, *extensions = lines
        return cls(
            origin,
            parse_size(size, "checkpoint"),
            decode_base64(root, "checkpoint's root"),
            tuple(extensions),
        )

    @property
    def text(self) -> str:
        """Write the text that is signed."""
        root = base64.b64encode(self.root).decode()
        return "".join(f"{line}\n" for line in (self.origin, self.size, root, *self.extensions))

    def sign(self, *, key: SigningKey) -> Note:
        """Sign with the log's key, which bears the log's name.

        Raises:
            NoteError: a key of another name, or a witness's.
        """
        if key.name != self.origin:
            raise NoteError(f"checkpoint of {self.origin!r}: got the key of {key.name!r}")
        return Note.sign(self.text, key=key)


def open_checkpoint(note: Note, *, key: VerifierKey) -> Checkpoint:
    """Read a checkpoint that this key of the log signed.

    Raises:
        NoteError: the note is no checkpoint.
        SignatureError: the key did not sign it, or it is another log's.
    """
    note.check([key])
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != key.name:
        raise SignatureError(f"checkpoint: got one of {checkpoint.origin!r}, want {key.name!r}")
    return checkpoint


def next_checkpoint(tree: HashTree, *, origin: str, after: Checkpoint | None) -> Checkpoint:
    """Take the checkpoint of all leaves, once it is sure to continue the one signed before.

    A log that signs two that contradict each other has lied; so this comes before each signature.

    Raises:
        ProofError: the leaves are not a continuation: the record was cut or altered since.
    """
    if after is not None:
        if after.origin != origin:
            raise ProofError(f"checkpoint: got one of {after.origin!r} before, want {origin!r}")
        if after.size > tree.size:
            raise ProofError(
                f"log {origin!r}: got {tree.size} leaves, want the {after.size} that were signed",
                hint="leaves are missing: sign nothing, and restore the record from a backup",
            )
        if (root := tree.root(after.size)) != after.root:
            raise ProofError(
                f"log {origin!r}, first {after.size} leaves: got root {root.hex()}, "
                f"want {after.root.hex()} as signed",
                hint="make the cache of hashes anew; if it says the same, the record was altered",
            )
    return Checkpoint(origin, tree.size, tree.root(tree.size))


def check_origin(origin: str) -> None:
    """Refuse an origin that a line cannot hold.

    Raises:
        NoteError: empty, or with a control character.
    """
    check_line(origin, "origin")


def check_line(line: str, what: str) -> None:
    if not line or any(sign < " " for sign in line) or not is_unicode(line):
        raise NoteError(f"{what}: got {line[:80]!r}, want a line of text")


def parse_size(text: str, what: str) -> int:
    """Read a number of leaves, decimal and without leading zeros.

    Raises:
        NoteError: anything else.
    """
    if not SIZE.fullmatch(text) or int(text) > LARGEST:
        raise NoteError(f"{what}: got size {text[:80]!r}, want 0 to {LARGEST} in plain digits")
    return int(text)
