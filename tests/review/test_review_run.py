"""What people have authorised in the record is run, steered and stopped by other processes."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from commands import Commands, Done
from deployment_steps import checked
from street import Street, deployment_file

from benchmarks.stream import transport_stream
from overt.ids import time_ordered_id
from overt.records.store import open_store
from overt.review.deployment_record import fold_deployment
from overt.review.deployment_state import DeploymentState
from overt.values.alert_events import AlertAdjudicated
from overt.values.duty_events import ThresholdChanged
from overt.values.events import (
    AlertRaised,
    Body,
    DeploymentAuthorised,
    DeploymentStarted,
    DeploymentStopped,
    Event,
    WatchlistDestroyed,
)

BRIEF = ("--signs", "both ends", "--notice", "web site", "--staff", "4", "--camera", "a")
GROUNDS = ("--category", "blue list", "--source", "s", "--lawful-basis", "b", "--reviewer", "r")


@pytest.fixture(scope="module")
def clip(street: Street, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a clip of ten minutes: in a pause one of a minute is over within a second or two."""
    path = tmp_path_factory.mktemp("long") / "long.ts"
    path.write_bytes(transport_stream(street.clip, times=200))
    return path


@pytest.fixture
def authorised(overt: Commands, street: Street, clip: Path, tmp_path: Path) -> tuple[str, Path]:
    """Build a list, and have people draft, authorise and brief a trial on a long clip."""
    file = deployment_file(tmp_path / "street.toml", str(clip), now=datetime.now(UTC))

    def do(*words: str | Path) -> Done:
        done = overt.run(*words, home=tmp_path)
        assert done.code == 0, done.err
        return done

    do("watchlist", "build", street.listed, "--out", tmp_path / "list", *GROUNDS)
    deployment = do("deployment", "draft", file, "--by", "D").out.strip()
    do("deployment", "submit", deployment, file, "--by", "D")
    do("deployment", "authorise", deployment, file, "--by", "a officer")
    # Four people walk by, of whom a check can say nothing: tests/cli/test_camera.py signs for one.
    now = datetime.now(UTC)
    with closing(open_store(tmp_path / "data" / "events.sqlite")) as store:
        store.append([Event(time_ordered_id(now), deployment, now, checked("a", at=now))])
    do("deployment", "brief", deployment, "--by", "C", *BRIEF)
    return deployment, file


def bodies(home: Path, deployment: str) -> list[Body]:
    with closing(open_store(home / "data" / "events.sqlite")) as store:
        events = [recorded.event for recorded in store.events(deployment=deployment)]
    assert fold_deployment(events, deployment=deployment).out_of_turn == 0
    return [event.body for event in events]


def test_it_runs_as_authorised_and_obeys_other_processes(
    authorised: tuple[str, Path], overt: Commands, tmp_path: Path
) -> None:
    deployment, file = authorised
    refused = overt.run("run", file, "--deployment", "d9", home=tmp_path)
    assert "none of this id" in refused.err
    running = overt.start(
        "run", file, "--deployment", deployment, home=tmp_path, acknowledged=tmp_path / "noted"
    )
    running.until(lambda: "for a person to judge" in running.err)
    data = {"OVERT_DATA_DIR": str(tmp_path / "data")}

    def order(*words: str) -> str:
        done = overt.run(*words, home=tmp_path / "other", **data)
        assert done.code == 0, done.err
        return done.out

    second = overt.run("run", file, "--deployment", deployment, home=tmp_path / "other", **data)
    assert second.code == 1
    assert "it is running" in second.err
    assert (tmp_path / "list").is_dir()  # it is in use
    change = order("deployment", "threshold", deployment, "0.38", "--by", "S", "--rank", "none",
                   "--reason", "to see fewer")  # fmt: skip
    assert change.startswith("before\t0.37\t1 false alert in ")
    alert = next(b for b in bodies(tmp_path, deployment) if isinstance(b, AlertRaised)).alert
    order("alert", "claim", alert, "--by", "Ann")
    order("alert", "view", alert, "--by", "Ann", "--purpose", "adjudicate",
          "--out", str(tmp_path / "looked-at.png"))  # fmt: skip
    order("alert", "adjudicate", alert, "engage", "--by", "Ann")
    order("deployment", "pause", deployment, "--by", "Ann")
    assert order("deployment", "list").split("\t")[1] == "paused"
    order("deployment", "resume", deployment, "--by", "Ann")
    order("deployment", "stop", deployment, "--by", "Ann", "--reason", "enough seen")
    done = running.wait()
    assert done.code == 0, done.err
    assert (tmp_path / "noted-openings").read_text() == "opened\n", "the record is opened once"
    found = bodies(tmp_path, deployment)
    assert sum(isinstance(body, DeploymentAuthorised) for body in found) == 1
    assert sum(isinstance(body, DeploymentStarted) for body in found) == 1
    assert any(isinstance(body, ThresholdChanged) for body in found)
    assert any(isinstance(body, AlertAdjudicated) for body in found)
    assert found[-2] == DeploymentStopped("enough seen")
    assert isinstance(found[-1], WatchlistDestroyed)
    assert not (tmp_path / "list").exists()
    closed = order("deployment", "close", deployment, "--by", "Ann")
    assert closed.split("\t")[1] == DeploymentState.CLOSED


