"""A list built by a program: what it is told, what a person must do, and what is refused."""

from __future__ import annotations

import html
import http.client
import re
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from console_record import program, token_for
from consoles import PATIENCE_S, Console, console_in, until
from list_uploads import no_build, packed, portraits, rows, sheet
from test_watchlist_upload import ARCHIVES, GRACE, ONE, TABLES, asked_by, giant, strip

from overt.governance.listfile import ListFile
from overt.values.account import Role
from overt.values.duty_events import WatchlistBuilt
from overt.values.events import WatchlistDestroyed
from overt.values.token import Scope
from overt.web.building.limits import MOST_BYTES
from overt.wiring import Models, open_keys

BUILDS = "/api/v1/watchlists/builds"
COMMANDER = "Deployment Commander Person"
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, models: Models) -> Generator[Console]:
    assert models.opened.bundle.name
    cache = tmp_path_factory.getbasetemp()
    with (
        console_in(tmp_path_factory.mktemp("builds"), settings={"cache_dir": cache}) as console,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr("overt.web.bearers.A_MINUTE", 10**6)
        yield console


def post(client: httpx.Client, path: str, body: object = None, *, key: str = "") -> httpx.Response:
    headers = {"Idempotency-Key": key or uuid4().hex}
    return client.post(path, headers=headers, **({} if body is None else {"json": body}))  # pyright: ignore[reportArgumentType]: one of its options


def upload(
    client: httpx.Client,
    table: bytes,
    photos: Mapping[str, bytes],
    *,
    name: str = "list-a",
    key: str = "",
) -> httpx.Response:
    files = [("csv", ("people.csv", table)), *(("photos", each) for each in photos.items())]
    headers = {"Idempotency-Key": key or uuid4().hex}
    return client.post(BUILDS, data={"name": name}, files=files, headers=headers)


def looked_at(client: httpx.Client, answer: httpx.Response) -> str:
    """Wait until every photograph was looked at, and give the build's path."""
    assert answer.status_code == 200, answer.text
    path = f"{BUILDS}/{answer.json()['id']}"
    until(lambda: client.get(path).json()["stage"] != "photographs are looked at")
    return path


def reasons(client: httpx.Client, path: str) -> dict[int, str]:
    """Give why photographs cannot be used, by their rows."""
    found = client.get(f"{path}/rejected").json()["rejected"]
    return {each["entry"]: each["reason"] for each in found}


def test_a_program_uploads_a_person_looks_and_the_list_is_sealed(office: Console) -> None:
    photos = portraits()
    told = rows(
        list(photos),
        grace={"under_18": "yes", "exception": "agreed by her mother, Supt B"},
        eileen={"relatives": "a twin sister", "image_date": ""},
    )
    key, archive = uuid4().hex, {"all.zip": packed(photos)}
    with program(office, token_for(office, Role.COMMANDER)) as client:
        first = upload(client, sheet(told), archive, key=key)
        again = upload(client, sheet(told), archive, key=key)  # with another boundary
        assert again.content == first.content
        assert again.headers["idempotency-replayed"] == "true"
        other = upload(client, sheet(told) + b"\r\n", archive, key=key)
        assert other.status_code == 422
        path = looked_at(client, first)
        found = client.get(path).json()
        assert (found["proposed"], found["rejected"], found["undecided"]) == (7, 4, 3)
        assert found["whole"]["composition"]["under_18"] == 1
        assert found["whole"]["photographs_undated"] == 1
        rejected = reasons(client, path)
        assert "2 faces, want one" in rejected[4]
        assert "damaged or cut off" in rejected[7]
        (pair,) = client.get(f"{path}/alike").json()["pairs"]
        assert (pair["first"], pair["second"], pair["same"], pair["related"]) == (1, 2, True, True)
        entries = client.get(f"{path}/entries")
        flags = {each["entry"]: each["flags"] for each in entries.json()["entries"]}
        assert "same person or twin as R-2?" in flags[1]
        assert flags[3] == ["under 18"]
        for text in (found, entries.text, client.get(f"{path}/alike").text):
            assert not re.search(r"Eileen|Grace|twin sister|Supt B", str(text))
        # a person decides: nothing before a person saw it
        decisions = [{"entry": 1, "listed": True}, {"entry": 2, "listed": False}]
        refused = post(client, f"{path}/decide", {"decisions": decisions})
        assert refused.status_code == 409
        assert "not shown" in refused.json()["detail"]
        assert post(client, f"{path}/seal").status_code == 409
        shown_to_its_person(office, path)
        assert {e["shown"] for e in client.get(f"{path}/entries").json()["entries"]} == {True}
        assert post(client, f"{path}/decide", {"decisions": decisions}).json()["undecided"] == 1
        for wrong in ([{"entry": 4, "listed": True}], [decisions[0], decisions[0]]):
            assert post(client, f"{path}/decide", {"decisions": wrong}).status_code == 422
        undecided = post(client, f"{path}/seal")
        assert undecided.status_code == 409
        post(client, f"{path}/decide", {"decisions": [{"entry": 3, "listed": True}]})
        key = uuid4().hex
        sealed = post(client, f"{path}/seal", key=key)
        assert sealed.json()["listed"] == 2
        assert post(client, f"{path}/seal", key=key).content == sealed.content
        assert client.get(path).status_code == 404
        assert no_build(office)
    kept(office, sealed.json())


def shown_to_its_person(office: Console, path: str) -> None:
    """Have the token's account look at the entries; nobody else is shown them."""
    page = f"/watchlists/build/{path.rpartition('/')[2]}/entries"
    with office.as_role(Role.AUDITOR) as other:
        assert other.get(page).status_code == 403
    with office.as_role(Role.COMMANDER) as client:
        assert client.get("/watchlists/new").headers["location"] in page
        shown = client.get(page).text
        address = html.unescape(re.findall(r'<img src="([^"]+photos[^"]+)"', shown)[0])
        assert client.get(address).content.startswith(b"\xff\xd8\xff")


def kept(office: Console, sealed: dict[str, str]) -> None:
    """Look at the list that was made, as programs are told of it, and destroy it."""
    settings = office.services.settings
    made = ListFile(settings.deployments_dir / sealed["name"], keys=open_keys(settings))
    assert [each.reference for each in made.watchlist.entries] == ["R-1", "R-3"]
    assert made.watchlist.digest == sealed["digest"]
    (built,) = office.services.store.events(kinds=(WatchlistBuilt.kind,))
    assert built.event.body == WatchlistBuilt(COMMANDER, sealed["digest"], 2, 4, 1)
    at = f"/api/v1/watchlists/{sealed['key']}"
    with program(office, token_for(office, Role.AUDITOR, Scope.WATCHLISTS_READ)) as auditor:
        (held,) = auditor.get("/api/v1/watchlists").json()["lists"]
        assert (held["key"], held["state"]) == (sealed["key"], "for no deployment yet")
        opened = auditor.get(at).json()
        assert opened["composition"]["blue_list"] == 2
        assert COMMANDER not in auditor.get(at).text
        assert post(auditor, f"{at}/destroy").status_code == 403
    with program(office, token_for(office, Role.COMMANDER)) as client:
        with made.in_use():
            assert post(client, f"{at}/destroy").status_code == 409
        assert post(client, f"{at}/destroy").json()["key"] == sealed["key"]
        assert client.get(at).status_code == 404
    destroyed = [
        e.event.body for e in office.services.store.events(kinds=(WatchlistDestroyed.kind,))
    ]
    assert destroyed == [WatchlistDestroyed(sealed["digest"], 2)]


def test_a_build_is_its_token_s_and_goes_with_it(office: Console) -> None:
    photos, table = {"grace.png": GRACE}, sheet(rows(["grace.png"]))
    token = token_for(office, Role.COMMANDER)
    with (
        program(office, token) as client,
        program(office, token_for(office, Role.COMMANDER)) as other,
    ):
        path = looked_at(client, upload(client, table, photos))
        for each in (path, f"{path}/entries", f"{path}/alike", f"{path}/rejected"):
            assert other.get(each).status_code == 404
        busy = upload(other, table, photos, name="b")
        assert busy.status_code == 409
        assert f"got one of {COMMANDER} under way" in busy.json()["detail"]
        assert post(other, f"{path}/cancel").status_code == 404
        gone = post(client, f"{path}/cancel").json()
        assert gone["build"] == path.rpartition("/")[2]
        assert no_build(office)
        path = looked_at(client, upload(client, table, photos))
        mine = office.services.bearers.find(token)
        assert mine
        office.services.bearers.revoke(mine.id, by=mine.account)
        until(lambda: no_build(office))  # by itself, within some seconds
        assert client.get(path).status_code == 401
    with office.as_role(Role.COMMANDER) as page:  # a session's build is no token's
        files = {"csv": ("p.csv", table), "photos": ("grace.png", GRACE)}
        form = re.search(r'name="csrf" value="(\w+)"', page.get("/watchlists/new").text)
        assert form
        sent = page.post("/watchlists/new", data={"csrf": form[1], "name": "c"}, files=files)
        build = sent.headers["location"].rpartition("/")[2]
        with program(office, token_for(office, Role.COMMANDER)) as client:
            assert client.get(f"{BUILDS}/{build}").status_code == 404
        page.post(f"/watchlists/build/{build}/cancel", data={"csrf": form[1]})
    assert no_build(office)


@pytest.mark.parametrize("kind", ARCHIVES)
def test_an_archive_is_refused_as_on_the_page(office: Console, kind: str) -> None:
    make, says = ARCHIVES[kind]
    with program(office, token_for(office, Role.COMMANDER)) as client:
        answer = upload(client, ONE, {"all.zip": make()})
    assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM)
    assert says in answer.json()["detail"]
    assert answer.json()["hint"]
    assert no_build(office)


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_is_refused_as_on_the_page(office: Console, kind: str) -> None:
    table, says = TABLES[kind]
    with program(office, token_for(office, Role.COMMANDER)) as client:
        answer = upload(client, table, {"grace.png": GRACE})
    assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM)
    assert says in answer.json()["detail"]
    assert no_build(office)


