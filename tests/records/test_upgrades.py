"""A record of every schema that there ever was is upgraded, with real rows, and the doctor says so.

A new step is tested here by itself: the revisions are read from the steps.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, MigrationStep, RevisionStep
from alembic.script import ScriptDirectory
from commands import Commands
from first_schema import OFFICER, bodies, make_first
from record_places import Place
from record_workers import stopped
from sqlalchemy import create_engine

import overt.records.migrations
from overt.clock import SystemClock
from overt.ids import time_ordered_id
from overt.operations.backup import make_backup
from overt.operations.doctor.database import check_database
from overt.operations.doctor.finding import Verdict
from overt.operations.restore import restore
from overt.records.inspecting import inspect_record
from overt.records.schema import FIRST_VERSION_TABLE, SCHEMA, VERSION_TABLE
from overt.records.store import open_store
from overt.settings import Settings
from overt.values.events import DeploymentAuthorised

RUNS = 5
SCRIPT = ScriptDirectory(str(Path(overt.records.migrations.__file__).parent))
REVISIONS = sorted(step.revision for step in SCRIPT.walk_revisions())


def make_record(place: Place, revision: str) -> None:
    """Make a record of the first schema, with rows, and take the steps up to a revision."""
    if place.engine.startswith("sqlite"):
        path = Path(place.address)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.touch(mode=0o600)
    make_first(place, deployments=RUNS)
    if revision == REVISIONS[0]:
        return

    def steps(_heads: object, _context: object) -> Iterable[RevisionStep]:
        missing = reversed(list(SCRIPT.iterate_revisions(revision, REVISIONS[0])))
        return [MigrationStep.upgrade_from_script(SCRIPT.revision_map, step) for step in missing]

    engine = create_engine(place.engine)
    with engine.begin() as connection:
        options = {"version_table": VERSION_TABLE, "fn": steps}
        context = MigrationContext.configure(connection, opts=options)
        operations = Operations(context)
        operations.drop_table(FIRST_VERSION_TABLE)
        context.stamp(SCRIPT, REVISIONS[0])
        context.run_migrations(operations=operations)
    engine.dispose()


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_schema_is_upgraded(place: Place, revision: str) -> None:
    make_record(place, revision)
    kinds = [kind for kind, _ in bodies()] * RUNS
    found = inspect_record(place.address)
    assert (found.schema, found.events, found.is_current) == (
        revision,
        len(kinds),
        revision == SCHEMA,
    )
    told = {each.about: each for each in check_database(found)}["schema"]
    assert (told.verdict is Verdict.HOLDS) == (revision == SCHEMA)
    assert ("overt db upgrade" in told.advice) == (revision != SCHEMA)
    assert inspect_record(place.address).schema == revision, "looking changes nothing"
    with place.store() as store:
        if revision == SCHEMA:
            store.rebuild()  # the steps alone fill no table
        read = [each.event.body for each in store.events()]
        assert [body.kind for body in read] == kinds
        assert isinstance(read[0], DeploymentAuthorised)
        assert read[0].officer == OFFICER
        assert store.check() == ()
        store.append([stopped()])
    assert inspect_record(place.address).is_current


def test_a_backup_before_an_upgrade(tmp_path: Path) -> None:
    """It comes back upgraded; looking at the record for it leaves that one old."""
    settings = Settings(data_dir=tmp_path / "data")
    path = settings.data_dir / "events.sqlite"
    make_record(Place(str(path), f"sqlite:///{path}"), REVISIONS[0])
    backup = tmp_path / "backup"
    made = make_backup(settings, backup, clock=SystemClock())
    assert inspect_record(path).schema == REVISIONS[0]
    assert [each.name for each in (backup / "record").iterdir()] == ["events.sqlite"]
    other = Settings(data_dir=tmp_path / "other")
    restore(other, backup, by="A. Chief", clock=SystemClock(), new_id=time_ordered_id)
    found = inspect_record(other.data_dir / "events.sqlite")
    # It is recorded who restored it, and that the evidence of its alert is gone.
    assert (found.is_current, found.events) == (True, made.events + 2)


def test_the_command(overt: Commands, tmp_path: Path) -> None:
    path = tmp_path / "old" / "events.db"
    place = Place(str(path), f"sqlite:///{path}")
    make_record(place, REVISIONS[0])
    named = ("db", "upgrade", "--records", str(path))
    done = overt.run(*named, home=tmp_path)
    assert (done.code, done.out) == (0, f"schema 0001 -> {SCHEMA}, 30 events\n"), done.err
    assert (path.parent / "events.db.schema-0001.backup").exists()
    done = overt.run(*named, home=tmp_path)
    assert (done.code, done.out) == (0, f"schema {SCHEMA}: the newest\n")
    with closing(open_store(path)) as store:
        assert len(list(store.events())) == 30
