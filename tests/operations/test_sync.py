"""A record is brought home in order, each event exactly once, whatever breaks off."""

from __future__ import annotations

import random
import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Semaphore
from pathlib import Path

import pytest
from builders import make_alert_raised
from commands import Commands
from cut_lines import cut_line
from killing import PATIENCE_S, kill_when, starting
from machines import VAN, make_van, settings_in, stops
from record_places import Place

from overt.clock import SystemClock
from overt.errors import ConflictError, LedgerError, ProofError, RecordsError, SignatureError
from overt.governance.elsewhere import taken_over
from overt.ids import time_ordered_id
from overt.operations.sync import Synced, sync
from overt.operations.target import MOST_BYTES, RecordTarget, verify_received
from overt.records.base import Exchange
from overt.records.store import open_exchange, open_store
from overt.settings import Settings
from overt.values.duty_events import EvidenceDeleted, HoldPlaced, RecordSynced
from overt.values.events import Event
from overt.wiring import make_log, make_retention, open_exchange_here, open_records

EVENTS = 1300


def into(record: Exchange) -> RecordTarget:
    return RecordTarget(record, clock=SystemClock(), new_id=time_ordered_id)


def bring(settings: Settings, address: str) -> list[Synced]:
    with (
        closing(open_exchange_here(settings)) as source,
        closing(open_exchange(address, busy_timeout_s=60)) as target,
    ):
        log = make_log(settings, store=source)
        return list(sync(source, into(target), log))


def bring_often(settings: Settings, address: str) -> None:
    """As a process of its own."""
    bring(settings, address)


def bring_in_turns(settings: Settings, address: str, may: Semaphore) -> None:
    """As a process that is killed: on a busy machine it must not be over before that."""
    with (
        closing(open_exchange_here(settings)) as source,
        closing(open_exchange(address, busy_timeout_s=60)) as target,
    ):
        log = make_log(settings, store=source)
        for _ in sync(source, into(target), log):
            may.acquire()


def require_home(settings: Settings, address: str, *, origin: str = VAN) -> None:
    """Check that the van's events are there in their order, once, with bytes and texts."""
    with (
        closing(open_exchange_here(settings)) as source,
        closing(open_exchange(address, busy_timeout_s=60)) as target,
    ):
        there = [
            each
            for span in taken_over(target)
            if span.body.log == origin
            for each in list(target.exact(after=span.first - 1))[: span.body.events]
        ]
        want = list(source.exact())
        assert [each.encoded for each in there] == [each.encoded for each in want]
        assert [each.event for each in there] == [each.event for each in want]
        ids = [each.event.id for each in target.exact()]
        assert len(set(ids)) == len(ids)
        assert verify_received(target, log=origin) == len(want)
        assert target.check() == ()


@pytest.fixture(scope="module")
def van(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make_van(tmp_path_factory.mktemp("van"), events=EVENTS)


@pytest.fixture
def home(place: Place) -> Place:
    """Give the force's record, with an event of its own."""
    with place.store() as store:
        store.append(stops(["of the force"]))
    return place


def test_everything_comes_home_once(home: Place, van: Settings) -> None:
    steps = bring(van, home.address)
    assert [step.size for step in steps] == [500, 1000, EVENTS]
    require_home(van, home.address)
    assert [step.taken for step in bring(van, home.address)] == [0]
    require_home(van, home.address)
    with home.store() as store:
        (recorded,) = store.events(kinds=(HoldPlaced.kind,))
        assert isinstance(recorded.event.body, HoldPlaced)
        assert recorded.event.body.by == "A. Reviewer"


def test_it_goes_on_where_it_was(home: Place, tmp_path: Path) -> None:
    van = make_van(tmp_path / "van", events=20)
    bring(van, home.address)
    with home.store() as store:
        store.append(stops(["of the force, later"]))
    with closing(open_records(van)) as store:
        store.append(stops(["new"]))
    (step,) = bring(van, home.address)
    assert (step.taken, step.size) == (1, 21)
    require_home(van, home.address)


def test_killed_at_any_moment(tmp_path: Path) -> None:
    van = make_van(tmp_path / "van", events=3000)
    address = str(tmp_path / "force.sqlite")
    with closing(open_store(address)) as store:
        store.append(stops(["of the force"]))

        def size() -> int:
            return sum(each.body.events for each in taken_over(store))

        drawn = random.Random(7)  # noqa: S311 - no secret
        sizes = [0]
        while sizes[-1] < 3000 and len(sizes) < 20:
            before, may = sizes[-1], starting().Semaphore(0)

            def one_more() -> bool:
                if size() <= before:  # noqa: B023 - called in this turn alone
                    return False
                may.release()  # noqa: B023
                return True

            kill_when(bring_in_turns, van, address, may, holds=one_more, drawn=drawn)
            sizes.append(size())
    bring(van, address)
    require_home(van, address)
    assert sizes == sorted(sizes)
    assert len({each for each in sizes if 0 < each < 3000}) >= 2, sizes


@pytest.mark.parametrize("place", ["postgres"], indirect=True)
def test_a_line_that_is_cut_at_any_byte(home: Place, van: Settings) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="line-") as folder,
        cut_line(Path(folder), home.address) as line,
    ):
        sizes: list[int] = []
        for left in (4_000, 60_000, 150_000, 250_000, 350_000, 500_000, 10**9):
            line.left = left
            try:
                bring(van, line.address)
            except RecordsError:
                with home.store() as store:
                    sizes.append(sum(each.body.events for each in taken_over(store)))
    assert len(sizes) >= 4
    assert {0, 500} <= set(sizes) <= {0, 500, 1000, EVENTS}, sizes
    require_home(van, home.address)


