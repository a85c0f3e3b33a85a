"""A room over a record in a SQLite file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from review_commands import Overt
from review_places import Room, SetClock
from typer.testing import CliRunner

from overt.cli.app import app
from overt.errors import OvertError
from overt.records.store import open_store


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with closing(open_store(tmp_path / "events.sqlite")) as store:
        yield Room(store, tmp_path / "data", SetClock())


@pytest.fixture
def overt_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Overt:
    """Run a command in a data folder of the test's own; give what it prints, cell by cell."""
    monkeypatch.setenv("OVERT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> list[list[str]]:
        done = CliRunner().invoke(app, words)
        if isinstance(done.exception, OvertError):
            raise done.exception
        assert done.exit_code == 0, done.output
        return [line.split("\t") for line in done.stdout.splitlines()]

    return run
