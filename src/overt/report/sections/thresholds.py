"""Thresholds: which were operated, and every change while recognition ran."""

from __future__ import annotations

from itertools import islice
from typing import Final

import polars as pl

from overt.facts.facts import Facts
from overt.report.document.figures import Amount, Count, Moment, Value, Words
from overt.report.document.report import Section
from overt.report.document.wording import number
from overt.report.sections.making import count, grid

__all__ = ["thresholds"]

HEADS: Final = ("time", "place", "before", "after", "expected false alerts, times", "reason")
MOST_LISTED: Final = 200  # on the page: a country has thousands a year


def thresholds(facts: Facts) -> Section:
    """List thresholds by deployments, and their changes one by one."""
    authorised = (
        facts.deployments.group_by(pl.col("threshold").round(4))
        .agg(pl.len())
        .sort("threshold")
        .collect()
    )
    rows: dict[str, list[tuple[str, Value]]] = {
        f"{threshold:g}": [("deployments", Count(int(deployments), "deployments"))]
        for threshold, deployments in authorised.iter_rows()
    }
    changes = _changes(facts)
    listed = dict(islice(changes.items(), MOST_LISTED))
    left = len(changes) - len(listed)
    return Section(
        "thresholds",
        "Thresholds",
        f"{number(len(changes))} thresholds were changed while recognition ran. A threshold is "
        "on the reference scale: the same number means the same expected rate of false alerts for "
        "every model.",
        (
            count("thresholds.used", "thresholds authorised", authorised.height, of="thresholds"),
            count("thresholds.changes", "changes while running", len(changes), of="changes"),
        ),
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
                ("change", *HEADS),
                listed,
                note=f"The first {number(MOST_LISTED)}, in the order of time; {number(left)} more "
                "are in the table `thresholds` of the open data, which has all of them."
                if left
                else "",
            ),
        ),
    )


def _changes(facts: Facts) -> dict[str, list[tuple[str, Value]]]:
    """List each change; the first of two at one time is the one of the force that sorts first."""
    places = facts.deployments.select("force", "deployment", "place")
    changes = (
        facts.thresholds.join(places, on=["force", "deployment"], how="left")
        .sort("at", "force", "deployment")
        .collect()
    )
    return {
        str(order): [
            ("time", Moment(row["at"].isoformat(timespec="minutes"))),
            ("place", Words(str(row["place"]))),
            ("before", Amount(float(row["before"]), "")),
            ("after", Amount(float(row["after"]), "")),
            ("factor", _factor(row["predicted_before"], row["predicted_after"])),
            ("reason", Words(str(row["reason"]))),
        ]
        for order, row in enumerate(changes.iter_rows(named=True), start=1)
    }


def _factor(before: float, after: float) -> Value:
    return Amount(round(after / before, 3), "") if before > 0 else Words("not known")
