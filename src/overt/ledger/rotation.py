"""A log's new key, announced in the log and signed by the key before it.

The leaf that announces a key holds the key's text, whatever else it says. The statement beside it
is a signed note of the key before, over the tree whose last leaf is that one:

    overt-ledger-key-1
    ORIGIN
    SIZE                    leaves, the announcing one included; from here on the new key signs
    ROOT                    of these leaves, base 64
    NAME+KEYID+BASE64       the new key
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from overt.errors import NoteError, SignatureError
from overt.ledger.checkpoint import Checkpoint, open_checkpoint, parse_size
from overt.ledger.keys import KeyKind, SigningKey, VerifierKey, decode_base64
from overt.ledger.note import Note

__all__ = ["KeyChain", "Rotation"]

FORMAT: Final = "overt-ledger-key-1"


@dataclass(frozen=True, slots=True)
class Rotation:
    """From this size on, checkpoints are signed by this key."""

    checkpoint: Checkpoint  # of the tree whose last leaf announces the key
    key: VerifierKey

    def __post_init__(self) -> None:
        """Check what a rotation must say.

        Raises:
            NoteError: a key of another name, a witness's, or a tree without an announcing leaf.
        """
        if self.key.name != self.checkpoint.origin or self.key.kind is not KeyKind.LOG:
            raise NoteError(f"rotation: got {self.key.text}, want a key of the log's own name")
        if not self.checkpoint.size or self.checkpoint.extensions:
            raise NoteError("rotation: want a tree of some leaves, and no extensions")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a note's text as a rotation; that says nothing about who signed it.

        Raises:
            NoteError: it is not exactly what `text` would write.
        """
        match text.split("\n"):
            case [form, origin, size, root, key, ""] if form == FORMAT:
                leaves = parse_size(size, "rotation")
                tree = Checkpoint(origin, leaves, decode_base64(root, "rotation's root"))
                return cls(tree, VerifierKey.parse(key))
            case _:
                raise NoteError(f"rotation: got {text[:80]!r}, want the 5 lines of {FORMAT}")

    @property
    def text(self) -> str:
        """Write the text that is signed."""
        at = self.checkpoint
        root = base64.b64encode(at.root).decode()
        return f"{FORMAT}\n{at.origin}\n{at.size}\n{root}\n{self.key.text}\n"

    def sign(self, *, key: SigningKey) -> Note:
        """Sign with the key that is given up.

        Raises:
            NoteError: a key of another name.
        """
        if key.name != self.key.name:
            raise NoteError(f"rotation of {self.key.name!r}: got the key of {key.name!r}")
        return Note.sign(self.text, key=key)


@dataclass(frozen=True, slots=True)
class KeyChain:
    """Which key signed for a log at which size."""

    first: VerifierKey
    rotations: tuple[Rotation, ...] = ()  # by size

    @classmethod
    def follow(cls, first: VerifierKey, notes: Sequence[Note]) -> Self:
        """Follow the rotations from a first key.

        Raises:
            NoteError: a note that is no rotation, or sizes that do not grow.
            SignatureError: one that the key before it did not sign, or another log's.
        """
        key, size, rotations = first, 0, list[Rotation]()
        for note in notes:
            note.check([key])
            rotation = Rotation.parse(note.text)
            if rotation.key.name != first.name:
                raise SignatureError(
                    f"rotation: got one of {rotation.key.name!r}, want {first.name!r}"
                )
            if rotation.checkpoint.size <= size:
                raise NoteError(
                    f"rotation: got size {rotation.checkpoint.size}, want more than {size}"
                )
            rotations.append(rotation)
            key, size = rotation.key, rotation.checkpoint.size
        if len(set(keys := [first, *(rotation.key for rotation in rotations)])) < len(keys):
            raise NoteError("rotation: got a key that was used before, want a new one")
        return cls(first, tuple(rotations))

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        """List the keys, the first one first."""
        return (self.first, *(rotation.key for rotation in self.rotations))

    def key_at(self, size: int) -> VerifierKey:
        """Give the key that signs for a tree of `size` leaves."""
        return self.keys[sum(rotation.checkpoint.size <= size for rotation in self.rotations)]

    def open(self, note: Note) -> Checkpoint:
        """Read a checkpoint that the key of its size signed.

        Raises:
            NoteError: the note is no checkpoint.
            SignatureError: another key signed it, or none.
        """
        return open_checkpoint(note, key=self.key_at(Checkpoint.parse(note.text).size))

    def require(self, trusted: Sequence[VerifierKey], *, size: int) -> VerifierKey:
        """Give the key of this size once trust leads to it: from itself or from one before it.

        Raises:
            SignatureError: none of the trusted keys is among them.
        """
        key = self.key_at(size)
        until = self.keys[: self.keys.index(key) + 1]
        if not set(trusted) & set(until):
            raise SignatureError(
                f"log {self.first.name!r}: got the keys {[k.text for k in until]}, "
                f"want one of {[k.text for k in trusted]}"
            )
        return key