def test_paths_and_what_is_no_form_are_refused(office: Console) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    with program(office, token_for(office, Role.COMMANDER)) as client:
        for name in ("..\\grace.png", "con.png", "a:b.png", "../../grace.png", "/etc/grace.png"):
            answer = upload(client, ONE, {name: GRACE})
            assert answer.status_code == 422, name
            assert "leads elsewhere" in answer.json()["detail"], name
        for name in ("../list", "", "a/b", ".hidden", "x.toml"):
            answer = upload(client, ONE, {"grace.png": GRACE}, name=name)
            assert answer.status_code == 422, name
            assert "name: got one that is no folder's" in answer.json()["detail"], name
        assert client.post(BUILDS, json={"name": "a"}, headers=key).status_code == 415
        assert client.post(BUILDS, content=b"", headers=key).status_code == 415
        broken = {"Content-Type": "multipart/form-data"} | key
        assert client.post(BUILDS, content=b"--b", headers=broken).status_code == 422
        assert upload(client, ONE, {}).status_code == 422
        assert upload(client, ONE, {"grace.png": GRACE}, key="short").status_code == 422
    assert no_build(office)


def test_photographs_that_cannot_be_read_are_rejected_one_by_one(office: Console) -> None:
    photos = {
        "grace.jpg": GRACE + b"PK\x03\x04<script>",  # named a JPEG, a PNG, with more behind it
        "giant.png": giant(50_000),
        "strip.png": strip(),
        "page.png": b"<html><script>alert(1)</script></html>",
        "picture.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "program.jpg": b"\x7fELF" + bytes(99),
        "cut.png": GRACE[:5000],
    }
    with program(office, token_for(office, Role.COMMANDER)) as client:
        path = looked_at(client, upload(client, sheet(rows(list(photos))), photos))
        said = reasons(client, path)
        assert sorted(said) == [2, 3, 4, 5, 6, 7]
        assert "too many pixels, want at most 50,000,000" in said[2]
        assert "50000 x 20 px, want at most 16,000 on a side" in said[3]
        assert all("not an image" in said[n] for n in (4, 5, 6))
        post(client, f"{path}/cancel")
    assert no_build(office)


