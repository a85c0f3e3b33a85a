"""A report as a folder: the page, the same on paper, the figures as JSON."""

from __future__ import annotations

from pathlib import Path

from overt.errors import ReportError
from overt.report.document.report import Report
from overt.report.document.written import write_report
from overt.report.render.page import page
from overt.report.render.pdf import pdf

__all__ = ["write_folder"]


def write_folder(folder: Path, report: Report, *, with_pdf: bool = True) -> tuple[Path, ...]:
    """Write a report into a folder, and give the files.

    Raises:
        ReportError: a file cannot be written, or the PDF not be set.
    """
    files = {
        "report.json": write_report(report),
        "index.html": page(report).encode(),
    }
    if with_pdf:
        files["report.pdf"] = pdf(report)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            beside = folder / f".{name}.new"
            beside.write_bytes(data)
            beside.replace(folder / name)
    except OSError as error:
        raise ReportError(
            f"{folder}: got {error.strerror}, want a folder that can be written",
            hint="name another folder, or make room",
        ) from error
    return tuple(folder / name for name in files)
