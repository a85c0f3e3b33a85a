"""Logging in and out: cookies, headers, lock-outs, time, one-time codes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Literal

import httpx
import pytest
from argon2 import PasswordHasher
from consoles import COOKIE, PASSWORD, Console, confirm_all, csrf_in, log_in, login_of, send
from pyotp.totp import TOTP

from overt.values.account import Role
from overt.web.audit import AUDIT_LOGGER
from overt.web.codes import PERIOD_S
from overt.web.shell import HEADERS
from overt.web.tries import wait_of_account, wait_of_address


def audit(caplog: pytest.LogCaptureFixture) -> list[dict[str, str]]:
    lines = [each for each in caplog.records if each.name == AUDIT_LOGGER]
    return [json.loads(each.getMessage()) for each in lines]


def test_a_login_begins_a_session_in_a_cookie_that_no_script_sees(
    console: Console, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", AUDIT_LOGGER)
    with console.browser() as client:
        answer = log_in(client, login_of(Role.OPERATOR).upper() + " ")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/"
        flags = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]}
        assert flags == {"httponly", "path=/", "samesite=strict"}  # and over TLS: test_serving
        home = client.get("/")
        assert home.status_code == 200
        assert "Operator Person" in home.text
        assert client.get("/login").headers["location"] == "/"
    told = audit(caplog)[-1]
    assert told["what"] == "login"
    assert told["account"] == console.accounts[Role.OPERATOR].id
    assert PASSWORD not in caplog.text


def test_the_token_changes_at_each_login_and_the_old_one_ends(console: Console) -> None:
    with console.browser() as client:
        log_in(client, login_of(Role.AUDITOR))
        old = client.cookies[COOKIE]
        log_in(client, login_of(Role.AUDITOR))
        assert client.cookies[COOKIE] != old
        with console.browser(old) as other:
            assert other.get("/").headers["location"] == "/login"


def test_a_token_is_kept_as_its_hash(own_console: Console) -> None:
    token = own_console.token(Role.AUDITOR)
    path = own_console.services.settings.data_dir
    kept = b"".join(each.read_bytes() for each in path.glob("accounts.sqlite*"))
    assert own_console.accounts[Role.AUDITOR].id.encode() in kept
    assert token.encode() not in kept


def test_logging_out_ends_the_session(console: Console) -> None:
    token = console.token(Role.AUDITOR)
    with console.browser(token) as client:
        answer = send(client, "/logout", {}, of="/")
        assert answer.status_code == 303
        assert 'overt=""' in answer.headers["set-cookie"]
    with console.browser(token) as client:
        assert client.get("/").headers["location"] == "/login"


def test_every_answer_has_its_headers(console: Console) -> None:
    with console.as_role(Role.OPERATOR) as client:
        for path in ("/", "/login", "/none", "/healthz", "/metrics", "/static/overt.css"):
            headers = client.get(path).headers
            assert {name: headers[name] for name in HEADERS} == HEADERS, path
            assert "strict-transport-security" not in headers  # nothing to hold to without TLS
            assert headers["cache-control"] == ("no-cache" if "static" in path else "no-store")
            assert "server" not in headers
        policy = client.get("/").headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy


def test_pages_keep_to_the_policy(console: Console) -> None:
    """No inline script, style or handler: the policy would keep them from working."""
    with console.as_role(Role.ADMINISTRATOR) as client:
        for path in ("/", "/accounts", "/profile", "/profile/code", "/profile/password"):
            page = client.get(path).text
            for inline in ("<style", " style=", "<script>", " onclick=", "javascript:", "http://"):
                assert inline not in page, path


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("nobody", PASSWORD),
        ("", ""),
        (login_of(Role.COMMANDER), "a wrong password"),
        ("' OR 1=1 --", "' OR 1=1 --"),
        ("x" * 1000, "y" * 1000),
    ],
)
def test_a_failure_tells_nothing_of_what_was_wrong(
    console: Console, login: str, password: str
) -> None:
    with console.browser() as client:
        answer = log_in(client, login, password)
        assert answer.status_code == 401
        assert "The login or the password, or the code, is wrong." in answer.text
        assert "set-cookie" not in answer.headers
    # Others' tests have their tries back.
    console.services.sessions.tried_well(login.strip().lower()[:200], address="127.0.0.1")


class Counting(PasswordHasher):
    """Notes with what cost passwords are verified."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
        self.seen.append(str(hash).split("$")[3])
        return super().verify(hash, password)


