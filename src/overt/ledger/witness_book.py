"""A witness's own folder: its key, and the last checkpoint that it cosigned of each log.

    witness.key                 the signing key, mode 0600
    seen/HASH.note              that checkpoint; HASH is the SHA-256 of the log's name

What was cosigned is durable before the cosignature is given. A witness that lost its folder, or
put back an old copy of it, would sign what it must refuse: it begins anew, with a new key.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from overt.errors import LedgerError, NoteError, ProofError, SignatureError
from overt.ledger.checkpoint import Checkpoint
from overt.ledger.folder_lock import locked
from overt.ledger.keys import KeyKind, SigningKey, VerifierKey
from overt.ledger.note import Note, Signature
from overt.ledger.request import WitnessRequest
from overt.ledger.witness import witness

__all__ = ["WitnessBook"]

KEY: Final = "witness.key"
SEEN: Final = "seen"


class WitnessBook:
    """What one witness knows, and how it cosigns."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; `begin` makes it."""
        self._folder = folder

    def begin(self, name: str) -> VerifierKey:
        """Make the folder and a new key, and give its public part.

        Raises:
            LedgerError: there is a key already, or the folder cannot be made.
            NoteError: no name that a key can have.
        """
        key = SigningKey.generate(name, kind=KeyKind.WITNESS)
        path = self._folder / KEY
        with explained(self._folder):
            (self._folder / SEEN).mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                write(path, key.text.encode() + b"\n", first=True)
            except FileExistsError:
                raise LedgerError(
                    f"{path}: got a witness's key that is there, want none",
                    hint="name another folder",
                ) from None
        return key.verifier

    def cosign(
        self, request: WitnessRequest, *, logs: Sequence[VerifierKey], at: datetime
    ) -> Signature:
        """Cosign a checkpoint that goes on from the last one of its log, and remember it.

        Args:
            request: what the log asks.
            logs: keys of the logs that this witness watches.
            at: the time, UTC.

        Raises:
            SignatureError: none of these keys signed it.
            ProofError: the log was rolled back, or forked: it does not go on from what was seen.
            NoteError: the proof begins at another checkpoint than the last.
            LedgerError: no witness's folder, or it cannot be written.
        """
        with explained(self._folder), locked(self._folder):
            key = self._key()
            new = Checkpoint.parse(request.note.text)
            log = signer(request.note, logs)
            path = self._path(new.origin)
            seen = Checkpoint.parse(Note.parse(path.read_bytes()).text) if path.exists() else None
            require_next(new, seen, old_size=request.proof.old_size)
            note = witness(request.note, seen=seen, proof=request.proof, log=log, key=key, at=at)
            write(path, note.data, first=False)
        return note.signatures[-1]

    def _key(self) -> SigningKey:
        path = self._folder / KEY
        if not path.is_file() or not (self._folder / SEEN).is_dir():
            raise LedgerError(
                f"{self._folder}: got no witness's folder, want one",
                hint="run `overt ledger witness begin`; a folder that was lost is not put back",
            )
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise LedgerError(
                f"{path}: got permissions {mode:04o}, want 0600",
                hint="whoever could read it can sign as this witness: begin anew",
            )
        return SigningKey.parse(path.read_text().strip())

    def _path(self, origin: str) -> Path:
        return self._folder / SEEN / f"{hashlib.sha256(origin.encode()).hexdigest()}.note"


def signer(note: Note, logs: Sequence[VerifierKey]) -> VerifierKey:
    """Give the key, of those that are watched, that signed a checkpoint of its own log."""
    signed = note.check(logs)
    origin = Checkpoint.parse(note.text).origin
    for key in signed:
        if key.name == origin:
            return key
    raise SignatureError(f"checkpoint of {origin!r}: got a signature of {signed[0].text}")


def require_next(new: Checkpoint, seen: Checkpoint | None, *, old_size: int) -> None:
    """Refuse a log that shrank, one of two of a size, and a proof from elsewhere.

    The consistency proof says the rest.
    """
    last = 0 if seen is None else seen.size
    if new.size < last:
        raise ProofError(
            f"log {new.origin!r}: got a checkpoint of {new.size} leaves, want the {last} that this "
            "witness cosigned, or more: it was rolled back",
            hint="cosign nothing; keep the request and the folder, together they are the evidence",
        )
    if seen is not None and new.size == last and new.root != seen.root:
        raise ProofError(
            f"log {new.origin!r}, {last} leaves: got root {new.root.hex()}, want "
            f"{seen.root.hex()} as this witness cosigned: it was forked",
            hint="cosign nothing; keep the request and the folder, together they are the evidence",
        )
    if old_size != last:
        raise NoteError(
            f"request: got a proof from {old_size} leaves, want one from {last}",
            hint=f"ask the log for it: `overt ledger witness request ... --after {last}`",
        )


def write(path: Path, data: bytes, *, first: bool) -> None:
    """Write a file of mode 0600, whole or not at all, and make it durable."""
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    descriptor = os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        if first:
            os.link(new, path)
        else:
            new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def explained(folder: Path) -> Generator[None]:
    """Turn the machine's errors into ours."""
    try:
        yield
    except OSError as error:
        raise LedgerError(
            f"{folder}: got {error.strerror or error}, want a witness's folder to read and write",
            hint="make one with `overt ledger witness begin`, or check its permissions",
        ) from error