def test_what_is_too_large_is_refused_before_it_is_read(office: Console) -> None:
    def status(token: str | None, length: int) -> int:
        headers = {"Idempotency-Key": uuid4().hex}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return asked_by(office, BUILDS, headers, length)

    commander = token_for(office, Role.COMMANDER)
    assert status(None, MOST_BYTES) == 401  # and nothing of it was waited for
    assert status(token_for(office, Role.AUDITOR), MOST_BYTES) == 403
    assert status(token_for(office, Role.COMMANDER, Scope.WATCHLISTS_READ), MOST_BYTES) == 403
    assert status(commander, MOST_BYTES + 1) == 422
    assert status(commander, 4 * MOST_BYTES + 1) == 413
    assert no_build(office)


@contextmanager
def being_sent(office: Console, token: str, form: bytes) -> Generator[http.client.HTTPConnection]:
    """Give an upload that the console waits for: it has begun to read what did not come yet."""
    where = urlsplit(office.address)
    assert where.hostname
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=PATIENCE_S)
    connection.putrequest("POST", BUILDS)
    for name, value in {
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": uuid4().hex,
        "Content-Type": "multipart/form-data; boundary=b",
        "Content-Length": str(len(form)),
        "Expect": "100-continue",  # said by the server as it begins to read
    }.items():
        connection.putheader(name, value)
    connection.endheaders()
    with closing(connection):
        said = b""
        while not said.endswith(b"\r\n\r\n"):
            came = connection.sock.recv(1024)
            assert came, said
            said += came
        assert said.startswith(b"HTTP/1.1 100 "), said
        yield connection


