"""The doctor finds real faults, and says what to do about each."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Generator, Iterable
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from certificates import make_certificate
from commands import Commands
from disks import small_disk
from machines import begin, settings_in, stops
from record_places import Place
from serve_media import peer
from serve_rtsp import RtspCamera
from street import Street, deployment_file

from overt.clock import SystemClock
from overt.governance.deployment_file import read_deployment
from overt.inference.opened import OpenedBundle
from overt.operations.doctor.cameras import check_cameras
from overt.operations.doctor.certificates import check_certificates
from overt.operations.doctor.clock import check_clock
from overt.operations.doctor.database import check_database, look_at
from overt.operations.doctor.disk import check_disk, need_of
from overt.operations.doctor.examination import Asked, examine
from overt.operations.doctor.finding import Family, Finding, Verdict
from overt.operations.doctor.folders import check_folders
from overt.operations.doctor.keys import check_keys
from overt.operations.doctor.models import check_models
from overt.operations.doctor.timers import check_timers
from overt.records.inspecting import inspect_record
from overt.records.store import open_store
from overt.settings import Settings
from overt.vault.keys import ALERT_KEY
from overt.wiring import open_keys

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def failing(findings: Iterable[Finding]) -> list[Finding]:
    found = [each for each in findings if each.verdict is Verdict.FAILS]
    assert [each for each in found if not each.advice] == [], "a fault without what to do"
    return found


def the_fault(findings: Iterable[Finding]) -> str:
    (found,) = failing(findings)
    return f"{found.about}: {found.got} -> {found.advice}"


def everything(settings: Settings, *families: Family) -> list[Finding]:
    asked = Asked(settings, None, families, longest_ms=60_000)
    return list(examine(asked, clock=SystemClock()))


@pytest.fixture
def well(tmp_path: Path) -> Settings:
    settings = settings_in(tmp_path)
    begin(settings)
    return settings


def test_a_machine_that_is_well(well: Settings) -> None:
    families = [each for each in Family if each not in (Family.MODELS, Family.CAMERAS)]
    before = {path: path.stat().st_mtime_ns for path in well.data_dir.rglob("*") if path.is_file()}
    found = everything(well, *families)
    assert failing(found) == []
    held = {each.about for each in found if each.verdict is Verdict.HOLDS}
    assert {"schema", "soundness", "journal", "master key", "data keys", "last checkpoint"} <= held
    assert {"record against the log", "what is held of people", "policy"} <= held
    after = {path: path.stat().st_mtime_ns for path in well.data_dir.rglob("*") if path.is_file()}
    kept = {path for path in before if not path.name.endswith(("-shm", "-wal"))}
    assert {path: after[path] for path in kept} == {path: before[path] for path in kept}


def test_nothing_is_made_where_nothing_is(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "none", cache_dir=tmp_path / "cache")
    families = [each for each in Family if each not in (Family.MODELS, Family.CAMERAS)]
    assert failing(everything(settings, *families)) == []
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    with small_disk(folder, kilobytes=256):
        (folder / "filling").write_bytes(bytes(240 * 1024))
        space, write = failing(check_disk(folder, need=need_of(None)))
        assert "want" in space.got
        assert "No space left" in write.got
        assert [path.name for path in folder.iterdir()] == ["filling"]


def test_a_deployment_is_what_space_is_counted_for(street: Street, tmp_path: Path) -> None:
    one = read_deployment(deployment_file(tmp_path / "d.toml", str(street.clip), now=NOW))
    assert 0 < need_of(one).total < need_of(None).total


def test_folders_that_others_can_enter(well: Settings) -> None:
    well.keys_dir.chmod(0o755)
    assert "got permissions 0755, want 0700 -> find out" in the_fault(check_folders(well))
    assert any("0755" in each.got for each in failing(everything(well, Family.DATABASE)))


def test_a_record_on_a_network_file_system(well: Settings, tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    data = str(well.data_dir).replace(" ", r"\040")
    line = "36 35 98:0 / {} rw,noatime master:1 - {} server:/share rw\n"
    mounts.write_text(line.format("/", "ext4") + line.format(data, "nfs4"))
    assert "got nfs4, want a disk of this machine" in the_fault(check_folders(well, mounts=mounts))
    server = well.model_copy(update={"records": "postgresql://police@host/events"})
    assert failing(check_folders(server, mounts=mounts)) == []


def test_a_clock_that_jumped() -> None:
    behind = list(check_clock(NOW, known=NOW + timedelta(minutes=1)))
    assert "or later: the last that is recorded" in behind[0].got
    ahead = list(check_clock(NOW, known=NOW - timedelta(days=40)))
    assert (ahead[0].verdict, "--clock-is-right" in ahead[0].advice) == (Verdict.FAILS, True)
    (right, *_) = check_clock(NOW, known=NOW - timedelta(days=3))
    assert right.verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    ("program", "says", "verdict"),
    [
        ("timedatectl", "yes", Verdict.HOLDS),
        ("timedatectl", "no", Verdict.FAILS),
        ("chronyc", "Reference ID : 1\nLeap status     : Normal", Verdict.HOLDS),
        ("chronyc", "Leap status     : Not synchronised", Verdict.FAILS),
        ("chronyc", "506 Cannot talk to daemon", Verdict.CANNOT_TELL),
    ],
)
def test_what_keeps_the_clock(
    program: str, says: str, verdict: Verdict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / program
    script.write_text(f"#!/bin/sh\necho '{says}'\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert list(check_clock(NOW, known=None))[1].verdict is verdict


def test_a_locked_database(well: Settings) -> None:
    path = Path(well.record_address)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        start = time.monotonic()
        assert "is locked by another program" in the_fault(everything(well, Family.DATABASE))
        assert time.monotonic() - start < 60
    assert failing(everything(well, Family.DATABASE)) == []


def test_a_damaged_database(well: Settings) -> None:
    path = Path(well.record_address)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    content = bytearray(path.read_bytes())
    for page in range(3, len(content) // 4096):
        content[page * 4096 + 8 : page * 4096 + 200] = b"\xff" * 192
    path.write_bytes(content)
    found = look_at(path)
    found = [found] if isinstance(found, Finding) else list(check_database(found))
    (fault, *_) = failing(found)
    assert "backup" in fault.advice
    assert Family.LEDGER not in {each.family for each in everything(well, Family.LEDGER)}


def test_a_journal_that_is_not_written_ahead(well: Settings) -> None:
    with closing(sqlite3.connect(Path(well.record_address))) as connection:
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()
    assert "got delete, want wal" in the_fault(everything(well, Family.DATABASE))


def test_a_record_is_looked_at_in_every_store(place: Place) -> None:
    with place.store() as store:
        store.append(stops(["one", "two"], at=NOW))
    found = inspect_record(place.address)
    assert (found.events, found.is_current) == (2, True)
    assert found.last_at == "2026-06-01T12:00:00.000000Z"
    assert found.damage == ("" if place.engine.startswith("sqlite") else None)
    assert failing(check_database(found)) == []


def test_keys_that_others_can_read(well: Settings) -> None:
    (well.keys_dir / "master.key").chmod(0o640)
    assert "got permissions 0640, want 0600" in the_fault(check_keys(well))


def test_a_master_key_that_is_lost_or_another(well: Settings) -> None:
    master = well.keys_dir / "master.key"
    other = bytes(32)
    right = master.read_bytes()
    master.write_bytes(other)
    assert "data key ledger" in the_fault(check_keys(well))
    master.unlink()
    assert "no such file" in the_fault(check_keys(well))
    assert not master.exists()
    master.write_bytes(right)
    master.chmod(0o600)
    assert failing(check_keys(well)) == []


def test_a_record_that_was_rewritten(well: Settings) -> None:
    path = Path(well.record_address)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TRIGGER events_update")
        text = "replace(CAST(canonical AS TEXT), 'reason 1', 'reason 2')"
        connection.execute(f"UPDATE events SET canonical = CAST({text} AS BLOB)")  # noqa: S608
    assert "record against the log" in the_fault(everything(well, Family.LEDGER))


def test_a_signature_that_is_old(well: Settings) -> None:
    with closing(open_store(well.record_address)) as store:
        store.append(stops(["unsigned"]))
    assert failing(everything(well, Family.LEDGER)) == []
    (note,) = (well.ledger_dir / "checkpoints").glob("*.note")
    os.utime(note, (1, 1))
    assert "overt ledger checkpoint" in the_fault(everything(well, Family.LEDGER))


def test_retention_that_does_not_run(well: Settings) -> None:
    assert failing([check_timers(None, holding=0, now=NOW)]) == []
    assert failing([check_timers(NOW - timedelta(minutes=9), holding=5, now=NOW)]) == []
    assert "got never" in the_fault([check_timers(None, holding=1, now=NOW)])
    assert "2026-06-01T10:00" in the_fault(
        [check_timers(NOW - timedelta(hours=2), holding=1, now=NOW)]
    )
    open_keys(well).create(f"{ALERT_KEY}a1")
    assert "1 keys of people's data" in the_fault(everything(well, Family.TIMERS))


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [(-10, 90, ""), (-10, -1, "ended on"), (-10, 3, "14 days or more"), (1, 90, "begins on")],
)
def test_certificates(start: int, end: int, says: str, tmp_path: Path) -> None:
    days = timedelta(days=1)
    made = make_certificate(tmp_path, "one", start=NOW + start * days, end=NOW + end * days)
    settings = settings_in(tmp_path, web_certificate=made, web_key=made.with_suffix(".key"))
    found = failing(check_certificates(settings, now=NOW))
    assert [says in each.got for each in found] == ([True] if says else [])


def test_a_certificate_with_the_key_of_another(tmp_path: Path) -> None:
    end = NOW + timedelta(days=90)
    one, two = (make_certificate(tmp_path, n, start=NOW, end=end) for n in ("one", "two"))
    settings = settings_in(tmp_path, web_certificate=one, web_key=two.with_suffix(".key"))
    assert "the key of another certificate" in the_fault(check_certificates(settings, now=NOW))
    one.write_text("none")
    assert "want certificates (PEM)" in the_fault(check_certificates(settings, now=NOW))


def test_models_are_checked_and_timed(
    default_bundle: OpenedBundle, model_cache: Path, tmp_path: Path
) -> None:
    settings = settings_in(tmp_path, cache_dir=model_cache.parent)

    def looked(longest_ms: float) -> list[Finding]:
        names = (default_bundle.bundle.name,)
        return list(check_models(settings, names=names, longest_ms=longest_ms, clock=SystemClock()))

    assert failing(looked(60_000)) == []
    assert "want 0 ms or less" in the_fault(looked(0.001))


def test_a_model_with_another_hash(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "bundles" / "mine"
    folder.mkdir(parents=True)
    manifest = Path(__file__).parents[2] / "src/overt/bundles/default.toml"
    text = manifest.read_text().replace('name = "default"', 'name = "mine"', 1)
    (folder / "bundle.toml").write_text(wrong_hash(text))
    settings = settings_in(tmp_path)
    told = the_fault(
        check_models(settings, names=("mine",), longest_ms=60_000, clock=SystemClock())
    )
    assert "got sha256" in told


def wrong_hash(manifest: str) -> str:
    """Change the hash that the detector's file must have."""
    start = manifest.index('sha256 = "') + len('sha256 = "')
    return manifest[:start] + "0" * 64 + manifest[start + 64 :]


