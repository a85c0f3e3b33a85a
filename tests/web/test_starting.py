"""Starting a deployment from the console: refused with a reason, told where it fails, and alive."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from briefed import briefed, drafted
from console_record import program, token_for
from consoles import PATIENCE_S, Console, console_in, csrf_in, send, until
from live_camera import camera_on
from ports import free_port
from street import FRAMES, RATE, Street
from test_deployments import words
from test_live_pages import served

from overt.cli.short_log import saying_in, shorten
from overt.errors import InputError, MissingError, RefusedError, SettingsError
from overt.governance.listfile import ListFile
from overt.review.deployment_state import DeploymentState
from overt.review.threshold_change import NewThreshold
from overt.settings import Settings
from overt.values.account import Role
from overt.values.duty_events import ThresholdChanged
from overt.values.events import AlertRaised, DeploymentStarted, WatchlistDestroyed
from overt.web.launching import Launches, environment_of
from overt.wiring import Models, open_keys

pytestmark = pytest.mark.slow


@pytest.fixture
def here(tmp_path: Path, model_cache: Path) -> Generator[Console]:
    with console_in(tmp_path, settings={"cache_dir": model_cache.parent}) as console:
        yield console


def start(console: Console, deployment: str) -> httpx.Response:
    path = f"/deployments/{deployment}"
    with console.as_role(Role.COMMANDER) as client:
        return send(client, f"{path}/start", {}, of="/profile/password")


def shown(console: Console, deployment: str) -> str:
    with console.as_role(Role.COMMANDER) as client:
        return words(client.get(f"/deployments/{deployment}"))


def progress(console: Console, deployment: str) -> dict[str, Any]:
    with console.as_role(Role.AUDITOR) as client:
        return client.get(f"/deployments/{deployment}/progress").json()


def test_what_is_not_briefed_is_refused(here: Console, street: Street, models: Models) -> None:
    source = "rtsp://camera.example/1"
    deployment = drafted(here, street, models, source, starts_in=timedelta(seconds=-1))
    answer = start(here, deployment)
    assert answer.status_code == 409
    assert "got it drafted, want it briefed" in words(answer)
    assert "Start it" not in shown(here, deployment)
    assert start(here, "none").status_code == 404


def test_outside_its_window_it_is_refused(here: Console, street: Street, models: Models) -> None:
    deployment = briefed(
        here, street, models, "rtsp://camera.example/1", starts_in=timedelta(minutes=30)
    )
    answer = start(here, deployment)
    assert answer.status_code == 409
    assert "window" in words(answer)
    page = shown(here, deployment)
    assert "window" in page
    assert "Start now" not in page
    assert here.services.launches.find(deployment) is None


def test_without_its_list_or_the_list_s_key_it_is_refused(
    here: Console, street: Street, models: Models
) -> None:
    deployment = briefed(here, street, models, "rtsp://camera.example/1")
    settings = here.services.settings
    keys = open_keys(settings)
    listfile = ListFile(settings.deployments_dir / "list", keys=keys)
    keys.destroy(listfile.key_name)
    answer = start(here, deployment)
    assert answer.status_code in {409, 422, 500}
    assert "key" in words(answer)
    assert here.services.launches.find(deployment) is None


def held_back(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have processes of the console begin only once a file is there; give where."""
    script, go = folder / "held-back", folder / "go"
    wait = f"while [ ! -e '{go}' ]; do sleep 0.05; done"
    script.write_text(f"#!/bin/sh\n{wait}\nexec '{sys.executable}' \"$@\"\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(script))
    return go


def test_that_it_did_not_start_is_told_with_its_reason(
    here: Console,
    street: Street,
    models: Models,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its camera's recording is not there: a process was begun, and says so."""
    deployment = briefed(here, street, models, "nowhere.mp4")
    assert "Start now" in shown(here, deployment)
    go = held_back(tmp_path, monkeypatch)
    answer = start(here, deployment)
    assert answer.status_code == 303
    assert progress(here, deployment) == {"state": "briefed", "waits": True}
    page = shown(here, deployment)
    assert "It is being started" in page
    assert "Start now" not in page
    twice = start(here, deployment)
    assert twice.status_code == 409
    assert "got one that goes already" in words(twice)
    go.touch()
    until(lambda: not progress(here, deployment)["waits"], saying=lambda: shown(here, deployment))
    page = shown(here, deployment)
    assert "It did not start" in page
    assert "which is not there" in page
    assert "Start now" in page, "it can be tried again"
    assert here.services.office.deployment(deployment).state is DeploymentState.BRIEFED
    log = here.services.launches.log(deployment)
    assert log.stat().st_mode & 0o777 == 0o600
    assert log.parent.stat().st_mode & 0o777 == 0o700


def test_it_lives_on_without_the_console_and_is_found_again(
    tmp_path: Path, street: Street, models: Models, model_cache: Path
) -> None:
    """Started by a real `overt serve`, which is killed: another one shows it, and steers it."""
    port = free_port()
    chosen = {"cache_dir": model_cache.parent}
    with (
        camera_on(street.clip, lasts_s=FRAMES / RATE) as address,
        console_in(tmp_path, settings=chosen) as console,
        httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Sec-Fetch-Site": "same-origin"},
            cookies={"overt": console.token(Role.COMMANDER)},
            timeout=PATIENCE_S,
        ) as client,
    ):
        deployment = briefed(console, street, models, address)
        run_it(client, console, deployment, models, folder=tmp_path, port=port)


def run_it(
    client: httpx.Client,
    console: Console,
    deployment: str,
    models: Models,
    *,
    folder: Path,
    port: int,
) -> None:
    def now() -> dict[str, Any]:
        return client.get(f"/live/{deployment}/now").json()

    def post(path: str, **form: str) -> int:
        csrf = csrf_in(client.get("/profile/password").text)
        return client.post(path, data={"csrf": csrf, **form}).status_code

    with served(folder, port):
        assert post(f"/deployments/{deployment}/start") == 303
        until(
            lambda: [each["name"] for each in now()["cameras"]] == ["a"],
            saying=lambda: shown(console, deployment),
        )
    assert console.services.office.deployment(deployment).state is DeploymentState.RUNNING
    with served(folder, port):  # the first one was killed
        until(lambda: any(each["fps"] > 0 for each in now()["cameras"]))
        view = f"/live/{deployment}/a/view"
        until(lambda: client.get(view).content[:2] == b"\xff\xd8")
        assert post(f"/deployments/{deployment}/start") == 409
        assert post(f"/live/{deployment}/pause", reason="rain") == 303
        until(lambda: client.get(view).status_code == 204)
        assert now()["state"] == "paused"
        assert post(f"/deployments/{deployment}/start") == 409, (
            "one that is paused runs all the same"
        )
        assert post(f"/live/{deployment}/resume") == 303
        until(lambda: client.get(view).status_code == 200)
        fewer = NewThreshold(0.38, models.opened.bundle, "S", "none", "fewer", None)
        console.services.office.change_threshold(deployment, fewer)
        kinds = {AlertRaised, ThresholdChanged}
        until(lambda: kinds <= recorded(console))
        assert post(f"/live/{deployment}/stop") == 303
        until(lambda: WatchlistDestroyed in recorded(console))
        until(lambda: not now()["cameras"])
    launch = console.services.launches.find(deployment)
    assert launch is not None
    until(lambda: not console.services.launches.find(deployment).going)  # pyright: ignore[reportOptionalMemberAccess]
    said = " ".join(console.services.launches.find(deployment).said)  # pyright: ignore[reportOptionalMemberAccess]
    assert "ended because" in said
    assert "similarity with" not in said
    assert list((folder / "data" / "live").iterdir()) == []


def recorded(console: Console) -> set[type]:
    return {type(each.event.body) for each in console.services.store.events()}


def test_a_program_may_begin_it_once(here: Console, street: Street, models: Models) -> None:
    deployment = briefed(here, street, models, "nowhere.mp4")
    path = f"/api/v1/deployments/{deployment}/start"
    with program(here, token_for(here, Role.AUTHORISING)) as client:
        assert client.post(path, headers={"Idempotency-Key": "0" * 32}).status_code == 403
    with program(here, token_for(here, Role.COMMANDER)) as client:
        first = client.post(path, headers={"Idempotency-Key": "1" * 32})
        assert (first.status_code, first.json()["state"]) == (200, "briefed")
        again = client.post(path, headers={"Idempotency-Key": "1" * 32})
        assert again.headers["Idempotency-Replayed"] == "true"
    until(lambda: not progress(here, deployment)["waits"])
    assert DeploymentStarted not in recorded(here)


def test_a_process_that_is_gone_without_a_word_is_told(
    here: Console, street: Street, models: Models
) -> None:
    deployment = briefed(here, street, models, "nowhere.mp4")
    here.services.launches.log(deployment).parent.mkdir(mode=0o700)
    here.services.launches.log(deployment).write_text("killed\n")
    here.services.office.start(deployment, DeploymentStarted("0.1.0", 5e-7, extrapolated=True))
    page = shown(here, deployment)
    assert "The process that ran it is gone" in page
    assert "Start now" not in page
    here.services.office.pause(deployment, by="C", reason="gone")
    assert "Start it again" in shown(here, deployment)


def test_a_camera_of_another_file_is_not_checked(
    here: Console, street: Street, models: Models
) -> None:
    deployment = briefed(here, street, models, "nowhere.mp4")
    path = f"/deployments/{deployment}"
    with here.as_role(Role.COMMANDER) as client:
        answer = send(client, f"{path}/cameras/check", {"camera": "--by=X"}, of="/profile/password")
        assert answer.status_code == 404
        assert client.get(f"{path}/cameras/a/picture").status_code == 404


def launches(folder: Path) -> Launches:
    settings = Settings(data_dir=folder / "data")
    settings.make_data_dir()
    return Launches(settings)


def test_links_and_strange_names_are_refused(tmp_path: Path) -> None:
    made = launches(tmp_path)
    with pytest.raises(MissingError):
        made.begin("../evil", "version")
    with pytest.raises(MissingError):
        made.find("a/b")
    made.log("d1").parent.mkdir(mode=0o700)
    target = tmp_path / "target"
    target.write_text("kept")
    made.log("d1").symlink_to(target)
    with pytest.raises(SettingsError):
        made.begin("d1", "version")
    assert made.find("d1") is None
    assert target.read_text() == "kept"


def test_one_of_a_name_goes_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, other = launches(tmp_path), launches(tmp_path)
    script = tmp_path / "waits"
    script.write_text(f"#!/bin/sh\nwhile [ ! -e {tmp_path}/go ]; do sleep 0.05; done; echo done\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(script))
    made.begin("d1")
    with pytest.raises(RefusedError, match="goes already"):
        other.begin("d1")
    found = other.find("d1")
    assert found is not None
    assert found.going
    (tmp_path / "go").touch()
    until(lambda: not other.find("d1").going)  # pyright: ignore[reportOptionalMemberAccess]
    found = other.find("d1")
    assert found is not None
    assert found.said == ("done",)
    made.begin("d1")


def test_a_process_gets_the_console_s_settings(tmp_path: Path) -> None:
    """All but the console's own: an address of a hook may hold a secret."""
    settings = Settings(data_dir=tmp_path, master_command=("wrap", "a b"), web_hooks=("https://x",))
    given = environment_of(settings)
    assert given["OVERT_DATA_DIR"] == str(tmp_path)
    assert json.loads(given["OVERT_MASTER_COMMAND"]) == ["wrap", "a b"]
    assert given["OVERT_RECORDS"] == ""
    assert not any("WEB" in name for name in given)


def test_a_log_is_kept_short(tmp_path: Path) -> None:
    path = tmp_path / "log"
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    for number in range(1000):
        os.write(file, b"line %d\n" % number)
    shorten(file, most=10_000, kept=100)
    assert path.stat().st_size > 5000, "not yet too long"
    shorten(file, most=1000, kept=100)
    os.write(file, b"the last\n")
    os.close(file)
    assert path.stat().st_size < 200
    assert path.read_text().endswith("line 999\nthe last\n")
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(InputError, match="want a file"), saying_in(tmp_path / "link"):
        pass
