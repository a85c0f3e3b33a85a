"""What was done: deployments, places, hours."""

from __future__ import annotations

from typing import Final

import polars as pl

from overt.facts.facts import Facts
from overt.report.document.figures import Amount, Count, Figure, Sort, Statement, Value
from overt.report.document.report import Section
from overt.report.document.wording import several
from overt.report.sections.making import amount, count, grid, moment
from overt.report.tally import By, Tally, tallies
from overt.values.deployment import Purpose

__all__ = ["done"]

MOST_SITES: Final = 40  # rows of a table that a person still reads


def done(facts: Facts, total: Tally, *, trials: int) -> Section:
    """Tell what was done; trials are left out of every figure, and counted here."""
    table = facts.deployments.collect()
    sites = tallies(facts, by=By.SITE)
    lead = (
        f"{several(table.height, 'deployment', 'deployments')} at "
        f"{several(len(sites), 'place', 'places')}, "
        f"{several(total.camera_minutes, 'minute', 'minutes')} of recognition by one camera or "
        f"another. A deployment counts here when its authorised "
        "window starts within the period."
    )
    figures: tuple[Figure, ...] = (
        count("done.deployments", "deployments authorised", table.height, of="deployments"),
        count("done.started", "of those, started", _filled(table, "started"), of="deployments"),
        count("done.sites", "places", len(sites), of="places"),
        amount("done.hours", "camera-hours of recognition", total.hours, unit="hours"),
        count(
            "done.urgent",
            "authorised as urgent",
            int(table["urgent"].sum()),
            of="deployments",
            note="An urgent authority is reviewed by a senior officer afterwards.",
        ),
        count(
            "done.urgent-reviewed",
            "of those, reviewed",
            table.filter(pl.col("urgent") & pl.col("reviewed").is_not_null()).height,
            of="deployments",
        ),
        count("done.trials", "trials, left out of every figure", trials, of="trials"),
        moment("done.first", "first window", table["start"].min()),  # pyright: ignore[reportArgumentType]
        moment("done.last", "last window", table["start"].max()),  # pyright: ignore[reportArgumentType]
    )
    shown = sorted(sites, key=lambda site: -sites[site].deployments)
    purposes: dict[str, list[tuple[str, Value]]] = {
        str(purpose): [
            ("deployments", Count(table.filter(purpose=str(purpose)).height, "deployments"))
        ]
        for purpose in Purpose
    }
    grids = (
        grid("done.by-purpose", "By permitted use", ("purpose", "deployments"), purposes),
        grid(
            "done.by-site",
            "By place" if len(shown) <= MOST_SITES else f"The {MOST_SITES} places with most",
            ("place", "deployments", "camera-hours", "faces seen", "alerts"),
            {site: _site(sites[site]) for site in shown[:MOST_SITES]},
            note="Other places are in the open data." if len(shown) > MOST_SITES else "",
        ),
    )
    statements = () if table.height else (_nothing(),)
    return Section("done", "What was done", lead, figures, grids, statements=statements)


def _site(site: Tally) -> list[tuple[str, Value]]:
    return [
        ("deployments", Count(site.deployments, "deployments")),
        ("hours", Amount(site.hours, "h")),
        ("seen", Count(site.seen, "faces seen")),
        ("alerts", Count(site.alerts, "alerts")),
    ]


def _filled(table: pl.DataFrame, column: str) -> int:
    return table.height - table[column].null_count()


def _nothing() -> Statement:
    return Statement(
        "done.nothing",
        Sort.LIMIT,
        "No deployment was authorised in this period: there is nothing to count.",
    )