def test_one_upload_is_held_at_a_time(office: Console) -> None:
    """Each takes as much memory as an upload may have, before anybody knows what is in it."""
    token, form = token_for(office, Role.COMMANDER), b"--b\r\n--b--\r\n"
    with program(office, token) as client:
        with being_sent(office, token, form) as sending:
            refused = upload(client, ONE, {"grace.png": GRACE})
            sending.send(form)
            assert sending.getresponse().status == 422
        assert refused.status_code == 429
        assert refused.headers["content-type"] == PROBLEM
        assert refused.headers["retry-after"] == "5"
        assert upload(client, ONE, {}).status_code == 422  # there is room again
    assert no_build(office)


def test_what_cannot_be_sealed_is_let_go_of_and_what_is_sealed_is_not(
    office: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = token_for(office, Role.COMMANDER)
    token, builds = office.services.bearers.find(secret), office.services.builds
    assert token is not None
    with program(office, secret) as client:
        path = looked_at(client, upload(client, ONE, {"grace.png": GRACE}, name="full"))
        shown_to_its_person(office, path)
        post(client, f"{path}/decide", {"decisions": [{"entry": 1, "listed": True}]})

        def full(*_: object, **__: object) -> None:
            refused = post(client, f"{path}/cancel")  # it is being sealed: not "nothing is left"
            assert refused.status_code == 409
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("overt.web.building.builds.seal_list", full)
        with pytest.raises(OSError, match="No space"):
            builds.seal(token, path.rpartition("/")[2])
        assert client.get(path).json()["stage"] == "to be reviewed"
        assert post(client, f"{path}/cancel").status_code == 200
    assert no_build(office)


def test_a_build_goes_after_two_hours(office: Console) -> None:
    with program(office, token_for(office, Role.COMMANDER)) as client:
        path = looked_at(client, upload(client, ONE, {"grace.png": GRACE}, name="late"))
        office.clock.moved += timedelta(hours=2)
        assert client.get(path).status_code == 404
        office.clock.moved -= timedelta(hours=2)
    assert no_build(office)
