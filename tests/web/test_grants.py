"""Nobody lets somebody in alone: what one person makes waits for another, or for a day."""

from __future__ import annotations

import json
import os
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from browser import Chromium
from browsers import DESK, PHONE, as_somebody, serious
from consoles import PASSWORD, Console, log_in, login_of, send

from overt.errors import MissingError, PersonError
from overt.values.account import Account, Role
from overt.values.deployment import Rank
from overt.web.audit import AUDIT_LOGGER
from overt.web.grants import ALONE, KEPT

if TYPE_CHECKING:
    from playwright.sync_api import Page

OPERATOR = login_of(Role.OPERATOR)


def give(console: Console, role: Role = Role.OPERATOR) -> tuple[str, str]:
    """Give somebody a new one-time password as the administrator; with the grant's id."""
    path = f"/accounts/{console.accounts[role].id}"
    with console.as_role(Role.ADMINISTRATOR) as client:
        page = send(client, f"{path}/password", {}, of=path)
    assert page.status_code == 201
    found = re.search(r'id="given">([a-z0-9-]+)<', page.text)
    assert found is not None
    waits = console.services.accounts.grants.of(console.accounts[role].id)
    assert waits is not None
    return found[1], waits.id


def comes_in(console: Console, login: str, password: str) -> bool:
    with console.browser() as client:
        return log_in(client, login, password).status_code == 303


def leave_one_administrator(console: Console) -> None:
    """Leave nobody who could confirm what the administrator makes."""
    authorising = console.accounts[Role.AUTHORISING].id
    console.services.accounts.store.set_closed(authorising, closed=True)


