"""Every route asked as every role, and as nobody, against the table."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from typing import NamedTuple

import httpx
import pytest
from consoles import COOKIE, PATIENCE_S, Console, console_in, csrf_in
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from overt.errors import SettingsError
from overt.values.account import Role
from overt.web.app import make_app
from overt.web.permissions import PERMISSIONS, Bearer, Open, require_complete, require_same
from overt.web.tokens import csrf_of

JSON = {"Accept": "application/json"}
LOGINS = {"login", "login_code"}


class Asked(NamedTuple):
    name: str
    method: str
    path: str


def routes(app: FastAPI) -> Iterator[Asked]:
    """Give every route, each of its methods, with something in place of what varies."""
    for route in iter_route_contexts(app.routes):
        assert route.name
        assert route.path
        path = "/static/overt.css" if route.name == "static" else route.path
        path = re.sub(r"{[^}]+}", "x", path)
        for method in route.methods or {"GET"}:
            yield Asked(route.name, method, path)


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Generator[Console]:
    """Give a console of this module's own: all its routes are asked, failed logins are counted."""
    with console_in(tmp_path_factory.mktemp("permissions")) as running:
        yield running


@pytest.fixture(scope="module")
def asked(console: Console) -> list[Asked]:
    found = sorted(routes(make_app(console.services)))
    assert {each.name for each in found} == set(PERMISSIONS)
    # What programs ask with a token is asked so in test_api.py: no cookie counts there.
    return [each for each in found if not isinstance(PERMISSIONS[each.name], Bearer)]


def ask(client: httpx.Client, each: Asked, csrf: str = "") -> httpx.Response:
    headers = JSON | ({"X-CSRF-Token": csrf} if csrf else {})
    return client.request(each.method, each.path, headers=headers)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_what_the_table_says(console: Console, asked: list[Asked], role: Role) -> None:
    wrong: list[str] = []
    with console.browser() as client:
        for each in asked:
            access = PERMISSIONS[each.name]
            may = isinstance(access, Open) or (isinstance(access, frozenset) and role in access)
            token = console.token(role)  # a session for each: some routes end it
            client.cookies = httpx.Cookies({COOKIE: token})
            answer = ask(client, each, csrf_of(token))
            # A login of nobody is refused by the login itself.
            let_in = answer.status_code not in {401, 403} or each.name in LOGINS
            if let_in != may or (not may and answer.status_code != 403):
                wrong.append(f"{each}: got {answer.status_code}, may: {may}")
    assert wrong == []


def test_nobody_may_what_is_public(console: Console, asked: list[Asked]) -> None:
    wrong: list[str] = []
    with console.browser() as client:
        for each in asked:
            answer = ask(client, each)
            public = isinstance(PERMISSIONS[each.name], Open)
            refused = answer.status_code == 401 and each.name not in LOGINS
            if refused == public:
                wrong.append(f"{each}: got {answer.status_code}, public: {public}")
    assert wrong == []


def test_what_changes_something_wants_the_session_s_token(
    console: Console, asked: list[Asked]
) -> None:
    changing = [
        each
        for each in asked
        if each.method != "GET" and not isinstance(PERMISSIONS[each.name], Open | Bearer)
    ]
    assert len(changing) >= 10
    with console.browser() as client, console.browser() as other:
        other.cookies.set("overt", console.token(Role.AUDITOR))
        foreign = csrf_in(other.get("/").text)
        own = {role: console.token(role) for role in Role}
        for each in changing:
            access = PERMISSIONS[each.name]
            assert isinstance(access, frozenset)
            client.cookies = httpx.Cookies({COOKIE: own[min(access)]})  # of somebody who may
            for given in ("", foreign, "\xff" * 64):
                sent = httpx.Headers(JSON | {"X-CSRF-Token": given}, encoding="latin-1")
                answer = client.request(each.method, each.path, headers=sent)
                assert answer.status_code == 403, each
                assert "token" in answer.json()["detail"], each
        assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "null"},
        {"Origin": "https://elsewhere.example"},
        {},
    ],
)
def test_another_site_s_page_changes_nothing(console: Console, headers: dict[str, str]) -> None:
    """Not even a login: it would be into an account of who made that page."""
    with httpx.Client(
        base_url=console.address,
        cookies={"overt": console.token(Role.AUDITOR)},
        timeout=PATIENCE_S,
    ) as c:
        csrf = csrf_in(c.get("/").text)
        for path in ("/login", "/logout"):
            answer = c.post(path, data={"csrf": csrf}, headers=headers | JSON)
            assert answer.status_code == 403
            assert "another site" in answer.json()["detail"]
        assert c.get("/").status_code == 200


def test_an_origin_of_our_own_is_enough(console: Console) -> None:
    """As of a browser that does not send `Sec-Fetch-Site`."""
    with httpx.Client(
        base_url=console.address,
        cookies={"overt": console.token(Role.AUDITOR)},
        headers={"Origin": console.address},
        timeout=PATIENCE_S,
    ) as client:
        csrf = csrf_in(client.get("/").text)
        assert client.post("/logout", data={"csrf": csrf}).status_code == 303


def test_a_route_without_a_row_is_not_served(console: Console) -> None:
    app = make_app(console.services)
    app.add_api_route("/open", lambda: "open", name="open_by_mistake")
    with pytest.raises(SettingsError, match="open_by_mistake"):
        require_complete(app)


def test_a_route_that_passes_no_gate_is_not_served(console: Console) -> None:
    app = make_app(console.services)
    app.router.add_route("/open", lambda _: httpx.Response(200), name="home")  # pyright: ignore[reportArgumentType]: never answered
    with pytest.raises(SettingsError, match="passes no gate"):
        require_complete(app)


def test_a_row_without_a_route_and_two_of_one_name_are_told() -> None:
    with pytest.raises(SettingsError, match=r"\['b'\] with a row and no route, \['a'\] twice"):
        require_same(["a", "a"], ["a", "b"])


def test_an_administrator_sees_no_picture_and_no_deployment() -> None:
    own = {"grants", "grant_confirm", "grant_refuse", "grant_refuse_own"}
    own |= {"home", "profile", "password_form", "password", "code_form", "code", "code_remove"}
    allowed = {
        name
        for name, access in PERMISSIONS.items()
        if isinstance(access, frozenset) and Role.ADMINISTRATOR in access
    }
    accounts = {name for name in PERMISSIONS if name.startswith("account")}
    assert allowed == own | {"logout", "sessions_end"} | accounts
