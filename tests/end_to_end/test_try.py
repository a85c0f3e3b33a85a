"""`overt try`: one video and a folder of photographs."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from commands import Commands, Done
from PIL import Image
from street import NAME, Street

from overt.records.store import open_store
from overt.values.events import (
    AlertRaised,
    DeploymentAuthorised,
    DeploymentConfigured,
    DeploymentStarted,
    DeploymentStopped,
    Event,
    FacesCounted,
    WatchlistComposed,
    WatchlistDestroyed,
)
from overt.vault.keys import KeyRing


def events_of(data: Path) -> list[Event]:
    store = open_store(data / "events.sqlite")
    try:
        recorded = list(store.events())
    finally:
        store.close()
    assert [each.sequence for each in recorded] == list(range(1, len(recorded) + 1))
    return [each.event for each in recorded]


def try_street(overt: Commands, street: Street, home: Path, *more: str) -> Done:
    return overt.run(
        "try", street.clip, "--listed", street.listed, "--out", home / "out", *more, home=home
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def tried(overt: Commands, street: Street, home: Path) -> Done:
    done = try_street(overt, street, home)
    assert done.code == 0, done.err
    return done


def test_the_listed_person_alerts_once_and_all_is_written_down(
    tried: Done, street: Street, home: Path
) -> None:
    assert tried.err.count("for a person to judge") == 1
    assert f"with {NAME};" in tried.err
    events = events_of(home / "out" / "data")
    kinds = [type(event.body) for event in events]
    assert kinds[:2] == [DeploymentAuthorised, WatchlistComposed]
    assert kinds[2:4] == [DeploymentConfigured, DeploymentStarted]
    assert set(kinds[4:-2]) == {AlertRaised, FacesCounted}
    assert kinds[-2:] == [DeploymentStopped, WatchlistDestroyed]
    assert kinds.count(AlertRaised) == 1
    assert len({event.deployment for event in events}) == 1
    counts = [event.body.counts for event in events if isinstance(event.body, FacesCounted)]
    assert sum(each.seen for each in counts) == street.people
    assert sum(each.compared + sum(each.unfit.values()) for each in counts) == street.people
    assert sum(each.frames for each in counts) == 75
    assert sum(each.alerts for each in counts) == 1


def test_the_contact_sheet_is_a_picture(tried: Done, home: Path) -> None:
    named = re.search(r"contact sheet: (.*\.png)", tried.out)
    assert named is not None
    with Image.open(named[1]) as sheet:
        assert sheet.format == "PNG"
        assert min(sheet.size) > 500
    assert [path.name for path in (home / "out").glob("*.png")] == [Path(named[1]).name]


def test_no_list_and_no_key_of_one_is_left(tried: Done, home: Path) -> None:
    assert tried.code == 0
    assert not (home / "out" / "data" / "list").exists()
    names = KeyRing(home / "out" / "data" / "keys").names()
    assert [name.partition("-")[0] for name in names] == ["alert", "disclosure"]
    assert not list((home / "tmp").iterdir())


def test_nobody_alerts_above_every_similarity(
    overt: Commands, street: Street, tmp_path: Path
) -> None:
    done = try_street(overt, street, tmp_path, "--threshold", "0.9")
    assert done.code == 0, done.err
    assert "for a person to judge" not in done.err
    events = events_of(tmp_path / "out" / "data")
    assert not [event for event in events if isinstance(event.body, AlertRaised)]


@pytest.mark.parametrize(("threshold", "code"), [("0.2", 1), ("nan", 2)])
def test_a_threshold_that_is_too_low_or_none_is_refused(
    threshold: str, code: int, overt: Commands, street: Street, tmp_path: Path
) -> None:
    done = try_street(overt, street, tmp_path, "--threshold", threshold)
    assert done.code == code
    assert "threshold: got" in done.err
    assert not (tmp_path / "out" / "data" / "list").exists()
    assert KeyRing(tmp_path / "out" / "data" / "keys").names() == ()


HOSTILE = (b"[bold]a[/nothing] :smile:.mp4", b"\xff\xfe.mp4", b"a\x1b[2J\nb.mp4")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_only_names(
    name: bytes, overt: Commands, street: Street, tmp_path: Path
) -> None:
    folder = os.fsencode(tmp_path) + b"/" + name.replace(b".mp4", b"")
    os.makedirs(folder)  # noqa: PTH103 - the name is bytes
    name = name.replace(b"/", b"_")
    clip, listed, out = folder + b"/" + name, folder + b"/listed", folder + b"/out"
    Path(os.fsdecode(clip)).symlink_to(street.clip)
    os.mkdir(listed)  # noqa: PTH102
    photo = listed + b"/" + name.replace(b".mp4", b".png")
    Path(os.fsdecode(photo)).symlink_to(next(street.listed.iterdir()))
    Path(os.fsdecode(listed + b"/no" + name.replace(b".mp4", b".png"))).write_bytes(b"none")
    done = overt.run("try", clip, "--listed", listed, "--out", out, home=tmp_path / "home")
    assert done.code == 0, done.err
    assert done.err.count("for a person to judge") == 1
    assert "not listed: no" in done.err
    assert "contact sheet: " in done.out
    assert "\x1b[2J" not in done.err + done.out
    missing = overt.run("try", clip + b"x", "--listed", listed, "--out", out, home=tmp_path / "h")
    assert missing.code == 2
    assert "\x1b[2J" not in missing.err
    assert "Traceback" not in missing.err
