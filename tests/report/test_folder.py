"""A report's folder: what it holds, and that a file is whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_examples import facts_of, report_of

from overt.errors import ReportError
from overt.report.document.report import Report
from overt.report.document.written import read_report_file
from overt.report.folder import write_folder


@pytest.fixture(scope="module")
def made() -> Report:
    return report_of(facts_of())


def test_the_page_the_paper_and_the_figures_lie_together(made: Report, tmp_path: Path) -> None:
    paths = write_folder(tmp_path / "new" / "report", made)
    assert [path.name for path in paths] == ["report.json", "index.html", "report.pdf"]
    assert read_report_file(paths[0]) == made
    assert paths[2].read_bytes().startswith(b"%PDF-1.7")


def test_the_paper_can_be_left_out(made: Report, tmp_path: Path) -> None:
    paths = write_folder(tmp_path, made, with_pdf=False)
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    assert "report.pdf" not in [path.name for path in paths]


def test_a_folder_that_is_a_file_is_named(made: Report, tmp_path: Path) -> None:
    (tmp_path / "report").write_text("")
    with pytest.raises(ReportError, match="want a folder"):
        write_folder(tmp_path / "report", made, with_pdf=False)
