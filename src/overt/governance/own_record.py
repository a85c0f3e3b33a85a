"""Whether a record is the one that this machine's keys belong to, and goes on from it.

What a record does not know may be deleted as left over only where the record is whole. In another
record, a new one or one that was restored from a backup, evidence on hold is unknown too. Nor is
one signed or added to whose end is missing: what was cut off would never be missed.
"""

from __future__ import annotations

import json
from typing import Final

from overt.errors import RecordsError, VaultError
from overt.records.base import Recorded, Store
from overt.vault.keys import KeyRing

__all__ = ["adopt", "known_place", "require_own", "why_foreign"]

HINT: Final = (
    "put the right record back; where it is lost for good, say so to those who rely on it, and "
    "remove keys/record in the data folder"
)


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
            "keys belong to, or it was cut"
        )
    for each in events:
        last = each
    if (content := _written(last)) != noted:
        keys.record.write(content)
    return ""


def require_own(store: Store, *, keys: KeyRing) -> None:
    """Refuse to go on from a record that is not the one the keys belong to, or was cut.

    What is signed, or added, on top of it would hide what is missing. One that is empty, where
    nothing is noted yet, is begun.

    Raises:
        RecordsError: it is another, it was cut, or it cannot be read.
        VaultError: the note cannot be read or written.
    """
    if keys.record.read() is None and next(iter(store.events()), None) is None:
        return
    if why := why_foreign(store, keys=keys):
        raise RecordsError(why, hint=HINT)


def known_place(keys: KeyRing) -> int:
    """Give the last place of a record that the keys know of; 0: they know none.

    Raises:
        VaultError: the note cannot be read.
    """
    noted = keys.record.read()
    return 0 if noted is None else _read(noted)[0]


def adopt(recorded: Recorded, *, keys: KeyRing) -> None:
    """Take a record that was restored for the one that the keys belong to from here on.

    The event says that it was restored: who looks at the record sees it.

    Raises:
        VaultError: the note cannot be written.
    """
    keys.record.write(_written(recorded))


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