def test_cameras_of_a_deployment(street: Street, tmp_path: Path) -> None:
    drafted = read_deployment(deployment_file(tmp_path / "d.toml", str(street.clip), now=NOW))
    settings = settings_in(tmp_path)
    (found,) = check_cameras(drafted, settings, clock=SystemClock())
    assert found.verdict is Verdict.HOLDS, found
    assert "25.0 pictures a second" in found.got


def test_a_live_camera_and_one_that_refuses(tmp_path: Path) -> None:
    with peer(RtspCamera(login="admin:right", count=200, pause_s=0.01)) as server:
        addresses = [f"rtsp://admin:{word}@127.0.0.1:{server.port}/1" for word in ("right", "bad")]
        file = deployment_file(tmp_path / "d.toml", *addresses, now=NOW)
        drafted = read_deployment(file)
        settings = settings_in(tmp_path)
        right, wrong = check_cameras(drafted, settings, clock=SystemClock(), patience_s=60)
    assert (right.verdict, "160 x 120" in right.got) == (Verdict.HOLDS, True), right
    assert wrong.verdict is Verdict.FAILS
    assert "bad" not in f"{wrong}"


def test_a_camera_that_is_not_there(tmp_path: Path) -> None:
    address = "rtsp://user:secret@127.0.0.1:9/live"
    drafted = read_deployment(deployment_file(tmp_path / "d.toml", address, now=NOW))
    (found,) = check_cameras(drafted, settings_in(tmp_path), clock=SystemClock(), patience_s=2)
    assert found.verdict is Verdict.FAILS
    assert "secret" not in f"{found}"


