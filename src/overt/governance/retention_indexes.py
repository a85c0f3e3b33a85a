"""The indexes that tell whether somebody was listed: until when, and their deletion when due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from overt.clock import Clock
from overt.errors import VaultError
from overt.governance.aftermath import Story, told
from overt.governance.disclosure import KEY
from overt.governance.known_time import doubt
from overt.governance.own_record import why_foreign
from overt.governance.receipts import Receipt
from overt.governance.retention import STRAY_AGE
from overt.ids import NewId
from overt.records.base import Store
from overt.values.duty_events import DeletionFailed, DisclosureDeleted
from overt.values.events import Body, Event, FacesCounted
from overt.vault.files import Vault
from overt.vault.keys import KeyRing

__all__ = ["HeldIndex", "IndexRetention"]

OVER: Final = "the deployment is over"
NEVER_AUTHORISED: Final = "sealed for a deployment that was never authorised"


@dataclass(frozen=True, slots=True)
class HeldIndex:
    """The index of one deployment's list."""

    deployment: str
    due: datetime  # when it is to be deleted; later where the window is left early or late
    why: str
    known: bool  # in the record

    @property
    def key(self) -> str:
        """The name of its key."""
        return f"{KEY}{self.deployment}"

    def is_due(self, now: datetime) -> bool:
        """Tell whether it is to be gone by now."""
        return now >= self.due


class IndexRetention:
    """Deletes the indexes that are due."""

    def __init__(
        self,
        *,
        store: Store,
        vault: Vault,
        keys: KeyRing,
        kept: timedelta,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        """Take where things lie, and how long an index is kept after its deployment's end."""
        self._store = store
        self._vault = vault
        self._keys = keys
        self._kept = kept
        self._clock = clock
        self._new_id = new_id

    def held(self) -> tuple[HeldIndex, ...]:
        """Tell which indexes are held, the next due first.

        Raises:
            VaultError: the keys or the folder cannot be read.
        """
        now = self._clock.now()
        made = self._keys.made()
        names = {name for name in (*made, *self._vault.key_names()) if name.startswith(KEY)}
        stories = told(each.event for each in self._store.events(without=(FacesCounted.kind,)))
        found = [
            self._held(stories.get(name.removeprefix(KEY)), name, made.get(name, now), now)
            for name in names
        ]
        return tuple(sorted(found, key=lambda each: (each.due, each.deployment)))

    def _held(self, story: Story | None, name: str, made: datetime, now: datetime) -> HeldIndex:
        deployment = name.removeprefix(KEY)
        if name not in self._keys.names():  # what is left is unreadable, and goes at once
            return HeldIndex(deployment, now, OVER, known=story is not None)
        if story is None or story.authorised is None:
            return HeldIndex(deployment, made + STRAY_AGE, NEVER_AUTHORISED, known=False)
        end = story.ended(now) or story.authorised.end
        return HeldIndex(deployment, end + self._kept, OVER, known=True)

    def run(self, *, ahead: timedelta = timedelta(0)) -> tuple[Receipt, ...]:
        """Delete what is due, `ahead` of its time, and write receipts.

        One that fails does not stop the others: it is recorded, and tried at the next run. By a
        clock that is too far past everything known none goes that the record knows.

        Raises:
            RecordsError: a receipt could not be recorded.
            VaultError: the keys or the folder cannot be read.
        """
        by = self._clock.now() + ahead
        due = [item for item in self.held() if item.is_due(by)]
        foreign = why_foreign(self._store, keys=self._keys)
        doubted = doubt(self._clock.now(), self._store, keys=self._keys)
        refused = {True: doubted, False: foreign}  # by whether the record knows it
        return tuple(
            Receipt(item.key, item.why, refused[item.known], doubted=item.known)
            if refused[item.known]
            else self._delete(item)
            for item in due
        )

    def _delete(self, item: HeldIndex) -> Receipt:
        error = ""
        try:
            self._keys.destroy(item.key)
            self._vault.delete_all(item.key)
        except (VaultError, OSError) as failed:
            error = str(failed)
        if item.known:
            done = DisclosureDeleted(item.why)
            self._record(item.deployment, DeletionFailed(item.key, error) if error else done)
        return Receipt(item.key, item.why, error)

    def _record(self, deployment: str, body: Body) -> None:
        now = self._clock.now()
        self._store.append([Event(self._new_id(now), deployment, now, body)])
