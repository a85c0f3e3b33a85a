"""`overt models calibrate`, on photographs that cannot be published."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from commands import Commands, Done

from overt.evaluation.photographs import Half, half_of
from overt.inference.manifest import read_manifest
from overt.inference.mixture import read_cohort
from overt.inference.opened import find_manifest

OF_THE_HALF = 420  # some 340 of them are fit to be compared; half of those make each mixture
TEXT = ("--dataset", "FairFace (CC BY 4.0), a part")


@pytest.fixture
def table(shared: Path, tmp_path: Path) -> Path:
    """Write a table of photographs, half of the people to be left unseen."""
    with (shared / "demographic-dev.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    chosen = [row for row in rows if half_of(row["file"]) == Half.DEVELOPMENT][:OF_THE_HALF]
    unseen = [row for row in rows if half_of(row["file"]) == Half.TEST][:100]
    path = tmp_path / "labels.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(chosen + unseen)
    return path


def calibrated(
    overt: Commands, home: Path, photos: Path, table: Path, *more: str, by: str = "gender"
) -> Done:
    options = ("--labels", table, "--group", by, *TEXT, "--out", home / "made", *more)
    return overt.run("models", "calibrate", photos, *options, home=home)


def test_what_comes_out_goes_into_a_manifest(
    overt: Commands, shared: Path, root: Path, table: Path, tmp_path: Path
) -> None:
    same = root / "benchmarks" / "demographic-dev-same.csv"
    done = calibrated(overt, tmp_path, shared / "demographic-dev", table, "--same", str(same))
    assert done.code == 0, done.err
    made = tmp_path / "made"
    assert done.out == f"{made / 'manifest-lines.toml'}\n"
    assert sorted(path.name for path in made.iterdir()) == ["cohort.npz", "manifest-lines.toml"]
    # Who was found to be another's double may belong to the other half.
    taken = re.search(r"(\d+) of (\d+) photographs have a face fit to be compared", done.err)
    assert taken is not None
    assert 300 < int(taken[1]) < int(taken[2]) < OF_THE_HALF + 20
    assert "without a cohort" in done.err
    assert "kept" in done.err
    for said in ("Female", "Male", "pairs, log10 FMR", "tail: shape"):
        assert said in done.err
    head = find_manifest("default", folder=tmp_path).read_text().split("# Every score is held")[0]
    lines = (made / "manifest-lines.toml").read_text()
    (made / "bundle.toml").write_text(head.replace('name = "default"', 'name = "mine"') + lines)
    bundle = read_manifest(made / "bundle.toml")
    assert bundle.cohort is not None
    assert bundle.calibration is not None
    assert (
        bundle.cohort.datasets == bundle.calibration.datasets == ("FairFace (CC BY 4.0), a part",)
    )
    assert bundle.calibration.group in {"Female", "Male"}
    cohort = read_cohort(bundle)
    assert cohort is not None
    assert cohort.vectors.shape == (6000, 128)


def test_too_few_photographs_are_told(
    overt: Commands, shared: Path, table: Path, tmp_path: Path
) -> None:
    lines = table.read_text().splitlines(keepends=True)
    table.write_text("".join(lines[:30]))
    done = calibrated(overt, tmp_path, shared / "demographic-dev", table)
    assert done.code == 2
    assert "error: mixture: got " in done.err
    assert "templates, want 160 or more for 8 components" in done.err
    assert done.out == ""
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("text", "by", "says"),
    [
        ("file,gender\na.jpg,X\n", "ethnicity", "got the columns file, gender, want ethnicity too"),
        ("file,gender\n../a.jpg,X\n", "gender", "got the file '../a.jpg', want one inside"),
        ("file,gender\n", "gender", "got no row, want one for each photograph"),
    ],
)
def test_a_wrong_table_is_told(
    overt: Commands, tmp_path: Path, text: str, by: str, says: str
) -> None:
    table = tmp_path / "labels.csv"
    table.write_text(text)
    done = calibrated(overt, tmp_path, tmp_path, table, by=by)
    assert done.code == 2
    assert says in " ".join(done.err.split())
    assert "Traceback" not in done.err
    assert not (tmp_path / "made").exists()


def test_what_was_made_before_is_not_written_over(overt: Commands, tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    done = calibrated(overt, tmp_path, tmp_path, tmp_path / "none.csv")
    assert done.code == 2
    assert "made: got a folder that is there, want a new one" in done.err


def test_a_group_of_no_file_is_told(overt: Commands, tmp_path: Path) -> None:
    """Photographs that are not there give no template, and nothing to fit to."""
    table = tmp_path / "labels.csv"
    table.write_text("file,gender\n" + "".join(f"{number}.jpg,X\n" for number in range(9)))
    done = calibrated(overt, tmp_path, tmp_path, table)
    assert done.code == 2
    assert "error: calibration: got no photograph that can be used" in done.err
