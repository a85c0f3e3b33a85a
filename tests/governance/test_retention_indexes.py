"""The indexes of who was listed go when they are due, on a real record and a real vault."""

from __future__ import annotations

import itertools
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import NOON, make_vectors, make_watchlist
from deployment_events import authorised

from overt.errors import VaultError
from overt.governance.custody import Custody
from overt.governance.disclosure import Disclosure
from overt.governance.retention import STRAY_AGE
from overt.governance.retention_indexes import IndexRetention
from overt.records.sqlite import open_sqlite
from overt.values.duty_events import DeletionFailed, DeploymentStopOrdered, DisclosureDeleted
from overt.values.events import Body, Event
from overt.vault.files import Vault
from overt.vault.keys import KeyRing

KEPT = timedelta(days=31)


@dataclass
class HandClock:
    time: datetime = NOON

    def now(self) -> datetime:
        return self.time


class Machine:
    def __init__(self, folder: Path) -> None:
        folder.chmod(0o700)
        self.folder = folder
        self.clock = HandClock()
        self.keys = KeyRing(folder / "keys")
        self.store = open_sqlite(folder / "events.sqlite")
        vault = Vault(folder / "disclosure", self.keys)
        self.disclosure = Disclosure(vault, self.keys)
        self._ids = itertools.count(1)
        self.retention = IndexRetention(
            Custody(self.store, self.keys, self.clock, lambda _: f"e{next(self._ids)}"),
            vault=vault,
            kept=KEPT,
        )

    def record(self, deployment: str, body: Body) -> None:
        now = self.clock.now()
        self.store.append([Event(f"e{next(self._ids)}", deployment, now, body)])

    def events(self) -> list[Event]:
        return [recorded.event for recorded in self.store.events()]

    def found(self, reference: str) -> list[str]:
        return [each.deployment for each in self.disclosure.ask(reference, self.events())]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.disclosure.index_list("d", make_watchlist(make_vectors(2)))
    return made


def test_an_index_answers_until_it_is_due_and_not_longer(machine: Machine) -> None:
    machine.record("d", authorised())
    machine.disclosure.index_alert("d", "a1", "R-1")
    end = authorised().end + KEPT
    assert machine.retention.held()[0].due == end
    machine.record("d", DeploymentStopOrdered("Ann", "enough"))
    shutil.copytree(machine.folder / "disclosure", machine.folder / "backup")
    end = NOON + KEPT
    assert machine.retention.held()[0].due == end
    machine.clock.time = end - timedelta(minutes=16)
    assert machine.retention.run(ahead=timedelta(minutes=15)) == ()
    assert machine.found("R-1") == ["d"]
    machine.clock.time = end - timedelta(minutes=15)
    (receipt,) = machine.retention.run(ahead=timedelta(minutes=15))
    assert receipt.done
    assert machine.events()[-1].body == DisclosureDeleted("the deployment is over")
    assert machine.found("R-1") == []
    assert machine.retention.held() == machine.retention.run() == ()
    backup = Vault(machine.folder / "backup", machine.keys)
    with pytest.raises(VaultError, match="got none"):
        backup.get("list", "disclosure-d", context=b"overt disclosure index 1")


def test_what_fails_is_recorded_and_tried_at_every_run(machine: Machine) -> None:
    machine.record("d", authorised())
    obstacle = machine.folder / "disclosure" / "disclosure-d" / "folder"
    obstacle.mkdir()
    machine.clock.time = authorised().end + KEPT
    for _ in range(2):
        (receipt,) = machine.retention.run()
        assert not receipt.done
        assert isinstance(machine.events()[-1].body, DeletionFailed)
    assert machine.found("R-1") == [], "its key is gone all the same"
    obstacle.rmdir()
    assert machine.retention.run()[0].done
    assert machine.retention.held() == ()


def test_one_that_was_sealed_for_nothing_goes(machine: Machine) -> None:
    machine.clock.time = datetime.now(UTC)  # the key's age is told by its file
    assert machine.retention.run() == (), "its deployment may be on its way into the record"
    machine.clock.time += STRAY_AGE + timedelta(minutes=1)
    (receipt,) = machine.retention.run()
    assert "not the record that the keys belong to" in receipt.error, "a record that is lost"
    machine.record("other", DeploymentStopOrdered("Ann", "of another"))
    (receipt,) = machine.retention.run()
    assert receipt.done
    assert [event.deployment for event in machine.events()] == ["other"]
    assert machine.keys.names() == ()
