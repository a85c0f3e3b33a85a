"""Sessions that end by the word of the login service, and words that are not believed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from consoles import COOKIE, PATIENCE_S, Console, log_in, login_of
from login_service import CLIENT, LoginService, login_service, other_rsa_key, secret_key
from pyotp.totp import TOTP
from test_login_service import attempt, audit, begin, come_back, finish, linked_console

from overt.values.account import Linked, Role
from overt.web.audit import AUDIT_LOGGER, OF_ADDRESS
from overt.web.codes import PERIOD_S
from overt.web.oidc.errors import SignInError, UnreachableError
from overt.web.oidc.provider import read

OUT = "/logout/service"
EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.fixture(scope="module")
def running() -> Generator[LoginService]:
    with login_service() as service:
        yield service


@pytest.fixture
def service(running: LoginService) -> LoginService:
    running.reset()
    return running


@pytest.fixture(scope="module")
def shared(running: LoginService, tmp_path_factory: pytest.TempPathFactory) -> Generator[Console]:
    with linked_console(tmp_path_factory.mktemp("logouts"), running) as console:
        yield console


@pytest.fixture
def linking(tmp_path: Path, service: LoginService) -> Generator[Console]:
    with linked_console(tmp_path, service) as console:
        yield console


def tell(console: Console, text: str) -> int:
    """Say it as a service does: no cookie, no page."""
    answer = httpx.post(console.address + OUT, data={"logout_token": text}, timeout=PATIENCE_S)
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code


def is_in(client: httpx.Client) -> bool:
    return client.get("/").status_code == 200


def enter(client: httpx.Client, service: LoginService, **claims: str) -> None:
    service.claims = {"sub": "s-1", **claims}
    assert "url=/" in attempt(client).text
    assert is_in(client)


def test_one_session_ends_or_all_of_them_and_no_other(
    linking: Console, service: LoginService, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", AUDIT_LOGGER)
    auditor = linking.accounts[Role.AUDITOR]
    linking.services.sign_ins.store.link(auditor.id, Linked(service.address, "s-2", ""))
    with (
        linking.browser() as first,
        linking.browser() as second,
        linking.browser() as by_password,
        linking.browser() as other,
    ):
        enter(first, service, sid="session-1")
        enter(second, service, sid="session-2")
        enter(other, service, sub="s-2", sid="session-3")
        assert log_in(by_password, login_of(Role.OPERATOR)).status_code == 303
        clients = (first, second, by_password, other)
        assert tell(linking, service.logout_token(sid="session-9")) == 200
        assert tell(linking, service.logout_token(sub="s-9")) == 200
        assert tell(linking, service.logout_token(sub="s-2", sid="session-1")) == 200
        assert [is_in(each) for each in clients] == [True, True, True, True]
        assert tell(linking, service.logout_token(sid="session-1")) == 200
        assert [is_in(each) for each in clients] == [False, True, True, True]
        enter(first, service, sid="session-4")
        assert tell(linking, service.logout_token(sub="s-1", sid="session-2")) == 200
        assert [is_in(each) for each in clients] == [True, False, True, True]
        enter(second, service, sid="session-5")
        assert tell(linking, service.logout_token(sub="s-1")) == 200
        assert [is_in(each) for each in clients] == [False, False, True, True]
        enter(first, service)  # the service told no id of it
        assert tell(linking, service.logout_token(sub="s-1", sid="session-6")) == 200
        assert [is_in(each) for each in clients] == [False, False, True, True]
    ended = [line for line in audit(caplog) if line["what"] == "logout by service"]
    assert {line["account"] for line in ended} == {linking.accounts[Role.OPERATOR].id}
    assert "session-1" not in caplog.text
    kept = [
        path
        for path in linking.services.settings.data_dir.glob("accounts*")
        if b"session-5" in path.read_bytes()
    ]
    assert kept == []  # as hashes


CLAIMS: dict[str, tuple[Callable[[LoginService], str], str]] = {
    "no token": (lambda _: "", "got 0 characters"),
    "no JWT": (lambda _: "a.b.c", "logout token: got"),
    "endless": (lambda _: "a" * 20_000, "got 20000 characters"),
    "expired": (
        lambda s: s.logout_token(sub="s-1", iat=int(time.time()) - 300, exp=int(time.time()) - 90),
        "(exp)",
    ),
    "no end": (lambda s: s.logout_token(sub="s-1", without=["exp"]), "(exp)"),
    "old, and without end": (
        lambda s: s.logout_token(sub="s-1", iat=int(time.time()) - 4000, exp=4_000_000_000),
        "(iat)",
    ),
    "of the future": (
        lambda s: s.logout_token(sub="s-1", iat=4_000_000_000, exp=4_000_000_100),
        "(iat)",
    ),
    "a time that is none": (lambda s: s.logout_token(sub="s-1", iat="now"), "iat"),
    "another audience": (lambda s: s.logout_token(sub="s-1", aud="another"), "(aud)"),
    "other audiences": (lambda s: s.logout_token(sub="s-1", aud=["a", "b"]), "(aud)"),
    "another issuer": (lambda s: s.logout_token(sub="s-1", iss="https://x.example"), "(iss)"),
    "no issuer": (lambda s: s.logout_token(sub="s-1", without=["iss"]), "(iss)"),
    "a nonce": (lambda s: s.logout_token(sub="s-1", nonce="n"), "got a nonce"),
    "an empty nonce": (lambda s: s.logout_token(sub="s-1", nonce=None), "got a nonce"),
    "no event": (lambda s: s.logout_token(sub="s-1", without=["events"]), "(events)"),
    "another event": (lambda s: s.logout_token(sub="s-1", events={"x": {}}), "(events)"),
    "an event that is none": (lambda s: s.logout_token(sub="s-1", events={EVENT: 1}), "(events)"),
    "events that are none": (lambda s: s.logout_token(sub="s-1", events=EVENT), "(events)"),
    "no id": (lambda s: s.logout_token(sub="s-1", without=["jti"]), "(jti)"),
    "nobody": (lambda s: s.logout_token(), "(sub, sid)"),
    "an empty session": (lambda s: s.logout_token(sub="s-1", sid=""), "a sid that is none"),
    "a subject that is none": (lambda s: s.logout_token(sub=["s-1"]), "a sub that is none"),
    "an ID token": (lambda s: s.id_token("n"), "got a nonce"),
    "another type": (
        lambda s: s.logout_token(sub="s-1", header={"typ": "at+jwt"}),
        "another type (typ)",
    ),
}


def signed(change: Callable[[LoginService], None]) -> Callable[[LoginService], str]:
    def made(service: LoginService) -> str:
        change(service)
        text = service.logout_token(sub="s-1")
        service.reset()
        return text

    return made


def by_another_key(service: LoginService) -> None:
    service.signing = other_rsa_key()


def by_the_shared_secret(service: LoginService) -> None:
    service.algorithm, service.signing = "HS256", secret_key()


def unsigned(service: LoginService) -> str:
    service.algorithm, service.without = "none", frozenset({"nonce"})
    service.claims = {"sub": "s-1", "jti": "j", "events": {EVENT: {}}}
    text = service.id_token("n")
    service.reset()
    return text


LIES = CLAIMS | {
    "wrong signature": (signed(by_another_key), "bad_signature"),
    "signed with the shared secret": (signed(by_the_shared_secret), "unsupported_algorithm"),
    "no signature": (unsigned, "unsupported_algorithm"),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_cannot_be_believed_ends_nothing(
    shared: Console, service: LoginService, lie: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", AUDIT_LOGGER)
    make, said = LIES[lie]
    shared.services.sessions.provider_said("127.0.0.1")  # so that none waits
    shared.services.audit.settle()  # so that it has a line of its own
    caplog.clear()
    with shared.browser() as client:
        enter(client, service, sid="session-1")
        assert tell(shared, make(service)) == 400
        assert is_in(client)
    line = audit(caplog)[-1]
    assert line["what"] == "logout by service refused"
    assert said in line["why"]
    assert "s-1" not in line["why"]


@pytest.mark.parametrize("header", [{}, {"typ": "JWT"}, {"typ": "application/logout+jwt"}])
def test_types_that_services_write_are_taken(
    shared: Console, service: LoginService, header: dict[str, Any]
) -> None:
    with shared.browser() as client:
        enter(client, service, sid="session-1")
        text = service.logout_token(sub="s-1", aud=["x", CLIENT], header=header)
        assert tell(shared, text) == 200
        assert not is_in(client)


def test_refused_logouts_do_not_fill_the_log(
    linking: Console, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", AUDIT_LOGGER)
    with httpx.Client() as client:
        for _ in range(25):
            client.post(linking.address + OUT, data={"logout_token": "none"}, timeout=60)
    linking.services.audit.settle()
    refused = [line for line in audit(caplog) if "logout by service refused" in line["what"]]
    assert [line.get("number", "1") for line in refused] == ["1"] * OF_ADDRESS + ["10", "15"]
    assert {line.get("address", "127.0.0.1") for line in refused} == {"127.0.0.1"}


def test_a_word_counts_once(linking: Console, service: LoginService) -> None:
    with linking.browser() as client:
        enter(client, service)
        text = service.logout_token(sub="s-1")
        assert tell(linking, text) == 200
        assert not is_in(client)
        enter(client, service)
        assert tell(linking, text) == 400
        assert is_in(client)
        linking.clock.moved += timedelta(minutes=90)  # as long as its id is kept, it is over too
        assert tell(linking, text) == 400


def test_who_is_let_in_meanwhile_is_not(linking: Console, service: LoginService) -> None:
    """A code of the phone is still to be typed when the service says that it is over."""
    operator, secret = linking.accounts[Role.OPERATOR], "JBSWY3DPEHPK3PXP" * 2
    accounts = linking.services.accounts
    accounts.set_code(operator, secret=secret, code=TOTP(secret).at(linking.clock.now()))
    words: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
        ({"sid": "session-1"}, {"sid": "session-1"}),
        ({"sub": "s-1"}, {"sid": "session-1"}),
        ({"sub": "s-1", "sid": "session-3"}, {}),  # it told no id: it may be this one
        ({}, {"sid": "session-2"}),
    )
    for said, known in words:
        with linking.browser() as client:
            service.claims = {"sub": "s-1"} | known
            page = finish(client, come_back(begin(client))).text
            ticket = page.split('name="ticket" value="')[1].split('"')[0]
            if said:
                assert tell(linking, service.logout_token(**said)) == 200
            linking.clock.moved += timedelta(seconds=PERIOD_S)  # each code is taken once
            code = TOTP(secret).at(linking.clock.now())
            entered = client.post("/login/code", data={"ticket": ticket, "code": code})
            assert (COOKIE in entered.cookies) is not bool(said)
            if not said:  # and it is known by which service
                assert is_in(client)
                assert tell(linking, service.logout_token(sid="session-2")) == 200
                assert not is_in(client)


def test_keys_that_cannot_be_read_are_not_asked_for_each_time(
    linking: Console, service: LoginService, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def away(what: str, address: str) -> dict[str, Any]:
        asked.append(what)
        if what == "keys":
            raise UnreachableError("keys: got none, want an answer")
        return read(what, address)

    monkeypatch.setattr("overt.web.oidc.provider.read", away)
    for _ in range(5):
        assert tell(linking, service.logout_token(sub="s-1")) == 400
    assert asked == ["discovery", "keys"]


def test_pages_do_not_wait_for_what_anybody_can_send(
    shared: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def ended(*_: object) -> None:
        go_on.wait(PATIENCE_S)
        raise SignInError("logout token: got none, want one")

    monkeypatch.setattr("overt.web.oidc.provider.Provider.ended", ended)
    with ThreadPoolExecutor(60) as many:
        told = [many.submit(tell, shared, "a.b.c") for _ in range(60)]
        try:
            time.sleep(0.5)
            answer = httpx.get(f"{shared.address}/login", timeout=PATIENCE_S / 2)
            assert answer.status_code == 200
        finally:
            go_on.set()
        assert {each.result() for each in told} == {400}


def test_what_is_longer_than_any_word_is_not_read(shared: Console) -> None:
    assert tell(shared, "a" * 40_000) == 413


def test_without_a_service_nothing_is_taken(console: Console) -> None:
    with console.browser() as client:
        assert client.post(OUT, data={"logout_token": "a.b.c"}).status_code == 404
        assert client.get(OUT).status_code == 405
