"""The record as a log that cannot be rewritten: hashed, signed at checkpoints, published.

The record of events is the truth; what lies here are the hashes of its events (a cache, made anew
when it is lost), the signed checkpoints and the key that signs them, sealed under the key ring.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from overt.clock import Clock
from overt.errors import LedgerError, ProofError
from overt.governance.own_record import require_own
from overt.ids import NewId
from overt.ledger.checkpoint import Checkpoint, next_checkpoint
from overt.ledger.folder_lock import locked
from overt.ledger.hash_files import FileHashes
from overt.ledger.hashes import HashTree
from overt.ledger.keys import KeyKind, SigningKey, VerifierKey
from overt.ledger.note import Note, Signature
from overt.ledger.proofs import ConsistencyProof, prove_consistency
from overt.ledger.rotation import KeyChain, Rotation
from overt.ledger.tree import hash_leaf
from overt.ledger.verify import Verified, publish
from overt.records.base import Store
from overt.values.duty_events import LedgerKeyChanged
from overt.values.events import Event
from overt.vault.files import Vault
from overt.vault.keys import KeyRing

__all__ = ["CHECKPOINTS", "FIRST", "KEY_NAME", "LEDGER", "ROTATIONS", "SUFFIX", "TransparencyLog"]

LEDGER: Final = "ledger"  # the deployment that events about the log itself carry
KEY_NAME: Final = "ledger"
CONTEXT: Final = b"overt ledger signing key"
FIRST: Final = "first.vkey"
CHECKPOINTS: Final = "checkpoints"
ROTATIONS: Final = "rotations"
TIMESTAMPS: Final = "timestamps"
SUFFIX: Final = ".note"
STAMP: Final = ".tsr"


class TransparencyLog:
    """Signs checkpoints of one record, and publishes it."""

    def __init__(
        self, folder: Path, *, store: Store, keys: KeyRing, clock: Clock, new_id: NewId
    ) -> None:
        """Take the record, and the folder in which the log's own files lie."""
        folder.mkdir(mode=0o700, exist_ok=True)
        self._folder = folder
        self._store = store
        self._keys = keys
        self._vault = Vault(folder / "sealed", keys)
        self._clock = clock
        self._new_id = new_id

    @property
    def is_there(self) -> bool:
        """Whether the log was begun."""
        return (self._folder / FIRST).is_file()

    def begin(self, origin: str) -> VerifierKey:
        """Begin the log under a name of its own, as `police.example/lfr`; give its public key.

        Raises:
            LedgerError: it was begun already.
            NoteError: no name that a key can have.
        """
        if self.is_there:
            raise LedgerError(
                f"ledger: got a log that is there, {self.first_key().name}, want none"
            )
        key = SigningKey.generate(origin, kind=KeyKind.LOG)
        for folder in (CHECKPOINTS, ROTATIONS):
            (self._folder / folder).mkdir(parents=True, exist_ok=True)
        self._keys.create(KEY_NAME)
        self._seal_key(0, key)
        _write(self._folder / FIRST, key.verifier.text.encode() + b"\n")
        return key.verifier

    def first_key(self) -> VerifierKey:
        """Give the key that the log began with: what readers of it trust.

        Raises:
            LedgerError: the log was not begun.
        """
        try:
            return VerifierKey.parse((self._folder / FIRST).read_text().strip())
        except OSError as error:
            raise LedgerError(
                f"ledger: got no log in {self._folder}, want one", hint="run `overt ledger begin`"
            ) from error

    def chain(self) -> KeyChain:
        """Give the keys, from the first to the one that signs now."""
        return KeyChain.follow(self.first_key(), self.rotations())

    def rotations(self) -> tuple[Note, ...]:
        """Give the signed changes of the key, by size."""
        return tuple(self._notes(ROTATIONS))

    def checkpoints(self) -> tuple[Note, ...]:
        """Give the signed checkpoints, by size."""
        return tuple(self._notes(CHECKPOINTS))

    def latest(self) -> Checkpoint | None:
        """Give the last checkpoint; None before the first."""
        notes = self.checkpoints()
        return self.chain().open(notes[-1]) if notes else None

    def checkpoint(self) -> Note:
        """Hash what was appended since the last time, and sign the whole.

        Raises:
            ProofError: the record was cut or altered: it does not go on from the last checkpoint.
            RecordsError: the record cannot be read, is another, or was cut after that checkpoint.
        """
        chain = self.chain()
        require_own(self._store, keys=self._keys)
        with closing(FileHashes(self._folder / "hashes", write=True)) as hashes:
            tree = self._caught_up(hashes)
            latest = self.latest()
            checkpoint = next_checkpoint(tree, origin=chain.first.name, after=latest)
        if latest is not None and checkpoint.size == latest.size:
            return self.checkpoints()[-1]
        note = checkpoint.sign(key=self._signing_key(len(chain.rotations)))
        _write(self._folder / CHECKPOINTS / _file_name(checkpoint.size), note.data)
        return note

    def rotate(self) -> VerifierKey:
        """Announce a new key in the record, sign the change with the old one, and use the new.

        Raises:
            ProofError, RecordsError: as for `checkpoint`.
        """
        chain = self.chain()
        require_own(self._store, keys=self._keys)
        old = self._signing_key(len(chain.rotations))
        new = SigningKey.generate(chain.first.name, kind=KeyKind.LOG)
        self._seal_key(len(chain.rotations) + 1, new)
        now = self._clock.now()
        event = Event(self._new_id(now), LEDGER, now, LedgerKeyChanged(new.verifier.text))
        (sequence,) = self._store.append([event])
        with closing(FileHashes(self._folder / "hashes", write=True)) as hashes:
            tree = self._caught_up(hashes)
            root = tree.root(sequence)
        rotation = Rotation(Checkpoint(chain.first.name, sequence, root), new.verifier)
        note = rotation.sign(key=old)
        _write(self._folder / ROTATIONS / _file_name(sequence), note.data)
        return new.verifier

    def proof(self, note: Note, *, after: int) -> ConsistencyProof:
        """Prove that the first `after` leaves are the beginning of a checkpoint of this log.

        Raises:
            ProofError: more leaves than it has, or the record is not what was signed.
        """
        checkpoint = self.chain().open(note)
        with closing(FileHashes(self._folder / "hashes", write=False)) as hashes:
            tree = HashTree(hashes)
            if tree.size >= checkpoint.size:  # signed here: who signs now is not in the way
                return _proved(tree, checkpoint, after=after)
        with closing(FileHashes(self._folder / "hashes", write=True)) as hashes:
            return _proved(self._caught_up(hashes), checkpoint, after=after)

    def add_signatures(self, size: int, signatures: Sequence[Signature]) -> Note:
        """Add signatures, checked by the caller, to the checkpoint of this size."""
        path = self._folder / CHECKPOINTS / _file_name(size)
        with locked(path.parent):  # two witnesses' answers may come at once
            note = Note.parse(path.read_bytes())
            for signature in signatures:
                note = note.with_signature(signature)
            _write(path, note.data)
        return note

    def add_timestamp(self, size: int, response: bytes) -> None:
        """Keep an authority's response (DER), checked by the caller, for a checkpoint."""
        folder = self._folder / TIMESTAMPS
        folder.mkdir(exist_ok=True)
        _write(folder / _file_name(size, STAMP), response)

    def timestamp(self, size: int) -> bytes | None:
        """Give the response kept for the checkpoint of this size, or for the last one before it."""
        kept = sorted((self._folder / TIMESTAMPS).glob(f"*{STAMP}"))
        until = [path for path in kept if path.name <= _file_name(size, STAMP)]
        return until[-1].read_bytes() if until else None

    def export(self, path: Path, *, until: Note | None = None) -> Verified:
        """Write the public export, up to a checkpoint; it is verified as written.

        Args:
            path: the file to write.
            until: a checkpoint of this log; if not given, a new one of everything.

        Raises:
            LedgerError: it does not verify, or cannot be written.
        """
        size = Checkpoint.parse((until or self.checkpoint()).text).size
        leaves = self._store.leaves()
        return publish(
            path,
            key=self.first_key(),
            rotations=tuple(self._notes(ROTATIONS, until=size)),
            checkpoints=tuple(self._notes(CHECKPOINTS, until=size)),
            leaves=(leaf for leaf, _ in zip(leaves, range(size), strict=False)),
        )

    def _caught_up(self, hashes: FileHashes) -> HashTree:
        tree = HashTree(hashes)
        tree.append(hash_leaf(leaf) for leaf in self._store.leaves(after=tree.size))
        tree.commit()
        return tree

    def _notes(self, folder: str, *, until: int | None = None) -> Iterator[Note]:
        for path in sorted((self._folder / folder).glob(f"*{SUFFIX}")):
            if until is None or path.name <= _file_name(until):
                yield Note.parse(path.read_bytes())

    def _signing_key(self, number: int) -> SigningKey:
        sealed = self._vault.get(f"signing-{number}", KEY_NAME, context=CONTEXT)
        return SigningKey.parse(sealed.decode())

    def _seal_key(self, number: int, key: SigningKey) -> None:
        self._vault.put(f"signing-{number}", KEY_NAME, key.text.encode(), context=CONTEXT)


def _proved(tree: HashTree, checkpoint: Checkpoint, *, after: int) -> ConsistencyProof:
    """Prove that the first `after` leaves are the beginning of a checkpoint, once it is so."""
    if (root := tree.root(checkpoint.size)) != checkpoint.root:
        raise ProofError(
            f"log {checkpoint.origin!r}, {checkpoint.size} leaves: got root {root.hex()}, "
            f"want {checkpoint.root.hex()} as signed"
        )
    return prove_consistency(tree, old_size=after, size=checkpoint.size)


def _file_name(size: int, suffix: str = SUFFIX) -> str:
    return f"{size:015d}{suffix}"  # sorted by name, they are sorted by size


def _write(path: Path, data: bytes) -> None:
    """Write a public file in one step."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(data)
    beside.replace(path)
