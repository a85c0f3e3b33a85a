"""Building a list: what can be used is kept, what cannot is named, who looks alike is told."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from street import GROUNDS

from overt.arrays import Rgb
from overt.errors import WatchlistError
from overt.governance.applications import from_folder
from overt.governance.building import Built, build_list
from overt.governance.listfile import ListFile
from overt.simulation import grace_hopper
from overt.vault.keys import KeyRing
from overt.wiring import Models, make_enrolment

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def build(photos: Path, models: Models, *, folder: Path, keys: KeyRing) -> Built:
    return build_list(
        from_folder(photos, GROUNDS),
        enrolment=make_enrolment(models),
        folder=folder,
        name="list",
        keys=keys,
        now=NOW,
    )


@pytest.fixture
def photos(portrait: Rgb, tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.fromarray(portrait).save(folder / "Eileen_Collins.png")
    Image.fromarray(portrait[:400, 60:420]).save(folder / "Eileen again.jpg", quality=90)
    Image.fromarray(grace_hopper().pixels).save(folder / "Grace_Hopper.png")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff broken")
    (folder / "notes.txt").write_text("not a photograph")
    return folder


def test_what_can_be_used_is_kept_and_look_alikes_are_told(
    photos: Path, models: Models, tmp_path: Path
) -> None:
    keys = KeyRing(tmp_path / "ring")
    built = build(photos, models, folder=tmp_path / "list", keys=keys)
    entries = built.list.watchlist.entries
    assert [entry.reference for entry in entries] == [
        "Eileen again", "Eileen_Collins", "Grace_Hopper",
    ]  # fmt: skip
    assert entries[1].name == "Eileen Collins"
    assert [rejected.file.name for rejected in built.rejected] == ["broken.jpg"]
    assert [(pair.first, pair.second, pair.same) for pair in built.alike] == [
        ("Eileen again", "Eileen_Collins", True)
    ]
    assert entries[0].warnings == ("looks like Eileen_Collins on this list",)
    assert entries[2].warnings == ()
    assert built.list.watchlist.built == NOW
    assert built.list.watchlist.bundle == models.opened.bundle.digest


def test_the_list_reads_back_with_the_same_digest(
    photos: Path, models: Models, tmp_path: Path
) -> None:
    keys = KeyRing(tmp_path / "ring")
    built = build(photos, models, folder=tmp_path / "list", keys=keys)
    again = ListFile(tmp_path / "list", keys=keys)
    assert again.watchlist.digest == built.list.watchlist.digest
    assert again.watchlist.entries == built.list.watchlist.entries
    same = np.array_equal(
        again.watchlist.embeddings.vectors, built.list.watchlist.embeddings.vectors
    )
    assert same
    other = build(photos, models, folder=tmp_path / "other", keys=keys)
    assert other.list.watchlist.digest == again.watchlist.digest


def test_nobody_to_list_makes_no_list(models: Models, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for name in "abcdefg":
        Image.new("RGB", (64, 64)).save(photos / f"{name}.png")
    keys = KeyRing(tmp_path / "ring")
    with pytest.raises(WatchlistError, match=r"got no photograph that can be used \(a\.png: "):
        build(photos, models, folder=tmp_path / "list", keys=keys)
    assert not (tmp_path / "list").exists()
    assert keys.names() == ()


def test_a_folder_that_is_there_is_not_touched(
    photos: Path, models: Models, tmp_path: Path
) -> None:
    (tmp_path / "list").mkdir()
    (tmp_path / "list" / "mine").write_text("mine")
    with pytest.raises(WatchlistError, match="want a new one"):
        build(photos, models, folder=tmp_path / "list", keys=KeyRing(tmp_path / "ring"))
    assert (tmp_path / "list" / "mine").read_text() == "mine"
