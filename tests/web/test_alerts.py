"""Alerts by HTTP: one holds it, the second is blind, a decoy looks like the others."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from alerts_raised import DEPLOYMENT, as_decoy, begin, raised, record
from consoles import Console, csrf_in, send

from overt.values.account import Account, Role
from overt.values.alert_events import AlertAdjudicated, AlertClaimed
from overt.values.duty_events import DeploymentStopOrdered, EvidenceViewed
from overt.values.events import Body
from overt.values.review import Decision, Factors, FalseAlertReason
from overt.web.routes.alerts import REASON_KEYS

PLACE = f"/alerts/{DEPLOYMENT}/a-1"


@pytest.fixture
def queue(own_console: Console) -> Console:
    """Give a console with one alert that waits, and a second operator."""
    begin(own_console)
    record(own_console, raised(own_console, "a-1"))
    return own_console


def other_operator(console: Console) -> str:
    """Let a second operator in, and give their session's token."""
    first = console.accounts[Role.OPERATOR]
    account: Account = replace(
        first, id=console.services.new_id(first.made), login="second", name="Sasha Second"
    )
    console.services.accounts.store.add(account, password="x")  # noqa: S106 - nobody's
    return console.services.sessions.begin(account.id)


def bodies(console: Console, kind: type[Body]) -> list[Body]:
    found = [each.event.body for each in console.services.store.events()]
    return [body for body in found if isinstance(body, kind)]


def take(client: httpx.Client) -> httpx.Response:
    return send(client, f"{PLACE}/claim", {}, of="/alerts")


def test_two_operators_race_and_one_holds_it(queue: Console) -> None:
    tokens = [queue.token(Role.OPERATOR), other_operator(queue)]

    def race(token: str) -> tuple[int, str]:
        with queue.browser(token) as client:
            answer = take(client)
            return answer.status_code, answer.text

    with ThreadPoolExecutor(2) as pool:
        (first, _), (second, text) = sorted(pool.map(race, tokens))
    assert (first, second) == (303, 409)
    assert re.search(r"got it taken by (Operator Person|Sasha Second) a moment before", text)
    assert "take the next one" in text
    assert len(bodies(queue, AlertClaimed)) == 1


def test_pictures_are_for_who_judges_and_each_look_is_recorded(queue: Console) -> None:
    with queue.as_role(Role.OPERATOR) as client:
        before = client.get(PLACE).text
        assert "/pictures/" not in before
        assert "Ada Example" not in before
        take(client)
        shown = client.get(PLACE).text
        assert "Ada Example" in shown
        for address in re.findall(r'src="(/pictures/[^"]+)"', shown):
            assert client.get(address.replace("&amp;", "&")).status_code == 200
    assert bodies(queue, EvidenceViewed) == [
        EvidenceViewed("a-1", "Operator Person", "adjudication")
    ]
    with queue.browser(other_operator(queue)) as client:
        assert "Held by Operator Person" in client.get(PLACE).text
        assert "/pictures/" not in client.get(PLACE).text
    with queue.as_role(Role.AUDITOR) as client:
        page = client.get(PLACE).text
        assert "/pictures/" in page
        assert 'name="decision"' not in page


def test_a_decision_is_recorded_and_nothing_without_one(queue: Console) -> None:
    with queue.as_role(Role.OPERATOR) as client:
        take(client)
        page = client.get(PLACE).text
        assert " checked" not in page  # nothing is chosen beforehand
        csrf = csrf_in(page)
        for form in ({}, {"decision": "maybe"}, {"decision": "reject"}):
            answer = client.post(f"{PLACE}/judge", data={"csrf": csrf, **form})
            assert answer.status_code == 422, form
        form = {"decision": "reject", "reason": "other", "text": " a mask ", "system": "dark"}
        assert client.post(f"{PLACE}/judge", data={"csrf": csrf, **form}).status_code == 303
        assert client.post(f"{PLACE}/judge", data={"csrf": csrf, **form}).status_code == 409
        assert "You have judged this alert" in client.get(PLACE).text
    (judged,) = bodies(queue, AlertAdjudicated)
    assert isinstance(judged, AlertAdjudicated)
    assert (judged.reason, judged.text) == (FalseAlertReason.OTHER, "a mask")
    assert (judged.factors.system, judged.second) == ("dark", False)


def test_somebody_else_s_alert_is_not_judged(queue: Console) -> None:
    with queue.as_role(Role.OPERATOR) as client:
        take(client)
    with queue.browser(other_operator(queue)) as client:
        answer = send(client, f"{PLACE}/judge", {"decision": "engage"}, of="/alerts")
        assert answer.status_code == 403
    assert bodies(queue, AlertAdjudicated) == []


@pytest.mark.parametrize("decision", list(Decision))
def test_a_second_opinion_is_blind(queue: Console, decision: Decision) -> None:
    """What the second sees does not tell how, or whether, the first has judged."""
    second = other_operator(queue)
    address = f"{PLACE}?second=1"
    with queue.as_role(Role.OPERATOR) as first, queue.browser(second) as client:
        take(first)
        before = neutral(client.get(address).text)
        form = {"decision": decision, "reason": "blur"}
        assert send(first, f"{PLACE}/judge", form, of=PLACE).status_code == 303
        after = neutral(client.get(address).text)
        assert after == before
        assert send(client, f"{PLACE}/second", {"decision": "engage"}, of=address).is_redirect
    one, two = bodies(queue, AlertAdjudicated)
    assert isinstance(one, AlertAdjudicated)
    assert isinstance(two, AlertAdjudicated)
    assert (one.second, two.second, two.by) == (False, True, "Sasha Second")


