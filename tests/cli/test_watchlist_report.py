"""The report of a list is text: a spreadsheet runs nothing of it."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
from builders import make_entry, make_vectors, make_watchlist, noise

from overt.cli.watchlist import REPORT_COLUMNS, write_report
from overt.governance.building import Built
from overt.governance.enrol import Rejected
from overt.governance.listfile import ListFile
from overt.governance.lookalikes import Alike
from overt.vault.keys import KeyRing

FORMULAS = [
    '=HYPERLINK("http://x")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    " =1+1",
    "\t=1+1",
    "\r=1",
    "\n=1",
    "\uff1d1+1",
    "\x00=1",
    "\u200b=1",
]


def built(
    folder: Path, reference: str, *, warning: str = "w", other: str = "R-2", reason: str = "no face"
) -> Built:
    entries = (make_entry(reference, warnings=(warning,)), make_entry(other))
    watchlist = make_watchlist(make_vectors(2), entries=entries)
    photos = [noise(8, 8), noise(8, 8)]
    keys = KeyRing(folder / "keys")
    made = ListFile.create(folder / "list", watchlist, photos, keys=keys)
    rejected = (Rejected(reference, Path(reference), reason),)
    return Built(made, rejected, (Alike(reference, other, 0.7, same=True),))


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula(tmp_path: Path, formula: str) -> None:
    made = built(tmp_path, formula, warning=formula, other=f"{formula}2", reason=formula)
    path = write_report(made, tmp_path / "report.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert tuple(rows[0]) == REPORT_COLUMNS
    assert len(rows) == 5
    for row in rows:
        assert len(row) == len(REPORT_COLUMNS)
        for cell in row:
            # What a reader may skip before it looks for a formula: blanks and what has no shape.
            seen = "".join(c for c in cell if c.isprintable() and not c.isspace())
            assert not seen.startswith(("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"))
    assert rows[1][0] == f"'{formula}"


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.touch(mode=0o644)
    assert write_report(built(tmp_path, "R-1"), path).stat().st_mode & 0o777 == 0o600
    path.unlink()
    (tmp_path / "again").mkdir(mode=0o700)
    before = os.umask(0)
    try:
        write_report(built(tmp_path / "again", "R-1"), path)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_no_formula_stays_as_it_is(tmp_path: Path) -> None:
    path = write_report(built(tmp_path, "R-1"), tmp_path / "report.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1:] == [
        ["R-1", "", "listed", "w"],
        ["R-2", "", "listed", ""],
        ["R-1", "R-1", "rejected", "no face"],
        ["R-1", "", "same person?", "R-2, similarity 0.700"],
    ]
