"""What is held and deleted, on a real record and a real vault."""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import make_alert_raised

from overt.errors import InputError, RefusedError, VaultError
from overt.governance.custody import Custody
from overt.governance.own_record import require_own
from overt.governance.retention import STRAY_AGE, Held, Retention
from overt.records.sqlite import open_sqlite
from overt.values.duty_events import DeletionFailed, EvidenceDeleted
from overt.values.events import Event
from overt.vault.files import Vault
from overt.vault.keys import KeyRing

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEPT = timedelta(hours=24)
CONTEXT = b"test"


@dataclass
class HandClock:
    time: datetime = START

    def now(self) -> datetime:
        return self.time


class Place:
    """A record, a vault and a clock that is set by hand."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o700)
        self.folder = folder
        self.clock = HandClock()
        self.keys = KeyRing(folder / "keys")
        self.vault = Vault(folder / "evidence", self.keys)
        self.store = open_sqlite(folder / "events.sqlite")
        self.ids = itertools.count(sum(1 for _ in self.store.events()) + 1)
        self.retention = Retention(
            Custody(self.store, self.keys, self.clock, lambda _: f"event-{next(self.ids)}"),
            vault=self.vault,
            kept=KEPT,
            longest_hold=timedelta(days=31),
        )

    def seal(self, alert: str) -> None:
        self.keys.create(f"alert-{alert}")
        self.vault.put(alert, f"alert-{alert}", b"a face", context=CONTEXT)

    def raise_alert(self, alert: str) -> None:
        self.seal(alert)
        now = self.clock.now()
        self.store.append([Event(f"raised-{alert}", "d", now, make_alert_raised(alert, now))])

    def bodies(self) -> list[object]:
        return [recorded.event.body for recorded in self.store.events()]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def readable(place: Place, alert: str) -> bool:
    try:
        return place.vault.get(alert, f"alert-{alert}", context=CONTEXT) == b"a face"
    except VaultError:
        return False


def test_evidence_is_kept_until_it_is_due_and_not_longer(place: Place) -> None:
    place.raise_alert("a")
    place.clock.time += KEPT - timedelta(seconds=1)
    assert place.retention.run() == ()
    assert readable(place, "a")
    place.clock.time += timedelta(seconds=1)
    (receipt,) = place.retention.run()
    assert receipt.done
    assert not readable(place, "a")
    deleted = place.bodies()[-1]
    assert isinstance(deleted, EvidenceDeleted)
    assert deleted.alert == "a"
    assert place.retention.held() == ()
    assert place.retention.run() == (), "once is enough"


def test_what_is_due_before_the_next_run_goes_now_but_nothing_on_hold(place: Place) -> None:
    ahead = timedelta(minutes=15)
    place.raise_alert("a")
    place.raise_alert("b")
    until = START + timedelta(days=3)
    place.retention.hold("b", by="A. Reviewer", reason="case 7", until=until)
    place.clock.time = START + KEPT - ahead - timedelta(seconds=1)
    assert place.retention.run(ahead=ahead) == ()
    place.clock.time += timedelta(seconds=1)
    assert [receipt.what for receipt in place.retention.run(ahead=ahead)] == ["a"]
    place.clock.time = until - timedelta(seconds=1)
    assert place.retention.run(ahead=ahead) == ()
    place.clock.time = until
    assert [receipt.what for receipt in place.retention.run(ahead=ahead)] == ["b"]


def test_a_hold_keeps_evidence_and_can_be_renewed_and_released(place: Place) -> None:
    place.raise_alert("a")
    place.raise_alert("b")
    until = START + timedelta(days=31)
    place.retention.hold("a", by="A. Reviewer", reason="case 7", until=until)
    place.clock.time = START + timedelta(days=2)
    assert [receipt.what for receipt in place.retention.run()] == ["b"]
    assert place.retention.held()[0].hold == "case 7"
    renewed = place.clock.time + timedelta(days=31)
    place.retention.hold("a", by="A. Reviewer", reason="case 7 goes on", until=renewed)
    place.clock.time = until + timedelta(hours=1)
    assert place.retention.run() == ()
    assert readable(place, "a")
    place.retention.release("a", by="A. Reviewer")
    assert [receipt.what for receipt in place.retention.run()] == ["a"]
    assert not readable(place, "a")


@pytest.mark.parametrize(
    ("days", "reason", "said"),
    [(32, "case 7", "31 days"), (0, "case 7", "31 days"), (5, " ", "got no reason")],
)
def test_a_hold_needs_a_reason_and_an_end(place: Place, days: int, reason: str, said: str) -> None:
    place.raise_alert("a")
    with pytest.raises(RefusedError, match=said):
        place.retention.hold("a", by="A", reason=reason, until=START + timedelta(days=days))


def test_what_is_not_held_can_be_neither_held_nor_released(place: Place) -> None:
    with pytest.raises(RefusedError, match="no evidence"):
        place.retention.hold("x", by="A", reason="r", until=START + KEPT)
    place.raise_alert("a")
    with pytest.raises(RefusedError, match="got none"):
        place.retention.release("a", by="A")


def test_a_deletion_that_fails_is_recorded_and_tried_until_it_succeeds(
    place: Place, tmp_path: Path
) -> None:
    place.raise_alert("a")
    place.raise_alert("b")
    obstacle = tmp_path / "evidence" / "alert-a" / "folder"
    obstacle.mkdir()  # a folder where files are expected cannot be unlinked, not even by root
    place.clock.time += KEPT
    receipts = {receipt.what: receipt for receipt in place.retention.run()}
    assert receipts["a"].error
    assert receipts["b"].done, "one failure does not stop the others"
    assert any(isinstance(body, DeletionFailed) for body in place.bodies())
    assert [item.alert for item in place.retention.held()] == ["a"]
    obstacle.rmdir()
    (again,) = place.retention.run()
    assert again.done
    assert place.retention.held() == ()


def test_what_was_sealed_for_an_alert_that_was_never_recorded_goes(place: Place) -> None:
    place.raise_alert("a")
    before = place.bodies()
    place.seal("lost")
    place.clock.time = datetime.now(UTC)  # the key's age is told by its file
    place.retention.hold("a", by="Ann", reason="case", until=place.clock.time + KEPT)
    before = place.bodies()
    assert place.retention.run() == (), "it may be on its way into the record"
    place.clock.time += STRAY_AGE + timedelta(minutes=1)
    (receipt,) = place.retention.run()
    assert receipt.what == "lost"
    assert not readable(place, "lost")
    assert place.bodies() == before


def aged(place: Place) -> None:
    """Let every key be older than one that may be on its way into the record."""
    for name in place.keys.names():
        path = place.folder / "keys" / "keys" / f"{name}.key"
        old = (START - timedelta(days=1)).timestamp()
        os.utime(path, (old, old))


@pytest.mark.parametrize("noted", [True, False])
@pytest.mark.parametrize("begun", [True, False])
def test_another_record_deletes_nothing_that_it_does_not_know(
    tmp_path: Path, *, noted: bool, begun: bool
) -> None:
    place = Place(tmp_path)
    place.raise_alert("a")
    place.retention.hold("a", by="Ann", reason="case 7", until=START + timedelta(days=31))
    aged(place)
    if noted:
        assert place.retention.run() == ()
    place.store.close()
    (tmp_path / "events.sqlite").unlink()  # lost, or the setting names another
    again = Place(tmp_path)
    if begun:
        again.raise_alert("b")
    if begun and not noted:  # nothing tells that it is another: `overt run` notes it before
        return
    (receipt,) = again.retention.run()
    assert "not the record that the keys belong to" in receipt.error
    assert not receipt.done
    assert readable(again, "a"), "evidence on hold is gone"


def test_a_record_whose_end_was_cut_off_deletes_nothing_that_it_does_not_know(
    tmp_path: Path,
) -> None:
    place = Place(tmp_path)
    place.raise_alert("a")
    require_own(place.store, keys=place.keys)
    place.store.close()
    backup = (tmp_path / "events.sqlite").read_bytes()
    place = Place(tmp_path)
    place.raise_alert("b")
    place.retention.hold("b", by="Ann", reason="case 7", until=START + timedelta(days=31))
    assert place.retention.run() == ()
    place.store.close()
    (tmp_path / "events.sqlite").write_bytes(backup)
    place = Place(tmp_path)
    aged(place)
    (receipt,) = place.retention.run()
    assert (receipt.what, receipt.done) == ("b", False)
    assert readable(place, "b")
    place.clock.time += KEPT
    told = {receipt.what: receipt.done for receipt in place.retention.run()}
    assert told == {"a": True, "b": False}, "what it knows is deleted all the same"


@pytest.mark.parametrize("by", ["", "  ", "...", "a\nb"])
def test_nobody_places_or_ends_a_hold_without_a_name(place: Place, by: str) -> None:
    place.raise_alert("a")
    until = START + timedelta(days=1)
    with pytest.raises(InputError, match="want who does this"):
        place.retention.hold("a", by=by, reason="case 7", until=until)
    place.retention.hold("a", by="Ann", reason="case 7", until=until)
    with pytest.raises(InputError, match="want who does this"):
        place.retention.release("a", by=by)
    assert place.retention.held()[0].hold == "case 7"


def test_what_is_due_next_comes_first(place: Place) -> None:
    for hours, alert in enumerate("cab"):
        place.clock.time = START + timedelta(hours=hours)
        place.raise_alert(alert)
    held: tuple[Held, ...] = place.retention.held()
    assert [item.alert for item in held] == ["c", "a", "b"]
    assert [item.is_due(START + KEPT) for item in held] == [True, False, False]
