"""Hooks: what happens is posted, signed, to addresses that the settings name. Never a picture.

    POST ADDRESS
    Overt-Timestamp: SECONDS
    Overt-Signature: v1=HEX      HMAC-SHA256 over SECONDS, a dot and the body, with the shared key

An address takes events in the record's order, one at a time; one that fails is tried again, later
each time, and those after it wait. Where it left off is kept, so a restart loses none.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import logging
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from overt.clock import Clock
from overt.errors import OvertError, SettingsError
from overt.records.answers import HookStore
from overt.records.base import Store
from overt.settings import Settings
from overt.web.announcing import announcement
from overt.web.metrics import Metrics
from overt.web.tokens import digest

__all__ = ["Hook", "open_hooks", "signature"]

log: Final = logging.getLogger("overt.errors")
POLL_S: Final = 1.0
FIRST_S: Final = 1.0  # before the second try
LONGEST_S: Final = 300.0
TIMEOUT_S: Final = 10.0
LEAST_KEY: Final = 32  # bytes
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def signature(key: bytes, *, timestamp: int, body: bytes) -> str:
    """Sign a post: its time is signed with it, so that an old one cannot be sent again later."""
    made = hmac.new(key, b"%d." % timestamp + body, hashlib.sha256)
    return f"v1={made.hexdigest()}"


class Hook:
    """Posts to one address, in a thread of its own, until it is stopped."""

    def __init__(
        self,
        address: str,
        *,
        key: bytes,
        store: Store,
        hooks: HookStore,
        metrics: Metrics,
        clock: Clock,
    ) -> None:
        self._address = address_of(address)
        self._name = digest(address)
        self._key = key
        self._store = store
        self._hooks = hooks
        self._metrics = metrics
        self._clock = clock
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hook", daemon=True)

    def start(self) -> None:
        """Begin: with what happens from now on, where the address is new."""
        if self._hooks.after(self._name) is None:
            self._hooks.set(self._name, sum(1 for _ in self._store.leaves()))
        self._thread.start()

    def stop(self) -> None:
        """End, after the post that is under way."""
        self._stop.set()
        self._thread.join(TIMEOUT_S + 1)

    def _run(self) -> None:
        wait_s = FIRST_S
        while not self._stop.is_set():
            try:
                well = self._send_new()
            except OvertError:  # the record or the accounts cannot be read now
                well = False
            if self._stop.wait(POLL_S if well else wait_s):
                return
            wait_s = FIRST_S if well else min(LONGEST_S, 2 * wait_s)

    def _send_new(self) -> bool:
        """Post what is new; tell whether all of it was taken."""
        after = self._hooks.after(self._name) or 0
        for sequence, leaf in enumerate(self._store.leaves(after=after), start=after + 1):
            if self._stop.is_set():
                return True
            if not self._post(json.dumps(announcement(sequence, leaf), sort_keys=True).encode()):
                return False
            self._hooks.set(self._name, sequence)
        return True

    def _post(self, body: bytes) -> bool:
        timestamp = int(self._clock.now().timestamp())
        headers = {
            "Content-Type": "application/json",
            "Overt-Timestamp": str(timestamp),
            "Overt-Signature": signature(self._key, timestamp=timestamp, body=body),
        }
        connection = connection_to(self._address)
        try:
            connection.request("POST", path_of(self._address), body, headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            status = 0
            line = {"log": "hook", "kind": type(error).__name__}
            log.warning("%s", json.dumps(line))
        finally:
            connection.close()
        taken = 200 <= status < 300
        self._metrics.posted(taken=taken)
        return taken


@contextmanager
def open_hooks(
    settings: Settings, *, store: Store, hooks: HookStore, metrics: Metrics, clock: Clock
) -> Generator[None]:
    """Run the hooks of the settings, and stop them at the end.

    Raises:
        SettingsError: an address that others could read on the way, or no key to sign with.
    """
    if not settings.web_hooks:
        yield
        return
    key = read_key(settings.web_hooks_key)
    running = [
        Hook(address, key=key, store=store, hooks=hooks, metrics=metrics, clock=clock)
        for address in settings.web_hooks
    ]
    for hook in running:
        hook.start()
    try:
        yield
    finally:
        for hook in running:
            hook.stop()


def read_key(path: Path | None) -> bytes:
    """Read the key that posts are signed with.

    Raises:
        SettingsError: there is none, or it is short.
    """
    try:
        key = b"" if path is None else path.read_bytes().strip()
    except OSError as error:
        raise SettingsError(f"web_hooks_key: got {error.strerror}, want a file") from error
    if len(key) < LEAST_KEY:
        raise SettingsError(
            f"web_hooks_key: got {len(key)} bytes, want {LEAST_KEY} or more",
            hint="write a random key into the file, and give it to who receives the posts",
        )
    return key


def address_of(address: str) -> SplitResult:
    """Read an address: over TLS, or on this machine.

    Raises:
        SettingsError: it is none, or neither.
    """
    split = urlsplit(address)
    try:
        local = split.scheme == "http" and split.hostname in LOOPBACK and split.port is not None
    except ValueError as error:
        raise SettingsError("web_hooks: got a port that is none, want https://HOST/...") from error
    if not split.hostname or split.username or not (split.scheme == "https" or local):
        raise SettingsError(
            f"web_hooks: got an address of {split.hostname or 'no host'} that is not over TLS, or "
            "with a login; want https://HOST/..., or http:// with a port of this machine"
        )
    return split


def connection_to(address: SplitResult) -> http.client.HTTPConnection:
    """Give a connection; it follows no redirect and uses no proxy."""
    host = address.hostname or ""
    if address.scheme == "http":
        return http.client.HTTPConnection(host, address.port, timeout=TIMEOUT_S)
    context = ssl.create_default_context()
    return http.client.HTTPSConnection(host, address.port, timeout=TIMEOUT_S, context=context)


def path_of(address: SplitResult) -> str:
    return (address.path or "/") + (f"?{address.query}" if address.query else "")
