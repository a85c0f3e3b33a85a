"""The SQLite file: who may open it, what is refused, and what a crash or a full disk leaves."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from event_strategies import events
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record_places import Start
from record_workers import (
    NOBODY,
    append_until_full,
    claimed,
    open_as_nobody,
    stopped,
)
from sqlalchemy import Engine, event

from overt.errors import RecordsError
from overt.records.base import Recorded
from overt.records.sql import SqlStore
from overt.records.sqlite import open_sqlite
from overt.values.events import Event


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "events.db"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def sequence_and_ids(path: Path) -> list[tuple[int, str]]:
    store = open_sqlite(path)
    try:
        return [(recorded.sequence, recorded.event.id) for recorded in store.events()]
    finally:
        store.close()


def test_only_the_owner_can_open_it(path: Path) -> None:
    store = open_sqlite(path)
    store.append([stopped()])
    assert mode(path.parent) == 0o700
    assert sorted(p.name for p in path.parent.iterdir()) == [
        "events.db",
        "events.db-shm",
        "events.db-wal",
    ]
    assert {mode(p) for p in path.parent.iterdir()} == {0o600}
    store.close()
    path.chmod(0o640)
    with pytest.raises(RecordsError, match="got permissions 0640, want 0600") as caught:
        open_sqlite(path)
    assert "chmod 600" in caught.value.hint


def test_a_commit_is_on_the_disk(path: Path) -> None:
    """WAL with synchronous=FULL (2): sqlite.org/pragma.html#pragma_synchronous."""
    store = open_sqlite(path)
    with engine_of(store).connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
    store.close()


