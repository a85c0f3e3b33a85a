"""The log's side of witnessing: what is asked of a witness, and what comes back."""

from __future__ import annotations

from collections.abc import Sequence

from overt.errors import LedgerError, NoteError, SignatureError
from overt.governance.transparency import TransparencyLog
from overt.ledger.checkpoint import Checkpoint
from overt.ledger.keys import VerifierKey
from overt.ledger.note import Note
from overt.ledger.request import WitnessRequest, parse_answer
from overt.ledger.witness import Cosignature, Witnesses

__all__ = ["add_answer", "ask_witness", "last_witnessed", "latest_note", "witness_keys"]


def witness_keys(texts: Sequence[str]) -> tuple[VerifierKey, ...]:
    """Read the witnesses' public keys from the settings.

    Raises:
        NoteError: no key, a log's, or one that is there twice.
    """
    keys = tuple(VerifierKey.parse(text) for text in texts)
    if keys:
        Witnesses(keys, len(keys))
    return keys


def latest_note(log: TransparencyLog) -> Note:
    """Give the last checkpoint, as it was signed.

    Raises:
        LedgerError: there is none.
    """
    notes = log.checkpoints()
    if not notes:
        log.first_key()  # says so where there is no log at all
        raise LedgerError(
            "ledger: got no checkpoint, want one", hint="run `overt ledger checkpoint`"
        )
    return notes[-1]


def ask_witness(
    log: TransparencyLog, *, name: str, known: Sequence[VerifierKey], after: int | None
) -> WitnessRequest:
    """Write what a witness needs to cosign the last checkpoint.

    Args:
        log: the log.
        name: the witness's.
        known: the witnesses of the settings.
        after: leaves that the witness cosigned last; if not given, as far as is known here.

    Raises:
        LedgerError: no such witness, no checkpoint, or the record is not what was signed.
    """
    keys = [key for key in known if key.name == name]
    if not keys:
        raise NoteError(
            f"witness: got the name {name!r}, want of {[key.name for key in known]}",
            hint="put its public key into the setting `witnesses`",
        )
    note = latest_note(log)
    if after is None:
        seen = [one for one in log.checkpoints() if any(_cosigned(one, key) for key in keys)]
        after = Checkpoint.parse(seen[-1].text).size if seen else 0
    return WitnessRequest(log.proof(note, after=after), note)


def add_answer(
    log: TransparencyLog, answer: bytes, *, known: Sequence[VerifierKey]
) -> tuple[Checkpoint, tuple[Cosignature, ...]]:
    """Keep a witness's cosignatures on the checkpoint that they are of.

    An answer does not say of which: the newest that it fits is taken.

    Raises:
        NoteError: no answer of a witness.
        SignatureError: of none of the known witnesses, or over none of the checkpoints.
    """
    signatures = parse_answer(answer)
    keys = [key for key in known if any(s.is_of(key) for s in signatures)]
    if not keys:
        raise SignatureError(
            f"answer: got signatures of {[s.name for s in signatures]}, "
            f"want one of {[key.text for key in known]}",
            hint="put the witness's public key into the setting `witnesses`",
        )
    theirs = [s for s in signatures if any(s.is_of(key) for key in keys)]
    trusted = Witnesses(tuple(keys), len(keys))
    for note in reversed(log.checkpoints()):
        try:
            found = trusted.check(Note(note.text, tuple(theirs)))
        except SignatureError:
            continue
        checkpoint = log.chain().open(note)
        log.add_signatures(checkpoint.size, theirs)
        return checkpoint, found
    raise SignatureError(
        f"answer: got cosignatures of {[key.name for key in keys]} that fit no checkpoint",
        hint="the witness may have cosigned another history: compare its checkpoint with yours",
    )


def last_witnessed(log: TransparencyLog, *, known: Sequence[VerifierKey]) -> Note:
    """Give the last checkpoint that every known witness has cosigned.

    Raises:
        SignatureError: there is none, or no witness is known.
    """
    for note in reversed(log.checkpoints()):
        if known and all(_cosigned(note, key) for key in known):
            return note
    raise SignatureError(
        f"ledger: got no checkpoint that all {len(known)} witnesses have cosigned, want one",
        hint="ask them with `overt ledger witness request`; they stand in the setting `witnesses`",
    )


def _cosigned(note: Note, key: VerifierKey) -> bool:
    try:
        return bool(Witnesses((key,), 1).check(note))
    except SignatureError:
        return False
