"""Logging in by an organisation's service: a real one over HTTP, and what may be wrong."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import requests
from browser import Chromium
from browsers import DESK, PHONE, as_somebody, serious
from consoles import (
    COOKIE,
    PASSWORD,
    PATIENCE_S,
    Console,
    confirm_all,
    console_in,
    log_in,
    login_of,
    send,
)
from login_service import (
    CLIENT,
    SECRET,
    LoginService,
    curve_key,
    login_service,
    other_rsa_key,
    secret_key,
)
from pyotp.totp import TOTP

from overt.errors import SettingsError
from overt.settings import Settings
from overt.values.account import Linked, Role
from overt.web.audit import AUDIT_LOGGER
from overt.web.codes import PERIOD_S
from overt.web.oidc.opening import is_safe_address, open_provider

if TYPE_CHECKING:
    from playwright.sync_api import Page

BACK = "/login/service"
FLOW_COOKIE = f"{COOKIE}-login"


@pytest.fixture(scope="module")
def running() -> Generator[LoginService]:
    with login_service() as service:
        yield service


@pytest.fixture
def service(running: LoginService) -> LoginService:
    """Give the service, honest again."""
    running.reset()
    return running


@contextmanager
def linked_console(folder: Path, service: LoginService) -> Generator[Console]:
    """Give a console that knows the service, with the operator linked to subject s-1."""
    settings = settings_for(folder, service.address)
    with console_in(folder, settings=settings) as console:
        operator = console.accounts[Role.OPERATOR]
        console.services.sign_ins.store.link(operator.id, Linked(service.address, "s-1", ""))
        yield console


@pytest.fixture(scope="module")
def shared(running: LoginService, tmp_path_factory: pytest.TempPathFactory) -> Generator[Console]:
    with linked_console(tmp_path_factory.mktemp("shared"), running) as console:
        yield console


@pytest.fixture
def linking(tmp_path: Path, service: LoginService) -> Generator[Console]:
    """Give such a console for one test."""
    with linked_console(tmp_path, service) as console:
        yield console


def settings_for(folder: Path, issuer: str, **more: object) -> dict[str, object]:
    secret = folder / "client-secret"
    secret.write_text(SECRET + "\n")
    return {
        "web_oidc_issuer": issuer,
        "web_oidc_client": CLIENT,
        "web_oidc_secret": secret,
        **more,
    }


def begin(client: httpx.Client) -> str:
    """Press the button, and give where the page leads."""
    answer = client.post(BACK)
    assert answer.status_code == 200, answer.text
    found = answer.text.split('<a class="button" href="')[1].split('"')[0]
    return found.replace("&amp;", "&")


def come_back(address: str) -> str:
    """Log in there, and give the address that the browser is sent back to."""
    answer = requests.get(address, allow_redirects=False, timeout=PATIENCE_S)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def finish(client: httpx.Client, back: str) -> httpx.Response:
    """Follow the link from the service: a browser sends no strict cookie with it."""
    return client.get(back, headers={"Sec-Fetch-Site": "cross-site"})


def attempt(client: httpx.Client) -> httpx.Response:
    return finish(client, come_back(begin(client)))


def audit(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    lines = [each for each in caplog.records if each.name == AUDIT_LOGGER]
    return [json.loads(each.getMessage()) for each in lines]


def test_who_is_linked_comes_in(
    linking: Console, service: LoginService, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", AUDIT_LOGGER)
    with linking.browser() as client:
        assert "localhost" in client.get("/login").text
        address = begin(client)
        asked = parse_qs(urlsplit(address).query)
        assert asked["redirect_uri"] == [linking.address + BACK]
        assert asked["scope"] == ["openid"]
        assert len({asked[name][0] for name in ("state", "nonce", "code_challenge")}) == 3
        answer = finish(client, come_back(address))
        assert answer.status_code == 200
        assert 'content="0; url=/"' in answer.text
        cookies = {part.split("=")[0]: part for part in answer.headers.get_list("set-cookie")}
        assert "samesite=strict" in cookies[COOKIE].lower()
        assert "httponly" in cookies[COOKIE].lower()
        assert 'overt-login=""' in cookies[FLOW_COOKIE]
        home = client.get("/")
        assert home.status_code == 200
        assert "Operator Person" in home.text
    (line,) = audit(caplog)
    assert (line["what"], line["way"]) == ("login", "service")
    assert line["account"] == linking.accounts[Role.OPERATOR].id
    assert "s-1" not in caplog.text
    assert service.asked == ["discovery", "token", "keys"]


WRONG: list[tuple[str, Callable[[LoginService], None], str]] = []


def lies(name: str, said: str) -> Callable[[Callable[[LoginService], None]], None]:
    return lambda lie: WRONG.append((name, lie, said))


@lies("signature", "bad_signature")
def _(service: LoginService) -> None:
    service.signing = other_rsa_key()


@lies("no signature", "unsupported_algorithm")
def _(service: LoginService) -> None:
    service.algorithm = "none"


@lies("signed with the shared secret", "unsupported_algorithm")
def _(service: LoginService) -> None:
    service.algorithm, service.signing = "HS256", secret_key()


@lies("key that is not published", "invalid_key_id")
def _(service: LoginService) -> None:
    service.signing, service.algorithm = curve_key(), "ES256"  # the console keeps what is published


@lies("nonce", "invalid_claim (nonce)")
def _(service: LoginService) -> None:
    service.claims["nonce"] = "another"


@lies("no nonce", "missing_claim (nonce)")
def _(service: LoginService) -> None:
    service.without = frozenset({"nonce"})


@lies("audience", "invalid_claim (aud)")
def _(service: LoginService) -> None:
    service.claims["aud"] = "another-console"


@lies("audiences, made for another", "invalid_claim (azp)")
def _(service: LoginService) -> None:
    service.claims |= {"aud": [CLIENT, "other"], "azp": "other"}


@lies("issuer", "invalid_claim (iss)")
def _(service: LoginService) -> None:
    service.claims["iss"] = "https://elsewhere.example"


@lies("expired", "expired_token")
def _(service: LoginService) -> None:
    service.claims |= {"exp": 1_700_000_000, "iat": 1_699_999_000}


@lies("of the future", "invalid_claim (iat)")
def _(service: LoginService) -> None:
    service.claims |= {"iat": 4_000_000_000, "exp": 4_000_000_300}


@lies("no end", "missing_claim (exp)")
def _(service: LoginService) -> None:
    service.without = frozenset({"exp"})


@lies("no subject", "missing_claim (sub)")
def _(service: LoginService) -> None:
    service.without = frozenset({"sub"})


@lies("long subject", "subject that is none")
def _(service: LoginService) -> None:
    service.claims["sub"] = "x" * 256


@lies("another's access token", "invalid_claim (at_hash)")
def _(service: LoginService) -> None:
    service.claims["at_hash"] = "bm90aGluZw"


@lies("no ID token", "token: got none")
def _(service: LoginService) -> None:
    service.token = {"id_token": None}


@lies("no token at all", "invalid_token")
def _(service: LoginService) -> None:
    service.token, service.status = {"error": "invalid_token"}, 400


@lies("an error that is a text", "what is not shown")
def _(service: LoginService) -> None:
    service.token, service.status = {"error": "Olu Operator is ill"}, 400


@lies("unlinked subject", "subject: got one that no account is linked to")
def _(service: LoginService) -> None:
    service.claims["sub"] = "s-2"


@pytest.mark.parametrize(("lie", "said"), [each[1:] for each in WRONG], ids=[w[0] for w in WRONG])
def test_what_cannot_be_believed_lets_nobody_in(
    shared: Console,
    service: LoginService,
    lie: Callable[[LoginService], None],
    said: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", AUDIT_LOGGER)
    shared.services.sessions.provider_said("127.0.0.1")  # so that none waits
    shared.services.audit.settle()  # so that it has a line of its own
    caplog.clear()
    lie(service)
    with shared.browser() as client:
        answer = attempt(client)
        assert answer.status_code == 401
        assert "did not let you in here" in answer.text
        assert said not in answer.text  # the page is the same for all
        assert COOKIE not in client.cookies
        assert client.get("/").headers["location"] == "/login"
    (line,) = audit(caplog)
    assert line["what"] == "login by service failed"
    assert said in line["why"]
    for private in ("s-1", "s-2", "operator", "Olu", "opaque"):
        assert private not in caplog.text


def test_a_login_is_answered_once_in_the_browser_that_began_it(
    linking: Console, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", AUDIT_LOGGER)
    with linking.browser() as client, linking.browser() as other:
        back = come_back(begin(client))
        assert finish(other, back).status_code == 401  # it has no cookie
        begin(other)
        assert finish(other, back).status_code == 401  # nor one of another login
        flow = client.cookies[FLOW_COOKIE]
        assert "url=/" in finish(client, back).text
        client.cookies = httpx.Cookies({FLOW_COOKIE: flow})
        assert finish(client, back).status_code == 401  # again
        begun = begin(client)
        for wrong in ("", "?state=x&code=y", "?state=%ff", "?error=access_denied"):
            assert finish(client, f"{BACK}{wrong}").status_code == 401
        assert finish(client, come_back(begun)).status_code == 401  # a wrong one has ended it
    said = [line["why"].partition(":")[0] for line in audit(caplog) if "why" in line]
    assert said == ["state"] * 8


def test_a_login_takes_ten_minutes_at_most(linking: Console) -> None:
    with linking.browser() as client:
        back = come_back(begin(client))
        linking.clock.moved += timedelta(minutes=10)
        assert finish(client, back).status_code == 401


def test_an_answer_that_another_issuer_signs_as_its_own_is_refused(linking: Console) -> None:
    """RFC 9207: the code may be of another service, which wants to learn the secret."""
    with linking.browser() as client:
        back = come_back(begin(client))
        mixed = back.partition("&iss=")[0] + "&iss=https://elsewhere.example"
        assert finish(client, mixed).status_code == 401


def test_keys_of_every_kind_and_new_ones_are_taken(linking: Console, service: LoginService) -> None:
    with linking.browser() as client:
        assert "url=/" in attempt(client).text
        service.key, service.algorithm = curve_key(), "ES256"
        client.cookies.clear()
        assert attempt(client).status_code == 401  # keys are asked for once a minute
        linking.clock.moved += timedelta(minutes=1)
        service.claims["exp"] = 4_000_000_000
        assert "url=/" in attempt(client).text
        service.key, service.algorithm = other_rsa_key(), "PS256"
        linking.clock.moved += timedelta(minutes=1)
        assert "url=/" in attempt(client).text


def test_a_code_of_the_phone_is_asked_for_here_too(linking: Console) -> None:
    operator = linking.accounts[Role.OPERATOR]
    secret = "JBSWY3DPEHPK3PXP" * 2
    accounts = linking.services.accounts
    accounts.set_code(operator, secret=secret, code=TOTP(secret).at(linking.clock.now()))
    linking.clock.moved += timedelta(seconds=PERIOD_S)  # each is taken once
    with linking.browser() as client:
        answer = attempt(client)
        assert COOKIE not in client.cookies
        ticket = answer.text.split('name="ticket" value="')[1].split('"')[0]
        code = TOTP(secret).at(linking.clock.now())
        entered = client.post("/login/code", data={"ticket": ticket, "code": code})
        assert entered.headers["location"] == "/"
        assert client.get("/").status_code == 200


def test_a_closed_account_stays_out(linking: Console) -> None:
    linking.services.accounts.store.set_closed(linking.accounts[Role.OPERATOR].id, closed=True)
    with linking.browser() as client:
        assert attempt(client).status_code == 401


def test_a_password_that_was_given_ends_when_somebody_comes_in_by_the_service(
    linking: Console,
) -> None:
    operator = linking.accounts[Role.OPERATOR]
    hashed = linking.services.accounts.store.credentials(operator.id).password
    linking.services.accounts.store.set_password(operator.id, hashed, must_change=True)
    with linking.browser() as client:
        assert 'content="0; url=/"' in attempt(client).text
        assert client.get("/").status_code == 200
        client.cookies.clear()
        assert log_in(client, login_of(Role.OPERATOR), PASSWORD).status_code == 401


def test_an_address_waits_after_logins_that_came_to_nothing(linking: Console) -> None:
    with linking.browser() as client:
        for _ in range(3):
            assert "url=/" in attempt(client).text  # what came to something is not held against it
        for _ in range(25):
            begin(client)
        late = client.post(BACK)
        assert late.status_code == 429
        assert late.headers["retry-after"]
        assert log_in(client, login_of(Role.AUDITOR)).status_code == 303  # passwords do not wait


@contextmanager
def address_of_nobody() -> Generator[str]:
    """Give an address where nothing listens, and where nothing else can begin to meanwhile."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://localhost:{held.getsockname()[1]}"


