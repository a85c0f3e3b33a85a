"""What goes wrong is named, what was found before is kept, and nothing is left behind."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from commands import Commands, Done
from compose_media import sound
from disks import small_disk
from PIL import Image, ImageFilter
from street import Street, deployment_file
from test_stopping import build
from test_try import events_of, try_street

from overt.errors import VaultError
from overt.governance.listfile import ListFile
from overt.records.store import open_store
from overt.values.events import (
    AlertRaised,
    DeploymentStopped,
    FacesCounted,
    WatchlistDestroyed,
)
from overt.vault.keys import KeyRing


def require_told(done: Done, *, code: int, says: str) -> None:
    assert done.code == code, done.err
    assert "Traceback" not in done.err
    assert "error: " in done.err
    assert says in done.err


def try_clip(overt: Commands, street: Street, video: Path | str, home: Path) -> Done:
    return overt.run("try", video, "--listed", street.listed, "--out", home / "out", home=home)


def test_a_file_that_is_cut_off_keeps_what_was_found(
    overt: Commands, street: Street, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(street.clip.read_bytes()[: int(street.clip.stat().st_size * 0.8)])
    done = try_clip(overt, street, cut, tmp_path)
    require_told(done, code=2, says="broke off after")
    assert "faces seen" in done.out
    assert "contact sheet: " in done.out
    bodies = [event.body for event in events_of(tmp_path / "out" / "data")]
    assert sum(isinstance(body, AlertRaised) for body in bodies) == 1
    stopped = bodies[-2]
    assert isinstance(stopped, DeploymentStopped)
    assert stopped.reason.startswith("a source broke off: ")
    assert isinstance(bodies[-1], WatchlistDestroyed)
    assert sum(body.counts.seen for body in bodies if isinstance(body, FacesCounted)) == 4


def test_sound_without_a_picture_is_told(overt: Commands, street: Street, tmp_path: Path) -> None:
    sound(tmp_path / "sound.mp4")
    done = try_clip(overt, street, tmp_path / "sound.mp4", tmp_path)
    require_told(done, code=2, says="without a moving picture")
    assert not (tmp_path / "out" / "data" / "list").exists()


@pytest.mark.parametrize("video", ["missing.mp4", "ftp://camera/1", ""])
def test_a_video_that_is_not_there_starts_nothing(
    video: str, overt: Commands, street: Street, tmp_path: Path
) -> None:
    require_told(try_clip(overt, street, video, tmp_path), code=2, says="source: got")
    data = tmp_path / "out" / "data"
    assert not (data / "list").exists()
    assert not (data / "events.sqlite").exists()
    assert KeyRing(data / "keys").names() == ()


def test_a_folder_of_photos_that_cannot_be_used(
    overt: Commands, street: Street, tmp_path: Path
) -> None:
    photo = Image.open(next(street.listed.iterdir())).convert("RGB")
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.new("RGB", (300, 300), (90, 120, 90)).save(folder / "no face.png")
    two = Image.new("RGB", (1024, 512))
    two.paste(photo, (0, 0))
    two.paste(photo, (512, 0))
    two.save(folder / "two faces.png")
    photo.resize((64, 64)).save(folder / "tiny.png")
    photo.filter(ImageFilter.GaussianBlur(9)).save(folder / "blurred.png")
    (folder / "corrupt.png").write_bytes(next(street.listed.iterdir()).read_bytes()[:20000])
    (folder / "text.jpg").write_text("no photograph")
    (folder / "empty.jpg").write_bytes(b"")
    Image.fromarray(np.zeros((8000, 7000), np.uint8)).save(folder / "huge.png")
    os.mkfifo(folder / "pipe.png")
    (folder / "folder.png").mkdir()
    (folder / "nowhere.png").symlink_to(folder / "not there")
    with (folder / "sparse.png").open("wb") as file:
        file.truncate(1 << 40)
    command = ("try", street.clip, "--listed", folder, "--out", tmp_path / "out")
    nobody = overt.run(*command, home=tmp_path)
    require_told(nobody, code=2, says="got no photograph that can be used")
    photo.save(folder / "a.png")
    shutil.copy(folder / "a.png", folder / "b.png")
    done = overt.run(*command, home=tmp_path)
    assert done.code == 0, done.err
    told = dict(
        line.removeprefix("not listed: ").split(": ", 1)
        for line in done.err.splitlines()
        if line.startswith("not listed: ")
    )
    assert told.keys() == {path.name for path in folder.iterdir()} - {"a.png"}
    assert told["no face.png"] == "no face found"
    assert told["two faces.png"] == "2 faces, want one"
    assert told["tiny.png"] in ("too small", "no face found", "blurred")
    assert told["blurred.png"] == "blurred"
    assert told["b.png"] == "the same photograph as a"
    assert "pixels, want at most" in told["huge.png"]
    assert "got a device, pipe or socket" in told["pipe.png"]
    for name in ("corrupt.png", "text.jpg", "empty.jpg", "sparse.png", "nowhere.png"):
        assert told[name].startswith("cannot be read: "), told[name]
    assert done.err.count("for a person to judge") == 1


@pytest.mark.parametrize("photos", ["nowhere", "empty"])
def test_a_folder_without_photos_is_told(
    photos: str, overt: Commands, street: Street, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    done = overt.run(
        "try", street.clip, "--listed", tmp_path / photos, "--out", tmp_path / "o", home=tmp_path
    )
    require_told(done, code=2, says="got no")


def test_a_file_where_a_folder_should_be_is_told(
    overt: Commands, street: Street, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("a file")
    require_told(try_street(overt, street, tmp_path), code=2, says="want a folder")
    (tmp_path / "out").unlink()
    (tmp_path / "out" / "data").mkdir(parents=True, mode=0o700)
    (tmp_path / "out" / "data" / "keys").write_text("a file")
    require_told(try_street(overt, street, tmp_path), code=1, says="got no folder")


def test_a_record_that_is_none_is_told_and_left_as_it_is(
    overt: Commands, street: Street, tmp_path: Path
) -> None:
    data = tmp_path / "out" / "data"
    data.mkdir(parents=True, mode=0o700)
    (data / "events.sqlite").write_text("none")
    (data / "events.sqlite").chmod(0o600)
    require_told(try_street(overt, street, tmp_path), code=1, says="got no database")
    assert (data / "events.sqlite").read_text() == "none"
    assert not (data / "list").exists()


def test_on_a_record_whose_end_is_gone_nothing_runs(
    overt: Commands, street: Street, tmp_path: Path
) -> None:
    data = tmp_path / "out" / "data"
    assert try_street(overt, street, tmp_path).code == 0
    for file in data.glob("events.sqlite*"):
        file.unlink()
    refused = try_street(overt, street, tmp_path)
    require_told(refused, code=1, says="or it was cut")
    assert "put the right record back" in refused.err
    assert events_of(data) == []
    assert not (data / "list").exists()


@pytest.mark.parametrize("kilobytes", [33, 70, 90, 200])
def test_a_disk_that_is_full_stops_recognition(
    kilobytes: int, overt: Commands, street: Street, tmp_path: Path
) -> None:
    """At 33 kB the record has no room, at 70 and 90 what comes first, at 200 the contact sheet."""
    data = tmp_path / "out" / "data"
    data.mkdir(parents=True, mode=0o700)
    open_store(data / "events.sqlite").close()
    done = overt.run(
        "try", street.clip, "--listed", street.listed, "--out", tmp_path / "out",
        home=tmp_path, largest_file=kilobytes * 1000,
    )  # fmt: skip
    require_told(done, code=2 if kilobytes == 200 else 1, says="got ")
    assert "disk" in done.err
    bodies = [event.body for event in events_of(data)]
    assert sum(isinstance(body, AlertRaised) for body in bodies) == (kilobytes == 200)
    assert not [body for body in bodies if body == DeploymentStopped("the sources ended")]
    if kilobytes == 200:
        assert isinstance(bodies[-2], DeploymentStopped)
        assert bodies[-2].reason.startswith("recognition failed: contact sheet")
        assert isinstance(bodies[-1], WatchlistDestroyed)
    assert not (data / "list").exists()
    assert not [name for name in KeyRing(data / "keys").names() if "watchlist" in name]
    assert not list((tmp_path / "out").glob("*.png"))


def test_a_full_folder_of_contact_sheets_loses_no_alert(
    overt: Commands, street: Street, tmp_path: Path
) -> None:
    """The record has room, the folder of sheets has none: a file system of its own, full."""
    build(overt, street, tmp_path)
    clip = str(street.clip)
    file = deployment_file(tmp_path / "d.toml", clip, clip, clip, now=datetime.now(UTC))
    sheets = tmp_path / "sheets"
    with small_disk(sheets, kilobytes=64):
        done = overt.run("run", file, "--sheets", sheets, home=tmp_path)
        assert list(sheets.iterdir()) == [], "half a sheet shows a face as well"
    require_told(done, code=2, says="contact sheet")
    assert "No space left on device" in done.err
    assert "faces seen" in done.out
    bodies = [event.body for event in events_of(tmp_path / "data")]
    recorded = [body.alert for body in bodies if isinstance(body, AlertRaised)]
    counts = [body.counts for body in bodies if isinstance(body, FacesCounted)]
    assert len(recorded) == sum(each.alerts for each in counts) >= 1
    assert done.err.count("for a person to judge") == len(recorded)
    sealed = {path.stem for path in (tmp_path / "data" / "evidence").iterdir()}
    assert sealed == {f"alert-{alert}" for alert in recorded}
    assert isinstance(bodies[-2], DeploymentStopped)
    assert bodies[-2].reason.startswith("recognition failed: contact sheet")
    assert isinstance(bodies[-1], WatchlistDestroyed)
    assert not (tmp_path / "list").exists()


def test_two_cameras_and_one_breaks_off(overt: Commands, street: Street, tmp_path: Path) -> None:
    build(overt, street, tmp_path)
    shutil.copytree(tmp_path / "list", tmp_path / "copy of list")
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(street.clip.read_bytes()[: int(street.clip.stat().st_size * 0.3)])
    sound(tmp_path / "sound.mp4")
    file = deployment_file(
        tmp_path / "d.toml", "cut.mp4", str(street.clip), "sound.mp4", now=datetime.now(UTC)
    )
    done = overt.run("run", file, "--sheets", tmp_path / "sheets", home=tmp_path)
    require_told(done, code=2, says="want")
    bodies = [event.body for event in events_of(tmp_path / "data")]
    counts = [body.counts for body in bodies if isinstance(body, FacesCounted)]
    frames = {name: sum(each.frames for each in counts if each.camera == name) for name in "abc"}
    assert frames["b"] == 75
    assert 0 < frames["a"] < 75
    assert frames["c"] == 0
    assert sum(each.seen for each in counts if each.camera == "b") == street.people
    alerts = [body for body in bodies if isinstance(body, AlertRaised)]
    assert [alert.camera for alert in alerts] == ["b"]
    assert len(list((tmp_path / "sheets").glob("*.png"))) == 1
    stopped = bodies[-2]
    assert isinstance(stopped, DeploymentStopped)
    assert "cut.mp4" in stopped.reason
    assert "sound.mp4" in stopped.reason
    # The list is gone, and a copy that somebody made of it cannot be opened.
    assert not (tmp_path / "list").exists()
    with pytest.raises(VaultError):
        ListFile(tmp_path / "copy of list", keys=KeyRing(tmp_path / "data" / "keys"))
    again = overt.run("run", file, home=tmp_path)
    require_told(again, code=2, says="want a watchlist")


def test_a_deployment_that_breaks_a_rule_is_refused_and_keeps_its_list(
    overt: Commands, street: Street, tmp_path: Path
) -> None:
    build(overt, street, tmp_path)
    now = datetime.now(UTC)
    file = tmp_path / "d.toml"
    live = "rtsp://127.0.0.1:9/1"
    for more, source, start, says in (
        ("", str(street.clip), now, ("trial model", "got recorded footage", "threshold: got 0.37")),
        ("", live, now, ("trial model", "authority rank: got none")),
        ("trial = true", live, now + timedelta(hours=2), ("window: got",)),
        ("trial = true", live, now - timedelta(hours=2), ("window: got",)),
    ):
        deployment_file(file, source, now=start, more=more)
        done = overt.run("run", file, home=tmp_path)
        for text in says:
            require_told(done, code=1, says=text)
    assert not (tmp_path / "data" / "events.sqlite").exists()
    assert ListFile(tmp_path / "list", keys=KeyRing(tmp_path / "data" / "keys")).watchlist.name


def test_contact_sheets_outside_a_trial_are_refused(
    overt: Commands, street: Street, tmp_path: Path
) -> None:
    build(overt, street, tmp_path)
    file = deployment_file(
        tmp_path / "d.toml", "rtsp://127.0.0.1:9/1", now=datetime.now(UTC), more=""
    )
    done = overt.run("run", file, "--sheets", tmp_path / "sheets", home=tmp_path)
    require_told(done, code=1, says="contact sheets")
    assert not (tmp_path / "sheets").exists()
