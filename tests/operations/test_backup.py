"""A backup holds what was recorded and no key; what was deleted stays so after a restore."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import make_alert_raised
from commands import Commands
from disks import small_disk
from killing import kill_when
from machines import begin, hold, settings_in, sign
from record_places import Place

from overt.clock import SystemClock
from overt.errors import BackupError, OvertError, RecordsError, VaultError
from overt.governance.own_record import why_foreign
from overt.ids import time_ordered_id
from overt.ledger.tree import Tree
from overt.operations.backup import make_backup
from overt.operations.durable import sha256_of
from overt.operations.manifest import Held, read_manifest
from overt.operations.restore import STAGE, Restored, restore
from overt.records.store import open_store
from overt.settings import Settings
from overt.values.duty_events import EvidenceDeleted, RecordRestored
from overt.values.events import AlertRaised, Event
from overt.vault.keys import ALERT_KEY
from overt.wiring import (
    decoy_sealer,
    evidence_opener,
    make_log,
    make_retention,
    open_keys,
    open_records,
)

EVIDENCE = b"the evidence of somebody"


def raise_alert(settings: Settings, alert: str, *, age: timedelta) -> str:
    """Seal and record an alert of some age, and give its commitment."""
    keys = open_keys(settings)
    at = datetime.now(UTC) - age
    raised = make_alert_raised(alert)
    commitment = decoy_sealer(settings.evidence_dir, keys)(alert, EVIDENCE)
    with closing(open_records(settings)) as store:
        body = replace(raised, commitment=commitment)
        store.append([Event(time_ordered_id(at), "d", at, body)])
    return commitment


@pytest.fixture
def machine(tmp_path: Path) -> Settings:
    (tmp_path / "one").mkdir()
    settings = settings_in(tmp_path / "one")
    begin(settings, events=700)
    with closing(open_records(settings)) as store:
        store.append([hold("A. Reviewer")])
    return settings


def backed_up(settings: Settings, to: Path) -> Path:
    make_backup(settings, to, clock=SystemClock())
    return to


def put_back(settings: Settings, backup: Path) -> Restored:
    return restore(settings, backup, by="A. Chief", clock=SystemClock(), new_id=time_ordered_id)


def lose(settings: Settings) -> None:
    """Lose everything but the keys."""
    for path in settings.data_dir.iterdir():
        if path != settings.keys_dir:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def leaves(settings: Settings) -> list[bytes]:
    with closing(open_records(settings)) as store:
        return list(store.leaves())


@pytest.mark.parametrize("name", ["backup", "backup.tar"])
def test_it_comes_back_and_goes_on(machine: Settings, tmp_path: Path, name: str) -> None:
    raise_alert(machine, "a7", age=timedelta(hours=1))
    before, backup = leaves(machine), backed_up(machine, tmp_path / name)
    lose(machine)
    done = put_back(machine, backup)
    assert (done.lost, done.receipts) == (0, ())
    after = leaves(machine)
    assert after[: len(before)] == before
    with closing(open_records(machine)) as store:
        (*_, recorded) = store.events()
        assert isinstance(recorded.event.body, RecordRestored)
        assert recorded.event.body.by == "A. Chief"
        assert store.check() == ()
        keys = open_keys(machine)
        assert why_foreign(store, keys=keys) == ""
        make_log(machine, store=store).checkpoint()  # the log goes on under its key
        (raised,) = list(store.events(kinds=(AlertRaised.kind,)))
        assert isinstance(raised.event.body, AlertRaised)
        opened = evidence_opener(machine.evidence_dir, keys)
        assert opened("a7", raised.event.body.commitment) == EVIDENCE
    assert not (machine.data_dir / STAGE).exists()


def test_no_key_of_anybody_is_in_it(machine: Settings, tmp_path: Path) -> None:
    raise_alert(machine, "a7", age=timedelta(hours=1))
    folder = backed_up(machine, tmp_path / "backup")
    held = [path for path in folder.rglob("*") if path.is_file()]
    assert [path.name for path in held if path.suffix == ".key"] == ["ledger.key"]
    secrets = [path.read_bytes() for path in machine.keys_dir.rglob("*.key")]
    secrets = [each for each in secrets if each != (folder / "keys/ledger.key").read_bytes()]
    assert len(secrets) == 2  # the master key, and the alert's
    assert [path for path in held for each in secrets if each in path.read_bytes()] == []
    assert {oct(path.stat().st_mode & 0o077) for path in folder.rglob("*")} == {"0o0"}
    with pytest.raises(BackupError, match="no key of anybody's data"):
        Held("keys/alert-a7.key", 1, "00")


def test_what_was_deleted_since_stays_deleted(machine: Settings, tmp_path: Path) -> None:
    """Its key is gone; after the restore it falls due again, and a receipt says so."""
    commitment = raise_alert(machine, "a7", age=timedelta(days=2))
    backup = backed_up(machine, tmp_path / "backup")
    with closing(open_records(machine)) as store:
        make_retention(machine, store=store, clock=SystemClock()).run()
        assert len(list(store.events(kinds=(EvidenceDeleted.kind,)))) == 1
        lost_from = len(list(store.leaves()))
    lose(machine)
    done = put_back(machine, backup)
    assert done.lost == lost_from - done.manifest.events == 1
    assert [receipt.what for receipt in done.receipts] == ["a7"]
    with closing(open_records(machine)) as store:
        kinds = [each.event.body.kind for each in store.events()]
    assert kinds[-2:] == [RecordRestored.kind, EvidenceDeleted.kind]
    assert not (machine.evidence_dir / f"{ALERT_KEY}a7").exists()
    with pytest.raises(VaultError):
        evidence_opener(machine.evidence_dir, open_keys(machine))("a7", commitment)


def test_a_new_machine_has_no_keys_and_opens_nothing(machine: Settings, tmp_path: Path) -> None:
    commitment = raise_alert(machine, "a7", age=timedelta(hours=1))
    backup = backed_up(machine, tmp_path / "backup")
    (tmp_path / "two").mkdir()
    other = settings_in(tmp_path / "two")
    put_back(other, backup)
    with pytest.raises(VaultError, match="master key"):
        open_keys(other)
    shutil.copy(machine.keys_dir / "master.key", other.keys_dir / "master.key")
    keys = open_keys(other)
    with pytest.raises(VaultError, match="got none"):
        evidence_opener(other.evidence_dir, keys)("a7", commitment)
    with closing(open_records(other)) as store:
        make_log(other, store=store).checkpoint()


def test_a_record_on_a_server(place: Place, machine: Settings, tmp_path: Path) -> None:
    if place.engine.startswith("sqlite"):
        pytest.skip("tested by all others")
    backup = backed_up(machine, tmp_path / "of a file")
    before = leaves(machine)
    (tmp_path / "two").mkdir()
    server = settings_in(tmp_path / "two", records=place.address)
    put_back(server, backup)
    assert leaves(server)[: len(before)] == before
    again = backed_up(server, tmp_path / "of a server")
    assert read_manifest((again / "manifest.json").read_bytes()).events == len(before) + 1
    with pytest.raises(BackupError, match="want an empty database"):
        put_back(server, backup)


def test_nothing_is_written_over(machine: Settings, tmp_path: Path) -> None:
    backup = backed_up(machine, tmp_path / "backup")
    with pytest.raises(BackupError, match="want a new name"):
        make_backup(machine, backup, clock=SystemClock())
    with pytest.raises(BackupError, match="a record that is there"):
        put_back(machine, backup)
    Path(machine.record_address).unlink()
    with pytest.raises(BackupError, match="want none"):
        put_back(machine, backup)


def damage_file(backup: Path) -> None:
    path = backup / "record/events.sqlite"
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(content)


def lose_file(backup: Path) -> None:
    (backup / "ledger/first.vkey").unlink()


def rewrite(backup: Path) -> None:
    """Alter an event, and make the manifest anew: only the log tells."""
    record = backup / "record/events.sqlite"
    with closing(sqlite3.connect(record)) as connection, connection:
        connection.execute("DROP TRIGGER events_update")
        text = "replace(CAST(canonical AS TEXT), 'reason 1', 'reason 2')"
        connection.execute(f"UPDATE events SET canonical = CAST({text} AS BLOB)")  # noqa: S608
    with closing(open_store(record)) as store:
        store.rebuild()
    forge(backup)


def cut(backup: Path) -> None:
    """Take the last events away, and make the manifest anew: only the log tells."""
    record = backup / "record/events.sqlite"
    with closing(sqlite3.connect(record)) as connection, connection:
        for table in ("events", "openings"):
            connection.execute(f"DROP TRIGGER IF EXISTS {table}_delete")
        connection.execute("DELETE FROM openings")
        connection.execute("DELETE FROM events WHERE seq > 600")
    forge(backup)


def forge(backup: Path) -> None:
    record = backup / "record/events.sqlite"
    tree = Tree()
    with closing(open_store(record)) as store:
        for leaf in store.leaves():
            tree.append(leaf)
    path = backup / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest |= {"events": tree.size, "root": tree.root().hex()}
    for each in manifest["files"]:
        if each["path"] == "record/events.sqlite":
            each |= {"sha256": sha256_of(record), "size": record.stat().st_size}
    path.write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (damage_file, "sha256"),
        (lose_file, "no file ledger/first.vkey"),
        (rewrite, "as signed"),
        (cut, "as the log signed"),
    ],
)
def test_a_backup_that_is_not_what_was_written(
    machine: Settings, tmp_path: Path, harm: object, says: str
) -> None:
    with closing(open_records(machine)) as store:
        sign(machine, store)
    backup = backed_up(machine, tmp_path / "backup")
    assert callable(harm)
    harm(backup)
    lose(machine)
    with pytest.raises(OvertError, match=says):
        put_back(machine, backup)
    assert not Path(machine.record_address).exists()
    assert not machine.ledger_dir.exists()


def test_a_path_that_leads_elsewhere() -> None:
    for path in ("../x", "record/../../x", "/etc/passwd", "overt.toml", "record//x"):
        with pytest.raises(BackupError, match="one of a backup's own"):
            Held(path, 1, "00")


def test_a_full_disk(machine: Settings, tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", kilobytes=200):
        for name in ("backup", "backup.tar"):
            with pytest.raises((BackupError, RecordsError)) as caught:
                make_backup(machine, tmp_path / "small" / name, clock=SystemClock())
            assert "free space" in caught.value.hint
        assert list((tmp_path / "small").iterdir()) == []


def work(settings: Settings, to: Path) -> None:
    make_backup(settings, to, clock=SystemClock())


def work_back(settings: Settings, backup: Path) -> None:
    put_back(settings, backup)


def test_a_backup_killed_at_any_moment(machine: Settings, tmp_path: Path) -> None:
    """It is there whole, or not at all; the next one cleans up."""
    drawn = random.Random(3)  # noqa: S311 - no secret
    folder = tmp_path / "backups"
    folder.mkdir()
    moments = ("*", "*/ledger", "*/record/events.sqlite", "*/manifest.json", "one")
    for moment in moments:
        kill_when(
            work,
            machine,
            folder / "one",
            holds=lambda: next(folder.glob(moment), None) is not None,  # noqa: B023
            drawn=drawn,
        )
        if (folder / "one").exists():
            assert (folder / "one" / "manifest.json").is_file()
            shutil.rmtree(folder / "one")
    backed_up(machine, folder / "one")
    assert [path.name for path in folder.iterdir()] == ["one"]


@pytest.mark.parametrize("moment", [STAGE, f"{STAGE}/verified", "evidence", "events.sqlite"])
def test_a_restore_killed_at_any_moment(machine: Settings, tmp_path: Path, moment: str) -> None:
    raise_alert(machine, "a7", age=timedelta(days=2))
    backup = backed_up(machine, tmp_path / "backup")
    before = leaves(machine)
    drawn = random.Random(moment)  # noqa: S311 - no secret
    lose(machine)
    for _ in range(2):
        kill_when(
            work_back,
            machine,
            backup,
            holds=(machine.data_dir / moment).exists,
            drawn=drawn,
        )
    if (machine.data_dir / STAGE).exists() or not Path(machine.record_address).exists():
        put_back(machine, backup)
    after = leaves(machine)
    assert after[: len(before)] == before
    with closing(open_records(machine)) as store:
        assert len(list(store.events(kinds=(RecordRestored.kind,)))) == 1
        assert store.check() == ()


def test_the_commands(overt: Commands, tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    begin(settings, events=3)
    done = overt.run("backup", tmp_path / "b.tar", home=tmp_path)
    assert done.code == 0, done.err
    assert "\t3 events\troot " in done.out
    done = overt.run("restore", tmp_path / "b.tar", "--by", "A. Chief", home=tmp_path)
    assert (done.code, "a record that is there" in done.err) == (1, True)
    lose(settings)
    done = overt.run("restore", tmp_path / "b.tar", "--by", "A. Chief", home=tmp_path)
    assert done.code == 0, done.err
    assert done.out.startswith("restored 3 events of ")
