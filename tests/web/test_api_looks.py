"""What only pages told before, told to programs: the same figures, and no name of anybody."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from pathlib import Path

import pytest
from console_record import (
    RUNNING,
    count_faces,
    look_at,
    program,
    raise_alert,
    record,
    run_deployment,
    token_for,
)
from consoles import Console, console_in
from test_deployments import OFFICER, build_list, running_trial

from overt.engine.live_server import serving
from overt.engine.reported_view import ReportedView
from overt.ledger.checkpoint import Checkpoint
from overt.ledger.verify import verify_export
from overt.values.account import Role
from overt.values.alert_events import AlertAdjudicated, AlertClaimed
from overt.values.deployment import Camera
from overt.values.review import Decision, Factors, FalseAlertReason
from overt.values.token import Scope
from overt.web.overseen import MOST_POINTS, points
from overt.wiring import make_log

API = "/api/v1"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Generator[Console]:
    with console_in(tmp_path_factory.mktemp("looks")) as console:
        build_list(console)
        yield console


@pytest.fixture(scope="module")
def overseen(tmp_path_factory: pytest.TempPathFactory) -> Generator[Console]:
    with console_in(tmp_path_factory.mktemp("seen")) as console:
        log = make_log(console.services.settings, store=console.services.store)
        log.begin("police.example/lfr")
        run_deployment(console)
        count_faces(console, 4000)
        alert = raise_alert(console, "a-1")
        record(console, AlertClaimed(alert, "Operator Person"))
        look_at(console, alert)
        why = FalseAlertReason.BLUR
        judged = AlertAdjudicated(
            alert, "Operator Person", Decision.REJECT, Factors(), why, "", second=False
        )
        record(console, judged)
        count_faces(console, 2000)
        yield console


def test_a_deployments_file_and_its_list_in_numbers(office: Console) -> None:
    deployment = running_trial(office)
    at, page = f"{API}/deployments/{deployment}", f"/deployments/{deployment}"
    with (
        program(office, token_for(office, Role.AUDITOR)) as client,
        office.as_role(Role.AUDITOR) as person,
    ):
        file, listed = client.get(f"{at}/file").json(), client.get(f"{at}/watchlist")
        shown = person.get(f"{page}/file").text
    assert file["file"] == shown
    assert file["sha256"] == hashlib.sha256(shown.encode()).hexdigest()
    told = listed.json()
    assert (told["entries"], told["composition"]["blue_list"], told["composition"]["listed"]) == (
        6,
        6,
        0,
    )
    assert (told["alike"], told["more_alike"]) == (1, False)
    for private in ("Nobody", "R-4", OFFICER):
        assert private not in listed.text
    for role, scope, want in (
        (Role.OPERATOR, Scope.DEPLOYMENTS_READ, 403),
        (Role.COMMANDER, Scope.WATCHLISTS_READ, 403),
        (Role.COMMANDER, Scope.DEPLOYMENTS_READ, 200),
    ):
        with program(office, token_for(office, role, scope)) as client:
            assert client.get(f"{at}/file").status_code == want


def test_a_list_that_is_not_here_is_a_problem(overseen: Console) -> None:
    with program(overseen, token_for(overseen, Role.COMMANDER)) as client:
        for part in ("file", "watchlist"):
            refused = client.get(f"{API}/deployments/{RUNNING}/{part}")
            assert refused.status_code == 404
            assert refused.headers["content-type"] == "application/problem+json"
            assert "on this machine" in refused.json()["detail"]


def test_how_a_deployment_and_its_cameras_do(overseen: Console) -> None:
    at, page = f"{API}/deployments/{RUNNING}/live", f"/live/{RUNNING}/now"
    gate = ReportedView(Camera("gate", "rtsp://camera"))
    with (
        serving(overseen.services.settings.live_dir, RUNNING, {"gate": gate}),
        program(overseen, token_for(overseen, Role.OPERATOR)) as client,
        overseen.as_role(Role.OPERATOR) as person,
    ):
        told, shown = client.get(at).json(), person.get(page).json()
        missing = client.get(f"{API}/deployments/none/live")
    assert told.pop("deployment") == RUNNING
    assert abs(told.pop("left_s") - shown.pop("left_s")) < 600
    assert told == shown
    assert told["state"] == "running"
    (camera,) = told["cameras"]
    assert (camera["name"], camera["lost"], camera["seen"]) == ("gate", False, 0)
    assert missing.status_code == 404
    with program(overseen, token_for(overseen, Role.ENGAGEMENT)) as client:
        assert client.get(at).status_code == 403


def test_the_log_and_its_export(overseen: Console, tmp_path: Path) -> None:
    log = make_log(overseen.services.settings, store=overseen.services.store)
    log.checkpoint()
    with program(overseen, token_for(overseen, Role.AUDITOR)) as client:
        told = client.get(f"{API}/ledger").json()
        export = client.get(f"{API}/ledger/export")
    note = log.checkpoints()[-1]
    last = Checkpoint.parse(note.text)
    assert told["checkpoint"] == note.data.decode()
    assert (told["events"], told["root"]) == (last.size, last.root.hex())
    assert (told["origin"], told["key"]) == ("police.example/lfr", log.first_key().text)
    assert told["witnesses"] == told["rotations"] == []
    assert export.headers["content-type"] == "application/jsonl"
    assert export.headers["cache-control"] == "no-store"
    path = tmp_path / "record.jsonl"
    path.write_bytes(export.content)
    verified = verify_export(path, keys=[log.first_key()], witnesses=None, against=None)
    assert verified.size == last.size
    with program(overseen, token_for(overseen, Role.COMMANDER)) as client:
        assert client.get(f"{API}/ledger").status_code == 403
        assert client.get(f"{API}/ledger/export").status_code == 403


def test_a_log_that_was_never_begun_is_a_problem(office: Console) -> None:
    with program(office, token_for(office, Role.AUDITOR)) as client:
        for path in ("ledger", "ledger/export"):
            refused = client.get(f"{API}/{path}")
            assert refused.status_code == 404
            assert refused.json()["hint"]


def test_the_series_ends_where_the_figures_are(overseen: Console) -> None:
    with program(overseen, token_for(overseen, Role.COMMANDER)) as client:
        told = client.get(f"{API}/figures/series").json()
        figures = client.get(f"{API}/figures")
        assert figures.status_code == 200, figures.text
        now = figures.json()["false_alert_rate"]
    looks = told["looks"]
    assert told["of"] >= len(looks) > 1
    assert {name: looks[-1][name] for name in ("faces_seen", "false_alerts", "low", "high")} == {
        name: now[name] for name in ("faces_seen", "false_alerts", "low", "high")
    }
    assert (looks[-1]["state"], told["ceiling"], told["level"]) == (
        now["state"],
        now["ceiling"],
        now["level"],
    )
    assert all(one["low"] <= one["estimate"] <= one["high"] for one in looks)
    seen = overseen.services.overseen.now()
    many = points(seen.looks * 1000)
    assert many[0] == 0 or seen.looks[0].faces == 0
    assert many[-1] == len(seen.looks) * 1000 - 1
    assert len(many) <= 2 * MOST_POINTS
    assert points(()) == []
