"""What a page and a paper edition share: the figures that stand first, and names of sorts."""

from __future__ import annotations

from typing import Final

from overt.report.document.figures import Figure
from overt.report.document.report import Report

__all__ = ["SORTS", "brief", "brief_label"]

# The figures that stand first, where the report has them.
BRIEF: Final = (
    "faces.seen",
    "alerts.raised",
    "false-alerts.per-face",
    "false-alerts.per-alert",
    "false-alerts.stopped",
    "outcomes.per-alert",
)
SORTS: Final = {
    "says": "",
    "verdict": "Verdict",
    "limit": "What this cannot say",
    "wrong": "Does not add up",
}


def brief(report: Report) -> list[Figure]:
    """Give the figures that stand first, those that the report has."""
    figures = report.figures()
    return [figures[name] for name in BRIEF if name in figures]


def brief_label(figure: Figure) -> str:
    """Name a figure where its section's title does not stand above it."""
    if figure.id.startswith("false-alerts.per-"):
        return f"false alerts {figure.label}"
    return figure.label
