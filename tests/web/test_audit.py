"""Audit lines of what anybody can have refused: a few each, the others counted."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

from overt.web.audit import AUDIT_LOGGER, OF_ADDRESS, OF_ALL, AuditLog


class SetClock:
    """Tells the time that it is set to."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, str]]:
    return [json.loads(each.getMessage()) for each in caplog.records if each.name == AUDIT_LOGGER]


def test_an_address_has_a_few_lines_a_minute(
    clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", AUDIT_LOGGER)
    audit = AuditLog(clock)
    for _ in range(OF_ADDRESS + 1_234):
        audit.refused("no", address="192.0.2.1", why="none")
    audit.refused("no", address="192.0.2.2", why="none")  # another is still told
    audit.refused("other", address="192.0.2.1")  # and of another kind
    told = lines(caplog)
    assert [line["what"] for line in told].count("no") == OF_ADDRESS + 1
    assert [line["number"] for line in told if line["what"] == "no: more"] == ["10", "100", "1000"]
    assert told[-1]["what"] == "other"
    caplog.clear()
    clock.time += timedelta(minutes=1)
    audit.refused("no", address="192.0.2.1", why="again")
    more, again = lines(caplog)
    assert (more["what"], more["number"]) == ("no: more", "1234")
    assert more["since"] == "2026-03-01T12:00:00.000+00:00"
    assert again["why"] == "again"
    caplog.clear()
    audit.settle()
    audit.settle()
    assert lines(caplog) == []  # nothing is left to be told


def test_many_addresses_have_a_few_lines_together(
    clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", AUDIT_LOGGER)
    audit = AuditLog(clock)

    def ask(first: int) -> None:
        for number in range(500):
            audit.refused("no", address=f"192.0.{first}.{number}")

    threads = [threading.Thread(target=ask, args=(first,)) for first in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    clock.time -= timedelta(seconds=5)  # a clock that was set back begins anew
    audit.refused("no", address="192.0.2.1")
    told = [line["what"] for line in lines(caplog)]
    assert told.count("no") == OF_ALL + 1
    numbers = [line["number"] for line in lines(caplog) if line["what"] == "no: more"]
    assert numbers == ["10", "100", "1000", str(2000 - OF_ALL)]
