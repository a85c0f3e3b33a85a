"""Figures and help in the pages are those of the code; the script that writes them finds others."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from overt.match.scale import ReferenceScale
from overt.report.words import about_one_in
from overt.wiring import Models


@dataclass(frozen=True, slots=True)
class Checked:
    """The pages as they are, and a copy in which three were made wrong, checked in one go."""

    exit_code: int
    stale: set[str]
    wrong: set[str]


@pytest.fixture(scope="module")
def checked(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Checked:
    copy = tmp_path_factory.mktemp("pages")
    shutil.copytree(root / "docs", copy / "docs")
    # A figure, a command's help, and a copied example.
    changes = {
        "docs/concepts/face-seen.md": (r"MIN_DETECTIONS` \| \d+", "MIN_DETECTIONS` | 99"),
        "docs/guides/deployment.md": (r"trial = true", "trial = false"),
        "docs/reference/cli.md": (r"--listed", "--wanted"),
    }
    for page, (pattern, wrong) in changes.items():
        path = copy / page
        text, found = re.subn(pattern, wrong, path.read_text(), count=1)
        assert found, page
        path.write_text(text)
    script = root / "scripts/make_reference.py"
    done = subprocess.run(  # noqa: S603 - fixed arguments
        [sys.executable, str(script), "--check", "--root", str(root), str(copy)],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if line.startswith("stale: ")]
    assert told, done.stderr
    return Checked(
        done.returncode,
        {line.removeprefix("stale: ") for line in told},
        {str(copy / page) for page in changes},
    )


def test_no_page_is_stale(checked: Checked, root: Path) -> None:
    assert [page for page in checked.stale if Path(page).is_relative_to(root)] == []


def test_stale_pages_are_found(checked: Checked) -> None:
    assert checked.wrong <= checked.stale
    assert checked.exit_code == 1


def test_predicted_rates_are_those_of_the_code(root: Path, models: Models) -> None:
    page = (root / "docs/concepts/similarity.md").read_text()
    rows = re.findall(r"^\| (0\.\d+) \| ([\d,]+) \| (1 in [\d,]+) \|", page, flags=re.MULTILINE)
    assert len(rows) >= 6
    for threshold, listed, told in rows:
        point = models.scale.operating_point(float(threshold), listed=int(listed.replace(",", "")))
        assert about_one_in(point.predicted_rate) == told


def test_what_is_told_of_the_default_bundle_holds(root: Path, models: Models) -> None:
    calibration = models.opened.bundle.calibration
    assert calibration is not None
    scale = ReferenceScale(calibration)
    extrapolated = float(scale.similarity(np.array(calibration.extrapolated_above)))
    page = (root / "docs/concepts/similarity.md").read_text()
    assert f"extrapolated above a similarity of {extrapolated:.2f}." in page
    cohort = models.opened.bundle.cohort
    assert cohort is not None
    assert f"a **cohort** of {cohort.size:,} templates" in page
    assert f"the {cohort.top} most alike of the cohort count" in page
    assert f"on {cohort.photographs} photographs of FairFace" in page
    decision = (root / "docs/decisions/0002-reference-scale.md").read_text()
    one, twenty = (scale.threshold_for(1e-3, listed=listed) for listed in (1, 20))
    assert f"{one:.2f} with one person, {twenty:.2f} with 20" in decision
