"""Witnesses (C2SP tlog-cosignature, Ed25519): others who saw the log grow, and say when.

A witness keeps the last checkpoint it saw, and signs a newer one only after a proof that the newer
one continues it. So a log cannot show one history to some and another to others.

    cosignature/v1
    time SECONDS            since 1970-01-01T00:00:00Z
    the checkpoint's text
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from overt.errors import NoteError, SignatureError
from overt.ledger.checkpoint import Checkpoint, open_checkpoint
from overt.ledger.keys import KeyKind, SigningKey, VerifierKey
from overt.ledger.note import Note, Signature
from overt.ledger.proofs import ConsistencyProof

__all__ = ["Cosignature", "Witnesses", "cosign", "witness"]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST_S: Final = 253_402_300_799  # the last second of the year 9999
TIME_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A witness's word that it saw a checkpoint, checked."""

    key: VerifierKey
    at: datetime  # UTC, whole seconds, by the witness's clock


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Whom a verifier trusts as witnesses, and how many of them it asks for."""

    keys: tuple[VerifierKey, ...]
    quorum: int

    def __post_init__(self) -> None:
        """Check that the quorum can be reached and counts nobody twice.

        Raises:
            NoteError: it cannot, or a key is a log's or there twice.
        """
        if not 1 <= self.quorum <= len(self.keys):
            raise NoteError(f"witnesses: got a quorum of {self.quorum} of {len(self.keys)} keys")
        if any(key.kind is not KeyKind.WITNESS for key in self.keys):
            raise NoteError("witnesses: got a log's key, want witnesses' (kind 0x04)")
        if len({key.public for key in self.keys}) < len(self.keys):
            raise NoteError("witnesses: got a key twice, want each once")

    def check(self, note: Note) -> tuple[Cosignature, ...]:
        """Give what the known witnesses signed; signatures of others are ignored.

        Raises:
            SignatureError: fewer than the quorum, or one that a known witness did not make.
        """
        found: list[Cosignature] = []
        for key in self.keys:
            times = [read_cosignature(note, s, key) for s in note.signatures if s.is_of(key)]
            if times:
                found.append(Cosignature(key, max(times)))
        if len(found) < self.quorum:
            raise SignatureError(
                f"checkpoint: got {len(found)} of {len(self.keys)} witnesses, want {self.quorum}; "
                f"signatures of {note.signers()}",
                hint="get a checkpoint that enough witnesses have signed",
            )
        return tuple(found)


def cosign(note: Note, *, key: SigningKey, at: datetime) -> Note:
    """Add a witness's signature to a checkpoint, unseen: `witness` looks first.

    Raises:
        NoteError: a key that is no witness's, a time out of range, or the note is no checkpoint.
    """
    if key.kind is not KeyKind.WITNESS:
        raise NoteError(f"key of {key.name!r}: got a log's, want a witness's (kind 0x04)")
    Checkpoint.parse(note.text)
    time_s = (at - EPOCH) // timedelta(seconds=1)
    if not 0 <= time_s <= LATEST_S:
        raise NoteError(f"cosignature: got {at.isoformat()}, want a time since 1970")
    value = time_s.to_bytes(TIME_BYTES, "big") + key.sign(message(note, time_s))
    return note.with_signature(Signature(key.name, key.verifier.key_id, value))


def witness(
    note: Note,
    *,
    seen: Checkpoint | None,
    proof: ConsistencyProof | None,
    log: VerifierKey,
    key: SigningKey,
    at: datetime,
) -> Note:
    """Add a witness's signature once the checkpoint is the log's and continues the one seen last.

    Args:
        note: the new checkpoint.
        seen: the last one that this witness signed; None for its first.
        proof: that `seen` is the beginning of the new one; None for the first.
        log: the log's key.
        key: the witness's.
        at: the time, UTC.

    Raises:
        SignatureError: the log did not sign it.
        ProofError: it does not continue what was seen.
        NoteError: no checkpoint, another log's, or no proof.
    """
    new = open_checkpoint(note, key=log)
    if seen is not None:
        if proof is None or (proof.old_size, proof.size) != (seen.size, new.size):
            raise NoteError(f"witness: want a proof from {seen.size} to {new.size} leaves")
        if seen.origin != new.origin:
            raise NoteError(f"witness: got a checkpoint of {new.origin!r}, want {seen.origin!r}")
        proof.check(old_root=seen.root, root=new.root)
    return cosign(note, key=key, at=at)


def read_cosignature(note: Note, signature: Signature, key: VerifierKey) -> datetime:
    """Check one witness's signature and give its time."""
    time_s = int.from_bytes(signature.value[:TIME_BYTES], "big")
    good = len(signature.value) > TIME_BYTES and time_s <= LATEST_S
    if not good or not key.signed(message(note, time_s), signature.value[TIME_BYTES:]):
        raise SignatureError(f"checkpoint: got a cosignature that {key.text} did not make")
    return EPOCH + timedelta(seconds=time_s)


def message(note: Note, time_s: int) -> bytes:
    """Write what a witness signs."""
    return f"cosignature/v1\ntime {time_s}\n{note.text}".encode()