def neutral(page: str) -> str:
    """Leave out what differs between any two loads of a page."""
    page = re.sub(r"/pictures/[^\"]+", "/pictures/x", page)
    page = re.sub(r'data-after="\d+"', "", page)
    return re.sub(r'name="now" content="[^"]+"', "", page)


def test_a_decoy_looks_like_the_others(own_console: Console) -> None:
    begin(own_console)
    real, decoy = raised(own_console, "a-1"), as_decoy(raised(own_console, "a-2"))
    record(own_console, real, replace(decoy, time=real.time))
    with own_console.as_role(Role.OPERATOR) as client:
        rows = re.findall(r"<li class=\"alert-row.*?</li>", client.get("/alerts").text, re.DOTALL)
        assert len(rows) == 2
        assert rows[0].replace("a-1", "x") == rows[1].replace("a-2", "x")
        pages: list[str] = []
        for alert in ("a-1", "a-2"):
            place = f"/alerts/{DEPLOYMENT}/{alert}"
            assert send(client, f"{place}/claim", {}, of="/alerts").is_redirect
            pages.append(neutral(client.get(place).text).replace(alert, "x"))
        assert pages[0] == pages[1]
        for alert in ("a-1", "a-2"):
            place = f"/alerts/{DEPLOYMENT}/{alert}"
            assert send(client, f"{place}/judge", {"decision": "engage"}, of=place).is_redirect
        client.get("/")  # says what was done, once
        ended = [client.get(f"/alerts/{DEPLOYMENT}/{alert}").text for alert in ("a-1", "a-2")]
        assert neutral(ended[0]).replace("a-1", "x") == neutral(ended[1]).replace("a-2", "x")


def test_what_is_to_be_expected_is_said_in_words(queue: Console) -> None:
    with queue.as_role(Role.OPERATOR) as client:
        take(client)
        page = client.get(PLACE).text
    assert (
        "1 false alert expected in 2,700 faces seen (1 in 2,000 to 1 in 5,500) with 20 listed"
        in page
    )
    assert "similarity, 0.020 above the threshold of 0.640" in page


def test_an_alert_waits_until_somebody_judges(queue: Console) -> None:
    queue.clock.moved += timedelta(hours=3)
    with queue.as_role(Role.OPERATOR) as client:
        assert "1 waiting" in client.get("/alerts/rows").text
        take(client)
        assert send(client, f"{PLACE}/release", {}, of=PLACE).is_redirect
        assert "1 waiting" in client.get("/alerts").text


def test_every_reason_has_a_key_of_its_own() -> None:
    assert set(REASON_KEYS) == set(FalseAlertReason)
    keys = [*REASON_KEYS.values(), "E", "R"]
    assert len(set(keys)) == len(keys)


def test_anybody_there_stops_it_and_only_the_commander_pauses(queue: Console) -> None:
    place = f"/live/{DEPLOYMENT}"
    with queue.as_role(Role.OPERATOR) as client:
        assert send(client, f"{place}/pause", {"reason": "rain"}, of=place).status_code == 403
    with queue.as_role(Role.AUDITOR) as client:
        assert send(client, f"{place}/stop", {}, of=place).status_code == 403
        assert "It does not run on this machine" in client.get(place).text
    with queue.as_role(Role.COMMANDER) as client:
        assert send(client, f"{place}/pause", {"reason": "rain"}, of=place).is_redirect
        assert "paused" in client.get(place).text
        assert send(client, f"{place}/resume", {}, of=place).is_redirect
    with queue.as_role(Role.OPERATOR) as client:
        assert send(client, f"{place}/stop", {}, of=place).is_redirect
    assert bodies(queue, DeploymentStopOrdered) == [
        DeploymentStopOrdered("Operator Person", "not said")
    ]


def test_of_many_alerts_the_oldest_are_shown_and_the_others_counted(queue: Console) -> None:
    made = raised(queue, "b-0")
    record(queue, *(replace(made, alert=f"b-{number:02}") for number in range(70)))
    with queue.as_role(Role.OPERATOR) as client:
        page = client.get("/alerts").text
        assert "71 waiting" in page
        assert "21 more follow" in page
        assert page.count("data-take") == 50
        take(client)
        # Who holds one keeps it in sight, and the next ones move up.
        rows = client.get("/alerts").text
        assert (rows.count("Go on judging"), rows.count(">Take it<")) == (1, 50)
        assert csrf_in(rows) == csrf_in(page)
    with queue.browser(other_operator(queue)) as client:
        rows = client.get("/alerts/rows").text
        assert "Held by Operator Person" in rows
        assert csrf_in(rows) != csrf_in(page)  # a row is written once, a token is one's own


def test_the_board_keeps_the_rows_that_are_shown_and_lets_go_of_the_others(queue: Console) -> None:
    board, made = queue.services.board, raised(queue, "a-1")
    alerts = [f"b-{number}" for number in range(30)]
    record(queue, *(replace(made, alert=alert) for alert in alerts))
    reason = FalseAlertReason.BLUR
    for role in (Role.OPERATOR, Role.AUDITOR):
        with queue.as_role(role) as client:
            assert client.get("/alerts").text.count("</li>") >= 31
    assert board.kept == 62  # one kind of row for each role
    record(queue, *(AlertClaimed(alert, "Ann Other") for alert in alerts))
    with queue.as_role(Role.OPERATOR) as client:
        client.get("/alerts")
    for number, by in enumerate(("Ann Other", "Bob Other")):
        judged = (
            AlertAdjudicated(alert, by, Decision.REJECT, Factors(), reason, "", second=number > 0)
            for alert in alerts
        )
        record(queue, *judged)
    with queue.as_role(Role.OPERATOR) as client:
        assert "1 waiting" in client.get("/alerts").text
    assert 1 <= board.kept <= 2
