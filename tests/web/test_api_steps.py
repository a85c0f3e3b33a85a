"""A deployment prepared by a program, and its threshold; what only people do stays with them."""

from __future__ import annotations

import json
from collections.abc import Generator
from uuid import uuid4

import httpx
import pytest
from console_record import program, token_for
from consoles import Console, console_in, send
from test_deployments import OFFICER, build_list, running_trial, toml
from web_deployments import checked, raise_alert, running

from overt.values.account import Role
from overt.web.permissions import PERMISSIONS

DEPLOYMENTS = "/api/v1/deployments"
BRIEFING = {"signs": "both ends", "notice": "web site", "staff": 4, "cameras": ["gate"]}


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory) -> Generator[Console]:
    with console_in(tmp_path_factory.mktemp("steps")) as console:
        build_list(console)
        yield console


def post(client: httpx.Client, path: str, body: object = None, *, key: str = "") -> httpx.Response:
    headers = {"Idempotency-Key": key or uuid4().hex}
    return client.request("POST", path, headers=headers, json=body)


def test_from_a_draft_to_a_briefing_and_the_end(office: Console) -> None:
    text, key = toml(office, name="by a program").decode(), uuid4().hex
    with (
        program(office, token_for(office, Role.COMMANDER)) as client,
        office.as_role(Role.AUTHORISING) as officer,
    ):
        first = post(client, DEPLOYMENTS, {"file": text}, key=key)
        assert first.json()["state"] == "drafted", first.text
        assert post(client, DEPLOYMENTS, {"file": text}, key=key).content == first.content
        twice = post(client, DEPLOYMENTS, {"file": text})
        assert twice.status_code == 409
        assert "drafted by, want another" in twice.json()["detail"]
        identifier = first.json()["id"]
        at = f"{DEPLOYMENTS}/{identifier}"
        for wrong in ("x = 1", "PK\x03\x04", "watchlist = '../x'", text + "\n# \u202e", "\ud800"):
            body = {"file": wrong}
            refused = client.post(
                f"{at}/draft",
                content=json.dumps(body),
                headers={"Idempotency-Key": uuid4().hex, "Content-Type": "application/json"},
            )
            assert refused.status_code == 422, wrong
            assert refused.json()["detail"]
        again = toml(office, name="by a program, anew").decode()
        assert post(client, f"{at}/draft", {"file": again}).json()["name"] == "by a program, anew"
        found = client.get(f"{at}/check").json()
        rules = {each["rule"]: each["verdict"] for each in found["rules"]}
        assert rules["authority-two-people"] == "holds"
        assert OFFICER not in client.get(f"{at}/check").text
        assert post(client, f"{at}/submit").json()["state"] == "submitted"
        # an officer reads what they answer for, on the page
        assert post(client, f"{at}/authorise").status_code == 404
        page = f"/deployments/{identifier}"
        assert send(officer, f"{page}/authorise", {}, of=page).status_code == 303
        assert post(client, f"{at}/cameras/check", {"camera": "none"}).status_code == 404
        assert post(client, f"{at}/brief", BRIEFING).status_code == 409  # no camera is checked
        draft = office.services.office.deployment(identifier).drafted
        assert draft
        office.services.office.check_camera(identifier, checked(office), draft=draft.draft)
        assert post(client, f"{at}/brief", BRIEFING).json()["state"] == "briefed"
        assert post(client, f"{at}/close").status_code == 409
        assert post(client, f"{at}/stop", {"reason": "rain"}).json()["state"] == "stopped"
    with program(office, token_for(office, Role.AUDITOR)) as auditor:
        left = auditor.get(f"{at}/after").json()
        assert left["not_judged"] == 0
        assert left["rules"] or left["untold"]
        assert post(auditor, f"{at}/close").status_code == 403


def test_what_is_left_is_told_in_numbers(own_console: Console) -> None:
    deployment = running(own_console)
    raise_alert(own_console, deployment)
    with program(own_console, token_for(own_console, Role.COMMANDER)) as client:
        left = client.get(f"{DEPLOYMENTS}/{deployment}/after").json()
    assert (left["not_judged"], left["to_be_engaged"], left["without_outcome"]) == (1, 0, 0)
    assert {each["verdict"] for each in left["rules"]} <= {"holds", "fails", "cannot tell"}


def test_a_threshold_is_looked_at_and_not_changed(office: Console) -> None:
    """Its change is an officer's own, on the page: as an authority is."""
    deployment = running_trial(office)
    at, here = f"{DEPLOYMENTS}/{deployment}/threshold", office.services.office
    before = here.deployment(deployment).threshold
    assert before is not None
    with program(office, token_for(office, Role.AUTHORISING)) as client:
        choices = client.get(at).json()["thresholds"]
        current = [each for each in choices if each["current"]]
        assert [each["threshold"] for each in current] == [pytest.approx(before)]
        body = {"before": before, "after": round(before + 0.02, 4), "reason": "rain"}
        refused = post(client, at, body)
        assert refused.status_code == 405
        assert refused.headers["content-type"] == "application/problem+json"
        page = client.post(f"/deployments/{deployment}/threshold", data=body)
        assert page.status_code == 403  # a token opens no page
        document = client.get("/api/v1/openapi.json").json()
        assert set(document["paths"][at_of(at)]) == {"get"}
    assert here.deployment(deployment).changes == ()
    with program(office, token_for(office, Role.COMMANDER)) as client:
        assert client.get(at).status_code == 403


def at_of(address: str) -> str:
    """Give an operation's address as the document has it."""
    return "/".join([*address.split("/")[:-2], "{deployment}", "threshold"])


def test_what_people_alone_do_is_no_operation() -> None:
    """No credential is made by a program, no authority given, and no picture shown."""
    names = {name for name in PERMISSIONS if name.startswith("api_")}
    assert "api_threshold_change" not in names
    for part in ("authorise", "review", "picture", "photo", "account", "grant", "token", "login"):
        assert not [name for name in names if part in name], part
