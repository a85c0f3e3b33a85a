"""A console for tests: the real server on a free port of this machine, with a clock of its own."""

from __future__ import annotations

import re
import ssl
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import httpx

from overt.clock import SystemClock
from overt.settings import Settings
from overt.values.account import Account, Role
from overt.values.deployment import Rank
from overt.web.app import make_app
from overt.web.passwords import Hasher
from overt.web.services import Services, open_services
from overt.web.serving import Listening, listening_of, make_server, open_socket

PASSWORD = "four unrelated lively words"  # noqa: S105 - of accounts that only tests have
RANKS = {Role.AUTHORISING: Rank.SUPERINTENDENT}
COOKIE = "overt"
PATIENCE_S = 180.0  # a busy machine is slow, not wrong


def until(holds: Callable[[], object], *, saying: Callable[[], object] = lambda: "") -> None:
    """Wait until something holds, or fail with what there is instead."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, f"waited {PATIENCE_S} s: {saying()}"
        time.sleep(0.05)


class SetClock:
    """The machine's clock, moved by a test."""

    def __init__(self) -> None:
        self.moved = timedelta()

    def now(self) -> datetime:
        return SystemClock().now() + self.moved


@dataclass(frozen=True, slots=True)
class Console:
    """A console that runs."""

    address: str
    services: Services
    clock: SetClock
    verify: ssl.SSLContext | bool = False  # without TLS nothing is loaded to verify it
    accounts: dict[Role, Account] = field(default_factory=dict[Role, Account])

    @contextmanager
    def browser(self, token: str | None = None) -> Generator[httpx.Client]:
        """Give what asks as a browser does, with a session's token or without."""
        with httpx.Client(
            base_url=self.address,
            headers={"Origin": self.address, "Sec-Fetch-Site": "same-origin"},
            cookies={} if token is None else {COOKIE: token},
            timeout=PATIENCE_S,
            verify=self.verify,
        ) as client:
            yield client

    @contextmanager
    def as_role(self, role: Role) -> Generator[httpx.Client]:
        """Give a browser where somebody of a role is logged in."""
        with self.browser(self.token(role)) as client:
            yield client

    def token(self, role: Role) -> str:
        """Begin a session, without the cost of a password."""
        return self.services.sessions.begin(self.accounts[role].id)

    def add_accounts(self) -> None:
        """Make an account for each role, logged into by the role's first word and PASSWORD."""
        hashed = hashed_password()
        now = self.clock.now()
        for role in Role:
            account = Account(
                id=self.services.new_id(now),
                login=login_of(role),
                name=f"{role.value.title()} Person",
                role=role,
                rank=RANKS.get(role, Rank.NONE),
                made=now,
                must_change=False,
                closed=False,
                has_code=False,
            )
            self.services.accounts.store.add(account, password=hashed)
            self.accounts[role] = account


@cache
def hashed_password() -> str:
    return Hasher().hash(PASSWORD)


def login_of(role: Role) -> str:
    return role.value.split()[0]


@contextmanager
def console_in(
    folder: Path,
    *,
    accounts: bool = True,
    verify: ssl.SSLContext | bool = False,
    settings: Mapping[str, object] | None = None,
) -> Generator[Console]:
    """Serve a console from a folder, and stop it at the end."""
    chosen = Settings.model_validate({"data_dir": folder / "data", **(settings or {})})
    clock = SetClock()
    with open_services(chosen, clock=clock) as services:
        # The port is the system's choice: `listening_of` refuses 0, which is for tests only.
        listening: Listening = replace(listening_of(chosen), port=0)
        with open_socket(listening) as socket:
            listening = replace(listening, port=socket.getsockname()[1])
            server = make_server(make_app(services), listening)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]})
            thread.start()
            console = Console(listening.address, services, clock, verify)
            try:
                if accounts:
                    console.add_accounts()
                yield console
            finally:
                server.should_exit = True
                thread.join()


def confirm_all(console: Console) -> None:
    """Have the authorising officer confirm what waits."""
    for each in console.services.accounts.grants.all():
        console.services.accounts.grants.confirm(each.id, by=console.accounts[Role.AUTHORISING])


def csrf_in(page: str) -> str:
    """Give the token that a page's forms carry."""
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
    assert found is not None, "got a page without a token"
    return found[1]


def send(client: httpx.Client, path: str, form: Mapping[str, str], *, of: str) -> httpx.Response:
    """Send a form of a page, as its button does."""
    token = csrf_in(client.get(of).text)
    return client.post(path, data={"csrf": token, **form})


def log_in(client: httpx.Client, login: str, password: str = PASSWORD) -> httpx.Response:
    return client.post("/login", data={"login": login, "password": password})
