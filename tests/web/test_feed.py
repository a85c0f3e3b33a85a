"""News of the record: nothing missed, nothing told twice, nothing told that would be a hint."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from alerts_raised import DEPLOYMENT, as_decoy, begin, raised, record
from consoles import Console

from overt.values.account import Role
from overt.values.alert_events import AlertClaimed, ComplaintRecorded
from overt.values.counts import FaceCounts
from overt.values.events import FacesCounted
from overt.web import feed, news

STREAM = {"Accept": "text/event-stream"}


@contextmanager
def streamed(client: httpx.Client, after: str, last: str = "") -> Generator[Iterator[str]]:
    headers = STREAM | ({"Last-Event-ID": last} if last else {})
    with client.stream("GET", f"/news?after={after}", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield answer.iter_lines()


def told(lines: Iterator[str], count: int) -> list[tuple[str, str, str]]:
    """Read messages with so many pieces of news: place, kind, and the alert or the deployment."""
    found: list[tuple[str, str, str]] = []
    place = ""
    while len(found) < count:
        name, _, value = next(lines).partition(": ")
        if name == "id":
            place = value
        elif name == "data":
            data = json.loads(value)
            raised: dict[str, list[str]] = data.pop("alert")
            found += [(place, "alert", each) for alerts in raised.values() for each in alerts]
            found += [(place, kind, each) for kind, all_of in data.items() for each in all_of]
    return found


def test_news_comes_within_a_second_and_is_told_once(
    own_console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "BEAT_S", 60.0)
    begin(own_console)
    with own_console.as_role(Role.OPERATOR) as client:
        with streamed(client, "0") as lines:
            assert [kind for _, kind, _ in told(lines, 1)] == ["deployment"]
            begun = time.monotonic()
            record(own_console, raised(own_console, "a-1"))
            ((place, kind, alert),) = told(lines, 1)
            assert time.monotonic() - begun < feed.BEAT_S / 2  # 0.1 s where nothing else runs
        assert (kind, alert) == ("alert", "a-1")
        record(own_console, raised(own_console, "a-2"), raised(own_console, "a-3"))
        with streamed(client, "0", last=place) as lines:  # as a browser that comes back
            assert [alert for _, _, alert in told(lines, 2)] == ["a-2", "a-3"]


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
    assert (real[1:], decoy[1:]) == (("alert", "a-1"), ("alert", "a-2"))
    assert claim[1:] == ("queue", DEPLOYMENT)  # not which


def test_a_session_that_ends_ends_its_stream(
    own_console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "BEAT_S", 0.2)
    token = own_console.token(Role.OPERATOR)
    with own_console.browser(token) as client, streamed(client, "0") as lines:
        assert next(lines) == "retry: 1000"
        own_console.services.sessions.end_all(own_console.accounts[Role.OPERATOR].id)
        assert "event: over" in list(lines)


def readers() -> set[threading.Thread]:
    return {each for each in threading.enumerate() if each.name == "feed"}


def test_pages_that_wait_share_one_reader(own_console: Console) -> None:
    begin(own_console)
    of_others = readers()  # a console that is shared may have one
    with (
        own_console.as_role(Role.OPERATOR) as client,
        streamed(client, "0") as first,
        streamed(client, "0") as second,
    ):
        for lines in (first, second):
            told(lines, 1)
        own = readers() - of_others
        record(own_console, raised(own_console, "a-1"))
        assert told(first, 1) == told(second, 1)
    assert len(own) == 1


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


def test_a_session_that_ends_ends_its_stream_while_news_come_without_a_pause(
    own_console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "BEAT_S", 0.4)
    begin(own_console)
    over = threading.Event()

    def act() -> None:
        while not over.wait(0.05):
            record(own_console, ComplaintRecorded("", "C. Lerk", "C/1"))

    acting = threading.Thread(target=act)
    token = own_console.token(Role.OPERATOR)
    with own_console.browser(token) as client, streamed(client, "0") as lines:
        acting.start()
        try:
            told(lines, 3)
            own_console.services.sessions.end_all(own_console.accounts[Role.OPERATOR].id)
            assert "event: over" in list(lines)
        finally:
            over.set()
            acting.join()


def test_who_was_away_for_long_is_told_from_the_record_each_alert_once(
    own_console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is no longer in memory is read again, in messages of a size that does not grow."""
    monkeypatch.setattr(news, "AT_ONCE", 7)
    monkeypatch.setattr(feed, "AT_FIRST", 5)
    begin(own_console)
    made = raised(own_console, "a-0")
    alerts = [f"a-{number}" for number in range(40)]
    record(own_console, *(replace(made, alert=alert) for alert in alerts))
    with own_console.as_role(Role.OPERATOR) as client, streamed(client, "2") as lines:
        found = told(lines, 40)
        assert [alert for _, _, alert in found] == alerts
        assert len({place for place, _, _ in found}) == 6
        record(own_console, replace(made, alert="a-40"))
        assert [alert for _, _, alert in told(lines, 1)] == ["a-40"]


def test_what_a_page_reads_first_is_told_to_those_that_wait(
    own_console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that asks for itself must not take the news away from the others."""
    monkeypatch.setattr(feed, "BEAT_S", 60.0)
    begin(own_console)
    with own_console.as_role(Role.OPERATOR) as client, streamed(client, "0") as lines:
        told(lines, 1)
        for number in range(10):
            record(own_console, ComplaintRecorded("", "C. Lerk", f"C/{number}"))
            own_console.services.live.latest()
            begun = time.monotonic()
            told(lines, 1)
            assert time.monotonic() - begun < feed.BEAT_S / 2


def test_recent_news_are_kept_to_a_number_and_say_from_where_on() -> None:
    recent = news.Recent(0, kept=10)
    for sequence in range(1, 100):
        recent.add(news.News(sequence, "queue", "d"))
    assert 87 <= recent.begin <= 89
    message = recent.since(recent.begin)
    assert message is not None
    assert message.sequence == 99
    assert recent.since(98) is recent.since(98)  # made once for all
    assert recent.since(99) is None