def test_an_unknown_login_costs_as_much_as_a_known_one(own_console: Console) -> None:
    """The same work is done: counted, not timed, as a busy machine would mislead a watch."""
    counting = Counting()
    # Every login of this console is verified with it.
    vars(vars(own_console.services.logins)["_hasher"])["_argon2"] = counting
    with own_console.browser() as client:
        log_in(client, "nobody", "something or other")
        log_in(client, login_of(Role.OPERATOR), "something or other")
    assert len(counting.seen) == 2
    assert counting.seen[0] == counting.seen[1]  # memory, passes and lanes


def test_an_account_is_locked_for_longer_and_longer(
    own_console: Console, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", AUDIT_LOGGER)
    login = login_of(Role.OPERATOR)
    with own_console.browser() as client:
        for _ in range(5):
            assert log_in(client, login, "wrong wrong wrong").status_code == 401
        locked = log_in(client, login)  # the right password is not looked at
        assert locked.status_code == 429
        assert 0 < int(locked.headers["retry-after"]) <= 30
        assert log_in(client, login_of(Role.AUDITOR)).status_code == 303  # nobody else is
        own_console.clock.moved += timedelta(seconds=31)
        assert log_in(client, login, "wrong wrong wrong").status_code == 401
        own_console.clock.moved += timedelta(seconds=31)
        assert log_in(client, login).status_code == 429
        own_console.clock.moved += timedelta(seconds=30)
        assert log_in(client, login).status_code == 303
        assert log_in(client, login, "wrong wrong wrong").status_code == 401  # begun anew
    what = [line["what"] for line in audit(caplog)]
    assert what.count("login failed") == 7
    assert what.count("locked for a while") == 2
    assert what.count("login refused: locked") == 2


def test_a_login_that_nobody_has_is_locked_alike(own_console: Console) -> None:
    with own_console.browser() as client:
        answers = [log_in(client, "nobody", "wrong wrong wrong") for _ in range(6)]
    assert [each.status_code for each in answers] == [401] * 5 + [429]


def test_waits_grow_and_end_at_a_quarter_of_an_hour() -> None:
    assert wait_of_account(4) == timedelta()
    waits = [wait_of_account(failures) / timedelta(seconds=1) for failures in range(5, 12)]
    assert waits == [30, 60, 120, 240, 480, 900, 900]
    assert wait_of_account(10**9) == timedelta(minutes=15)
    assert wait_of_address(24) == timedelta()
    assert wait_of_address(25) == timedelta(seconds=30)


def test_a_session_ends_after_half_an_hour_without_use(own_console: Console) -> None:
    with own_console.as_role(Role.OPERATOR) as client:
        for _ in range(3):
            own_console.clock.moved += timedelta(minutes=29)
            assert client.get("/").status_code == 200
        own_console.clock.moved += timedelta(minutes=30)
        assert client.get("/").headers["location"] == "/login"


def test_a_session_ends_after_twelve_hours_of_use(own_console: Console) -> None:
    with own_console.as_role(Role.OPERATOR) as client:
        for _ in range(35):
            own_console.clock.moved += timedelta(minutes=20)
            assert client.get("/").status_code == 200
        own_console.clock.moved += timedelta(minutes=20)
        assert client.get("/").headers["location"] == "/login"


def test_what_a_page_asks_by_itself_keeps_no_session(own_console: Console) -> None:
    with own_console.as_role(Role.OPERATOR) as client:
        own_console.clock.moved += timedelta(minutes=20)
        assert client.get("/pictures/x/y").status_code == 404
        own_console.clock.moved += timedelta(minutes=10)
        assert client.get("/").headers["location"] == "/login"


def with_codes(console: Console, role: Role) -> TOTP:
    """Set up one-time codes, and give what shows them."""
    codes, _ = set_up_with(console, role)
    return codes


def set_up_with(console: Console, role: Role) -> tuple[TOTP, str]:
    """Set up one-time codes; give what shows them, and the one that was used for it."""
    with console.as_role(role) as client:
        page = client.get("/profile/code").text
        secret = page.partition('name="secret" value="')[2].partition('"')[0]
        signature = page.partition('name="signature" value="')[2].partition('"')[0]
        codes = TOTP(secret)
        form = {"secret": secret, "signature": signature, "csrf": csrf_in(page)}
        wrong = client.post("/profile/code", data=form | {"code": "12", "password": PASSWORD})
        assert wrong.status_code == 422
        assert secret in wrong.text  # the app is not set up twice
        code = code_of(console, codes)
        assert (
            client.post("/profile/code", data=form | {"code": code, "password": "no"}).status_code
            == 422
        )
        foreign = form | {"secret": "A" * 32, "code": code, "password": PASSWORD}
        assert client.post("/profile/code", data=foreign).status_code == 422
        done = client.post("/profile/code", data=form | {"code": code, "password": PASSWORD})
        assert done.status_code == 303
        assert "One-time codes are set up." in client.get("/profile").text
        assert "are set up." not in client.get("/profile").text  # told once
    return codes, code


def code_of(console: Console, codes: TOTP) -> str:
    return codes.at(console.clock.now())


def enter_code(client: httpx.Client, login: str, code: str) -> httpx.Response:
    page = log_in(client, login).text
    ticket = page.partition('name="ticket" value="')[2].partition('"')[0]
    assert ticket, page
    return client.post("/login/code", data={"ticket": ticket, "code": code})


def test_a_one_time_code_is_asked_for_and_taken_once(own_console: Console) -> None:
    login = login_of(Role.OPERATOR)
    codes, used = set_up_with(own_console, Role.OPERATOR)
    with own_console.browser() as client:
        assert "set-cookie" not in log_in(client, login).headers
        assert enter_code(client, login, used).status_code == 401  # as it was set up with it
        own_console.clock.moved += timedelta(seconds=PERIOD_S)
        code = code_of(own_console, codes)
        assert enter_code(client, login, f"{code[:3]} {code[3:]}").status_code == 303
        assert client.get("/").status_code == 200
    with own_console.browser() as client:
        assert enter_code(client, login, code).status_code == 401  # once
    path = own_console.services.settings.data_dir
    kept = b"".join(each.read_bytes() for each in path.glob("accounts.sqlite*"))
    assert codes.secret.encode() not in kept  # sealed


def test_codes_cannot_be_guessed_at_leisure_nor_without_the_password(own_console: Console) -> None:
    login = login_of(Role.OPERATOR)
    codes = with_codes(own_console, Role.OPERATOR)
    own_console.clock.moved += timedelta(minutes=2)
    with own_console.browser() as client:
        for ticket in (
            "",
            "|||",
            "a|b|c|d",
            f"{own_console.accounts[Role.OPERATOR].id}|2030-01-01|x",
        ):
            answer = client.post("/login/code", data={"ticket": ticket, "code": "123456"})
            assert answer.status_code == 401
        page = log_in(client, login).text
        ticket = page.partition('name="ticket" value="')[2].partition('"')[0]
        tried = [
            client.post("/login/code", data={"ticket": ticket, "code": "000000"}).status_code
            for _ in range(5)
        ]
        assert tried == [401] * 4 + [429]
        own_console.clock.moved += timedelta(minutes=5)
        late = {"ticket": ticket, "code": code_of(own_console, codes)}
        assert client.post("/login/code", data=late).status_code == 401


def test_codes_can_be_removed_with_the_password(own_console: Console) -> None:
    with_codes(own_console, Role.OPERATOR)
    with own_console.as_role(Role.OPERATOR) as client:
        wrong = send(client, "/profile/code/remove", {"password": "no"}, of="/profile")
        assert wrong.status_code == 422
        done = send(client, "/profile/code/remove", {"password": PASSWORD}, of="/profile")
        assert done.status_code == 303
    with own_console.browser() as client:
        assert log_in(client, login_of(Role.OPERATOR)).headers["location"] == "/"


def test_a_new_password_ends_what_the_old_one_began(own_console: Console) -> None:
    codes = with_codes(own_console, Role.OPERATOR)
    own_console.clock.moved += timedelta(minutes=2)
    services = own_console.services
    with own_console.browser() as client:
        page = log_in(client, login_of(Role.OPERATOR)).text
        ticket = page.partition('name="ticket" value="')[2].partition('"')[0]
        by = own_console.accounts[Role.ADMINISTRATOR]
        services.accounts.give_password(own_console.accounts[Role.OPERATOR].id, by=by)
        confirm_all(own_console)
        late = {"ticket": ticket, "code": code_of(own_console, codes)}
        assert client.post("/login/code", data=late).status_code == 401
