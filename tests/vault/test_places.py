"""Where sealed lists lie, and who works with one: notes outlive keys, locks die with processes."""

from __future__ import annotations

import multiprocessing
import signal
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from overt.errors import VaultError
from overt.vault.places import Place, Places

PLACE = Place("watchlist-1", Path("/lists/é"), "d" * 64, 3, datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "places")


def test_a_note_comes_back_and_names_what_it_was_taken_for(places: Places) -> None:
    assert places.find("watchlist-1") is None
    places.note(PLACE)
    places.note(replace(PLACE, listed=9))  # one that is there stays
    assert places.find("watchlist-1") == PLACE
    places.take(replace(PLACE, folder=Path("/moved")), "d1")
    places.take(replace(PLACE, folder=Path("/moved")), "d2")
    places.take(replace(PLACE, folder=Path("/moved")), "d1")
    want = replace(PLACE, folder=Path("/moved"), deployments=("d2", "d1"))
    assert places.find("watchlist-1") == want
    assert places.names() == ("watchlist-1",)
    places.forget("watchlist-1")
    assert places.names() == ()
    places.forget("watchlist-1")  # once more is no mistake


def test_a_list_without_a_note_gets_one_when_it_is_taken(places: Places) -> None:
    places.take(PLACE, "d1")
    assert places.find("watchlist-1") == replace(PLACE, deployments=("d1",))


def test_a_folder_whose_name_is_no_text_is_noted(places: Places) -> None:
    odd = replace(PLACE, folder=Path("/lists/\udcff"))
    places.note(odd)
    assert places.find("watchlist-1") == odd


def test_notes_are_private_and_a_damaged_one_is_said(places: Places, tmp_path: Path) -> None:
    places.note(PLACE)
    (file,) = (tmp_path / "places").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    for damage in ("no json", "[]", "{}", '{"folder": "zz"}'):
        file.write_text(damage)
        with pytest.raises(VaultError, match="watchlist-1"):
            places.find("watchlist-1")


def use(folder: Path, said: Connection) -> None:
    with Places(folder).in_use("watchlist-1"):
        said.send("in use")
        signal.pause()


def test_what_is_in_use_is_not_free_until_its_process_is_gone(
    places: Places, tmp_path: Path
) -> None:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(
        target=use, args=(tmp_path / "places", there)
    )
    process.start()
    try:
        assert here.poll(30)
        with places.free("watchlist-1") as free:
            assert not free
        with places.in_use("watchlist-1"):  # several may use it
            pass
    finally:
        process.kill()
        process.join()
    with places.free("watchlist-1") as free:
        assert free
        with pytest.raises(VaultError, match="being destroyed"), places.in_use("watchlist-1"):
            pass
