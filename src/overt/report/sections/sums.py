"""Reconciliation: what is recorded against what else is recorded. What contradicts is printed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from overt.facts.facts import Facts
from overt.report.document.figures import Count, Sort, Statement, Value
from overt.report.document.report import Section
from overt.report.document.wording import number
from overt.report.sections.making import grid
from overt.values.review import Decision, Disposal

__all__ = ["sums"]

KEYS: Final = ["force", "deployment"]
MINUTE: Final = timedelta(minutes=1)
COL: Final = pl.col
JUDGED_ON: Final = COL("decision") == Decision.ENGAGE.value
AFTERWARDS: Final = tuple(str(d) for d in Disposal if d is not Disposal.NOT_LOCATED)

# What each check finds, said after its number. What is found blocks a final report.
SAID: Final[Mapping[str, str]] = {
    "alerts-outside-window": "alerts were raised outside the authorised window of their deployment",
    "minutes-outside-window": "camera-minutes of recognition lie outside the authorised window of "
    "their deployment",
    "cameras-not-authorised": "deployments have alerts or minutes of more cameras than were "
    "authorised",
    "alerts-of-silent-cameras": "alerts are of a camera that counted no frame in their deployment",
    "engaged-without-decision": "engagements are recorded of alerts that no operator had judged "
    "to be engaged",
    "arrests-without-category": "arrests are recorded without their category",
    "outcomes-without-engagement": "alerts have an outcome, but no engagement",
    "more-alerts-than-faces": "deployments have more alerts than faces seen",
    "never-stopped": "deployments started and were never stopped, though their window is over",
    "counted-without-start": "deployments have minutes or alerts, but never started",
}


def sums(facts: Facts, *, now: datetime) -> Section:
    """Check every row against the others; `now`: windows that ended by then are over."""
    found = {**_windows(facts), **_cameras(facts), **_alerts(facts), **_deployments(facts, now)}
    rows: dict[str, list[tuple[str, Value]]] = {
        said: [("found", Count(found[name], "found"))] for name, said in SAID.items()
    }
    wrong = {name: found[name] for name in SAID if found[name]}
    lead = (
        f"{number(len(SAID))} checks of the record against itself found nothing that contradicts."
        if not wrong
        else f"{number(len(wrong))} of {number(len(SAID))} checks of the record against itself "
        "found contradictions: they are printed as they are."
    )
    return Section(
        "sums",
        "Whether it adds up",
        lead,
        grids=(grid("sums.checks", "Checks", ("what must not be", "found"), rows),),
        statements=tuple(
            Statement(f"sums.{name}", Sort.WRONG, said(SAID[name], of))
            for name, of in wrong.items()
        ),
    )


def said(what: str, count: int) -> str:
    """Say how many of something were found.

    >>> said("alerts were early", 2), said("alerts were early", 1)
    ('2 alerts were early.', 'Alerts were early: 1.')
    """
    if count == 1:
        return f"{what[0].upper()}{what[1:]}: 1."
    return f"{number(count)} {what}."


def _windows(facts: Facts) -> dict[str, int]:
    windows = facts.deployments.select(*KEYS, "start", "end")
    alerts = facts.alerts.join(windows, on=KEYS)
    minutes = facts.minutes.select(*KEYS, "minute").join(windows, on=KEYS)
    return {
        "alerts-outside-window": _rows(
            alerts, (COL("raised") < COL("start")) | (COL("raised") > COL("end"))
        ),
        # A minute is outside if no moment of it is inside.
        "minutes-outside-window": _rows(
            minutes, (COL("minute") + MINUTE <= COL("start")) | (COL("minute") >= COL("end"))
        ),
    }


def _cameras(facts: Facts) -> dict[str, int]:
    """Compare cameras; the tables know how many were authorised, not which."""
    looked = facts.minutes.group_by(*KEYS, "camera").agg(COL("frames").cast(pl.Int64).sum())
    of_alerts = facts.alerts.group_by(*KEYS, "camera").agg(pl.len().alias("alerts"))
    both = pl.concat([looked.select(*KEYS, "camera"), of_alerts.select(*KEYS, "camera")]).unique()
    used = both.group_by(KEYS).agg(pl.len().alias("used"))
    authorised = facts.deployments.select(*KEYS, "cameras").join(used, on=KEYS)
    silent = of_alerts.join(looked.filter(COL("frames") > 0), on=[*KEYS, "camera"], how="anti")
    return {
        "cameras-not-authorised": _rows(authorised, COL("used") > COL("cameras")),
        "alerts-of-silent-cameras": int(
            silent.select(COL("alerts").cast(pl.Int64).sum()).collect(engine="streaming").item()
        ),
    }


def _alerts(facts: Facts) -> dict[str, int]:
    arrested = COL("disposal") == Disposal.ARREST.value
    afterwards = COL("disposal").is_in(AFTERWARDS) & COL("engaged").is_null()
    return {
        "engaged-without-decision": _rows(
            facts.alerts, COL("engaged").is_not_null() & ~JUDGED_ON.fill_null(value=False)
        ),
        "arrests-without-category": _rows(facts.alerts, arrested & COL("arrest").is_null()),
        "outcomes-without-engagement": _rows(facts.alerts, afterwards),
    }


def _deployments(facts: Facts, now: datetime) -> dict[str, int]:
    seen = facts.minutes.group_by(KEYS).agg(
        COL("seen").cast(pl.Int64).sum(), pl.len().cast(pl.Int64).alias("minutes")
    )
    raised = facts.alerts.group_by(KEYS).agg(pl.len().cast(pl.Int64).alias("alerts"))
    table = (
        facts.deployments.select(*KEYS, "end", "started", "stopped")
        .join(seen, on=KEYS, how="left")
        .join(raised, on=KEYS, how="left")
        .with_columns(COL("seen", "minutes", "alerts").fill_null(0))
    )
    over = COL("started").is_not_null() & COL("stopped").is_null() & (COL("end") <= now)
    counted = (COL("minutes") + COL("alerts") > 0) & COL("started").is_null()
    return {
        "more-alerts-than-faces": _rows(table, COL("alerts") > COL("seen")),
        "never-stopped": _rows(table, over),
        "counted-without-start": _rows(table, counted),
    }


def _rows(table: pl.LazyFrame, holds: pl.Expr) -> int:
    """Count the rows that something holds for, a batch at a time."""
    counted = table.filter(holds.fill_null(value=False)).select(pl.len())
    return int(counted.collect(engine="streaming").item())
