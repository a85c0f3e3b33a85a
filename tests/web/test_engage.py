"""The phone view over HTTP: who is shown, what is recorded, and that it is recorded once."""

from __future__ import annotations

import html
import json
import re
import secrets
from collections.abc import Generator
from datetime import datetime, timedelta

import httpx
import pytest
from consoles import COOKIE, Console, console_in, csrf_in
from web_deployments import OPERATOR, raise_alert, running, to_engage

from overt.review.alert_record import AlertRecord
from overt.review.alert_state import MOVES, AlertAction, AlertState
from overt.values.account import Role
from overt.values.alert_events import EngagementStarted, ForceRecorded
from overt.values.demographics import AgeBand, Demographics, Ethnicity, Gender
from overt.values.duty_events import EvidenceViewed
from overt.values.review import ArrestCategory, Disposal, FalseAlertReason, Finding
from overt.web.acts import ACTIONS, steps
from overt.web.sessions import Signed
from overt.wiring import open_keys

JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[Console, str]]:
    with console_in(tmp_path_factory.mktemp("street")) as console:
        yield console, running(console)


def act(
    client: httpx.Client, path: str, what: str, *, key: str = "", **answers: str
) -> httpx.Response:
    """Send an act as the phone's script does, under a key of its own if none is given."""
    token = csrf_in(client.get("/engage").text)
    data = {"act": key or secrets.token_hex(16)} | answers
    return client.post(f"{path}/{what}", data=data, headers=JSON | {"X-CSRF-Token": token})


def record_of(street: tuple[Console, str], alert: str) -> AlertRecord:
    console, deployment = street
    return console.services.desk(deployment).alert(alert)


def bodies(console: Console, kind: str, alert: str) -> list[object]:
    found = [each.event.body for each in console.services.store.events(kinds=(kind,))]
    return [body for body in found if getattr(body, "alert", "") == alert]


def test_an_alert_is_handed_over_with_pictures_place_and_cautions(
    street: tuple[Console, str],
) -> None:
    console, deployment = street
    alert = to_engage(console, deployment)
    with console.as_role(Role.ENGAGEMENT) as client:
        assert f"/engage/{deployment}/{alert}" in client.get("/engage").text
        shown = html.unescape(client.get(f"/engage/{deployment}/{alert}").text)
        for told in (
            "Ada Example",
            "High Street, Exampleton",
            "towards the camera, to the right of the picture",
            "small face",
            "a twin sister, Bea",
            "A likeness is no identity",
        ):
            assert told in shown
        pictures = re.findall(r'src="(/pictures/[^"]+)"', shown)
        assert len(pictures) == 3
        for address in pictures:
            assert client.get(address).content.startswith(b"\x89PNG")
        assert client.get(f"/engage/{deployment}/{alert}").status_code == 200
    looks = bodies(console, EvidenceViewed.kind, alert)
    assert [(look.by, look.purpose) for look in looks if isinstance(look, EvidenceViewed)] == [
        (OPERATOR, "adjudicate"),  # before it was judged
        *[("Engagement Officer Person", "to find and speak to the person")] * 2,
    ]


def test_what_was_not_judged_so_is_not_shown(street: tuple[Console, str]) -> None:
    console, deployment = street
    alert = raise_alert(console, deployment)
    with console.as_role(Role.ENGAGEMENT) as client:
        assert alert not in client.get("/engage").text
        path = f"/engage/{deployment}/{alert}"
        assert client.get(path).status_code == 404
        assert act(client, path, "start").status_code == 404
    assert bodies(console, EvidenceViewed.kind, alert) == []
    assert record_of(street, alert).state is AlertState.RAISED


