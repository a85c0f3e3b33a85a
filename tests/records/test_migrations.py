"""A record of an older schema is brought to the newest one, with what it holds."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from first_schema import OFFICER, bodies, make_first
from record_places import Place, Start
from record_workers import append_often, stopped
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

import overt.records.migrations
from overt.errors import RecordsError
from overt.records.schema import SCHEMA, VERSION_TABLE
from overt.records.tables import metadata
from overt.values.events import DeploymentAuthorised

RUNS = 30


@pytest.fixture
def first(place: Place) -> Place:
    """Give a record of the first schema that holds data."""
    if place.engine.startswith("sqlite"):
        path = Path(place.address)
        path.parent.mkdir(mode=0o700)
        path.touch(mode=0o600)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
    make_first(place, deployments=RUNS)
    return place


def backups(place: Place) -> list[Path]:
    return sorted(Path(place.address).parent.glob("*.backup*"))


def test_everything_still_reads(first: Place) -> None:
    kinds = [kind for kind, _ in bodies()] * RUNS
    with first.store() as store:
        read = list(store.events())
        assert [r.sequence for r in read] == list(range(1, len(kinds) + 1))
        assert [r.event.body.kind for r in read] == kinds
        authorised = read[0].event.body
        assert isinstance(authorised, DeploymentAuthorised)
        assert (authorised.officer, authorised.necessity, authorised.policy) == (OFFICER, "é", "")
        assert not any(OFFICER.encode() in leaf for leaf in store.leaves())
        assert store.check() == ()
        assert store.append([stopped()]) == (len(kinds) + 1,)
        assert store.erase_openings(range(1000)) == RUNS
    with first.store() as store:
        assert store.check() == ()
    for statement in ("UPDATE events SET kind = 'x'", "DELETE FROM events WHERE seq = 1"):
        with pytest.raises(DBAPIError, match="never changed"):
            first.execute(statement)


def test_the_tables_are_those_that_the_code_uses(first: Place) -> None:
    """Held to Alembic's own comparison, for a record that was migrated and for a new one."""
    first.store().__enter__().close()
    engine = create_engine(first.engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == SCHEMA
    engine.dispose()


def test_the_newest_step_is_the_schema() -> None:
    script = ScriptDirectory(str(Path(overt.records.migrations.__file__).parent))
    assert script.get_current_head() == SCHEMA
    steps = [step.revision for step in script.walk_revisions()]
    assert steps == [f"{n:04d}" for n in range(len(steps), 0, -1)]


def test_many_open_an_old_record_at_once(first: Place, start: Start) -> None:
    workers = [start(append_often, first.address, writer, 3) for writer in range(4)]
    done = [number for _, told in workers for number, _ in told.recv()]
    with first.store() as store:
        assert [r.sequence for r in store.events()][-len(done) :] == sorted(done)
        assert store.check() == ()
    if first.engine.startswith("sqlite"):
        assert len(backups(first)) == 1


def test_a_step_that_fails_leaves_the_record_as_it_was(first: Place) -> None:
    """The last event is none that this version can read."""
    last = len(bodies()) * RUNS + 1
    noise = "x'7b7d'" if first.engine.startswith("sqlite") else r"'\x7b7d'"
    first.execute(f"INSERT INTO events VALUES ({last}, 'e', 'd', 'k', 1, 'now', {noise})")  # noqa: S608
    for _ in range(2):
        with pytest.raises(RecordsError, match=f"event {last}: event: got"):
            first.store().__enter__()
    engine = create_engine(first.engine)
    with engine.connect() as connection:
        versions = connection.exec_driver_sql("SELECT version FROM schema_version").all()
        plain = connection.exec_driver_sql(
            "SELECT canonical FROM events WHERE seq = 1"
        ).scalar_one()
        context = MigrationContext.configure(connection)
        tables = context.dialect.get_table_names(connection)  # pyright: ignore[reportArgumentType]
    engine.dispose()
    assert [tuple(row) for row in versions] == [(1,)]
    assert OFFICER.encode() in plain
    assert sorted(tables) == ["events", "schema_version"]


def test_a_copy_stays_beside_it(first: Place) -> None:
    if not first.engine.startswith("sqlite"):
        pytest.skip("a server's administrator makes backups")
    first.store().__enter__().close()
    (copy,) = backups(first)
    assert copy.name == "events.db.schema-0001.backup"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        found = connection.execute(
            "SELECT schema_version.version, count(*) FROM schema_version, events"
        ).fetchone()
    assert found == (1, len(bodies()) * RUNS)
    path = Path(first.address)
    path.write_bytes(copy.read_bytes())  # the copy is put back, and is brought up again
    first.store().__enter__().close()
    assert [p.name for p in backups(first)] == [copy.name, f"{copy.name}-2"]
