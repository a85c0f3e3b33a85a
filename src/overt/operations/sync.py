"""A machine's record brought home: its events go to another record, in order, each exactly once.

The events keep their bytes. After each part the receiving record notes, in the same transaction,
whose they are, how many of that log's events it has by now, and the root of these: beginning again
goes on from there, whatever broke off.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from overt.clock import Clock
from overt.errors import ConflictError, LedgerError, ProofError, SignatureError
from overt.governance.elsewhere import taken_over
from overt.governance.transparency import TransparencyLog
from overt.ids import NewId
from overt.ledger.checkpoint import Checkpoint
from overt.ledger.tree import Tree
from overt.records.base import Exact, Exchange, Guard, Store
from overt.values.duty_events import RecordSynced
from overt.values.events import Event

__all__ = ["SYNC", "Synced", "sync", "verify_received"]

SYNC: Final = "sync"  # the deployment that events about records taken over carry
AT_ONCE: Final = 500  # events of one transaction


@dataclass(frozen=True, slots=True)
class Synced:
    """How far a record is brought home."""

    log: str
    taken: int  # events taken over with this step
    size: int  # events of the log that are there by now
    of: int  # events that the log has
    root: str  # of those that are there


@dataclass(frozen=True, slots=True)
class _Standing:
    """What a record has of a log."""

    size: int
    root: str
    place: int  # of the last event about any record taken over; 0: none


def sync(
    source: Exchange, target: Exchange, log: TransparencyLog, *, clock: Clock, new_id: NewId
) -> Iterator[Synced]:
    """Sign the source's record, and bring what the target has not yet; a step for each part.

    Args:
        source: this machine's record.
        target: the record that takes it over.
        log: of this machine's record.
        clock: of this machine.
        new_id: makes identifiers.

    Raises:
        LedgerError: the target has events of a log of this name with another key, or more than
            there are, or others; or this record is not what was signed.
        ConflictError: an event is there already, and did not come from this log.
        RecordsError: a record cannot be read or written; run it again, and it goes on.
    """
    note = log.checkpoint()
    chain = log.chain()
    signed = chain.open(note)
    key = chain.first
    standing = _standing(target, name=key.name, key=key.text, signed=signed)
    tree = _begun(source, standing, name=key.name)
    coming = islice(source.exact(after=standing.size), signed.size - standing.size)
    place = standing.place
    while part := list(islice(coming, AT_ONCE)):
        for each in part:
            tree.append(each.encoded.canonical)
        root = tree.root()
        if tree.size == signed.size and root != signed.root:
            raise ProofError(
                f"log {key.name!r}, {signed.size} events: got root {root.hex()}, "
                f"want {signed.root.hex()} as signed"
            )
        now = clock.now()
        body = RecordSynced(
            key.name, key.text, len(part), tree.size, root.hex(), note.data.decode()
        )
        marker = Event(new_id(now), SYNC, now, body)
        place = _take(target, part, marker, place=place, log=key.name)
        yield Synced(key.name, len(part), tree.size, signed.size, root.hex())
    if tree.size == standing.size:
        yield Synced(key.name, 0, tree.size, signed.size, standing.root or tree.root().hex())


def verify_received(store: Store, *, log: str) -> int:
    """Hash what a record has of a log anew, against what it noted, and count it.

    Raises:
        ProofError: it is not what came.
        RecordsError: the record cannot be read.
    """
    tree = Tree()
    for each in taken_over(store):
        body = each.body
        if body.log != log:
            continue
        for leaf in islice(store.leaves(after=each.first - 1), body.events):
            tree.append(leaf)
        if (tree.size, tree.root().hex()) != (body.size, body.root):
            raise ProofError(
                f"events {each.first} to {each.place - 1}, log {log!r}: got {tree.size} with root "
                f"{tree.root().hex()}, want {body.size} with root {body.root}"
            )
    return tree.size


def _standing(target: Store, *, name: str, key: str, signed: Checkpoint) -> _Standing:
    """Find out how far the target is; refuse where it has another log of this name."""
    place, last = 0, None
    for each in taken_over(target):
        place = each.place
        if each.body.log == name:
            last = each.body
    if last is None:
        return _Standing(0, "", place)
    if last.key != key:
        raise SignatureError(
            f"log {name!r}: got events there under the key {last.key}, want {key}",
            hint="two machines have logs of one name: begin each machine's log with its own name",
        )
    if last.size > signed.size:
        raise LedgerError(
            f"log {name!r}: got {last.size} of its events there, want {signed.size} or fewer: this "
            "record was cut, or is an older copy",
            hint="keep both records as they are, and find out which is right",
        )
    return _Standing(last.size, last.root, place)


def _begun(source: Store, standing: _Standing, *, name: str) -> Tree:
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


def _take(target: Exchange, part: Sequence[Exact], marker: Event, *, place: int, log: str) -> int:
    """Write a part with its marker, and give the marker's place; others may sync meanwhile."""
    while True:
        try:
            return target.take(part, then=marker, guard=Guard(SYNC, place))[-1]
        except ConflictError:
            newer = taken_over(target, after=place)
            # Another machine's came between. Where it is of this log, or an event is there
            # already, somebody has to look.
            if not newer or any(each.body.log == log for each in newer):
                raise
            place = newer[-1].place
