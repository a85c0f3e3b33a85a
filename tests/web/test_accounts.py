"""The first link, passwords, roles, closing: what is done to accounts, and what ends then."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from consoles import PASSWORD, Console, confirm_all, log_in, login_of, send

from overt.errors import InputError, MissingError, RefusedError
from overt.values.account import Role
from overt.values.deployment import Rank
from overt.web.passwords import one_time_password, require_password

FIRST = {"login": "boss", "name": "B. Boss", "password": PASSWORD, "again": PASSWORD}


def first_link(console: Console) -> str:
    token = console.services.accounts.first_link()
    assert token is not None
    return f"/first/{token}"


def test_the_first_link_makes_one_administrator_once(empty_console: Console) -> None:
    link = first_link(empty_console)
    with empty_console.browser() as client:
        assert client.get(link).status_code == 200
        entered = client.post(link, data=FIRST)
        assert entered.status_code == 303
        assert "B. Boss" in client.get("/").text
        assert "administrator" in client.get("/").text
    with empty_console.browser() as client:
        assert client.get(link).status_code == 404
        assert client.post(link, data=FIRST | {"login": "other"}).status_code == 404
    assert empty_console.services.accounts.first_link() is None


def test_the_first_link_is_over_after_an_hour_or_by_a_newer_one(empty_console: Console) -> None:
    older, link = first_link(empty_console), first_link(empty_console)
    with empty_console.browser() as client:
        assert client.post(older, data=FIRST).status_code == 404
        empty_console.clock.moved += timedelta(hours=1)
        assert client.post(link, data=FIRST).status_code == 404
        assert client.post("/first/x", data=FIRST).status_code == 404
    assert empty_console.services.accounts.store.is_empty()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"password": "short", "again": "short"}, "password: got 5 characters"),
        ({"again": "another lively word"}, "got two different ones"),
        ({"login": "B Boss"}, "login: got what is none"),
        ({"name": " "}, "name: got none"),
    ],
)
def test_what_is_wrong_at_first_is_told_and_the_link_still_works(
    empty_console: Console, wrong: dict[str, str], said: str
) -> None:
    link = first_link(empty_console)
    with empty_console.browser() as client:
        answer = client.post(link, data=FIRST | wrong)
        assert answer.status_code == 422
        assert said in answer.text
        assert PASSWORD not in answer.text
        assert client.post(link, data=FIRST).status_code == 303


@pytest.mark.parametrize(
    "password",
    [
        "brisk otter",
        "P@ssw0rd12345",
        "  Welcome!!!!!!",
        "aaaaaaaaaaaaaa",
        "abababababab",
        "12345678901234",
        "Metropolitan2026",
        "my name is jo smith",
        "J.SMITH-is-my-login",
        "x" * 201,
    ],
)
def test_bad_passwords_are_refused(password: str) -> None:
    with pytest.raises(InputError, match="password: got"):
        require_password(password, login="j.smith", name="Jo Smith")


@pytest.mark.parametrize("password", [PASSWORD, "ü" * 6 + "äöß123", "correct horse battery stable"])
def test_good_passwords_are_taken(password: str) -> None:
    assert require_password(password, login="j.smith", name="Jo Smith") == password


def test_one_time_passwords_differ_and_would_be_taken() -> None:
    drawn = {one_time_password() for _ in range(100)}
    assert len(drawn) == 100
    for each in drawn:
        require_password(each, login="j.smith", name="Jo Smith")


def given_in(page: str) -> str:
    found = re.search(r'id="given">([a-z0-9-]+)<', page)
    assert found is not None, page
    return found[1]


def test_who_is_let_in_chooses_a_password_before_anything_else(own_console: Console) -> None:
    form = {"login": "new", "name": "N. New", "role": "auditor", "rank": "none"}
    with own_console.as_role(Role.ADMINISTRATOR) as client:
        made = send(client, "/accounts", form, of="/accounts")
        assert made.status_code == 201
        given = given_in(made.text)
    with own_console.browser() as client:
        assert log_in(client, "new", given).status_code == 401
        confirm_all(own_console)
        assert log_in(client, "new", given).headers["location"] == "/profile/password"
        assert client.get("/").headers["location"] == "/profile/password"
        assert client.get("/profile").headers["location"] == "/profile/password"
        same = {"old": given, "new": given, "again": given}
        assert send(client, "/profile/password", same, of="/profile/password").status_code == 422
        old = client.cookies["overt"]
        change = {"old": given, "new": PASSWORD, "again": PASSWORD}
        changed = send(client, "/profile/password", change, of="/profile/password")
        assert changed.headers["location"] == "/"
        assert client.cookies["overt"] != old
        assert client.get("/").status_code == 200
    with own_console.browser(old) as client:
        assert client.get("/").headers["location"] == "/login"
    with own_console.browser() as client:
        assert log_in(client, "new", given).status_code == 401
        assert log_in(client, "new").headers["location"] == "/"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"login": "operator"}, "somebody has"),
        ({"name": "operator  PERSON"}, "somebody has"),
        ({"login": "x"}, "login: got what is none"),
        ({"name": "\x00"}, "name: got"),
        ({"role": "authorising officer"}, "want a rank"),
        ({"rank": "Superintendent"}, "want none"),
        ({"role": "king"}, "role: got what cannot be read"),
    ],
)
def test_an_account_that_cannot_be_is_not_made(
    own_console: Console, wrong: dict[str, str], said: str
) -> None:
    form = {"login": "new", "name": "N. New", "role": "auditor", "rank": "none"}
    with own_console.as_role(Role.ADMINISTRATOR) as client:
        answer = send(client, "/accounts", form | wrong, of="/accounts")
    assert answer.status_code == 422
    assert said in answer.text
    assert len(own_console.services.accounts.store.all()) == len(Role)


def test_a_change_of_role_ends_every_session(own_console: Console) -> None:
    auditor = own_console.accounts[Role.AUDITOR]
    with (
        own_console.as_role(Role.ADMINISTRATOR) as client,
        own_console.browser(own_console.token(Role.AUDITOR)) as theirs,
    ):
        assert theirs.get("/").status_code == 200
        path = f"/accounts/{auditor.id}"
        form = {"role": "authorising officer", "rank": "Superintendent"}
        assert send(client, f"{path}/role", form, of=path).status_code == 303
        assert "has to log in again" in client.get(path).text
        assert theirs.get("/").headers["location"] == "/login"
    assert own_console.services.accounts.store.get(auditor.id).rank is Rank.SUPERINTENDENT


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(own_console: Console) -> None:
    operator = own_console.accounts[Role.OPERATOR]
    path = f"/accounts/{operator.id}"
    with (
        own_console.as_role(Role.ADMINISTRATOR) as client,
        own_console.browser(own_console.token(Role.OPERATOR)) as theirs,
    ):
        assert send(client, f"{path}/close", {}, of=path).status_code == 303
        assert theirs.get("/").headers["location"] == "/login"
        assert log_in(theirs, login_of(Role.OPERATOR)).status_code == 401
        assert send(client, f"{path}/open", {}, of=path).status_code == 303
        assert log_in(theirs, login_of(Role.OPERATOR)).status_code == 303


def test_a_new_password_and_logging_out_everywhere_end_sessions(own_console: Console) -> None:
    operator = own_console.accounts[Role.OPERATOR]
    path = f"/accounts/{operator.id}"
    with own_console.as_role(Role.ADMINISTRATOR) as client:
        with own_console.as_role(Role.OPERATOR) as theirs:
            given = given_in(send(client, f"{path}/password", {}, of=path).text)
            confirm_all(own_console)
            assert theirs.get("/").headers["location"] == "/login"
            assert log_in(theirs, login_of(Role.OPERATOR)).status_code == 401
            assert log_in(theirs, login_of(Role.OPERATOR), given).status_code == 303
        with own_console.as_role(Role.OPERATOR) as theirs:
            assert send(client, f"{path}/sessions/end", {}, of=path).status_code == 303
            assert theirs.get("/").headers["location"] == "/login"
    with own_console.as_role(Role.AUDITOR) as one, own_console.as_role(Role.AUDITOR) as two:
        assert send(one, "/profile/sessions/end", {}, of="/profile").status_code == 303
        assert two.get("/").headers["location"] == "/login"


def test_nobody_changes_their_own_role_and_one_administrator_is_left(own_console: Console) -> None:
    admin = own_console.accounts[Role.ADMINISTRATOR]
    with own_console.as_role(Role.ADMINISTRATOR) as client:
        form = {"role": "auditor", "rank": "none"}
        answer = send(client, f"/accounts/{admin.id}/role", form, of="/profile")
        assert answer.status_code == 403
        assert "got one&#39;s own" in answer.text
        assert send(client, f"/accounts/{admin.id}/close", {}, of="/profile").status_code == 403
    store = own_console.services.accounts.store
    with pytest.raises(RefusedError, match="last administrator"):
        store.set_role(admin.id, Role.AUDITOR, Rank.NONE)
    with pytest.raises(RefusedError, match="last administrator"):
        store.set_closed(admin.id, closed=True)
    assert store.get(admin.id) == admin
    with pytest.raises(MissingError):
        store.get("none")