def test_an_engagement_to_an_arrest(street: tuple[Console, str]) -> None:
    console, deployment = street
    alert = to_engage(console, deployment)
    path = f"/engage/{deployment}/{alert}"
    with console.as_role(Role.ENGAGEMENT) as client:
        answer = act(client, path, "start")
        assert (answer.status_code, answer.json()["state"]) == (200, "engaging")
        assert set(answer.json()["open"]) == {"end", "force"}
        act(client, path, "force", text="held by the arm, to keep them from running")
        act(client, path, "end", finding="confirmed true")
        answer = act(
            client, path, "outcome", disposal="arrest", arrest="wanted by the courts", vawg="yes"
        )
        assert answer.json()["state"] == "closed: arrest"
        assert alert in client.get("/engage").text  # the questions are not answered
        answer = act(
            client,
            path,
            "demographics",
            self_defined=Ethnicity.B1,
            gender="female",
            age="25 to 34",
        )
        assert answer.status_code == 200
        assert alert not in client.get("/engage").text
        shown = client.get(path)
        assert "/pictures/" not in shown.text  # nobody is looked for any more
    record = record_of(street, alert)
    assert record.finding
    assert record.finding.finding is Finding.TRUE
    assert record.outcome
    assert record.outcome.arrest is ArrestCategory.COURTS
    assert record.outcome.violence_against_women_and_girls
    assert record.force == 1
    assert record.demographics == Demographics(
        Ethnicity.B1, Ethnicity.NR, Gender.FEMALE, AgeBand.FROM_25
    )
    (force,) = bodies(console, ForceRecorded.kind, alert)
    assert isinstance(force, ForceRecorded)
    assert force.by == "Engagement Officer Person"


@pytest.mark.parametrize(
    ("finding", "disposal"),
    [("confirmed false", "no action"), ("unconfirmed", "other disposal")],
)
def test_other_ends(street: tuple[Console, str], finding: str, disposal: str) -> None:
    console, deployment = street
    alert = to_engage(console, deployment)
    path = f"/engage/{deployment}/{alert}"
    reason = {"reason": "identical twin"} if finding == "confirmed false" else {}
    with console.as_role(Role.ENGAGEMENT) as client:
        act(client, path, "start")
        act(client, path, "end", finding=finding, **reason)
        # A ground of arrest is left out where nobody was arrested, as is the offence.
        answer = act(
            client, path, "outcome", disposal=disposal, arrest="wanted by the courts", vawg="yes"
        )
        assert answer.json()["state"] == "closed"
    record = record_of(street, alert)
    assert record.finding
    assert record.finding.reason == (FalseAlertReason.TWIN if reason else None)
    assert record.outcome
    assert record.outcome.arrest is None
    assert not record.outcome.violence_against_women_and_girls


def test_a_person_who_was_not_found(street: tuple[Console, str]) -> None:
    console, deployment = street
    alert = to_engage(console, deployment)
    with console.as_role(Role.ENGAGEMENT) as client:
        answer = act(client, f"/engage/{deployment}/{alert}", "not-located")
        assert (answer.json()["state"], answer.json()["open"]) == ("not located", [])
    outcome = record_of(street, alert).outcome
    assert outcome
    assert outcome.disposal is Disposal.NOT_LOCATED


def test_an_act_sent_twice_is_recorded_once(street: tuple[Console, str]) -> None:
    """Also after more was done, and also at two consoles over one record."""
    console, deployment = street
    alert = to_engage(console, deployment)
    path = f"/engage/{deployment}/{alert}"
    with console.as_role(Role.ENGAGEMENT) as client:
        for _ in range(2):
            answer = act(client, path, "start", key="0123456789abcdef")
            assert (answer.status_code, answer.json()["state"]) == (200, "engaging")
        act(client, path, "end", finding="unconfirmed")
        again = act(client, path, "start", key="0123456789abcdef")
        assert (again.status_code, again.json()["state"]) == (200, "unconfirmed")
        other = act(client, path, "force", key="0123456789abcdef", text="none of it")
        assert other.status_code == 409
        assert "want one of its own" in other.json()["detail"]
    assert len(bodies(console, EngagementStarted.kind, alert)) == 1
    assert record_of(street, alert).force == 0


def test_a_conflict_is_told_in_words(street: tuple[Console, str]) -> None:
    console, deployment = street
    alert = to_engage(console, deployment)
    path = f"/engage/{deployment}/{alert}"
    with console.as_role(Role.ENGAGEMENT) as client:
        act(client, path, "start")
        answer = act(client, path, "start")  # another officer's, or another phone's
        assert answer.status_code == 409
        assert answer.json()["detail"].startswith(
            "start engagement: got it for an alert that is engaging by now"
        )
        assert "another officer" in answer.json()["hint"]


