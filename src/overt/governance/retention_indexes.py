"""The indexes that tell whether somebody was listed: until when, and their deletion when due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from overt.governance.aftermath import FOLDED, Story, told
from overt.governance.custody import Custody
from overt.governance.disclosure import KEY
from overt.governance.known_time import doubt
from overt.governance.own_record import why_foreign
from overt.governance.receipts import Receipt
from overt.governance.retention import STRAY_AGE
from overt.values.duty_events import DeletionFailed, DisclosureDeleted
from overt.vault.files import Vault

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
        custody: Custody,
        *,
        vault: Vault,
        kept: timedelta,
    ) -> None:
        """Take where indexes lie, and how long an index is kept after its deployment's end."""
        self._custody = custody
        self._vault = vault
        self._kept = kept

    def held(self) -> tuple[HeldIndex, ...]:
        """Tell which indexes are held, the next due first.

        Raises:
            VaultError: the keys or the folder cannot be read.
        """
        now = self._custody.clock.now()
        made = self._custody.keys.made()
        names = {name for name in (*made, *self._vault.key_names()) if name.startswith(KEY)}
        stories = told(each.event for each in self._custody.store.events(kinds=FOLDED))
        found = [
            self._held(stories.get(name.removeprefix(KEY)), name, made.get(name, now), now)
            for name in names
        ]
        return tuple(sorted(found, key=lambda each: (each.due, each.deployment)))

    def _held(self, story: Story | None, name: str, made: datetime, now: datetime) -> HeldIndex:
        deployment = name.removeprefix(KEY)
        if name not in self._custody.keys.names():  # what is left is unreadable, and goes at once
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
        by = self._custody.clock.now() + ahead
        due = [item for item in self.held() if item.is_due(by)]
        foreign = why_foreign(self._custody.store, keys=self._custody.keys)
        doubted = doubt(self._custody.clock.now(), self._custody.store, keys=self._custody.keys)
        refused = {True: doubted, False: foreign}  # by whether the record knows it
        return tuple(
            Receipt(item.key, item.why, refused[item.known], doubted=item.known)
            if refused[item.known]
            else self._delete(item)
            for item in due
        )

    def _delete(self, item: HeldIndex) -> Receipt:
        error = self._custody.destroy(item.key, self._vault)
        if item.known:
            done = DisclosureDeleted(item.why)
            self._custody.record(
                item.deployment, DeletionFailed(item.key, error) if error else done
            )
        return Receipt(item.key, item.why, error)