@contextmanager
def toml_in(home: Path, text: str) -> Generator[None]:
    home.mkdir(parents=True, exist_ok=True)
    file = home / "overt.toml"
    file.write_text(text)
    yield
    file.unlink()


def test_the_command(overt: Commands, tmp_path: Path) -> None:
    begin(settings_in(tmp_path))
    looked = ("doctor", "--only", "settings", "--only", "database", "--only", "folders")
    done = overt.run(*looked, home=tmp_path)
    assert done.code == 0, done.out + done.err
    assert "holds\tdatabase\tschema\t" in done.out
    (tmp_path / "data").chmod(0o750)
    done = overt.run(*looked, "--json", home=tmp_path)
    assert done.code == 1
    told = json.loads(done.out)
    assert told["fails"] == 1
    (fault,) = [each for each in told["findings"] if each["verdict"] == "fails"]
    assert (fault["family"], fault["got"]) == ("folders", "got permissions 0750, want 0700")


def test_an_unknown_setting(overt: Commands, tmp_path: Path) -> None:
    with toml_in(tmp_path, "data_folder = '/tmp'\n"):
        done = overt.run("doctor", home=tmp_path)
    assert (done.code, done.out.count("\n")) == (1, 2)
    assert done.out.startswith("fails\tsettings\tsettings\t")
    assert "data_folder" in done.out
