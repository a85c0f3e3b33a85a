"""Whether a record is the one that this machine's keys belong to, and goes on from it.

What a record does not know may be deleted as left over only where the record is whole. In another
record, a new one or one that was restored from a backup, evidence on hold is unknown too.
"""

from __future__ import annotations

import json

from overt.errors import VaultError
from overt.records.base import Recorded, Store
from overt.vault.keys import KeyRing

__all__ = ["note_record", "why_foreign"]


def note_record(store: Store, *, keys: KeyRing) -> None:
    """Note which record the keys belong to, where nothing is noted yet.

    Raises:
        VaultError: it cannot be read or written.
        RecordsError: the record cannot be read.
    """
    if keys.record.read() is None:
        first = next(iter(store.events()), None)
        if first is not None:
            keys.record.write(_written(first))


def why_foreign(store: Store, *, keys: KeyRing) -> str:
    """Say why a record is not the one that the keys belong to; "" where it is, as far as is known.

    How far it goes is noted then, so that it is found out where its end is cut off later.

    Raises:
        VaultError: the note cannot be read or written.
        RecordsError: the record cannot be read.
    """
    noted = keys.record.read()
    place, identifier = (1, None) if noted is None else _read(noted)
    events = iter(store.events(after=place - 1))
    last = next(events, None)
    if last is None or identifier not in (None, last.event.id):
        got = f"event {last.event.id}" if last else "nothing"
        want = f"event {identifier}" if identifier else "an event"
        return (
            f"record: got {got} at place {place}, want {want}: this is not the record that the "
            "keys belong to, or it was cut; nothing was deleted on its word"
        )
    for each in events:
        last = each
    if (content := _written(last)) != noted:
        keys.record.write(content)
    return ""


def _written(recorded: Recorded) -> bytes:
    return json.dumps({"sequence": recorded.sequence, "event": recorded.event.id}).encode()


def _read(content: bytes) -> tuple[int, str]:
    try:
        match json.loads(content):
            case {"sequence": int(sequence), "event": str(event)} if sequence > 0:
                return sequence, event
            case _:
                pass
    except ValueError:
        pass
    raise VaultError(
        f"keys/record: got {content[:80]!r}, want a place in the record and the event at it",
        hint="look whether the record is this machine's own (`overt verify`), then remove the file",
    )
