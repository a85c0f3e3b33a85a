"""`overt models qualify` and `overt evaluate change`, as a force uses them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

from commands import Commands
from made_evaluations import record_of, write_photographs
from made_records import make_record

from overt.inference.evaluation_file import write_record
from overt.inference.manifest import read_manifest
from overt.values.evaluation import Record

BUNDLES = Path(__file__).parents[2] / "src" / "overt" / "bundles"
WANTED = ("--listed", "600", "--threshold", "0.64")


def street(folder: Path) -> Path:
    """Write the default bundle under another name: a force's own, for tests."""
    folder.mkdir()
    shutil.copy(BUNDLES / "default-cohort.npz", folder)
    text = (BUNDLES / "default.toml").read_text().replace('name = "default"', 'name = "street"')
    (folder / "bundle.toml").write_text(text)
    return folder / "bundle.toml"


def of(record: Record, manifest: Path) -> bytes:
    digest = read_manifest(manifest).digest
    return write_record(replace(record, model=replace(record.model, digest=digest)))


def test_the_default_bundle_stays_a_trial_and_is_told_why(overt: Commands, tmp_path: Path) -> None:
    write_photographs(tmp_path / "photographs")
    (tmp_path / "labels.csv").write_text("file,identity\na.png,one\nb.png,one\nc.png,two\n")
    done = overt.run(
        "evaluate", "photos", "photographs", "--labels", "labels.csv", "--listed", "1",
        "--out", "evaluation.json", home=tmp_path,
    )  # fmt: skip
    assert done.code == 0, done.err
    qualified = overt.run(
        "models", "qualify", "default", "--record", "evaluation.json", *WANTED, "--out", "made",
        home=tmp_path,
    )  # fmt: skip
    assert qualified.code == 1
    assert "holds            evaluation-record: " in qualified.out
    assert "holds            evaluation-half: " in qualified.out
    assert "holds            evaluation-scale: " in qualified.out
    assert "got it extrapolated: no pair of the 1,829 shows it" in qualified.out
    for rule, got in (
        ("strangers", "got 1, want 1,000 or more"),
        ("listed", "got 1, want 400 or more"),
        ("of-group", "got 0, want 100 or more"),
        ("false-alerts", "got none: 1 listed at most, at 0."),
        ("recognition", "want 50% or more at the lower end"),
        ("differences", "got no group"),
    ):
        (line,) = [each for each in qualified.out.splitlines() if f" evaluation-{rule}: " in each]
        assert line.startswith("FAILS (refuse)")
        assert got in line
    assert qualified.out.count("next: ") == 6
    assert "got 6 of 9 rules that do not hold" in qualified.err
    assert "it stays trial" in qualified.err
    assert not (tmp_path / "made").exists()


def test_a_bundle_is_qualified_added_and_shown(overt: Commands, tmp_path: Path) -> None:
    manifest = street(tmp_path / "street")
    added = overt.run("models", "add", "street", home=tmp_path)
    assert added.code == 0, added.err
    (tmp_path / "evaluation.json").write_bytes(of(make_record(), manifest))
    words = ("models", "qualify", "street", "--record", "evaluation.json", "--out", "operational")
    longer = overt.run(*words, "--listed", "10001", "--threshold", "0.64", home=tmp_path)
    assert longer.code == 1
    assert longer.out.count("FAILS") == 1
    strict = overt.run(*words, *WANTED, "--policy", "strict", home=tmp_path)
    assert strict.code == 1
    done = overt.run(*words, *WANTED, home=tmp_path)
    assert done.code == 0, done.err
    assert overt.run("models", "add", "operational", home=tmp_path).code == 0
    shown = overt.run("models", "show", "street", home=tmp_path, COLUMNS="400")
    record = json.loads((tmp_path / "evaluation.json").read_text())
    assert done.out.splitlines()[-1] in shown.out
    assert f"made up, {record['sha256']}" in shown.out
    checked = overt.run("models", "check", "street", home=tmp_path)
    assert checked.code == 0, checked.err
    again = overt.run(
        "thresholds", "--listed", "600", "--evaluation", "evaluation.json", "--bundle", "street",
        home=tmp_path,
    )  # fmt: skip
    assert again.code == 0, again.err
    (kept,) = tmp_path.rglob("bundles/street/evaluation.json")
    kept.unlink()
    refused = overt.run("models", "check", "street", home=tmp_path)
    assert refused.code == 2
    assert "want the evaluation record" in refused.err


def test_a_change_is_compared_and_kept_for_the_draft(overt: Commands, tmp_path: Path) -> None:
    manifest = street(tmp_path / "street")
    (tmp_path / "before.json").write_bytes(of(record_of(noise=0.3), manifest))
    (tmp_path / "after.json").write_bytes(of(record_of(noise=1.2), manifest))
    words = ("evaluate", "change", "before.json", "after.json", "--bundle", "street/bundle.toml")
    done = overt.run(*words, "--threshold", "0.35", home=tmp_path, COLUMNS="200")
    assert done.code == 0, done.err
    assert "worse" in done.out
    assert "gap between groups of" in done.out
    assert "too few for the policy: got 40 and " in done.err
    sha256 = done.out.splitlines()[-1]
    (kept,) = tmp_path.rglob(f"comparisons/{sha256}.json")
    content = json.loads(kept.read_text())
    assert content["sha256"] == sha256
    assert content["before"]["threshold"] == content["after"]["threshold"] == 0.35
    assert content["after"]["bundle"] == read_manifest(manifest).digest
    changes = {(each["measure"], each["group"]): each for each in content["changes"]}
    assert changes["FNIR", "everybody"]["after"] > changes["FNIR", "everybody"]["before"]
    same = overt.run(
        "evaluate", "change", "before.json", "before.json", "--bundle", "street/bundle.toml",
        "--threshold", "0.30", "--threshold-before", "0.35", home=tmp_path,
    )  # fmt: skip
    assert same.code == 0, same.err
    assert same.out.splitlines()[-1] != sha256
    refused = overt.run(*words[:-1], "default", "--threshold", "0.35", home=tmp_path)
    assert refused.code == 2
    assert "want one of default" in refused.err
