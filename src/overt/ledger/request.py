"""What a log asks of a witness (C2SP tlog-witness, the body of add-checkpoint), as a file.

old SIZE                leaves of the checkpoint that this witness cosigned last; 0: none yet
HASH                    base 64, one line for each hash of the consistency proof
                        (a blank line)
the checkpoint          as a signed note

The answer is the witness's signature line, or lines.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final, Self

from overt.errors import NoteError
from overt.ledger.checkpoint import Checkpoint, parse_size
from overt.ledger.keys import decode_base64
from overt.ledger.note import Note, Signature
from overt.ledger.proofs import ConsistencyProof

__all__ = ["WitnessRequest", "parse_answer"]

OLD: Final = "old "
MOST_HASHES: Final = 63


@dataclass(frozen=True, slots=True)
class WitnessRequest:
    """A checkpoint, and the proof that it goes on from what the witness saw last."""

    proof: ConsistencyProof
    note: Note

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a request, strictly.

        Raises:
            NoteError: it is not in the form above.
            ProofError: the old size is larger than the checkpoint's.
        """
        head, blank, rest = data.partition(b"\n\n")
        if not blank:
            raise NoteError("request: got no blank line, want one before the checkpoint")
        try:
            first, *lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise NoteError(f"request: got other than ASCII ({error})") from error
        if not first.startswith(OLD) or len(lines) > MOST_HASHES:
            raise NoteError(
                f"request: got {first[:80]!r} and {len(lines)} hashes, want {OLD!r}, a size, and "
                f"{MOST_HASHES} hashes at most"
            )
        note = Note.parse(rest)
        proof = ConsistencyProof(
            parse_size(first.removeprefix(OLD), "request"),
            Checkpoint.parse(note.text).size,
            tuple(decode_base64(line, "request's hash") for line in lines),
        )
        return cls(proof, note)

    @property
    def data(self) -> bytes:
        """Write the request's bytes."""
        hashes = "".join(f"{base64.b64encode(found).decode()}\n" for found in self.proof.path)
        return f"{OLD}{self.proof.old_size}\n{hashes}\n".encode() + self.note.data


def parse_answer(data: bytes) -> tuple[Signature, ...]:
    """Read a witness's answer: signature lines, or a whole note with them.

    Raises:
        NoteError: it is neither.
    """
    if b"\n\n" in data:
        return Note.parse(data).signatures
    try:
        lines = data.decode("utf-8").removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        raise NoteError(f"answer: got bytes that are no UTF-8 ({error})") from error
    return tuple(Signature.parse(line) for line in lines)