def test_a_wrong_path_makes_no_record(tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match="no such folder"):
        open_sqlite(tmp_path / "mistyped" / "data" / "events.db")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(RecordsError, match="no regular file"):
        open_sqlite(tmp_path)


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "got an empty file, want a record of events"),
        (b"name,category\n", "got no database"),
        (b"SQLite format 3\0" + b"\xff" * 8192, "is not a database"),
    ],
)
def test_another_file_is_refused_and_left(tmp_path: Path, content: bytes, match: str) -> None:
    path = tmp_path / "events.db"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(RecordsError, match=match):
        open_sqlite(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE photos (name TEXT)")
    connection.close()
    path.chmod(0o600)
    with pytest.raises(RecordsError, match="got no table overt_schema, want a record"):
        open_sqlite(path)


def test_an_empty_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE photos (name TEXT)")
        connection.execute("DROP TABLE photos")
    path.chmod(0o600)
    with pytest.raises(RecordsError, match="got no table events, want a record"):
        open_sqlite(path)


def test_erased_texts_are_in_no_file(path: Path) -> None:
    store = open_sqlite(path)
    store.append([claimed(by=f"constable {n}") for n in range(50)])
    store.append([claimed(by="sergeant 7") for _ in range(50)])

    def files() -> bytes:
        return b"".join(each.read_bytes() for each in path.parent.iterdir())

    assert b"constable" in files()
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM events").fetchone()
    impatient = open_sqlite(path, busy_timeout_s=0.05)
    with pytest.raises(RecordsError, match="erased, but not yet wiped"):
        impatient.erase_openings(range(1, 51))
    impatient.close()
    reader.close()
    assert store.erase_openings(range(1, 51)) == 0
    assert b"constable" not in files()
    assert b"sergeant" in files()
    assert len(list(store.events())) == 100
    store.close()
    assert b"constable" not in files()


def test_locked_by_another(path: Path) -> None:
    store = open_sqlite(path, busy_timeout_s=0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(RecordsError, match=r"is locked by another program \(waited 0.05 s\)"):
        store.append([stopped()])
    assert list(store.events()) == []  # readers are not locked out
    other.execute("ROLLBACK")
    other.close()
    assert store.append([stopped()]) == (1,)
    store.close()


def engine_of(store: SqlStore) -> Engine:
    return store._database.engine  # pyright: ignore[reportPrivateUsage] - to break what it uses


def with_pragma(store: SqlStore, pragma: str) -> None:
    """Set what the next connections have."""

    def prepare(connection: sqlite3.Connection, _entry: object) -> None:
        connection.execute(f"PRAGMA {pragma}").fetchall()

    engine_of(store).dispose()
    event.listen(engine_of(store), "connect", prepare)


def test_a_full_database_leaves_nothing_half_written(path: Path) -> None:
    store = open_sqlite(path)
    with_pragma(store, "max_page_count = 40")
    done: list[tuple[int, str]] = []

    def fill() -> None:
        while True:
            batch = [stopped(reason="x" * 500) for _ in range(20)]
            done.extend(zip(store.append(batch), [e.id for e in batch], strict=True))

    with pytest.raises(RecordsError, match="the disk is full") as caught:
        fill()
    assert "free space" in caught.value.hint
    store.close()
    assert done
    assert sequence_and_ids(path) == done


def test_a_file_that_cannot_grow_leaves_nothing_half_written(path: Path, start: Start) -> None:
    open_sqlite(path).close()
    _, told = start(append_until_full, str(path), 300_000)
    done, error, hint = told.recv()
    assert "disk" in error
    assert hint
    assert done
    assert sequence_and_ids(path) == done
    store = open_sqlite(path)
    assert store.append([stopped()]) == (len(done) + 1,)
    store.close()


def test_a_connection_that_may_not_write_says_so(path: Path) -> None:
    store = open_sqlite(path)
    with_pragma(store, "query_only = ON")
    with pytest.raises(RecordsError, match="cannot be written"):
        store.append([stopped()])
    store.close()


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """Give a folder that a user without rights can get to."""
    folder = Path(tempfile.mkdtemp(prefix="overt-records-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_file_that_may_not_be_written(public_folder: Path, start: Start) -> None:
    path = public_folder / "events.db"
    open_sqlite(path).close()
    path.chmod(0o400)
    if os.geteuid() == 0:
        os.chown(path, NOBODY, NOBODY)
    _, told = start(open_as_nobody, public_folder)
    assert "cannot be written, want both writable" in told.recv()


def test_a_truncated_file_is_found(path: Path) -> None:
    store = open_sqlite(path)
    for _ in range(20):
        store.append([stopped(reason="x" * 500) for _ in range(20)])
    store.close()
    whole = path.read_bytes()
    for size in (100, 4096, len(whole) // 2, len(whole) - 4096):
        path.write_bytes(whole[:size])
        with pytest.raises(RecordsError) as caught:
            sequence_and_ids(path)
        assert caught.value.hint


class Whole:
    """A record as it was before it was edited; no dataclass, for that would be printed whole."""

    def __init__(self, content: bytes, events: list[Recorded]) -> None:
        self.content = content
        self.events = events


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(0, 2**20), bit=st.integers(0, 7))
def test_an_edited_byte_gives_the_same_events_or_an_error(
    whole: Whole, tmp_path: Path, position: int, bit: int
) -> None:
    """A byte that makes another valid event is the ledger's to find, and changes only that one."""
    content, want = whole.content, whole.events
    altered = bytearray(content)
    altered[position % len(content)] ^= 1 << bit
    path = tmp_path / "altered.db"
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    path.write_bytes(altered)
    path.chmod(0o600)
    try:
        store = open_sqlite(path)
        try:
            got = list(store.events())
        finally:
            store.close()
    except RecordsError as error:
        assert error.hint  # noqa: PT017 - either way is right
        return
    assert len(got) <= len(want)
    assert sum(a != b for a, b in zip(got, want, strict=False)) <= 1


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    path = tmp_path_factory.mktemp("whole") / "events.db"
    store = open_sqlite(path)
    store.append([stopped(f"d{n % 3}") for n in range(40)])
    found = list(store.events())
    store.close()
    return Whole(path.read_bytes(), found)


@settings(max_examples=20)
@given(st.lists(events(), max_size=3, unique_by=lambda e: e.id))
def test_the_file_holds_the_canonical_bytes(batch: list[Event]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.db"
        store = open_sqlite(path)
        store.append(batch)
        store.close()
        connection = sqlite3.connect(path)
        rows = connection.execute("SELECT at, canonical FROM events ORDER BY seq").fetchall()
        connection.close()
    assert len(rows) == len(batch)
    for (at, canonical), recorded in zip(rows, batch, strict=True):
        assert f'"at":"{at}"'.encode() in canonical
        assert f'"kind":"{recorded.body.kind}"'.encode() in canonical