@pytest.mark.parametrize(
    ("what", "answers", "says"),
    [
        ("end", {}, "finding: got nothing, want one of confirmed true"),
        ("end", {"finding": "yes"}, "finding: got what is none"),
        ("end", {"finding": "confirmed false"}, "reason: got nothing, want one of lighting"),
        ("outcome", {"disposal": "arrest"}, "arrest: got nothing, want one of wanted"),
        ("outcome", {"disposal": "not located"}, "disposal: got not located"),
        ("demographics", {"self_defined": "B1"}, "self_defined: got what is none"),
        ("force", {"text": "  "}, "text: got 0 characters"),
        ("force", {"text": "x" * 2001}, "text: got 2,001 characters"),
        ("start", {"key": "short"}, "act: got a key that is none"),
        ("arrest", {}, "act: got 'arrest', want one of start"),
    ],
)
def test_what_cannot_be_used_is_refused(
    street: tuple[Console, str], what: str, answers: dict[str, str], says: str
) -> None:
    console, deployment = street
    alert = to_engage(console, deployment)
    with console.as_role(Role.ENGAGEMENT) as client:
        answer = act(client, f"/engage/{deployment}/{alert}", what, **answers)
        assert answer.status_code == (404 if what == "arrest" else 422)
        assert says in answer.json()["detail"]
    assert record_of(street, alert).state is AlertState.TO_ENGAGE


def test_without_script_a_form_is_sent_and_its_page_comes_back(street: tuple[Console, str]) -> None:
    console, deployment = street
    alert = to_engage(console, deployment)
    path = f"/engage/{deployment}/{alert}"
    with console.as_role(Role.ENGAGEMENT) as client:
        shown = client.get(path).text
        key = re.search(r'name="act" value="([^"]+)"', shown)
        assert key
        form = {"csrf": csrf_in(shown), "act": key[1]}
        for _ in range(2):  # pressed twice
            sent = client.post(f"{path}/start", data=form)
            assert (sent.status_code, sent.headers["location"]) == (303, path)
        assert "The alert is now: engaging" in client.get(path).text
        assert len(bodies(console, EngagementStarted.kind, alert)) == 1


def test_the_phone_knows_the_table_of_the_life_cycle(street: tuple[Console, str]) -> None:
    console, deployment = street
    alert = to_engage(console, deployment)
    with console.as_role(Role.ENGAGEMENT) as client:
        shown = client.get(f"/engage/{deployment}/{alert}").text
    given = re.search(r'data-steps="([^"]+)"', shown)
    assert given
    told = json.loads(html.unescape(given[1]))
    assert told == steps()
    mine = {action for actions in ACTIONS.values() for action in actions}
    for (state, action), after in MOVES.items():
        assert (told[state].get(action) == after) == (action in mine)
    assert AlertAction.REJECT not in mine


def test_deleted_pictures_leave_what_can_be_done(street: tuple[Console, str]) -> None:
    console, deployment = street
    alert = to_engage(console, deployment)
    open_keys(console.services.settings).destroy(f"alert-{alert}")
    with console.as_role(Role.ENGAGEMENT) as client:
        shown = client.get(f"/engage/{deployment}/{alert}")
        assert shown.status_code == 200
        assert "The pictures cannot be opened" in shown.text
        assert "Start the engagement" in shown.text


def test_the_list_that_a_page_asks_for_keeps_no_session_alive(
    street: tuple[Console, str],
) -> None:
    console, _ = street
    with console.as_role(Role.ENGAGEMENT) as client:
        before = seen(console, client)
        console.clock.moved += timedelta(minutes=5)
        assert client.get("/engage/list").text.lstrip().startswith('<div id="engaged"')
        assert seen(console, client) == before
        client.get("/engage")
        assert seen(console, client) > before


def seen(console: Console, client: httpx.Client) -> datetime:
    """Tell when a browser's person was last there."""
    signed = console.services.sessions.find(client.cookies[COOKIE], active=False)
    assert isinstance(signed, Signed)
    return signed.session.seen
