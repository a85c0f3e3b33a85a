"""The lists of this machine, in numbers: those that are held, and those that were destroyed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from overt.errors import MissingError, OvertError, VaultError
from overt.governance.composition import Composition, composition, images_older
from overt.governance.listfile import ListFile
from overt.governance.policy_file import open_policy
from overt.governance.policy_kinds import said_duration
from overt.governance.retention_lists import HeldList
from overt.review.deployment_record import DeploymentRecord
from overt.review.deployment_state import DeploymentState
from overt.values.duty_events import WatchlistBuilt
from overt.values.events import WatchlistDestroyed
from overt.web.services import Services
from overt.wiring import make_list_retention, open_keys, open_keys_to_destroy

__all__ = ["Destroyed", "Held", "Opened", "destroy", "destroyed", "find", "held", "opened"]

MOST_SHOWN: Final = 100
GOING: Final = (DeploymentState.RUNNING, DeploymentState.PAUSED)


class State(StrEnum):
    """Where a list stands."""

    IN_USE = "in use"
    WAITING = "for a deployment"
    UNUSED = "for no deployment yet"
    OVERDUE = "to be destroyed"


@dataclass(frozen=True, slots=True)
class Held:
    """A list that is on this machine."""

    key: str
    name: str  # of its folder; "" where that is not known
    digest: str
    listed: int | None
    built: datetime | None
    by: str  # who built it; "" where it was built by a command, or that was erased
    deployments: tuple[DeploymentRecord, ...]
    state: State
    due: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Destroyed:
    """A list that is gone."""

    digest: str
    listed: int | None
    at: datetime
    deployment: str  # its name, or its id
    by: str  # who built it


@dataclass(frozen=True, slots=True)
class Opened:
    """What is in a list, in numbers."""

    composition: Composition
    older: int
    older_than: str
    undated: int


def held(here: Services) -> tuple[Held, ...]:
    """Tell which lists are held, the next due first."""
    keys, now = open_keys_to_destroy(here.settings), here.clock.now()
    records = {each.id: each for each in here.office.deployments()}
    builders = built_by(here)
    found: list[Held] = []
    for item in make_list_retention(here.settings, store=here.store, clock=here.clock).held():
        try:
            place = keys.places.find(item.key)
        except VaultError:  # a damaged note hides no list
            place = None
        mine = tuple(records[each] for each in item.deployments if each in records)
        found.append(
            Held(
                item.key,
                item.folder.name if item.folder else "",
                item.digest,
                item.listed,
                place.built if place else None,
                builders.get(item.digest, ""),
                mine,
                state_of(item, mine, now),
                item.due,
                item.why,
            )
        )
    return tuple(found)


def state_of(item: HeldList, mine: tuple[DeploymentRecord, ...], now: datetime) -> State:
    """Tell where a list stands."""
    if any(each.state in GOING for each in mine):
        return State.IN_USE
    if now >= item.ready:
        return State.OVERDUE
    return State.WAITING if item.deployments else State.UNUSED


def find(here: Services, key: str) -> Held:
    """Give a list that is held.

    Raises:
        MissingError: there is none.
    """
    for each in held(here):
        if each.key == key:
            return each
    raise MissingError(
        "watchlist: got none of this key on this machine, want one that is held",
        hint="it was destroyed, or is another machine's",
    )


def opened(here: Services, item: Held) -> tuple[Opened | None, str]:
    """Count what is in a list, or say why it cannot be opened."""
    try:
        lists = make_list_retention(here.settings, store=here.store, clock=here.clock).held()
        folder = next(each.folder for each in lists if each.key == item.key)
        if folder is None:
            return None, "where it lies is not known"
        opened_list = ListFile(folder, keys=open_keys(here.settings))
    except (OvertError, StopIteration) as error:
        return None, str(error)
    if opened_list.key_name != item.key:
        return None, "another list lies in its folder by now"
    limit: timedelta = open_policy(here.settings.policy).duration("list-image-age")
    older, undated = images_older(opened_list.watchlist, than=limit, now=here.clock.now())
    return (
        Opened(composition(opened_list.watchlist), older, said_duration(limit), undated),
        "",
    )


def destroy(here: Services, key: str, *, account: str) -> None:
    """Destroy a list: its key first, so that no copy of it can be read again.

    Raises:
        MissingError: there is none of this key.
        RefusedError: a process works with it.
        VaultError: it could not be destroyed whole.
    """
    here.audit.note("watchlist destroyed", account=account, key=key[:40])
    lists = make_list_retention(here.settings, store=here.store, clock=here.clock)
    for receipt in lists.destroy(key):
        if receipt.error:
            raise VaultError(
                f"watchlist: got {receipt.error}, want it destroyed",
                hint="it is tried again at each retention run",
            )


def destroyed(here: Services) -> tuple[Destroyed, ...]:
    """Tell which lists were destroyed, the last first."""
    names: Mapping[str, str] = {each.id: each.name for each in here.office.deployments()}
    builders = built_by(here)
    found = [
        Destroyed(
            body.watchlist,
            body.listed,
            each.event.at,
            names.get(each.event.deployment, ""),
            builders.get(body.watchlist, ""),
        )
        for each in here.store.events(kinds=(WatchlistDestroyed.kind,))
        if isinstance(body := each.event.body, WatchlistDestroyed)
    ]
    return tuple(reversed(found[-MOST_SHOWN:]))


def built_by(here: Services) -> dict[str, str]:
    """Tell who built which list here, by its digest."""
    return {
        body.watchlist: body.by
        for each in here.store.events(kinds=(WatchlistBuilt.kind,))
        if isinstance(body := each.event.body, WatchlistBuilt)
    }
