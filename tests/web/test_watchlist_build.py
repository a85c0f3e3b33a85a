"""A list from its upload to its seal over HTTP, and its end; with photographs of real people."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import httpx
import numpy as np
import pytest
from consoles import Console, console_in, csrf_in, send, until
from list_uploads import built, no_build, packed, png, portraits, rows, send_upload, sheet

from overt.governance.listfile import ListFile
from overt.records.base import Store
from overt.values.account import Role
from overt.values.duty_events import ListPhotosViewed, WatchlistBuilt
from overt.values.events import WatchlistDestroyed
from overt.wiring import Models, open_keys

COMMANDER = "Deployment Commander Person"


@pytest.fixture
def office(tmp_path: Path, models: Models, model_cache: Path) -> Generator[Console]:
    assert models.opened.bundle.name
    with console_in(tmp_path, settings={"cache_dir": model_cache.parent}) as console:
        yield console


def words(answer: httpx.Response) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def photos_in(answer: httpx.Response) -> list[str]:
    return [
        html.unescape(each) for each in re.findall(r'<img src="([^"]+photos[^"]+)"', answer.text)
    ]


def bodies(store: Store, kind: str) -> list[object]:
    return [each.event.body for each in store.events(kinds=(kind,))]


def plain_on_disk(folder: Path, *needles: bytes) -> list[Path]:
    """Find files that hold any of these bytes as they are."""
    return [
        file
        for file in folder.rglob("*")
        if file.is_file() and any(needle in file.read_bytes() for needle in needles)
    ]


def test_from_an_upload_to_a_sealed_list_and_its_end(office: Console, tmp_path: Path) -> None:
    photos = portraits()
    told = rows(
        list(photos),
        grace={"under_18": "yes", "exception": "agreed by her mother, Supt B"},
        eileen={"relatives": "a twin sister", "image_date": ""},
    )
    with office.as_role(Role.COMMANDER) as client:
        path = built(client, send_upload(client, sheet(told), {"all.zip": packed(photos)}))
        shown = words(client.get(path))
        assert "7 proposed: 3 can be listed, 4 cannot" in shown
        assert "1 pair, side by side" in shown
        assert "under 18, each with a recorded exception 1" in shown
        assert "photographs of unknown date 1" in shown
        # why photographs were rejected, each beside it
        rejected = client.get(f"{path}/rejected")
        for reason in ("2 faces, want one", "no face found", "blurred", "damaged or cut off"):
            assert reason in words(rejected), words(rejected)
        assert len(photos_in(rejected)) == 3  # the one that was cut off cannot be shown
        # who looks alike
        alike = client.get(f"{path}/alike")
        pair = "R-1 and R-2 same person, or twins? twin or relative told similarity 0.4"
        assert pair in words(alike)
        assert len(photos_in(alike)) == 2
        # nothing is sealed before every entry was decided; nothing decided before it was seen
        assert send(client, f"{path}/seal", {}, of=path).status_code == 409
        unseen = send(client, f"{path}/decide", {"entry-3": "list"}, of=path)
        assert unseen.status_code == 409
        assert "not shown" in words(unseen)
        entries = client.get(f"{path}/entries")
        assert "same person or twin as R-2?" in words(entries)
        assert "under 18: agreed by her mother, Supt B" in words(entries)
        assert "photograph of unknown date" in words(entries)
        # what is marked is confirmed by itself, whatever a form claims
        claimed = {"rest": "1", "shown-1": "1", "shown-3": "1"}
        send(client, f"{path}/decide", claimed, of=path)
        assert "3 to be decided" in words(client.get(path))
        send(client, f"{path}/decide", {"entry-1": "list", "entry-2": "leave"}, of=path)
        send(client, f"{path}/decide", {"entry-3": "list"}, of=path)
        assert not list(office.services.settings.deployments_dir.glob("*"))
        sealed = send(client, f"{path}/seal", {}, of=path)
        assert sealed.status_code == 303, words(sealed)
        page = words(client.get(sealed.headers["location"]))
    made = ListFile(
        office.services.settings.deployments_dir / "list-a",
        keys=open_keys(office.services.settings),
    )
    entries_made = made.watchlist.entries
    assert [each.reference for each in entries_made] == ["R-1", "R-3"]
    assert all(each.warnings == () for each in entries_made)  # the look-alike was left out
    assert made.watchlist.digest in page
    assert f"Built by {COMMANDER}" in page
    assert "for no deployment yet" in page
    assert 'watchlist = "list-a"' in page
    assert no_build(office)
    events = bodies(office.services.store, WatchlistBuilt.kind)
    assert events == [WatchlistBuilt(COMMANDER, made.watchlist.digest, 2, 4, 1)]
    # nothing of it lies anywhere as plain
    needles = (
        photos["eileen.png"][:64],
        b"Eileen",
        b"warrant",
        b"twin sister",
        b"\xff\xd8\xff\xe0",
    )
    assert plain_on_disk(tmp_path / "data", *needles) == []
    destroyed(office, sealed.headers["location"], made.watchlist.digest)


def destroyed(office: Console, path: str, digest: str) -> None:
    with office.as_role(Role.AUDITOR) as client:
        assert "Destroy this list" not in client.get(path).text
    with office.as_role(Role.COMMANDER) as client:
        answer = send(client, f"{path}/destroy", {}, of=path)
        assert answer.headers["location"] == "/watchlists"
        shown = words(client.get("/watchlists"))
        assert "Destroyed: its key is gone" in shown
        assert "Held on this machine (0)" in shown
        assert digest[:16] in shown
        assert client.get(path).status_code == 404
    assert bodies(office.services.store, WatchlistDestroyed.kind) == [WatchlistDestroyed(digest, 2)]
    assert not list(office.services.settings.deployments_dir.iterdir())


def test_a_list_that_a_process_works_with_is_not_destroyed(office: Console) -> None:
    photos = {"grace.png": portraits()["grace.png"]}
    with office.as_role(Role.COMMANDER) as client:
        path = built(client, send_upload(client, sheet(rows(list(photos))), photos))
        client.get(f"{path}/entries")
        send(client, f"{path}/decide", {"rest": "1", "shown-1": "1"}, of=path)
        sealed = send(client, f"{path}/seal", {}, of=path).headers["location"]
        settings = office.services.settings
        made = ListFile(settings.deployments_dir / "list-a", keys=open_keys(settings))
        with made.in_use():
            refused = send(client, f"{sealed}/destroy", {}, of=sealed)
        assert refused.status_code == 409
        assert "a process works with" in words(refused)
        assert client.get(sealed).status_code == 200
        again = send_upload(client, sheet(rows(list(photos))), photos)
        assert "which is there, want a new one" in words(again)


def test_photographs_are_shown_for_a_minute_to_one_session_and_each_look_is_recorded(
    office: Console,
) -> None:
    photos = {name: portraits()[name] for name in ("grace.png", "wall.png")}
    with office.as_role(Role.COMMANDER) as client, office.as_role(Role.COMMANDER) as other:
        path = built(client, send_upload(client, sheet(rows(list(photos))), photos))
        store = office.services.store
        assert bodies(store, ListPhotosViewed.kind) == []
        address = photos_in(client.get(f"{path}/entries"))[0]
        rejected = photos_in(client.get(f"{path}/rejected"))[0]
        build = path.rpartition("/")[2]
        assert bodies(store, ListPhotosViewed.kind) == [
            ListPhotosViewed(COMMANDER, build, 1, "entries of a watchlist"),
            ListPhotosViewed(COMMANDER, build, 1, "rejected photographs"),
        ]
        answer = client.get(address)
        assert answer.content.startswith(b"\xff\xd8\xff")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.content != photos["grace.png"]
        assert client.get(rejected).status_code == 200
        # another session of the same person, another number, another time, no signature
        assert other.get(address).status_code == 404
        assert client.get(address.replace("photos/1", "photos/2")).status_code == 403
        later = re.sub(r"until=(\d+)", lambda found: f"until={int(found[1]) + 60}", address)
        assert client.get(later).status_code == 403
        assert client.get(address.partition("?")[0]).status_code == 403
        office.clock.moved = timedelta(seconds=61)
        assert client.get(address).status_code == 404
        assert len(bodies(store, ListPhotosViewed.kind)) == 2


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COMMANDER])
def test_nobody_else_sees_a_build(office: Console, role: Role) -> None:
    photos = {"grace.png": portraits()["grace.png"]}
    with office.as_role(Role.COMMANDER) as client, office.as_role(role) as other:
        path = built(client, send_upload(client, sheet(rows(list(photos))), photos))
        address = photos_in(client.get(f"{path}/entries"))[0]
        for each in (path, f"{path}/entries", f"{path}/now", address):
            assert other.get(each).status_code == 403
        see_lists = role in (Role.AUTHORISING, Role.AUDITOR)
        assert other.get("/watchlists").status_code == (200 if see_lists else 403)


def test_a_build_goes_with_its_session_its_time_or_its_cancelling(office: Console) -> None:
    photos = {"grace.png": portraits()["grace.png"]}
    table = sheet(rows(list(photos)))
    with office.as_role(Role.COMMANDER) as client:
        path = built(client, send_upload(client, table, photos))
        assert client.get("/watchlists/new").headers["location"] == path
    with office.as_role(Role.COMMANDER) as client:
        token = csrf_in(client.get("/watchlists").text)
        refused = client.post(
            "/watchlists/new", data={"csrf": token, "name": "b"}, files={"csv": ("p.csv", table)}
        )
        assert f"got one of {COMMANDER} under way" in words(refused)
    office.services.sessions.end_all(office.accounts[Role.COMMANDER].id)
    until(lambda: no_build(office))  # by itself, within some seconds
    with office.as_role(Role.COMMANDER) as client:
        path = built(client, send_upload(client, table, photos))
        answer = send(client, f"{path}/cancel", {}, of=path)
        assert answer.headers["location"] == "/watchlists"
        assert no_build(office)
        assert client.get(path).status_code == 404
        path = built(client, send_upload(client, table, photos))
        found: list[int] = []
        for _ in range(5):  # somebody who is there all the time
            office.clock.moved += timedelta(minutes=25)
            found.append(client.get(path).status_code)
        assert found == [200, 200, 200, 200, 404]
        assert no_build(office)


def test_cancelled_while_it_works(office: Console) -> None:
    eileen = portraits()["eileen.png"]
    photos = {f"{n}.png": eileen + bytes([n]) for n in range(60)}
    with office.as_role(Role.COMMANDER) as client:
        answer = send_upload(client, sheet(rows(list(photos))), photos)
        path = answer.headers["location"]
        until(lambda: client.get(f"{path}/now").json()["done"] >= 1)
        page = client.get(path)
        assert "<progress" in page.text
        assert client.get(f"{path}/entries").status_code == 200  # empty until it is done
        builds = office.services.builds
        build, thread = builds._build, builds._thread  # pyright: ignore[reportPrivateUsage]: to wait for it
        send(client, f"{path}/cancel", {}, of=path)
        assert thread
        assert build
        thread.join()
        assert build.done < len(photos)
        assert no_build(office)


def test_an_upload_never_touches_the_disk(
    office: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forms of more than a megabyte are usually kept in a file for a while."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    made: list[object] = []
    opened = os.open

    def watched(path: str | os.PathLike[str], flags: int, *more: object, **named: object) -> int:
        if str(path).startswith(str(folder)):
            made.append(path)
        return opened(path, flags, *more, **named)  # pyright: ignore[reportArgumentType]: as given

    monkeypatch.setattr("os.open", watched)
    noise = np.random.default_rng(3).integers(0, 255, (1100, 1100, 3), np.uint8)
    big = {"big.png": png(noise)}
    assert len(big["big.png"]) > 3_000_000
    with office.as_role(Role.COMMANDER) as client:
        built(client, send_upload(client, sheet(rows(list(big))), big))
    assert made == []
