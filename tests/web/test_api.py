"""The API: in whose name, with which scope, once, and with no name in what it tells."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Generator
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from console_record import (
    RUNNING,
    count_faces,
    look_at,
    program,
    raise_alert,
    run_deployment,
    token_for,
)
from consoles import Console, confirm_all, console_in, send

from overt.errors import InputError
from overt.values.account import Role
from overt.values.alert_events import AlertAdjudicated
from overt.values.duty_events import DeploymentPaused
from overt.values.token import Scope
from overt.web.api.document import document
from overt.web.bearers import A_MINUTE
from overt.web.permissions import PERMISSIONS, Bearer

ALERTS = f"/api/v1/deployments/{RUNNING}/alerts"
ENGAGE = {"decision": "engage", "subject": "Jane Roe had the same scar"}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Generator[Console]:
    """Give a console where a deployment runs."""
    with console_in(tmp_path_factory.mktemp("api")) as console:
        run_deployment(console)
        yield console


def post(client: httpx.Client, path: str, body: object = None, *, key: str = "") -> httpx.Response:
    headers = {"Idempotency-Key": key or uuid4().hex}
    if body is None:
        return client.post(path, headers=headers)
    return client.post(path, json=body, headers=headers)


def operations() -> list[tuple[str, str, Bearer]]:
    found: list[tuple[str, str, Bearer]] = []
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            access = PERMISSIONS[operation["operationId"]]
            assert isinstance(access, Bearer)
            found.append((method.upper(), path.replace("{deployment}", RUNNING), access))
    return found


def bodies(path: str) -> object:
    """Give a body that can be read, so that who may not is refused for that."""
    known = {
        "adjudicate": ENGAGE,
        "second-opinion": ENGAGE,
        "end": {"finding": "confirmed true"},
        "demographics": {},
        "outcome": {"disposal": "no action"},
        "follow-up": {"follow_up": "charged"},
        "force": {"text": "held"},
        "complaint": {"reference": "COMP/1"},
        "pause": {"reason": "crowd"},
        "stop": {"reason": "enough"},
        "threshold": {"before": 0.64, "after": 0.66, "reason": "rain"},
        "deployments": {"file": "no TOML"},
        "draft": {"file": "no TOML"},
        "cameras/check": {"camera": "gate"},
        "brief": {"signs": "both ends", "notice": "web site", "staff": 4, "cameras": ["gate"]},
        "decide": {"decisions": [{"entry": 1, "listed": True}]},
        "publication": {"size": 1, "as_of": "2026-03-01T10:00:00Z", "sha256": "0" * 64},
    }
    known["{period}"] = known["publication"]
    last = path.rsplit("/", 2)
    return known.get("/".join(last[-2:])) or known.get(last[-1])


def answered(
    client: httpx.Client, method: str, path: str, token: str | None
) -> tuple[int, set[int]]:
    """Ask for what there is not, and give the status, and which ones tell who may so."""
    at = re.sub(r"{[^}]+}", "none", path.replace("{period}", "1999")).replace(RUNNING, "none")
    posts = method == "POST"
    headers = {"Idempotency-Key": uuid4().hex} if posts else {}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    answer = client.request(
        method,
        at,
        headers=headers,
        json=bodies(path) if posts else None,
        params={"until_quiet": "true"} if path.endswith("/events") else {},
        files={"csv": ("p.csv", b"")} if path.endswith("/builds") else None,
    )
    made = at.endswith(("/deployments", "/builds"))  # nothing is asked for: the body is judged
    return answer.status_code, {404, 409, 422} if made else {404, 409}


def test_every_operation_asks_for_token_scope_and_role(running: Console) -> None:
    """Asked for an alert and a deployment that there are not: who may is told so, nobody acts."""
    wrong: list[str] = []
    tokens = {role: token_for(running, role) for role in Role}
    narrow = {
        (role, scope): token_for(running, role, *(each for each in Scope if each is not scope))
        for role in Role
        for scope in Scope
    }
    whose: dict[str | None, object] = {token: role for role, token in tokens.items()}
    whose |= {token: key for key, token in narrow.items()}
    with program(running, None) as client:
        for method, path, access in operations():
            asked: dict[str | None, int] = {None: 401, "never-made": 401}
            for role in Role:
                asked[narrow[role, access.scope]] = 403
                asked[tokens[role]] = 200 if role in access.roles else 403
            for token, want in asked.items():
                got, refused = answered(client, method, path, token)
                if got != want and not (want == 200 and got in refused):
                    wrong.append(f"{method} {path} with {whose.get(token)}: got {got}, want {want}")
    assert wrong == []
    assert not any(Role.ADMINISTRATOR in access.roles for _, _, access in operations())


def test_a_cookie_counts_for_nothing(running: Console) -> None:
    with running.as_role(Role.OPERATOR) as client:
        answer = client.get(ALERTS)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert "got none" in told["detail"]
    assert "want" in told["detail"]
    assert told["hint"]


def test_an_alert_goes_its_way(running: Console) -> None:
    alert = raise_alert(running, "way-1")
    at = f"{ALERTS}/{alert}"
    with program(running, token_for(running, Role.OPERATOR)) as operator:
        assert alert in {each["id"] for each in operator.get(ALERTS).json()["alerts"]}
        assert operator.get(at).json()["state"] is None
        assert post(operator, f"{at}/claim").json()["state"] == "claimed"
        look_at(running, alert, Role.AUDITOR)  # who else has looked does not count
        refused = post(operator, f"{at}/adjudicate", ENGAGE)
        assert refused.status_code == 403
        assert "not looked" in refused.json()["detail"]
        look_at(running, alert)
        judged = post(operator, f"{at}/adjudicate", ENGAGE)
        assert judged.status_code == 200
        assert post(operator, f"{at}/second-opinion", ENGAGE).status_code == 403
    with program(running, token_for(running, Role.ENGAGEMENT)) as officer:
        assert alert in {each["id"] for each in officer.get(ALERTS).json()["alerts"]}
        assert post(officer, f"{at}/engagement/start").status_code == 200
        for path, body in {
            "force": {"text": "held by the arm"},
            "engagement/end": {"finding": "confirmed true"},
            "demographics": {"self_defined": "Black: African", "gender": "female"},
            "outcome": {"disposal": "arrest", "arrest": "wanted by the courts"},
            "follow-up": {"follow_up": "charged"},
            "complaint": {"reference": "COMP/7"},
        }.items():
            answer = post(officer, f"{at}/{path}", body)
            assert answer.status_code == 200, answer.text
    with program(running, token_for(running, Role.AUDITOR)) as auditor:
        told = auditor.get(ALERTS).text
    assert "Person" not in told
    assert "Roe" not in told


def test_a_decoy_looks_like_any_other(running: Console) -> None:
    alert = raise_alert(running, "decoy-1", decoy=True)
    real = raise_alert(running, "real-1")
    with program(running, token_for(running, Role.OPERATOR)) as operator:
        told = operator.get(f"{ALERTS}/{alert}").json()
        claimed = post(operator, f"{ALERTS}/{alert}/claim").json()
        other = post(operator, f"{ALERTS}/{real}/claim").json()
        events = operator.get("/api/v1/events", params={"after": 0, "until_quiet": "true"}).text
    assert set(told) == set(claimed)
    alike = ("state", "next", "category", "similarity", "shots", "flags", "held")
    assert {name: claimed[name] for name in alike} == {name: other[name] for name in alike}
    assert "decoy-raised" not in events
    assert '"alert": "decoy-1"' in events
    with program(running, token_for(running, Role.ENGAGEMENT)) as officer:
        assert officer.get(f"{ALERTS}/{alert}").status_code == 404


def test_the_same_key_does_it_once(running: Console) -> None:
    alert = raise_alert(running, "once-1")
    with program(running, token_for(running, Role.OPERATOR)) as operator:
        post(operator, f"{ALERTS}/{alert}/claim")
        look_at(running, alert)
        key, path = uuid4().hex, f"{ALERTS}/{alert}/adjudicate"
        first = post(operator, path, ENGAGE, key=key)
        again = post(operator, path, ENGAGE, key=key)
        other = post(operator, path, ENGAGE | {"text": "another"}, key=key)
        elsewhere = post(operator, f"{ALERTS}/{alert}/claim", key=key)
        without = operator.post(path, json=ENGAGE)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    assert again.headers["idempotency-replayed"] == "true"
    assert (other.status_code, elsewhere.status_code, without.status_code) == (422, 422, 422)
    judged = [
        each.event.body
        for each in running.services.store.events(kinds=(AlertAdjudicated.kind,))
        if isinstance(each.event.body, AlertAdjudicated) and each.event.body.alert == alert
    ]
    assert len(judged) == 1


def test_a_refusal_keeps_no_key_and_another_s_key_is_another(running: Console) -> None:
    alert, key = raise_alert(running, "key-1"), uuid4().hex
    with program(running, token_for(running, Role.OPERATOR)) as operator:
        assert post(operator, f"{ALERTS}/{alert}/release", key=key).status_code == 409
        post(operator, f"{ALERTS}/{alert}/claim")
        assert post(operator, f"{ALERTS}/{alert}/release", key=key).status_code == 200
    with program(running, token_for(running, Role.COMMANDER)) as commander:
        pause = f"/api/v1/deployments/{RUNNING}/pause"
        assert post(commander, pause, {"reason": "crowd"}, key=key).status_code == 200
        assert post(commander, f"/api/v1/deployments/{RUNNING}/resume").status_code == 200
    paused = list(running.services.store.events(kinds=(DeploymentPaused.kind,)))
    assert len(paused) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"decision": "engage", "by": "Somebody Else"},
        {"decision": "engage", "reason": "angle"},
        {"decision": "reject"},
        {"decision": "reject", "reason": "other"},
        {"decision": "engage", "subject": 7},
        {"decision": "engage", "subject": "x" * 5000},
        {"decision": "engage", "subject": "a\x00b"},
        {"decision": "perhaps"},
        [],
    ],
)
def test_a_body_is_strict(running: Console, body: object) -> None:
    with program(running, token_for(running, Role.OPERATOR)) as operator:
        answer = post(operator, f"{ALERTS}/none/adjudicate", body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "got" in answer.json()["detail"]
    assert "xxx" not in answer.text


def test_the_record_comes_in_pages_without_private_text(running: Console) -> None:
    alert = raise_alert(running, "page-1")
    look_at(running, alert)
    with program(running, token_for(running, Role.AUDITOR)) as auditor:
        after, found, text = 0, 0, ""
        while True:
            answer = auditor.get("/api/v1/records", params={"after": after, "limit": 3})
            page = answer.json()
            if not page["events"]:
                break
            assert [each["sequence"] for each in page["events"]] == list(
                range(after + 1, page["next"] + 1)
            )
            text += answer.text
            found, after = found + len(page["events"]), page["next"]
    assert found == sum(1 for _ in running.services.store.events())
    assert "Operator Person" not in text
    assert "sha256:" in text


def test_figures_and_deployments(running: Console) -> None:
    count_faces(running, 5000)
    with program(running, token_for(running, Role.AUDITOR)) as auditor:
        figures = auditor.get("/api/v1/figures").json()
        shown = auditor.get(f"/api/v1/deployments/{RUNNING}").json()
        listed = auditor.get("/api/v1/deployments").json()["deployments"]
    rate = figures["false_alert_rate"]
    assert rate["faces_seen"] >= 5000
    assert rate["low"] <= (rate["estimate"] or 0) <= rate["high"]
    assert rate["ceiling"] == 0.001
    assert shown in listed
    assert shown["place"] == "High Street"
    assert "A. Officer" not in json.dumps(listed)


def test_the_stream_goes_on_from_where_it_was(running: Console) -> None:
    with program(running, token_for(running, Role.COMMANDER)) as commander:
        asked = {"until_quiet": "true", "after": "2"}
        first = commander.get("/api/v1/events", params=asked)
        lines = [line for line in first.text.splitlines() if line.startswith("id: ")]
        last = lines[-1].removeprefix("id: ")
        again = commander.get(
            "/api/v1/events", params={"until_quiet": "true"}, headers={"Last-Event-ID": last}
        )
        raise_alert(running, "stream-1")
        new = commander.get(
            "/api/v1/events", params={"until_quiet": "true"}, headers={"Last-Event-ID": last}
        )
    assert first.headers["content-type"].startswith("text/event-stream")
    assert lines[0] == "id: 3"
    assert "data:" not in again.text
    told = json.loads(new.text.split("data: ")[1].splitlines()[0])
    assert told["topic"] == f"overt/{RUNNING}/alert-raised"
    assert told["data"] == {"alert": "stream-1"}


def test_a_stream_ends_with_its_token(running: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("overt.web.api.records.AGAIN_S", 0.0)
    token = token_for(running, Role.AUDITOR)
    mine = running.services.bearers.find(token)
    assert mine is not None
    with program(running, token) as client, client.stream("GET", "/api/v1/events") as answer:
        lines = answer.iter_lines()
        assert next(lines) == ": begun"
        running.services.bearers.revoke(mine.id, by=mine.account)
        assert [line for line in lines if line] == []


def test_a_token_ends(own_console: Console) -> None:
    console = own_console
    token = token_for(console, Role.AUDITOR)
    with program(console, token) as client:
        assert client.get("/api/v1/figures").status_code == 200
        admin = console.accounts[Role.ADMINISTRATOR]
        console.services.accounts.give_password(console.accounts[Role.AUDITOR].id, by=admin)
        confirm_all(console)
        assert client.get("/api/v1/figures").status_code == 401
        commander = token_for(console, Role.COMMANDER)
        client.headers["Authorization"] = f"Bearer {commander}"
        assert client.get("/api/v1/figures").status_code == 200
        console.clock.moved += timedelta(days=1)
        assert client.get("/api/v1/figures").status_code == 401


def test_a_token_may_ask_so_often_and_no_more(own_console: Console) -> None:
    token = token_for(own_console, Role.AUDITOR)
    (made,) = own_console.services.bearers.all()
    for _ in range(A_MINUTE):
        assert own_console.services.bearers.wait_s(made.id) == 0
    with program(own_console, token) as client:
        answer = client.get("/api/v1/figures")
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        own_console.clock.moved += timedelta(minutes=1)
        assert client.get("/api/v1/figures").status_code == 200


def test_tokens_are_made_allowed_collected_and_revoked_on_pages(own_console: Console) -> None:
    with own_console.as_role(Role.OPERATOR) as own:
        form = {"label": "desk", "scopes": "alerts:read", "days": "30"}
        shown = send(own, "/profile/tokens", form, of="/profile/tokens")
        secret = shown.text.split('id="given">')[1].split("<")[0]
        with program(own_console, secret) as client:
            assert client.get(ALERTS).status_code == 404  # let in; there is no such deployment
        assert secret not in own.get("/profile/tokens").text
        # A scope that the role has no use for is not given.
        form = {"label": "more", "scopes": "records:read", "days": "30"}
        assert send(own, "/profile/tokens", form, of="/profile/tokens").status_code == 422
    auditor = own_console.accounts[Role.AUDITOR]
    with own_console.as_role(Role.ADMINISTRATOR) as admin:
        form = {"account": auditor.id, "label": "board", "scopes": "figures:read", "days": "9"}
        assert send(admin, "/tokens", form, of="/tokens").status_code == 303
        everybody = admin.get("/tokens").text
        assert "desk" in everybody
        assert "not collected" in everybody
    (waiting,) = own_console.services.bearers.all(auditor.id)
    with own_console.as_role(Role.OPERATOR) as thief:
        path = f"/profile/tokens/{waiting.id}/collect"
        assert send(thief, path, {}, of="/profile/tokens").status_code == 404
    with own_console.as_role(Role.AUDITOR) as own:
        shown = send(own, path, {}, of="/profile/tokens")
        board = shown.text.split('id="given">')[1].split("<")[0]
        assert send(own, path, {}, of="/profile").status_code == 404  # once
    with own_console.as_role(Role.ADMINISTRATOR) as admin, program(own_console, board) as client:
        assert client.get("/api/v1/figures").status_code == 200
        assert send(admin, f"/tokens/{waiting.id}/revoke", {}, of="/tokens").status_code == 303
        assert client.get("/api/v1/figures").status_code == 401


def test_a_token_has_a_label_scopes_and_an_end(own_console: Console) -> None:
    account = own_console.accounts[Role.AUDITOR]
    make = own_console.services.bearers.make
    for label, scopes, days in (("", [*Scope], 1), ("a", [], 1), ("a", [*Scope], 0)):
        with pytest.raises(InputError, match="want"):
            make(account, label=label, scopes=scopes, days=days)


def test_no_secret_is_kept(own_console: Console) -> None:
    token = token_for(own_console, Role.AUDITOR)
    folder = own_console.services.settings.data_dir
    kept = [path for path in folder.glob("accounts*") if token.encode() in path.read_bytes()]
    assert kept == []


def test_logs_hold_no_name_no_text_and_no_token(
    running: Console, caplog: pytest.LogCaptureFixture
) -> None:
    alert = raise_alert(running, "log-1")
    token = token_for(running, Role.OPERATOR)
    secrets = ("Zebedee Quux", "a scar like a fork", "COMP-SECRET-9", token)
    for name in ("overt.access", "overt.audit", "overt.errors"):
        logging.getLogger(name).propagate = True
        caplog.set_level(logging.INFO, logger=name)
    with program(running, token) as operator:
        post(operator, f"{ALERTS}/{alert}/claim")
        look_at(running, alert)
        judgement = {"decision": "engage", "subject": secrets[1], "text": secrets[0]}
        assert post(operator, f"{ALERTS}/{alert}/adjudicate", judgement).status_code == 200
        post(operator, f"{ALERTS}/{alert}/complaint", {"reference": secrets[2]})
        post(operator, f"{ALERTS}/{alert}/adjudicate", {"decision": secrets[0]})
        operator.get(f"{ALERTS}/{secrets[0]}")
        operator.get(ALERTS, params={"second": secrets[0]})
        operator.get("/api/v1/figures", headers={"X-Name": secrets[0]})
    with running.as_role(Role.AUDITOR) as auditor:
        auditor.get("/oversight/audit", params={"by": secrets[0]})
        auditor.get("/oversight/audit.csv", params={"by": secrets[0]})
        metrics = auditor.get("/metrics").text
    assert len(caplog.messages) >= 8
    written = "\n".join(caplog.messages) + metrics
    names = [account.name for account in running.accounts.values()]
    assert [each for each in (*secrets, *names, alert) if each in written] == []
    assert all(json.loads(line)["log"] in {"access", "audit"} for line in caplog.messages)
    assert 'overt_api_requests_total{operation="api_alert_claim"' in metrics


def test_the_document_is_served_to_anybody(running: Console) -> None:
    with program(running, None) as client:
        served = client.get("/api/v1/openapi.json")
    assert served.json() == document()
    assert served.json()["openapi"] == "3.1.0"