def test_a_machine_that_is_replaced_ends_and_leaves_the_list(
    authorised: tuple[str, Path], overt: Commands, tmp_path: Path
) -> None:
    deployment, file = authorised
    first = overt.start("run", file, "--deployment", deployment, home=tmp_path)
    first.until(lambda: "for a person to judge" in first.err)
    data = str(tmp_path / "data")

    def order(*words: str) -> None:
        home = tmp_path / "other"
        done = overt.run("deployment", *words, "--by", "Ann", home=home, OVERT_DATA_DIR=data)
        assert done.code == 0, done.err

    order("pause", deployment)
    second = overt.start(
        "run", file, "--deployment", deployment, home=tmp_path / "second", OVERT_DATA_DIR=data
    )
    replaced = first.wait()
    assert replaced.code == 1
    assert "another machine runs this deployment" in replaced.err
    assert (tmp_path / "list").is_dir()
    order("stop", deployment, "--reason", "enough seen")
    assert second.wait().code == 0
    found = bodies(tmp_path, deployment)
    assert [body for body in found if isinstance(body, DeploymentStopped)] == [
        DeploymentStopped("enough seen")
    ]
    assert isinstance(found[-1], WatchlistDestroyed)
    assert not (tmp_path / "list").exists()


def test_the_list_of_what_was_stopped_before_it_began_is_destroyed(
    authorised: tuple[str, Path], overt: Commands, tmp_path: Path
) -> None:
    deployment, file = authorised
    assert overt.run("retention", "run", home=tmp_path).out == ""
    assert (tmp_path / "list").is_dir()
    stopped = overt.run("deployment", "stop", deployment, "--by", "Ann", home=tmp_path)
    assert stopped.code == 0, stopped.err
    refused = overt.run("run", file, "--deployment", deployment, home=tmp_path)
    assert refused.code == 1
    assert (tmp_path / "list").is_dir()
    done = overt.run("retention", "run", home=tmp_path)
    assert done.code == 0, done.err
    assert "\tdeleted\t" in done.out
    assert not (tmp_path / "list").exists()
    assert isinstance(bodies(tmp_path, deployment)[-1], WatchlistDestroyed)
    closed = overt.run("deployment", "close", deployment, "--by", "Ann", home=tmp_path)
    assert closed.code == 0, closed.err


def test_another_file_than_was_authorised_does_not_run(
    authorised: tuple[str, Path], overt: Commands, tmp_path: Path
) -> None:
    deployment, file = authorised
    file.write_text(file.read_text() + "\n# a word more\n")
    done = overt.run("run", file, "--deployment", deployment, home=tmp_path)
    assert done.code == 1
    assert "sha256" in done.err
    assert (tmp_path / "list").is_dir()
