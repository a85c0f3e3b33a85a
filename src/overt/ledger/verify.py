"""Checks an export offline: every leaf, every signed root, every signature, and who saw it.

Needs `cryptography` and nothing else beside the standard library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from overt.errors import ExportError, SignatureError
from overt.ledger.checkpoint import Checkpoint
from overt.ledger.export import ExportReader, Header, write_export
from overt.ledger.keys import VerifierKey
from overt.ledger.marks import Mark, Marks
from overt.ledger.note import Note
from overt.ledger.rotation import KeyChain
from overt.ledger.witness import Cosignature, Witnesses

__all__ = ["Verified", "publish", "verify_export"]


@dataclass(frozen=True, slots=True)
class Verified:
    """What an export was proved to be."""

    checkpoint: Checkpoint  # of all leaves
    chain: KeyChain
    earlier: tuple[Checkpoint, ...]  # all of them beginnings of the last
    cosignatures: tuple[Cosignature, ...]  # of the last checkpoint; none were asked for: none

    @property
    def origin(self) -> str:
        """Name the log."""
        return self.checkpoint.origin

    @property
    def size(self) -> int:
        """Count the leaves."""
        return self.checkpoint.size

    @property
    def root(self) -> bytes:
        """Give the root of all leaves (32 bytes)."""
        return self.checkpoint.root


def verify_export(
    path: Path,
    *,
    keys: Sequence[VerifierKey],
    against: Note | None,
    witnesses: Witnesses | None,
    visit: Callable[[bytes], None] | None = None,
) -> Verified:
    """Check an export in one pass, flat in memory.

    Args:
        path: the file.
        keys: the log's keys that the caller trusts, got by another way than this file. One is
            enough: the key that signed last, or one before it that the rotations lead on from.
        against: a checkpoint of this log kept from before, which must be a beginning of it.
        witnesses: who must have signed the last checkpoint, or None to ask for nobody.
        visit: is given each leaf in order. What it makes of them counts only once this returns.

    Raises:
        ExportError: the file is malformed; the error names the line.
        NoteError: a checkpoint or rotation in it is malformed.
        SignatureError: a signature is missing or wrong, or no trusted key leads to the last.
        ProofError: the leaves are not what was signed; the error says between which.
        LedgerError: the file cannot be read.
    """
    with ExportReader(path) as reader:
        chain = KeyChain.follow(reader.header.key, reader.rotations)
        checkpoints = open_all(chain, reader.checkpoints, size=reader.header.leaves)
        chain.require(keys, size=checkpoints[-1].size)
        cosigned = () if witnesses is None else witnesses.check(reader.checkpoints[-1])
        marks = Marks(
            [*marks_of(chain, checkpoints), *kept(chain, against, keys)],
            first_line=reader.first_line,
        )
        for leaf in reader.leaves():
            marks.take(leaf)
            if visit is not None:
                visit(leaf)
        marks.finish()
    return Verified(checkpoints[-1], chain, checkpoints[:-1], cosigned)


def publish(
    path: Path,
    *,
    key: VerifierKey,
    rotations: Sequence[Note],
    checkpoints: Sequence[Note],
    leaves: Iterable[bytes],
) -> Verified:
    """Write an export, having checked all of it: one that does not verify is not written.

    Args:
        path: the file to write.
        key: the log's first key.
        rotations: by size.
        checkpoints: by size, no size twice; the last is of all leaves.
        leaves: each an object on one line, as it was hashed.

    Raises:
        LedgerError: as `verify_export`, and where the file cannot be written.
    """
    chain = KeyChain.follow(key, rotations)
    if not checkpoints:
        raise ExportError("export: got no checkpoint, want one of all leaves")
    opened = open_all(chain, checkpoints, size=Checkpoint.parse(checkpoints[-1].text).size)
    header = Header(key.name, key, opened[-1].size, len(checkpoints), len(rotations))
    marks = Marks(marks_of(chain, opened), first_line=2 + len(rotations) + len(checkpoints))
    write_export(
        path,
        header=header,
        rotations=rotations,
        checkpoints=checkpoints,
        leaves=passing(leaves, marks),
    )
    return Verified(opened[-1], chain, opened[:-1], ())


def passing(leaves: Iterable[bytes], marks: Marks) -> Iterator[bytes]:
    """Pass leaves on, comparing roots on the way."""
    for leaf in leaves:
        marks.take(leaf)
        yield leaf
    marks.finish()


def open_all(chain: KeyChain, notes: Sequence[Note], *, size: int) -> tuple[Checkpoint, ...]:
    """Open every checkpoint, each under its key, and require that sizes grow up to `size`."""
    opened = tuple(chain.open(note) for note in notes)
    sizes = [checkpoint.size for checkpoint in opened]
    if sizes[-1] != size:
        raise ExportError(f"last checkpoint: got one of {sizes[-1]} leaves, want {size}")
    for before, after in pairwise(sizes):
        if after <= before:
            raise ExportError(f"checkpoints: got size {after} after {before}, want them to grow")
    return opened


def marks_of(chain: KeyChain, checkpoints: Iterable[Checkpoint]) -> Iterator[Mark]:
    """Give the roots that were signed, by checkpoints and by rotations."""
    for checkpoint in checkpoints:
        yield Mark(checkpoint.size, checkpoint.root, f"checkpoint of {checkpoint.size} leaves")
    for rotation in chain.rotations:
        at, key = rotation.checkpoint, rotation.key.text
        yield Mark(at.size, at.root, f"rotation at {at.size} leaves", key.encode())


def kept(chain: KeyChain, against: Note | None, keys: Sequence[VerifierKey]) -> Iterator[Mark]:
    """Give the root of the checkpoint that the caller kept, once it is the log's."""
    if against is None:
        return
    checkpoint = Checkpoint.parse(against.text)
    if checkpoint.origin != chain.first.name:
        raise SignatureError(
            f"kept checkpoint: got one of {checkpoint.origin!r}, want {chain.first.name!r}"
        )
    against.check((*chain.keys, *keys))  # an export cut before a rotation lacks the later keys
    yield Mark(checkpoint.size, checkpoint.root, f"kept checkpoint of {checkpoint.size} leaves")
