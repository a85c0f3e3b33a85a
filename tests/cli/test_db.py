"""`overt db`: as a user runs it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from commands import Commands

from overt.ids import time_ordered_id
from overt.records.store import open_store
from overt.values.events import DeploymentStopped, Event

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_record_is_checked_and_rebuilt(overt: Commands, tmp_path: Path) -> None:
    path, home = tmp_path / "events.sqlite", tmp_path / "home"
    with closing(open_store(path)) as store:
        store.append(
            [Event(time_ordered_id(NOON), d, NOON, DeploymentStopped("done")) for d in "ab"]
        )
    where = ("--records", str(path))
    assert overt.run("db", "check", *where, home=home).code == 0
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE deployments SET stop_reason = 'x'")
    done = overt.run("db", "check", *where, home=home)
    assert (done.code, done.out) == (1, "deployments: 2 rows are not what the events say\n")
    assert "overt db rebuild" in done.err
    done = overt.run("db", "rebuild", *where, home=home)
    assert (done.code, done.out) == (0, "rebuilt from 2 events\n")
    assert overt.run("db", "check", *where, home=home).code == 0


def test_no_record_is_made(overt: Commands, tmp_path: Path) -> None:
    path, home = tmp_path / "mistyped.sqlite", tmp_path / "home"
    for command in ("check", "rebuild"):
        done = overt.run("db", command, "--records", str(path), home=home)
        assert done.code == 2
        assert "got no such file" in done.err
    assert [each.name for each in tmp_path.iterdir()] == ["home"]
    assert not (home / "data" / "events.sqlite").exists()
