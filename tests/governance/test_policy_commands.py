"""`overt policy`: rule by rule, with its exit codes; and what a run records of its policy."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from commands import Commands
from street import GROUNDS, Street, deployment_file

from overt.governance.policy_file import open_policy, policy_names, reference_policy
from overt.governance.policy_known import KNOWN
from overt.records.store import open_store
from overt.values.events import DeploymentAuthorised, DeploymentConfigured, WatchlistComposed


@pytest.fixture(scope="module")
def home(overt: Commands, street: Street, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a list that deployments can name."""
    home = tmp_path_factory.mktemp("home")
    done = overt.run(
        "watchlist", "build", street.listed, "--out", home / "list", "--category",
        GROUNDS.category, "--source", GROUNDS.source, "--lawful-basis", GROUNDS.lawful_basis,
        "--reviewer", GROUNDS.reviewer, home=home,
    )  # fmt: skip
    assert done.code == 0, done.err
    return home


def verdicts(out: str) -> dict[str, str]:
    """Read the verdict of each rule off the printed lines."""
    lines = [line for line in out.splitlines() if line[:1].strip()]
    return {line[17:].partition(":")[0]: line[:17].strip() for line in lines}


def test_each_rule_has_its_verdict(overt: Commands, street: Street, home: Path) -> None:
    file = deployment_file(home / "d.toml", str(street.clip), now=datetime.now(UTC))
    done = overt.run("policy", "check", file, home=home)
    assert done.code == 0, done.err
    found = verdicts(done.out)
    assert list(found) == list(KNOWN)
    assert found["live-cameras"] == found["no-guessing"] == "holds"
    assert found["signs"] == "cannot tell"
    assert found["threshold-operated"] == "FAILS (flag)"
    assert "got recorded footage, admitted in a trial" in done.out
    assert "source: Bridges [2020] EWCA Civ 1058, paragraph 93 [P]" in done.out
    assert "next: see to it, and record it with the briefing" in done.out
    assert "0 fail, 2 fail and are flagged, 21 cannot be told yet" in done.err


def test_what_refuses_is_exit_code_1(overt: Commands, street: Street, home: Path) -> None:
    now = datetime.now(UTC)
    file = deployment_file(home / "real.toml", str(street.clip), now=now, more="")
    done = overt.run("policy", "check", file, home=home)
    assert done.code == 1, done.err
    failing = {rule for rule, found in verdicts(done.out).items() if found == "FAILS (refuse)"}
    assert failing == {
        "live-cameras",
        "threshold-lowest",
        "bundle-operational",
        "authority-rank",
    }


def test_a_stricter_policy_admits_no_trial(overt: Commands, street: Street, home: Path) -> None:
    file = deployment_file(home / "d2.toml", str(street.clip), now=datetime.now(UTC))
    done = overt.run("policy", "check", file, "--policy", "strict", home=home)
    assert done.code == 1, done.err
    assert verdicts(done.out)["live-cameras"] == "FAILS (refuse)"
    run = overt.run("run", file, home=home, OVERT_POLICY="strict")
    assert run.code == 1
    assert "camera a: got recorded footage, want a live camera" in run.err
    assert (home / "list").is_dir()


def test_a_deployment_ahead_is_checked_as_of_its_start(
    overt: Commands, street: Street, home: Path
) -> None:
    start = datetime.now(UTC) + timedelta(hours=25)
    file = deployment_file(home / "later.toml", str(street.clip), now=start)
    done = overt.run("policy", "check", file, home=home)
    assert done.code == 1, done.err
    assert "checked as of the window's start" in done.err
    found = verdicts(done.out)
    assert found["inside-window"] == "holds"
    assert found["list-age"] == "FAILS (refuse)"


def test_what_cannot_be_read_is_exit_code_2(overt: Commands, street: Street, home: Path) -> None:
    file = deployment_file(home / "d3.toml", str(street.clip), now=datetime.now(UTC))
    no_list = deployment_file(home / "d4.toml", "x.mp4", now=datetime.now(UTC), watchlist="nowhere")
    loose = home / "loose.toml"
    loose.write_text(reference_policy().text.replace("value = 0.60", "value = 0.3"))
    for words, said in (
        (("check", home / "none.toml"), "none.toml"),
        (("check", no_list), "nowhere"),
        (("check", file, "--policy", "no-such"), "want a policy's file or one of reference"),
        (("check", file, "--policy", loose), "threshold-lowest: got 0.3 or more, want 0.6 or more"),
        (("show", loose), "is looser than the reference"),
    ):
        done = overt.run("policy", *words, home=home)
        assert done.code == 2, (words, done.err)
        assert said in done.err
    run = overt.run("run", file, home=home, OVERT_POLICY=str(loose))
    assert run.code == 2
    assert "is looser than the reference" in run.err


def test_policies_are_listed_shown_and_compared(overt: Commands, home: Path) -> None:
    listed = overt.run("policy", "list", home=home, COLUMNS="800")
    assert [line.split()[0] for line in listed.out.splitlines()[1:]] == list(policy_names())
    shown = overt.run("policy", "show", "strict", home=home)
    assert open_policy("strict").digest in shown.out
    assert all(rule.text in shown.out for rule in open_policy("strict").rules)
    same = overt.run("policy", "compare", "reference", "reference", home=home)
    assert same.out == "no difference\n"
    loose = home / "looser.toml"
    loose.write_text(reference_policy().text.replace("value = 0.60", "value = 0.3"))
    compared = overt.run("policy", "compare", "reference", loose, home=home, COLUMNS="400")
    assert compared.code == 0
    (row,) = compared.out.splitlines()[1:]
    assert row.split()[0] == "threshold-lowest"
    assert row.rstrip().endswith("looser")


def test_a_run_records_what_it_ran_with(overt: Commands, street: Street, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = overt.run("try", street.clip, "--listed", street.listed, "--out", out, home=tmp_path)
    assert done.code == 0, done.err
    assert "flag: threshold-operated: threshold: got 0." in done.err
    assert "admitted: live-cameras: camera video: got recorded footage" in done.err
    store = open_store(out / "data" / "events.sqlite")
    try:
        bodies = [recorded.event.body for recorded in store.events()]
    finally:
        store.close()
    authorised, composed, configured = bodies[:3]
    assert isinstance(composed, WatchlistComposed)
    assert isinstance(authorised, DeploymentAuthorised)
    assert isinstance(configured, DeploymentConfigured)
    policy = reference_policy()
    assert authorised.policy == configured.policy == policy.digest
    assert authorised.policy_name == "reference"
    assert configured.policy_text == policy.text
    assert configured.bundle == authorised.bundle
    assert json.loads(configured.settings)["policy"] == "reference"
    assert len(configured.flags) == 2
    assert {said.partition(":")[0] for said in configured.admitted} == {
        "live-cameras",
        "threshold-lowest",
        "bundle-operational",
        "authority-rank",
    }
