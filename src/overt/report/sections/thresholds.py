"""Thresholds: which were operated, and every change while recognition ran."""

from __future__ import annotations

import polars as pl

from overt.facts.facts import Facts
from overt.report.document.figures import Amount, Count, Figure, Moment, Value, Words
from overt.report.document.report import Section
from overt.report.document.wording import number
from overt.report.sections.making import count, grid

__all__ = ["thresholds"]


def thresholds(facts: Facts) -> Section:
    """List thresholds by deployments, and their changes one by one."""
    authorised = (
        facts.deployments.group_by(pl.col("threshold").round(4))
        .agg(pl.len())
        .sort("threshold")
        .collect()
    )
    changes = (
        facts.thresholds.join(
            facts.deployments.select("force", "deployment", "place"),
            on=["force", "deployment"],
            how="left",
        )
        .sort("at")
        .collect()
    )
    rows: dict[str, list[tuple[str, Value]]] = {
        f"{threshold:g}": [("deployments", Count(int(deployments), "deployments"))]
        for threshold, deployments in authorised.iter_rows()
    }
    each: dict[str, list[tuple[str, Value]]] = {}
    for order, row in enumerate(changes.iter_rows(named=True), start=1):
        each[str(order)] = [
            ("time", Moment(row["at"].isoformat(timespec="minutes"))),
            ("place", Words(str(row["place"]))),
            ("before", Amount(float(row["before"]), "")),
            ("after", Amount(float(row["after"]), "")),
            ("factor", _factor(row["predicted_before"], row["predicted_after"])),
            ("reason", Words(str(row["reason"]))),
        ]
    figures: tuple[Figure, ...] = (
        count("thresholds.used", "thresholds authorised", authorised.height, of="thresholds"),
        count("thresholds.changes", "changes while running", changes.height, of="changes"),
    )
    return Section(
        "thresholds",
        "Thresholds",
        f"{number(changes.height)} thresholds were changed while recognition ran. A threshold is "
        "on the reference scale: the same number means the same expected rate of false alerts for "
        "every model.",
        figures,
        (
            grid(
                "thresholds.authorised",
                "As authorised",
                ("threshold", "deployments"),
                rows,
            ),
            grid(
                "thresholds.each-change",
                "Each change",
                (
                    "change",
                    "time",
                    "place",
                    "before",
                    "after",
                    "expected false alerts, times",
                    "reason",
                ),
                each,
            ),
        ),
    )


def _factor(before: float, after: float) -> Value:
    return Amount(round(after / before, 3), "") if before > 0 else Words("not known")
