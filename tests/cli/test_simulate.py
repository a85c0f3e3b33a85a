"""`overt simulate`: as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import Commands

SMALL = ("--scale", "small")


def test_a_small_year_is_written_with_its_truth(overt: Commands, tmp_path: Path) -> None:
    out, home = tmp_path / "years", tmp_path / "home"
    done = overt.run("simulate", out, *SMALL, "--seed", "4", home=home)
    assert done.code == 0, done.err
    force = out / "force-01"
    first, truth = done.out.splitlines()
    assert first.startswith(f"{force}\t")
    assert first.endswith(" events")
    assert truth == str(out / "truth.json")
    key = (force / "key.txt").read_text().strip()
    verified = overt.run("verify", force / "export.jsonl", "--key", key, home=home)
    assert verified.code == 0, verified.err
    assert verified.out.startswith("ok: simulated-01.example/lfr, ")
    assert not (home / "data").exists()  # simulated events enter no record
    told = json.loads((out / "truth.json").read_text())
    assert told["simulated"] is True
    assert (told["seed"], told["scale"], told["years"]) == (4, "small", 1)
    assert told["truth"]["recognition"]["risk_ratios"]["White"] == 1.0
    site = told["forces"][0]["sites"][0]
    assert site["place"].startswith("simulated")
    assert sum(site["exposure"].values()) == pytest.approx(1)
    assert all(site["faces_seen"][group] >= 0 for group in site["exposure"])


def test_exports_are_left_out_where_there_is_much_or_when_told(
    overt: Commands, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    for name, more in (("many", ("--years", "3")), ("told", ("--no-events",))):
        done = overt.run("simulate", tmp_path / name, *SMALL, *more, home=home)
        assert (done.code, done.out.count("events")) == (0, 0), done.err
        assert not (tmp_path / name / "force-01" / "export.jsonl").exists()


@pytest.mark.parametrize(
    ("option", "value", "want"),
    [
        ("--years", "0", "years: got 0, want 1 to 50"),
        ("--forces", "100", "forces: got 100, want 1 to 99"),
        ("--seed", "-1", "seed: got -1, want 0 to 4294967295"),
    ],
)
def test_what_cannot_be_simulated_is_refused(
    overt: Commands, tmp_path: Path, option: str, value: str, want: str
) -> None:
    done = overt.run("simulate", tmp_path / "out", option, value, home=tmp_path / "home")
    assert done.code == 2
    assert want in done.err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_used_is_refused(overt: Commands, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    for folder, want, hint in (
        (tmp_path / "full", "got mine in it, want a new or an empty folder", "never overwritten"),
        (tmp_path / "full" / "mine", "want a new or an empty folder", "that you may write"),
        (tmp_path / "full" / "mine" / "in", "want a new or an empty folder", "that you may write"),
        (Path("/proc/overt-years"), "want a new or an empty folder", "that you may write"),
    ):
        done = overt.run("simulate", folder, *SMALL, home=home)
        assert (done.code, done.out) == (2, "")
        assert want in done.err
        assert hint in done.err
    assert (tmp_path / "full" / "mine").read_text() == "mine"


@pytest.mark.parametrize(("largest", "code"), [(5_000, 2), (100_000, 1)])
def test_a_full_disk_is_said_and_leaves_no_truth(
    overt: Commands, tmp_path: Path, largest: int, code: int
) -> None:
    out = tmp_path / "out"
    done = overt.run("simulate", out, *SMALL, home=tmp_path / "home", largest_file=largest)
    assert done.code == code
    assert "want to write" in done.err
    assert "hint:" in done.err or code == 1
    assert not (out / "truth.json").exists()
    assert not list(out.rglob(".*"))
