"""A console that takes over what a van sends, over TLS, and what the van sends to it."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Semaphore
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from certificates import make_certificate
from consoles import PATIENCE_S, Console, console_in

from overt.operations.sync import Synced, sync
from overt.operations.target import Part, Standing
from overt.operations.target_https import HttpsTarget, trust, written
from overt.settings import Settings
from overt.values.account import Role
from overt.values.token import Scope
from overt.wiring import make_log, open_exchange_here

LOCAL = "127.0.0.1"


def first_key(van: Settings) -> str:
    """Give the key that a van's log began with."""
    with closing(open_exchange_here(van)) as source:
        return make_log(van, store=source).first_key().text


def certificate_in(folder: Path, *, host: str = LOCAL) -> Path:
    """Make a certificate that a console of this machine can have."""
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    day = timedelta(days=1)
    return make_certificate(folder, "console", start=now - day, end=now + day, host=host)


@dataclass(frozen=True, slots=True)
class Force:
    """A force's console that runs, and how to send to it."""

    console: Console
    certificate: Path

    def token(self, *scopes: Scope, role: Role = Role.COMMANDER) -> str:
        """Make a token of a role's account."""
        wanted = scopes or (Scope.RECORDS_SYNC,)
        account = self.console.accounts[role]
        return self.console.services.bearers.make(account, label="van", scopes=wanted, days=1)

    @contextmanager
    def target(
        self, van: Settings, *, wait: Callable[[float], None] = time.sleep
    ) -> Generator[HttpsTarget]:
        """Give what a van sends to."""
        with closing(open_exchange_here(van)) as source:
            yield HttpsTarget(
                self.console.address,
                token=self.token(),
                log=make_log(van, store=source),
                context=trust(self.certificate),
                wait=wait,
            )

    def bring(self, van: Settings) -> list[Synced]:
        """Bring a van's record here."""
        return list(self.steps(van))

    def steps(
        self, van: Settings, *, wait: Callable[[float], None] = time.sleep
    ) -> Iterator[Synced]:
        """Bring a van's record here, a part at a time."""
        with closing(open_exchange_here(van)) as source, self.target(van, wait=wait) as target:
            yield from sync(source, target, make_log(van, store=source))

    @contextmanager
    def program(self, token: str | None) -> Generator[httpx.Client]:
        """Give what asks as a program does."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        with httpx.Client(
            base_url=self.console.address,
            headers=headers,
            timeout=PATIENCE_S,
            verify=self.console.verify,
        ) as client:
            yield client


@contextmanager
def force_in(folder: Path, *keys: str, records: str = "", host: str = LOCAL) -> Generator[Force]:
    """Serve a force's console over TLS, which takes the records of these logs."""
    certificate = certificate_in(folder, host=host)
    given: dict[str, object] = {
        "web_certificate": certificate,
        "web_key": certificate.with_suffix(".key"),
        "web_sync_logs": keys,
        "records": records,
    }
    context = ssl.create_default_context(cafile=certificate)
    begun = (folder / "data").exists()
    with console_in(folder, accounts=not begun, verify=context, settings=given) as console:
        if begun:
            known = console.services.accounts.store.all()
            console.accounts.update({each.role: each for each in known})
        yield Force(console, certificate)


@dataclass(frozen=True, slots=True)
class Parts:
    """Takes parts down as they would be sent, from where a record stands."""

    log: Any
    standing_there: Standing
    sent: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def standing(self, log: str, /) -> Standing:
        del log
        return self.standing_there

    def take(self, part: Part, /) -> None:
        self.sent.append(written(part, log=self.log))

    def verify(self, log: str, /) -> int:
        del log
        return 0


def parts_of(van: Settings, *, after: Standing | None = None) -> list[dict[str, Any]]:
    """Give the parts that a van would send."""
    with closing(open_exchange_here(van)) as source:
        log = make_log(van, store=source)
        parts = Parts(log, after or Standing(""))
        list(sync(source, parts, log))
        return parts.sent


def post(
    client: httpx.Client, log: str, part: object, *, key: str = "", **more: Any
) -> httpx.Response:
    """Send a part by hand."""
    headers = {"Idempotency-Key": key or uuid4().hex}
    path = f"/api/v1/sync/{log.replace('/', '%2F')}"
    return client.post(path, headers=headers, **(more or {"json": part}))


def bring_in_turns(
    van: Settings, address: str, token: str, certificate: Path, may: Semaphore
) -> None:
    """As a process that is killed: on a busy machine it must not be over before that."""
    with closing(open_exchange_here(van)) as source:
        log = make_log(van, store=source)
        target = HttpsTarget(
            address, token=token, log=log, context=trust(certificate), wait=time.sleep
        )
        for _ in sync(source, target, log):
            may.acquire()