def test_a_service_that_is_away_or_is_none_is_told_and_asked_again_later(
    tmp_path: Path, service: LoginService, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", AUDIT_LOGGER)
    with (
        address_of_nobody() as away,
        console_in(tmp_path / "1", settings=settings_for(tmp_path, away)) as console,
        console.browser() as client,
    ):
        for _ in range(2):
            answer = client.post(BACK)
            assert answer.status_code == 503
            assert "does not answer" in answer.text
        assert log_in(client, login_of(Role.AUDITOR)).status_code == 303
    told: list[tuple[dict[str, Any], str]] = [
        ({"issuer": "https://elsewhere.example"}, "another issuer"),
        ({"token_endpoint": "http://elsewhere.example/token"}, "no token_endpoint of https"),
        ({"jwks_uri": "ftp://x"}, "no jwks_uri of https"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "no authorization_endpoint"),
        ({"filler": "x" * 600_000}, "no JSON object"),
    ]
    settings = settings_for(tmp_path, service.address)
    for lie, said in told:
        service.discovery = lie
        with (
            console_in(tmp_path / "2", settings=settings, accounts=False) as console,
            console.browser() as client,
        ):
            assert client.post(BACK).status_code == 503
        assert said in audit(caplog)[-1]["why"]


def test_an_administrator_links_by_login_and_the_subject_holds_from_then_on(
    tmp_path: Path, service: LoginService
) -> None:
    settings = settings_for(
        tmp_path,
        service.address,
        web_oidc_claim="email",
        web_oidc_scopes=("openid", "email"),
    )
    with console_in(tmp_path, settings=settings) as console, console.browser() as client:
        auditor = console.accounts[Role.AUDITOR]
        path = f"/accounts/{auditor.id}"
        with console.as_role(Role.ADMINISTRATOR) as admin:
            form = {"by": "claim", "known_as": " A.Uditor@police.example "}
            assert send(admin, f"{path}/link", form, of=path).status_code == 303
            service.claims = {"sub": "s-9", "email": "a.uditor@police.example"}
            service.claims["email_verified"] = True
            assert attempt(client).status_code == 401  # it waits for another person
            confirm_all(console)
            assert "who has not come in yet" in admin.get(path).text
            own = console.accounts[Role.ADMINISTRATOR].id
            assert send(admin, f"/accounts/{own}/link", form, of=path).status_code == 403
            other = f"/accounts/{console.accounts[Role.COMMANDER].id}"
            taken = send(admin, f"{other}/link", form, of=other)
            assert taken.status_code == 422
            assert "linked to another account" in taken.text
        service.claims = {"sub": "s-9", "email": "a.uditor@police.example"}
        assert attempt(client).status_code == 401  # the service does not vouch for it
        service.claims["email_verified"] = True
        assert "url=/" in attempt(client).text
        service.claims["email"] = "married@police.example"
        assert "url=/" in attempt(client).text
        service.claims |= {"sub": "s-10", "email": "a.uditor@police.example"}
        assert attempt(client).status_code == 401  # the address was given to somebody else
        with console.as_role(Role.ADMINISTRATOR) as admin:
            assert send(admin, f"{path}/link/end", {}, of=path).status_code == 303
        service.claims |= {"sub": "s-9"}
        assert attempt(client).status_code == 401


def test_without_the_setting_there_is_no_such_login(console: Console) -> None:
    with console.browser() as client:
        assert "organisation" not in client.get("/login").text
        assert client.post(BACK).status_code == 404
        assert client.get(f"{BACK}?code=1&state=2").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"web_oidc_issuer": ""}, "web_oidc_issuer: got none"),
        ({"web_oidc_issuer": "http://login.example"}, "no address of https"),
        ({"web_oidc_issuer": "https://u:p@login.example"}, "no address of https"),
        ({"web_oidc_issuer": "https://login.example?x=1"}, "no address of https"),
        ({"web_oidc_client": ""}, "want both"),
        ({"web_oidc_secret": None}, "want both"),
        ({"web_oidc_secret": "/nowhere/secret"}, "want a file"),
        ({"web_oidc_secret": "/dev/null"}, "nothing in it"),
        ({"web_oidc_scopes": ("email",)}, "web_oidc_scopes"),
    ],
)
def test_settings_that_cannot_be_used_are_told(
    tmp_path: Path, console: Console, wrong: dict[str, object], said: str
) -> None:
    given = settings_for(tmp_path, "https://login.example") | wrong
    with pytest.raises(SettingsError, match=said):
        open_provider(Settings.model_validate(given), clock=console.clock)