def test_an_administrator_alone_does_not_take_an_account_over(
    own_console: Console, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", AUDIT_LOGGER)
    with own_console.as_role(Role.OPERATOR) as theirs:
        given, grant = give(own_console)
        assert not comes_in(own_console, OPERATOR, given)
        assert comes_in(own_console, OPERATOR, PASSWORD)
        told = theirs.get("/alerts").text
        assert "Administrator Person</b> has made a new one-time password for you" in told
        with own_console.as_role(Role.ADMINISTRATOR) as client:
            assert "You have made it" in client.get("/confirm").text
            own = send(client, f"/confirm/{grant}", {}, of="/confirm")
            assert own.status_code == 403
        assert not comes_in(own_console, OPERATOR, given)
        with own_console.as_role(Role.AUTHORISING) as client:
            assert "Operator Person" in client.get("/confirm").text
            done = send(client, f"/confirm/{grant}", {}, of="/confirm")
            assert done.status_code == 303
            assert "Confirmed. Operator Person" in client.get("/confirm").text
            assert send(client, f"/confirm/{grant}", {}, of="/confirm").status_code == 404
        assert theirs.get("/").headers["location"] == "/login"
    assert not comes_in(own_console, OPERATOR, PASSWORD)
    assert comes_in(own_console, OPERATOR, given)
    lines = [json.loads(each.getMessage()) for each in caplog.records]
    said = [(each["what"], each["by"]) for each in lines if each["what"].startswith("password")]
    by = {role: own_console.accounts[role].id for role in Role}
    assert said == [
        ("password given", by[Role.ADMINISTRATOR]),
        ("password confirmed", by[Role.AUTHORISING]),
    ]


def test_its_holder_refuses_what_they_did_not_ask_for(own_console: Console) -> None:
    given, grant = give(own_console)
    with own_console.as_role(Role.AUDITOR) as other:
        answer = send(other, f"/profile/refuse/{grant}", {}, of="/profile")
        assert answer.status_code == 403
    with own_console.as_role(Role.OPERATOR) as theirs:
        assert send(theirs, f"/profile/refuse/{grant}", {}, of="/profile").status_code == 303
        home = theirs.get("/").text
        assert "Your password stays as it is" in home
        assert "one-time password for you" not in home
    own_console.clock.moved += ALONE
    assert not comes_in(own_console, OPERATOR, given)
    with pytest.raises(MissingError, match="waits no more"):
        own_console.services.accounts.grants.confirm(
            grant, by=own_console.accounts[Role.AUTHORISING]
        )


def test_nobody_confirms_their_own_and_nobody_else_may(own_console: Console) -> None:
    _, grant = give(own_console, Role.AUTHORISING)
    second = administrator(own_console, "second")
    authorising = own_console.accounts[Role.AUTHORISING]
    grants = own_console.services.accounts.grants
    with pytest.raises(PersonError, match="got it of who made it, or of whose account"):
        grants.confirm(grant, by=authorising)
    with own_console.as_role(Role.COMMANDER) as client:
        assert send(client, f"/confirm/{grant}", {}, of="/profile").status_code == 403
    assert grants.confirm(grant, by=second).account.id == authorising.id


def administrator(console: Console, login: str, *, begun: bool = True) -> Account:
    now = console.clock.now()
    account = Account(
        id=console.services.new_id(now),
        login=login,
        name=f"{login.title()} Administrator",
        role=Role.ADMINISTRATOR,
        rank=Rank.NONE,
        made=now,
        must_change=not begun,
        closed=False,
        has_code=False,
    )
    console.services.accounts.store.add(account, password="x")  # noqa: S106 - nobody's
    return account


def test_where_nobody_else_could_confirm_it_waits_for_a_day(own_console: Console) -> None:
    leave_one_administrator(own_console)
    administrator(own_console, "never-came", begun=False)  # who has not come in confirms nothing
    given, grant = give(own_console)
    waits = own_console.services.accounts.grants.of(own_console.accounts[Role.OPERATOR].id)
    assert waits is not None
    assert waits.works_from == waits.made + ALONE
    with own_console.as_role(Role.OPERATOR) as theirs:
        assert "It works from" in theirs.get("/").text
    own_console.clock.moved += ALONE - timedelta(minutes=1)
    assert not comes_in(own_console, OPERATOR, given)
    assert comes_in(own_console, OPERATOR, PASSWORD)
    own_console.clock.moved += timedelta(minutes=1)
    assert comes_in(own_console, OPERATOR, given)
    assert not comes_in(own_console, OPERATOR, PASSWORD)
    assert own_console.services.accounts.grants.all() == ()
    assert grant


def test_who_is_there_already_is_asked_however_late_they_come(own_console: Console) -> None:
    """A day does not help where somebody could confirm it."""
    given, grant = give(own_console)
    own_console.clock.moved += ALONE
    assert not comes_in(own_console, OPERATOR, given)
    own_console.clock.moved += KEPT
    assert own_console.services.accounts.grants.all() == ()
    with pytest.raises(MissingError, match="waited for too long"):
        own_console.services.accounts.grants.confirm(
            grant, by=own_console.accounts[Role.AUTHORISING]
        )
    assert comes_in(own_console, OPERATOR, PASSWORD)


def test_a_new_one_takes_the_place_of_what_waited_and_closing_ends_it(
    own_console: Console,
) -> None:
    older, first = give(own_console)
    newer, second = give(own_console)
    grants = own_console.services.accounts.grants
    authorising = own_console.accounts[Role.AUTHORISING]
    with pytest.raises(MissingError):
        grants.confirm(first, by=authorising)
    grants.confirm(second, by=authorising)
    assert not comes_in(own_console, OPERATOR, older)
    assert comes_in(own_console, OPERATOR, newer)
    third, _ = give(own_console)
    path = f"/accounts/{own_console.accounts[Role.OPERATOR].id}"
    with own_console.as_role(Role.ADMINISTRATOR) as client:
        assert "waits to be confirmed" in client.get("/accounts").text
        send(client, f"{path}/close", {}, of=path)
        send(client, f"{path}/open", {}, of=path)
    assert grants.all() == ()
    assert not comes_in(own_console, OPERATOR, third)


def test_a_console_is_set_up_by_one_person_and_then_by_two(empty_console: Console) -> None:
    link = f"/first/{empty_console.services.accounts.first_link()}"
    form = {"login": "boss", "name": "B. Boss", "password": PASSWORD, "again": PASSWORD}
    officer = {"login": "super", "name": "S. Super", "role": "authorising officer"}
    with empty_console.browser() as client:
        assert client.post(link, data=form).status_code == 303
        made = send(client, "/accounts", officer | {"rank": "Superintendent"}, of="/accounts")
        assert "It works now" in made.text
        with empty_console.browser() as theirs:
            come_in(theirs, "super", made.text)
            later = {"login": "new", "name": "N. New", "role": "operator", "rank": "none"}
            second = send(client, "/accounts", later, of="/accounts")
            assert "another person" in second.text
            (waits,) = empty_console.services.accounts.grants.all()
            with empty_console.browser() as new:
                assert log_in(new, "new", given_in(second.text)).status_code == 401
                send(theirs, f"/confirm/{waits.id}", {}, of="/confirm")
                come_in(new, "new", second.text)


def test_who_closes_everybody_else_does_not_set_up_again(own_console: Console) -> None:
    """Nor who gives the others roles that confirm nothing."""
    leave_one_administrator(own_console)
    form = {"login": "new", "name": "N. New", "role": "operator", "rank": "none"}
    with own_console.as_role(Role.ADMINISTRATOR) as client:
        page = send(client, "/accounts", form, of="/accounts").text
    assert "It works from" in page
    assert not comes_in(own_console, "new", given_in(page))
    own_console.clock.moved += ALONE
    assert comes_in(own_console, "new", given_in(page))


def given_in(page: str) -> str:
    found = re.search(r'id="given">([a-z0-9-]+)<', page)
    assert found is not None
    return found[1]


def come_in(client: httpx.Client, login: str, page: str) -> None:
    given = given_in(page)
    assert log_in(client, login, given).headers["location"] == "/profile/password"
    change = {"old": given, "new": PASSWORD, "again": PASSWORD}
    assert send(client, "/profile/password", change, of="/profile/password").status_code == 303


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_pages_in_a_browser(
    chromium: Chromium, own_console: Console, size: dict[str, int]
) -> None:
    give(own_console)

    def look(name: str, page: Page) -> None:
        assert serious(page) == []
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(wide)
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=f"{folder}/{name}-{size['width']}.png", full_page=True)

    def told(page: Page) -> None:
        page.goto("/alerts")
        page.get_by_text("has made a new one-time password for you").wait_for()
        look("told", page)

    def confirmed(page: Page) -> None:
        page.goto("/confirm")
        page.locator("summary", has_text="Confirm").click()
        look("confirm", page)
        page.get_by_role("button", name="Confirm it").click()
        page.get_by_text("Confirmed. Operator Person").wait_for()
        page.get_by_text("Nothing waits.").wait_for()

    def given(page: Page) -> None:
        page.goto(f"/accounts/{own_console.accounts[Role.OPERATOR].id}")
        look("account", page)
        page.locator("summary", has_text="New one-time password").click()
        page.get_by_role("button", name="Make a new password").click()
        page.get_by_text("another person").wait_for()
        look("given", page)

    as_somebody(chromium, own_console, Role.ADMINISTRATOR, given, size=size)
    as_somebody(chromium, own_console, Role.OPERATOR, told, size=size)
    as_somebody(chromium, own_console, Role.AUTHORISING, confirmed, size=size)
