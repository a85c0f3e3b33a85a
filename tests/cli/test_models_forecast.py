"""`overt models forecast`, on photographs that cannot be published."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from commands import Commands, Done

from overt.evaluation.photographs import Half, half_of
from overt.inference.evaluation_file import read_forecast
from overt.inference.opened import find_manifest


@pytest.fixture
def table(shared: Path, tmp_path: Path) -> Path:
    """Write a table of a few photographs, some of people who are to be left unseen."""
    with (shared / "demographic-dev.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    of_half = [row for row in rows if half_of(row["file"]) == Half.DEVELOPMENT][:24]
    unseen = [row for row in rows if half_of(row["file"]) == Half.TEST][:6]
    path = tmp_path / "labels.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(of_half + unseen)
    return path


def foretold(overt: Commands, home: Path, photos: Path, table: Path, *more: str) -> Done:
    options = ("--labels", table, "--group", "gender", "--dataset", "FairFace (CC BY 4.0), a part")
    out = ("--out", home / "forecast.json")
    return overt.run("models", "forecast", photos, *options, *out, *more, home=home)


def test_people_are_numbers_and_every_near_pair_is_told(
    overt: Commands, shared: Path, table: Path, tmp_path: Path
) -> None:
    """By a bundle without a cohort: nothing was fitted to anybody."""
    default = find_manifest("default", folder=tmp_path).read_text()
    lines = re.sub(r"(?ms)^\[cohort\].*?(?=^# |^\[calibration\])", "", default)
    assert "[cohort]" not in lines
    mine = tmp_path / "bundle.toml"
    mine.write_text(lines.replace('name = "default"', 'name = "mine"'))
    done = foretold(overt, tmp_path, shared / "demographic-dev", table, "--bundle", str(mine))
    assert done.code == 0, done.err
    assert done.out == f"{tmp_path / 'forecast.json'}\n"
    found = read_forecast(tmp_path / "forecast.json")
    people = len(found.people)
    assert 10 < people <= 24
    assert found.groups == ("Female", "Male")
    assert (found.folds, found.half) == (0, "development")
    assert len(found.near) == people * (people - 1) // 2
    assert ".jpg" not in (tmp_path / "forecast.json").read_text()
    again = foretold(overt, tmp_path, shared / "demographic-dev", table, "--bundle", str(mine))
    assert again.code == 2
    assert "got a file that is there, want a new one" in again.err


def test_too_few_people_for_a_cohort_of_others_are_told(
    overt: Commands, shared: Path, table: Path, tmp_path: Path
) -> None:
    done = foretold(overt, tmp_path, shared / "demographic-dev", table)
    assert done.code == 2
    assert "error: mixture: got " in done.err
    assert not (tmp_path / "forecast.json").exists()
