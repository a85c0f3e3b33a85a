"""A room over a record in a SQLite file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from review_places import Room, SetClock

from overt.records.store import open_store


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with closing(open_store(tmp_path / "events.sqlite")) as store:
        yield Room(store, tmp_path / "data", SetClock())
