"""News of the record: nothing missed, nothing told twice, nothing told that would be a hint."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest
from alerts_raised import DEPLOYMENT, as_decoy, begin, raised, record
from consoles import Console

from overt.values.account import Role
from overt.values.alert_events import AlertClaimed
from overt.values.counts import FaceCounts
from overt.values.events import FacesCounted
from overt.web import feed

STREAM = {"Accept": "text/event-stream"}


@contextmanager
def streamed(client: httpx.Client, after: str, last: str = "") -> Generator[Iterator[str]]:
    headers = STREAM | ({"Last-Event-ID": last} if last else {})
    with client.stream("GET", f"/news?after={after}", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield answer.iter_lines()


def told(lines: Iterator[str], count: int) -> list[tuple[str, str, dict[str, str]]]:
    """Read so many pieces of news: place, kind, data."""
    found: list[tuple[str, str, dict[str, str]]] = []
    place = kind = ""
    while len(found) < count:
        name, _, value = next(lines).partition(": ")
        match name:
            case "id":
                place = value
            case "event":
                kind = value
            case "data":
                found.append((place, kind, json.loads(value)))
            case _:
                pass
    return found


def test_news_comes_within_a_second_and_is_told_once(own_console: Console) -> None:
    begin(own_console)
    with own_console.as_role(Role.OPERATOR) as client:
        with streamed(client, "0") as lines:
            assert [kind for _, kind, _ in told(lines, 2)] == ["deployment"] * 2
            begun = time.monotonic()
            record(own_console, raised(own_console, "a-1"))
            ((place, kind, data),) = told(lines, 1)
            assert time.monotonic() - begun < 5  # 0.1 s where nothing else runs
        assert (kind, data) == ("alert", {"deployment": DEPLOYMENT, "alert": "a-1"})
        record(own_console, raised(own_console, "a-2"), raised(own_console, "a-3"))
        with streamed(client, "0", last=place) as lines:  # as a browser that comes back
            assert [data["alert"] for _, _, data in told(lines, 2)] == ["a-2", "a-3"]


def test_a_decoy_is_told_as_an_alert_and_acts_say_nothing(own_console: Console) -> None:
    counted = FacesCounted(FaceCounts("gate", own_console.clock.now()))
    begin(own_console)
    record(
        own_console,
        raised(own_console, "a-1"),
        counted,
        as_decoy(raised(own_console, "a-2")),
        AlertClaimed("a-1", "O. Operator"),
    )
    with own_console.as_role(Role.OPERATOR) as client, streamed(client, "2") as lines:
        real, decoy, claim = told(lines, 3)
    assert (real[1], decoy[1]) == ("alert", "alert")
    assert set(real[2]) == set(decoy[2])
    assert claim[1:] == ("queue", {"deployment": DEPLOYMENT, "alert": ""})


def test_a_session_that_ends_ends_its_stream(
    own_console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "BEAT_S", 0.2)
    token = own_console.token(Role.OPERATOR)
    with own_console.browser(token) as client, streamed(client, "0") as lines:
        assert next(lines) == "retry: 1000"
        own_console.services.sessions.end_all(own_console.accounts[Role.OPERATOR].id)
        assert "event: over" in list(lines)


def test_pages_that_wait_share_one_reader(own_console: Console) -> None:
    begin(own_console)
    with (
        own_console.as_role(Role.OPERATOR) as client,
        streamed(client, "0") as first,
        streamed(client, "0") as second,
    ):
        for lines in (first, second):
            told(lines, 2)
        readers = [each for each in threading.enumerate() if each.name == "feed"]
        record(own_console, raised(own_console, "a-1"))
        assert told(first, 1) == told(second, 1)
    assert len(readers) == 1


def test_waiting_keeps_no_session_alive_and_being_there_does(own_console: Console) -> None:
    waits, there = (own_console.token(Role.OPERATOR) for _ in range(2))
    for _ in range(4):
        own_console.clock.moved += timedelta(minutes=10)
        with own_console.browser(there) as client:
            assert client.get("/present").status_code == 204
        with own_console.browser(waits) as client:
            client.get("/alerts/rows")
    with own_console.browser(there) as client:
        assert client.get("/alerts").status_code == 200
    with own_console.browser(waits) as client:
        assert client.get("/alerts").headers["location"] == "/login"


def test_what_takes_no_stream_is_told_so(own_console: Console) -> None:
    with own_console.as_role(Role.COMMANDER) as client:
        assert client.get("/news", headers={"Accept": "application/json"}).status_code == 422
