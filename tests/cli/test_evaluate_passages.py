"""`overt evaluate passages`, as a user runs it on signed exports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import Commands
from simulated_records import exported

from overt.simulation.years.events import events_of
from overt.simulation.years.force import simulate_force
from overt.simulation.years.truth import Scale, truth_of


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, int]:
    """Give an export with a trial that volunteers walked at, its key, and how many passages."""
    facts = simulate_force(truth_of(Scale.SMALL), number=1, years=1, seed=4).facts
    keys = facts.passages.select("force", "deployment").unique()
    walked = facts.deployments.join(keys, on=["force", "deployment"], how="semi")
    trial = facts.where(walked.sort("deployment").head(1))
    folder = tmp_path_factory.mktemp("log")
    path, key = exported(folder, events_of(trial))
    return path, key, len(trial.passages.collect())


def test_passages_of_an_export_become_a_record_and_a_page(
    overt: Commands, log: tuple[Path, str, int], tmp_path: Path
) -> None:
    path, key, passages = log
    done = overt.run("evaluate", "passages", path, "--key", key, home=tmp_path)
    assert done.code == 0, done.err
    record = json.loads((tmp_path / "evaluation.json").read_text())
    whole = record["walked"]["rows"][0]
    assert whole["tpir"]["trials"] == record["method"]["mated"] == passages
    assert whole["tpir"]["people"] == record["walked"]["volunteers"]
    assert f"of {passages})" in " ".join(done.out.split())
    assert min(row["tpir"]["people"] for row in record["groups"]) >= 5
    paged = overt.run("evaluate", "page", "evaluation.json", home=tmp_path)
    assert paged.code == 0, paged.err
    assert record["walked"]["logs"][0]["root"] in (tmp_path / "evaluation.html").read_text()


def test_what_cannot_be_proved_is_not_counted(
    overt: Commands, log: tuple[Path, str, int], tmp_path: Path
) -> None:
    path, key, _ = log
    words = ("evaluate", "passages", path)

    def refused(got: str, *more: str | Path, code: int) -> None:
        done = overt.run(*words, *more, home=tmp_path)
        assert (done.code, got in done.err) == (code, True), done.err
        assert not (tmp_path / "evaluation.json").exists()

    refused("got no --key", code=2)
    refused("again, want it once", path, "--key", key, code=2)
    altered = tmp_path / "altered.jsonl"
    altered.write_bytes(path.read_bytes().replace(b'"recognised":false', b'"recognised":true', 1))
    done = overt.run("evaluate", "passages", altered, "--key", key, home=tmp_path)
    assert done.code == 1, done.err