def test_which_addresses_are_safe() -> None:
    for good in ("https://login.example", "http://127.0.0.1:8080/x", "http://[::1]/"):
        assert is_safe_address(good)
    for bad in ("http://login.example", "https://", "x", "https://[", "https://a@b", "https://a#b"):
        assert not is_safe_address(bad)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_browser_goes_there_and_comes_back(
    chromium: Chromium, shared: Console, service: LoginService, size: dict[str, int]
) -> None:
    """The service is another site to a browser: strict cookies do not come back with it."""
    assert urlsplit(service.address).hostname != urlsplit(shared.address).hostname

    def act(page: Page) -> None:
        page.set_viewport_size(size)  # pyright: ignore[reportArgumentType]: a size
        page.goto(shared.address + "/login")
        assert serious(page) == []
        keep(page, f"login-{size['width']}")
        page.get_by_role("button", name="Log in with your organisation").click()
        page.wait_for_url(shared.address + "/")
        assert page.get_by_text("Operator Person").is_visible()
        service.claims["sub"] = "s-2"
        page.context.clear_cookies()
        page.goto(shared.address + "/login")
        page.get_by_role("button", name="Log in with your organisation").click()
        page.get_by_text("did not let you in here").wait_for()
        assert serious(page) == []
        keep(page, f"login-refused-{size['width']}")

    chromium.run(act)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_pages_of_links_in_a_browser(
    chromium: Chromium, shared: Console, size: dict[str, int]
) -> None:
    def act(page: Page) -> None:
        for role, said in ((Role.OPERATOR, "s-1"), (Role.AUDITOR, "Known as")):
            page.goto(f"/accounts/{shared.accounts[role].id}")
            assert page.get_by_text(said).is_visible()
            assert serious(page) == []
            keep(page, f"link-{role.value}-{size['width']}")

    as_somebody(chromium, shared, Role.ADMINISTRATOR, act, size=size)


def keep(page: Page, name: str) -> None:
    """Keep a picture of a page for who wants to look at it."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
