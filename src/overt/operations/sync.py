"""A machine's record brought home: its events go to another record, in order, each exactly once.

The events keep their bytes. After each part the receiving record notes, in the same transaction,
whose they are, how many of that log's events it has by now, and the root of these: beginning again
goes on from there, whatever broke off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from overt.errors import ConflictError, LedgerError, ProofError, SignatureError
from overt.governance.transparency import TransparencyLog
from overt.ledger.checkpoint import Checkpoint
from overt.ledger.keys import VerifierKey
from overt.ledger.note import Note
from overt.ledger.tree import Tree
from overt.operations.target import MOST_BYTES, MOST_EVENTS, Part, Standing, Target
from overt.records.base import Exact, Exchange

__all__ = ["Synced", "sync"]


@dataclass(frozen=True, slots=True)
class Synced:
    """How far a record is brought home."""

    log: str
    taken: int  # events taken over with this step
    size: int  # events of the log that are there by now
    of: int  # events that the log has
    root: str  # of those that are there


@dataclass(frozen=True, slots=True)
class _Signed:
    """What is brought: the log's record, as it was signed."""

    key: VerifierKey  # the log's first
    note: Note
    checkpoint: Checkpoint


def sync(source: Exchange, target: Target, log: TransparencyLog) -> Iterator[Synced]:
    """Sign the source's record, and bring what the target has not yet; a step for each part.

    Args:
        source: this machine's record.
        target: the record that takes it over.
        log: of this machine's record.

    Raises:
        LedgerError: the target has events of a log of this name with another key, or more than
            there are, or others; or this record is not what was signed.
        ConflictError: an event is there already, and did not come from this log.
        RecordsError: a record cannot be read or written; run it again, and it goes on.
    """
    note = log.checkpoint()
    chain = log.chain()
    signed = _Signed(chain.first, note, chain.open(note))
    while True:
        standing = target.standing(signed.key.name)
        _require_beginning(standing, signed)
        size = standing.size
        try:
            for step in _bring(source, target, signed, standing):
                size = step.size
                yield step
        except ConflictError:
            if target.standing(signed.key.name).size <= size:
                raise
            continue  # the same log is brought by somebody else too: go on behind them
        return


def _bring(
    source: Exchange, target: Target, signed: _Signed, standing: Standing
) -> Iterator[Synced]:
    """Bring what the target has not yet."""
    name, whole = signed.key.name, signed.checkpoint
    tree = _begun(source, standing, name=name)
    coming = islice(source.exact(after=standing.size), whole.size - standing.size)
    for part in _parts(coming):
        for each in part:
            tree.append(each.encoded.canonical)
        root = tree.root()
        if tree.size == whole.size and root != whole.root:
            raise ProofError(
                f"log {name!r}, {whole.size} events: got root {root.hex()}, "
                f"want {whole.root.hex()} as signed"
            )
        target.take(Part(part, name, signed.key.text, signed.note, tree.size, root.hex()))
        yield Synced(name, len(part), tree.size, whole.size, root.hex())
    if tree.size == standing.size:
        yield Synced(name, 0, tree.size, whole.size, standing.root or tree.root().hex())


def _parts(coming: Iterable[Exact]) -> Iterator[tuple[Exact, ...]]:
    """Divide events into parts of so many events, and of so many bytes."""
    part: list[Exact] = []
    room = MOST_BYTES
    for each in coming:
        size = len(each.encoded.canonical) + len(each.encoded.openings or b"")
        room -= size
        if part and (room < 0 or len(part) == MOST_EVENTS):
            yield tuple(part)
            part, room = [], MOST_BYTES - size
        part.append(each)
    if part:
        yield tuple(part)


def _require_beginning(standing: Standing, signed: _Signed) -> None:
    """Refuse a target that has another log of this name, or more of it than there is."""
    key, size = signed.key, signed.checkpoint.size
    if standing.key not in ("", key.text):
        raise SignatureError(
            f"log {key.name!r}: got events there under the key {standing.key}, want {key.text}"
            if standing.size
            else f"log {key.name!r}: got the key {standing.key} known there, want {key.text}",
            hint="two machines have logs of one name: begin each machine's log with its own name",
        )
    if (there := max(standing.size, standing.signed)) > size:
        raise LedgerError(
            f"log {key.name!r}: got {there} of its events known there, want {size} or fewer: this "
            "record was cut, or is an older copy",
            hint="keep both records as they are, and find out which is right",
        )


def _begun(source: Exchange, standing: Standing, *, name: str) -> Tree:
    """Hash what is there already, and see that it is still the beginning of the source."""
    tree = Tree()
    for leaf in islice(source.leaves(), standing.size):
        tree.append(leaf)
    if standing.size and tree.root().hex() != standing.root:
        raise ProofError(
            f"log {name!r}, the first {standing.size} events: got root {tree.root().hex()}, want "
            f"{standing.root}, as they came before: one was altered since",
            hint="keep both records as they are: together they are the evidence",
        )
    return tree
