"""`overt serve` in a process of its own: the first link, the trial, and how it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from consoles import PASSWORD, log_in
from ports import free_port

pytestmark = pytest.mark.slow

PATIENCE_S = 120.0  # a busy machine is slow, not wrong


@dataclass(frozen=True, slots=True)
class Served:
    """A command that serves, and what it has said."""

    process: subprocess.Popen[bytes]
    log: Path
    address: str

    def said(self) -> str:
        return self.log.read_text()

    def until(self, word: str) -> str:
        """Wait until it says something, and give all that it said."""
        end = time.monotonic() + PATIENCE_S
        while word not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end, self.said()
            time.sleep(0.05)
        return self.said()

    @contextmanager
    def browser(self) -> Generator[httpx.Client]:
        with httpx.Client(
            base_url=self.address, headers={"Sec-Fetch-Site": "same-origin"}, timeout=PATIENCE_S
        ) as client:
            yield client


@contextmanager
def serving(folder: Path, *words: str) -> Generator[Served]:
    """Run `overt serve` on a free port."""
    address = f"127.0.0.1:{free_port()}"
    environment = os.environ | {"OVERT_DATA_DIR": str(folder / "d"), "OVERT_WEB_ADDRESS": address}
    log = folder / "log"
    with log.open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-c", "from overt.cli import main; main()", "serve", *words],
            env=environment,
            cwd=folder,
            stderr=said,
            stdout=said,
        )
        try:
            yield Served(process, log, f"http://{address}")
        finally:
            process.kill()
            process.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_the_first_link_serves_and_ends_when_asked(
    tmp_path: Path, number: signal.Signals
) -> None:
    with serving(tmp_path) as served:
        said = served.until("The console is at")
        link = re.search(r"http://\S+(/first/\S+)", said)
        assert link is not None
        with served.browser() as client:
            form = {"login": "boss", "name": "B. Boss", "password": PASSWORD, "again": PASSWORD}
            assert client.post(link[1], data=form).status_code == 303
            assert "B. Boss" in client.get("/").text
        served.process.send_signal(number)
        assert served.process.wait(PATIENCE_S) == 0
        assert "Traceback" not in served.said()
        assert '"log": "access"' in served.said()
        # The link is in what is printed, and nowhere in what is logged.
        assert served.said().count(link[1]) == 1


def test_a_trial_lets_every_role_in_and_leaves_nothing(tmp_path: Path) -> None:
    with serving(tmp_path, "--trial") as served:
        said = served.until("The console is at")
        given = re.findall(r"^  \S.{21} (\w+) +([a-z0-9-]{23})$", said, flags=re.MULTILINE)
        assert len(given) == 6
        with served.browser() as client:
            assert log_in(client, *given[3]).headers["location"] == "/profile/password"
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(PATIENCE_S) == 0
    assert sorted(each.name for each in tmp_path.iterdir()) == ["log"]
