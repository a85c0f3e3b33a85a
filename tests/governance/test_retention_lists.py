"""Lists that were left behind are found and destroyed, on a real record and a real key ring."""

from __future__ import annotations

import itertools
import shutil
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from builders import NOON, make_entry, make_vectors, make_watchlist, noise
from deployment_events import authorised

from overt.errors import VaultError
from overt.governance.custody import Custody
from overt.governance.listfile import ListFile, list_digest
from overt.governance.retention_lists import IN_USE, NO_DEPLOYMENT, ListRetention
from overt.records.sqlite import open_sqlite
from overt.values.duty_events import (
    AuthorityReviewed,
    DeletionFailed,
    DeploymentStopOrdered,
)
from overt.values.events import Body, DeploymentStopped, Event, WatchlistDestroyed
from overt.vault.keys import KeyRing

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)


@dataclass
class HandClock:
    time: datetime = NOON

    def now(self) -> datetime:
        return self.time


class Machine:
    """A record, a key ring, a clock that is set by hand, and lists."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o700)
        self.folder = folder
        self.clock = HandClock()
        self.keys = KeyRing(folder / "keys")
        self.store = open_sqlite(folder / "events.sqlite")
        ids = itertools.count(1)
        self.retention = ListRetention(
            Custody(self.store, self.keys, self.clock, lambda _: f"receipt-{next(ids)}"),
            within=DAY,
            longest_unused=DAY,
        )
        self._ids = itertools.count(1)

    def build(self, name: str = "list", *, seed: int = 0) -> ListFile:
        vectors = make_vectors(2, seed=seed)
        entries = tuple(make_entry(f"R-{n}") for n in range(2))
        made = make_watchlist(vectors, entries=entries, built=self.clock.time)
        digest = list_digest(entries, vectors, bundle=made.bundle)
        photos = (noise(24, 20, seed=n) for n in range(2))
        return ListFile.create(
            self.folder / name, replace(made, digest=digest), photos, keys=self.keys
        )

    def record(self, deployment: str, *bodies: Body) -> None:
        now = self.clock.now()
        self.store.append([Event(f"e{next(self._ids)}", deployment, now, body) for body in bodies])

    def authorise(self, deployment: str, listed: ListFile, *, take: bool = True) -> None:
        digest = listed.watchlist.digest
        self.record(deployment, replace(authorised(), watchlist=digest))
        if take:
            listed.take_for(deployment)

    def bodies(self) -> list[tuple[str, Body]]:
        events = (recorded.event for recorded in self.store.events())
        return [(event.deployment, event.body) for event in events]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def is_there(listed: ListFile, machine: Machine) -> bool:
    try:
        ListFile(listed._folder, keys=machine.keys)  # pyright: ignore[reportPrivateUsage]
    except Exception:  # noqa: BLE001 - gone in whatever way
        return False
    return True


@pytest.mark.parametrize("take", [True, False], ids=["noted", "found by its digest"])
@pytest.mark.parametrize(
    "end",
    [
        DeploymentStopOrdered("Ann", "before the machine began"),
        DeploymentStopped("stopped"),
        AuthorityReviewed("Sue", "Superintendent", upheld=False, reason="not urgent"),
        None,
    ],
    ids=["ordered", "stopped", "not upheld", "window over"],
)
def test_the_list_of_what_is_over_goes_wherever_it_was_left(
    machine: Machine, end: Body | None, *, take: bool
) -> None:
    listed = machine.build()
    shutil.copytree(machine.folder / "list", machine.folder / "backup")
    machine.authorise("d", listed, take=take)
    assert machine.retention.run() == ()
    (held,) = machine.retention.held()
    assert held.deployments == ("d",)
    assert held.due == authorised().end + DAY
    assert is_there(listed, machine)
    machine.clock.time += HOUR
    if end is None:
        machine.clock.time = authorised().end
    else:
        machine.record("d", end)
    (held,) = machine.retention.held()
    assert held.due == machine.clock.time + DAY
    assert not held.is_due(machine.clock.time)
    (receipt,) = machine.retention.run()
    assert receipt.done
    assert not (machine.folder / "list").exists()
    digest = listed.watchlist.digest
    assert machine.bodies()[-1] == ("d", WatchlistDestroyed(digest, 2))
    with pytest.raises(VaultError, match="got none"):
        ListFile(machine.folder / "backup", keys=machine.keys)
    assert machine.retention.held() == machine.retention.run() == ()
    assert machine.keys.places.names() == ()


def test_a_list_that_no_deployment_has_goes_by_its_age(machine: Machine) -> None:
    listed = machine.build()
    machine.clock.time += DAY - timedelta(seconds=1)
    assert machine.retention.run() == ()
    (held,) = machine.retention.held()
    assert (held.deployments, held.due) == ((), NOON + DAY)
    machine.clock.time += timedelta(seconds=1)
    assert machine.retention.run()[0].done
    assert not is_there(listed, machine)
    assert machine.bodies() == [(NO_DEPLOYMENT, WatchlistDestroyed(listed.watchlist.digest, 2))]


def test_a_deployment_in_force_keeps_its_list_however_old(machine: Machine) -> None:
    listed = machine.build()
    machine.clock.time += HOUR
    later = replace(authorised(), watchlist=listed.watchlist.digest, end=NOON + 3 * DAY)
    machine.record("d", later)
    machine.clock.time = NOON + 2 * DAY
    assert machine.retention.run() == ()
    assert is_there(listed, machine)


def test_what_fails_is_recorded_and_tried_at_every_run(machine: Machine) -> None:
    listed, other = machine.build(), machine.build("other", seed=1)
    for deployment, each in (("d", listed), ("e", other)):
        machine.authorise(deployment, each)
        machine.record(deployment, DeploymentStopped("stopped"))
    (key,) = [path for path in (machine.folder / "list").iterdir() if path.is_dir()]
    # A file that is no folder where the key's file was: not even root can overwrite a folder.
    wrapped = machine.folder / "keys" / "keys" / f"{key.name}.key"
    aside = wrapped.read_bytes()
    wrapped.unlink()
    wrapped.mkdir()
    for _ in range(2):
        failed = [each for each in machine.retention.run() if not each.done]
        assert [each.what for each in failed] == [key.name]
    assert not is_there(other, machine), "one failure does not stop the others"
    failures = [b for d, b in machine.bodies() if d == "d" and isinstance(b, DeletionFailed)]
    assert [each.what for each in failures] == [key.name] * 2
    machine.clock.time += DAY
    assert machine.retention.held()[0].is_due(machine.clock.time)
    wrapped.rmdir()
    wrapped.write_bytes(aside)
    wrapped.chmod(0o600)
    (receipt,) = machine.retention.run()
    assert receipt.done
    assert machine.retention.held() == ()


def test_what_a_process_works_with_is_left_until_it_is_overdue(machine: Machine) -> None:
    listed = machine.build()
    machine.authorise("d", listed)
    machine.record("d", DeploymentStopped("stopped"))
    with listed.in_use():
        assert machine.retention.run() == ()
        machine.clock.time += DAY
        (receipt,) = machine.retention.run()
        assert receipt.error == IN_USE
        assert is_there(listed, machine)
    assert machine.retention.run()[0].done
    with pytest.raises(VaultError, match="got none"), listed.in_use():
        pass


def test_a_list_that_was_destroyed_without_a_receipt_gets_it(machine: Machine) -> None:
    """A process killed between the destruction and its event."""
    listed = machine.build()
    machine.authorise("d", listed)
    listed.destroy()
    (receipt,) = machine.retention.run()
    assert receipt.done
    assert machine.bodies()[-1] == ("d", WatchlistDestroyed(listed.watchlist.digest, 2))
    assert machine.retention.run() == ()


def test_one_that_has_its_receipt_is_only_forgotten(machine: Machine) -> None:
    """A process killed between the event and forgetting where the list lay."""
    listed = machine.build()
    machine.authorise("d", listed)
    machine.record("d", DeploymentStopped("stopped"))
    listed.destroy()
    machine.record("d", WatchlistDestroyed(listed.watchlist.digest, 2))
    before = machine.bodies()
    assert machine.retention.run() == ()
    assert machine.bodies() == before
    assert machine.keys.places.names() == ()


def test_a_list_made_anew_in_the_same_folder_stays(machine: Machine) -> None:
    old = machine.build()
    machine.authorise("d", old)
    old.destroy()
    new = machine.build()  # of the same photographs: the same digest
    machine.record("d", DeploymentStopped("stopped"))
    machine.clock.time += HOUR
    (receipt,) = machine.retention.run()
    assert receipt.what == old.key_name
    assert is_there(new, machine)
    assert [held.key for held in machine.retention.held()] == [new.key_name]


def test_a_list_alike_is_not_for_a_deployment_that_had_its_own(machine: Machine) -> None:
    first, second = machine.build("first"), machine.build("second")
    machine.authorise("d", first)
    machine.record("d", DeploymentStopped("stopped"))
    assert [each.what for each in machine.retention.run()] == [first.key_name]
    assert machine.retention.run() == ()
    assert is_there(second, machine)
    machine.authorise("e", second)
    machine.record("e", DeploymentStopped("stopped"))
    assert [each.what for each in machine.retention.run()] == [second.key_name]


def test_a_build_that_was_killed_leaves_nothing(machine: Machine) -> None:
    listed = machine.build()
    (machine.folder / "list" / "overt-list.json").unlink()
    machine.clock.time += DAY
    assert machine.retention.run()[0].done
    assert not (machine.folder / "list" / listed.key_name).exists()
    assert machine.keys.names() == ()


def test_a_key_without_a_note_is_found(machine: Machine) -> None:
    """A list of a machine whose notes were lost: its files stay, unreadable."""
    listed = machine.build()
    machine.keys.places.forget(listed.key_name)
    machine.clock.time = datetime.now(NOON.tzinfo) + HOUR  # the key's age is told by its file
    window = {"start": machine.clock.time - HOUR, "end": machine.clock.time + HOUR}
    body = replace(authorised(), watchlist=listed.watchlist.digest, **window)
    machine.record("d", body, DeploymentStopOrdered("Ann", "enough"))
    assert machine.retention.run()[0].done
    assert machine.keys.names() == ()
    assert machine.bodies()[-1] == ("d", WatchlistDestroyed(listed.watchlist.digest, 20))


def test_somebodys_own_files_in_the_folder_stay(machine: Machine) -> None:
    listed = machine.build()
    (machine.folder / "list" / "notes.txt").write_text("somebody's own")
    machine.authorise("d", listed)
    machine.record("d", DeploymentStopped("stopped"))
    assert machine.retention.run()[0].done
    assert [path.name for path in (machine.folder / "list").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("damage", ["damaged", "lost"])
def test_a_list_of_which_nothing_is_known_gets_its_receipt(machine: Machine, damage: str) -> None:
    listed = machine.build()
    note = machine.folder / "keys" / "places" / f"{listed.key_name}.place"
    if damage == "lost":
        note.unlink()
    else:
        note.write_bytes(b"{")
    machine.clock.time = datetime.now(NOON.tzinfo) + DAY + HOUR
    assert machine.retention.run()[0].done
    digits = listed.watchlist.digest[:16]
    assert machine.bodies() == [(NO_DEPLOYMENT, WatchlistDestroyed(digits, None))]
    assert machine.keys.names() == machine.keys.places.names() == ()
    assert machine.retention.run() == ()
