"""Hooks: signed, in order, tried again, and with nothing in them that is about a person."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from console_record import look_at, raise_alert, record, run_deployment
from consoles import Console, console_in

from overt.errors import SettingsError
from overt.values.account import Role
from overt.values.alert_events import AlertAdjudicated, ForceRecorded
from overt.values.review import Decision, Factors
from overt.web import hooks
from overt.web.hooks import address_of, read_key

KEY = b"k" * 40


class Receiver:
    """Takes posts on this machine; refuses as many as a test says."""

    def __init__(self) -> None:
        self.refuse = 0
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.tried = 0
        self.change = threading.Condition()

    def take(self, headers: dict[str, str], body: bytes) -> int:
        with self.change:
            self.tried += 1
            if self.refuse > 0:
                self.refuse -= 1
                return 503
            self.taken.append((headers, body))
            self.change.notify_all()
            return 204

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        with self.change:
            assert self.change.wait_for(lambda: len(self.taken) >= count, timeout=120)
            return [json.loads(body) for _, body in self.taken]


@contextmanager
def receiving(receiver: Receiver) -> Generator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(receiver.take(dict(self.headers.items()), body))
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/events?secret=in-address"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]: used by pytest
    monkeypatch.setattr(hooks, "POLL_S", 0.02)
    monkeypatch.setattr(hooks, "FIRST_S", 0.02)
    monkeypatch.setattr(hooks, "TIMEOUT_S", 120.0)  # else a slow answer is asked for again


@contextmanager
def console_with(folder: Path, address: str) -> Generator[Console]:
    key = folder / "hook.key"
    key.write_bytes(KEY + b"\n")
    chosen = {"web_hooks": (address,), "web_hooks_key": key}
    with console_in(folder, accounts=not (folder / "data").exists(), settings=chosen) as console:
        yield console


def test_what_happens_is_posted_signed_in_order_and_once(tmp_path: Path) -> None:
    receiver = Receiver()
    receiver.refuse = 3
    with receiving(receiver) as address:
        with console_with(tmp_path, address) as console:
            run_deployment(console)
            told = receiver.wait_for(5)
        assert [each["sequence"] for each in told] == [1, 2, 3, 4, 5]
        assert receiver.tried == 8
        with console_with(tmp_path, address) as console:  # goes on from where it left off
            raise_alert(console, "a-1")
            told = receiver.wait_for(6)
    assert [each["sequence"] for each in told] == [1, 2, 3, 4, 5, 6]
    for headers, body in receiver.taken:
        signed = headers["Overt-Timestamp"].encode() + b"." + body
        want = "v1=" + hmac.new(KEY, signed, hashlib.sha256).hexdigest()
        assert headers["Overt-Signature"] == want


def test_a_post_says_nothing_about_people(tmp_path: Path) -> None:
    receiver = Receiver()
    with receiving(receiver) as address, console_with(tmp_path, address) as console:
        run_deployment(console)
        raise_alert(console, "a-1")
        raise_alert(console, "a-2", decoy=True)
        look_at(console, "a-1", Role.OPERATOR)
        factors = Factors("a scar like a fork")
        judged = AlertAdjudicated(
            "a-1", "Operator Person", Decision.ENGAGE, factors, None, "", second=False
        )
        record(console, judged)
        record(console, ForceRecorded("a-1", "Engagement Person", "held by the arm"))
        told = receiver.wait_for(10)
    text = json.dumps(told)
    words = ("Operator", "Engagement", "Drafter", "scar", "held by", "decoy", "engage", "cccc")
    assert [word for word in words if word in text.replace("engagement", "")] == []
    of_alerts = [each for each in told if "alert" in each["data"]]
    assert [each["data"] for each in of_alerts] == [
        {"alert": name} for name in ("a-1", "a-2", "a-1", "a-1", "a-1")
    ]
    real, decoy = (each for each in told if each["kind"] == "alert-raised")
    assert set(real) == set(decoy)


def test_a_new_address_begins_with_what_happens_next(tmp_path: Path) -> None:
    with console_in(tmp_path) as console:
        run_deployment(console)
    receiver = Receiver()
    with receiving(receiver) as address, console_with(tmp_path, address) as console:
        raise_alert(console, "a-1")
        assert [each["sequence"] for each in receiver.wait_for(1)] == [6]
    metrics = console.services.metrics.text().decode()
    assert 'overt_web_hook_posts_total{taken="yes"}' in metrics


@pytest.mark.parametrize(
    "address",
    [
        "http://elsewhere.example/hook",
        "http://127.0.0.1/no-port",
        "https://name:word@elsewhere.example/",
        "ftp://127.0.0.1:21/",
        "http://127.0.0.1:port/",
        "nothing",
    ],
)
def test_an_address_is_over_tls_or_of_this_machine(address: str) -> None:
    with pytest.raises(SettingsError, match="want https"):
        address_of(address)


def test_a_key_is_long_and_there(tmp_path: Path) -> None:
    short = tmp_path / "short"
    short.write_bytes(b"short")
    for path in (None, short, tmp_path / "none"):
        with pytest.raises(SettingsError, match="web_hooks_key"):
            read_key(path)
    assert address_of("https://elsewhere.example/hook").hostname == "elsewhere.example"
