"""The watchlists that this machine holds: why, until when; and their destruction when they are due.

A list goes with the deployment it was for, and `overt run` destroys it then. Here goes what was
left: by a process that was killed, by a machine that was told to stop before it began, by somebody
who authorised but never ran it, or by a destruction that failed.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from overt.errors import MissingError, RefusedError, VaultError
from overt.governance.aftermath import FOLDED, Story, told
from overt.governance.custody import Custody
from overt.governance.listfile import KEY_NAME, destroy_sealed, is_left
from overt.governance.receipts import Receipt
from overt.values.duty_events import DeletionFailed
from overt.values.events import WatchlistDestroyed
from overt.vault.places import Place

__all__ = ["NO_DEPLOYMENT", "HeldList", "ListRetention"]

NO_DEPLOYMENT: Final = "lists"  # the deployment that events about a list of none carry
PREFIX: Final = "watchlist-"
DIGEST_DIGITS: Final = 16  # of the list's digest, in the name of its key
IN_USE: Final = "got it in use by another process, want that ended"


@dataclass(frozen=True, slots=True)
class HeldList:
    """A list whose key or files are on this machine."""

    key: str  # the name of its key
    digest: str  # its first digits, where only the key is known
    listed: int | None  # None: not known
    folder: Path | None  # None: where it lies is not known
    deployments: tuple[str, ...]  # it was for, by id
    receipted: frozenset[str]  # those of them whose record says that it was destroyed
    ready: datetime  # from then on it is destroyed
    due: datetime  # when it is to be gone
    why: str

    def is_due(self, now: datetime) -> bool:
        """Tell whether it is to be gone by now."""
        return now >= self.due


class ListRetention:
    """Destroys the lists that are due."""

    def __init__(
        self,
        custody: Custody,
        *,
        within: timedelta,
        longest_unused: timedelta,
    ) -> None:
        """Take the record, the keys, and the policy's limits.

        Args:
            custody: the record, and the keys of this machine.
            within: how long after a deployment's end its list is to be gone.
            longest_unused: how old a list may be that no deployment has.
        """
        self._custody = custody
        self._within = within
        self._longest_unused = longest_unused

    def held(self) -> tuple[HeldList, ...]:
        """Tell which lists are held, the next due first.

        Raises:
            VaultError: the keys or their notes cannot be read.
        """
        now = self._custody.clock.now()
        stories = told(each.event for each in self._custody.store.events(kinds=FOLDED))
        made = {
            key: time for key, time in self._custody.keys.made().items() if KEY_NAME.fullmatch(key)
        }
        names = {
            *made,
            *(key for key in self._custody.keys.places.names() if KEY_NAME.fullmatch(key)),
        }
        places = {key: self._place(key) for key in names}
        # What has its own list here is not what a list alike was for.
        noted = {each for place in places.values() if place for each in place.deployments}
        others = [each for each in stories.values() if each.id not in noted]
        found: list[HeldList] = []
        for key, place in places.items():
            known = place or _by_name(key, made.get(key, now))
            alike = _alike(stories.values(), known.digest)
            mine = [each for each in alike if each.id in known.deployments] or _since(
                _alike(others, known.digest), known.built, now
            )
            found.append(self._held(known, mine, now, placed=place is not None))
        return tuple(sorted(found, key=lambda each: (each.due, each.key)))

    def _place(self, key: str) -> Place | None:
        """Find a note; a damaged one must not keep all others from being destroyed."""
        with suppress(VaultError):
            return self._custody.keys.places.find(key)
        return None

    def _held(self, known: Place, mine: list[Story], now: datetime, *, placed: bool) -> HeldList:
        authorised = mine[-1].authorised if mine else None
        running = [each for each in mine if each.ended(now) is None]
        if running:
            ready = max(each.authorised.end for each in running if each.authorised)
            why = f"until deployment {running[-1].id} is over"
        elif mine:
            ready = max(end for each in mine if (end := each.ended(now)))
            why = f"deployment {mine[-1].id} is over"
        else:
            ready, why = known.built + self._longest_unused, "until it is too old to be used"
        listed = authorised.listed if authorised else None
        return HeldList(
            known.key,
            authorised.watchlist if authorised else known.digest,
            known.listed if placed else listed,
            known.folder if placed else None,
            tuple(each.id for each in mine),
            frozenset(each.id for each in mine if each.list_destroyed is not None),
            ready,
            ready + self._within if mine else ready,
            why,
        )

    def run(self) -> tuple[Receipt, ...]:
        """Destroy what is to go by now, and write receipts.

        One that fails does not stop the others: it is recorded, and tried at the next run.

        Raises:
            RecordsError: a receipt could not be recorded.
            VaultError: the keys or their notes cannot be read.
        """
        now = self._custody.clock.now()
        receipts: list[Receipt] = []
        for item in self.held():
            if now < item.ready and not self._is_gone(item):
                continue
            with self._custody.keys.places.free(item.key) as free:
                if free:
                    receipts += self._destroy(item)
                elif item.is_due(now):
                    receipts.append(self._failed(item, IN_USE))
        return tuple(receipts)

    def destroy(self, key: str) -> tuple[Receipt, ...]:
        """Destroy one list now, whenever it is due, and write receipts.

        Raises:
            MissingError: it is not held.
            RefusedError: a process works with it.
            RecordsError: a receipt could not be recorded.
            VaultError: the keys or their notes cannot be read.
        """
        item = next((each for each in self.held() if each.key == key), None)
        if item is None:
            raise MissingError(
                "watchlist: got none of this key on this machine, want one that is held",
                hint="it was destroyed, or is another machine's",
            )
        with self._custody.keys.places.free(key) as free:
            if not free:
                raise RefusedError(
                    "watchlist: got one that a process works with, want that ended",
                    hint="stop the deployment: its list goes with it",
                )
            return tuple(self._destroy(item))

    def _is_gone(self, item: HeldList) -> bool:
        """Tell whether somebody destroyed it, and only the note is left."""
        try:
            gone = item.key not in self._custody.keys.names()
            return gone and not (item.folder and is_left(item.folder, item.key))
        except VaultError:
            return False

    def _destroy(self, item: HeldList) -> list[Receipt]:
        """Destroy a list; one that is gone, and whose receipts are written, is forgotten."""
        was_gone = self._is_gone(item)
        try:
            if item.folder:
                destroy_sealed(item.folder, item.key, keys=self._custody.keys)
            else:
                self._custody.keys.destroy(item.key)
        except (VaultError, OSError) as error:
            return [self._failed(item, str(error))]
        unwritten = [each for each in item.deployments if each not in item.receipted]
        if not unwritten and not was_gone:
            unwritten = list(item.deployments[-1:])
        if not item.deployments:
            unwritten = [NO_DEPLOYMENT]
        for deployment in unwritten:
            self._custody.record(deployment, WatchlistDestroyed(item.digest, item.listed))
        self._custody.keys.places.forget(item.key)
        return [Receipt(item.key, item.why, "")] if unwritten else []

    def _failed(self, item: HeldList, error: str) -> Receipt:
        deployment = item.deployments[-1] if item.deployments else NO_DEPLOYMENT
        self._custody.record(deployment, DeletionFailed(item.key, error))
        return Receipt(item.key, item.why, error)


def _by_name(key: str, made: datetime) -> Place:
    """Tell what the name and the age of a key tell of its list, where there is no note."""
    return Place(key, Path(), key.removeprefix(PREFIX)[:DIGEST_DIGITS], 0, made)


def _alike(stories: Iterable[Story], digest: str) -> list[Story]:
    """Find the deployments that were authorised with a list of this digest, or its first digits."""
    return [
        each
        for each in stories
        if each.authorised is not None and each.authorised.watchlist.startswith(digest)
    ]


def _since(alike: list[Story], built: datetime, now: datetime) -> list[Story]:
    """Find those that a list may have been for, of which this machine has not noted it.

    They were authorised after it was built, and are not over, or their list was never destroyed: a
    list that is built anew of the same photographs has the same digest, and is not for a deployment
    that has had its own.
    """
    return [
        each
        for each in alike
        if each.authorised_at is not None
        and each.authorised_at >= built
        and (each.ended(now) is None or each.list_destroyed is None)
    ]
