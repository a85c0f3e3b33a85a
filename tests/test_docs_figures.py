"""Figures and help in the pages are those of the code; the script that writes them finds others."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

from overt.match.scale import ReferenceScale
from overt.report.words import about_one_in
from overt.wiring import Models


def check(root: Path, of: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - fixed arguments
        [sys.executable, str(root / "scripts/make_reference.py"), "--check", "--root", str(of)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_page_is_stale(root: Path) -> None:
    done = check(root, root)
    assert done.returncode == 0, done.stderr


def test_stale_pages_are_found(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root / "docs", tmp_path / "docs")
    # A figure, a command's help, and a copied example.
    changes = {
        "docs/concepts/face-seen.md": (r"MIN_DETECTIONS` \| \d+", "MIN_DETECTIONS` | 99"),
        "docs/guides/deployment.md": (r"trial = true", "trial = false"),
        "docs/reference/cli.md": (r"--listed", "--wanted"),
    }
    for page, (pattern, wrong) in changes.items():
        path = tmp_path / page
        text, found = re.subn(pattern, wrong, path.read_text(), count=1)
        assert found, page
        path.write_text(text)
    done = check(root, tmp_path)
    assert done.returncode == 1
    told = {line for line in done.stderr.splitlines() if line.startswith("stale: ")}
    assert told == {f"stale: {tmp_path / page}" for page in changes}


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