def test_an_event_that_is_there_with_other_bytes(home: Place, tmp_path: Path) -> None:
    van = make_van(tmp_path / "van", events=3)
    with closing(open_records(van)) as store, home.store() as force:
        first = next(iter(store.events())).event
        force.append([replace(first, deployment="another")])
    with pytest.raises(ConflictError, match="with other bytes"):
        bring(van, home.address)
    with home.store() as store:
        assert list(store.events(kinds=(RecordSynced.kind,))) == []


def test_two_machines_of_one_name(home: Place, tmp_path: Path) -> None:
    bring(make_van(tmp_path / "one", events=3), home.address)
    with pytest.raises(SignatureError, match="under the key"):
        bring(make_van(tmp_path / "two", events=3), home.address)


def test_a_record_that_was_cut_or_altered(tmp_path: Path) -> None:
    van = make_van(tmp_path / "van", events=5)
    address = str(tmp_path / "force.sqlite")
    open_store(address).close()
    bring(van, address)
    path = Path(van.record_address)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TRIGGER events_update")
        text = "replace(CAST(canonical AS TEXT), 'reason\":\"1', 'reason\":\"2')"
        connection.execute(f"UPDATE events SET canonical = CAST({text} AS BLOB)")  # noqa: S608
    with pytest.raises(LedgerError):
        bring(van, address)
    # One who makes the log anew too is found out by what came before.
    for each in sorted((van.ledger_dir).rglob("*")):
        if each.is_file() and each.parent.name in {"hashes", "checkpoints"}:
            each.unlink()
    with pytest.raises(ProofError, match="as they came before"):
        bring(van, address)


def test_an_older_copy_that_is_longer_than_what_came(tmp_path: Path) -> None:
    """Cut off in the middle, and put back from a copy: what was signed is more than it has."""
    van = make_van(tmp_path / "van", events=900)
    copy = settings_in(tmp_path / "copy")
    shutil.copytree(van.data_dir, copy.data_dir, dirs_exist_ok=True)
    with closing(open_records(van)) as store:
        store.append(stops(f"later {n}" for n in range(200)))
    address = str(tmp_path / "force.sqlite")
    with closing(open_exchange_here(van)) as source, closing(open_exchange(address)) as target:
        steps = sync(source, into(target), make_log(van, store=source))
        assert next(steps).size == 500
    with pytest.raises(LedgerError, match="got 1100 of its events known there, want 900 or fewer"):
        bring(copy, address)
    bring(van, address)
    require_home(van, address)


def test_parts_are_bounded_by_bytes_too(tmp_path: Path) -> None:
    van = make_van(tmp_path / "van", events=3)
    with closing(open_records(van)) as store:
        store.append(stops(["x" * (MOST_BYTES // 2), "y" * (MOST_BYTES // 2), "z" * MOST_BYTES]))
    address = str(tmp_path / "force.sqlite")
    open_store(address).close()
    assert [step.size for step in bring(van, address)] == [4, 5, 6]
    require_home(van, address)


def test_two_vans_at_once(home: Place, tmp_path: Path) -> None:
    names = ("police.example/van-1", "police.example/van-2")
    vans = [make_van(tmp_path / name[-1], events=900, origin=name) for name in names]
    both = [starting().Process(target=bring_often, args=(each, home.address)) for each in vans]
    for process in both:
        process.start()
    for process in both:
        process.join(PATIENCE_S)
        assert process.exitcode == 0
    for each, name in zip(vans, names, strict=True):
        require_home(each, home.address, origin=name)


def test_a_record_that_took_another_over_is_taken_over_itself(tmp_path: Path) -> None:
    bike = make_van(tmp_path / "bike", events=30, origin="police.example/bike")
    van = make_van(tmp_path / "van", events=30)
    bring(bike, str(van.record_address))
    address = str(tmp_path / "force.sqlite")
    open_store(address).close()
    bring(van, address)
    require_home(van, address)


def test_a_machine_deletes_what_it_holds_itself(tmp_path: Path) -> None:
    """The force's record tells of the van's alerts; no receipt is written where nothing lies."""
    van = make_van(tmp_path / "van", events=3)
    old = datetime.now(UTC) - timedelta(days=3)
    with closing(open_records(van)) as store:
        store.append([Event(time_ordered_id(old), "d", old, make_alert_raised("a9"))])
    (tmp_path / "force").mkdir()
    force = settings_in(tmp_path / "force")
    with closing(open_records(force)) as store:
        store.append(stops(["of the force"]))
    bring(van, str(force.record_address))
    for settings, held in ((force, 0), (van, 1)):
        with closing(open_records(settings)) as store:
            retention = make_retention(settings, store=store, clock=SystemClock())
            assert len(retention.held()) == held
            retention.run()
            assert len(list(store.events(kinds=(EvidenceDeleted.kind,)))) == held
    bring(van, str(force.record_address))
    with closing(open_records(force)) as store:
        assert len(list(store.events(kinds=(EvidenceDeleted.kind,)))) == 1


def test_the_command(overt: Commands, tmp_path: Path) -> None:
    make_van(tmp_path, events=4)
    force = tmp_path / "force.sqlite"
    done = overt.run("sync", "--to", force, home=tmp_path)
    assert (done.code, "which is not there" in done.err) == (2, True)
    open_store(force).close()
    done = overt.run("sync", "--to", force, home=tmp_path)
    assert done.code == 0, done.err
    assert done.out.startswith(f"{VAN}\t4 events brought\t4 there\troot ")
    done = overt.run("sync", "--to", tmp_path / "data" / "events.sqlite", home=tmp_path)
    assert (done.code, "own record" in done.err) == (2, True)
