"""False alerts: per face, per alert, per engagement; over time, by place; and one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from overt.facts.facts import Facts
from overt.report.document.charts import Multiples, RateSeries
from overt.report.document.figures import (
    Amount,
    Count,
    Figure,
    Grid,
    Moment,
    Sort,
    Statement,
    Value,
    Words,
)
from overt.report.document.report import Section
from overt.report.document.wording import number, one_in, percent, several
from overt.report.sections.making import count, grid, point, share
from overt.report.sections.over_time import over_time
from overt.report.sections.standardising import standardised_grids
from overt.report.tally import IS_FALSE, By, Tally, tallies, tallies_of_two
from overt.statistics.estimate import Rate
from overt.statistics.intervals import rate
from overt.values.review import FalseAlertReason

__all__ = ["false_alerts"]

MOST_LISTED: Final = 200  # rows; the rest are in the open data
MOST_PANELS: Final = 12
PER_MILLION: Final = 1e6


def false_alerts(facts: Facts, total: Tally, *, ceiling: float) -> Section:
    """Count false alerts by every denominator, for one alone flatters.

    Args:
        facts: what was counted.
        total: the same, in whole.
        ceiling: the policy's limit, false alerts per face seen.
    """
    false = total.false_alerts
    months = tallies(facts, by=By.MONTH)
    sequence = over_time(facts, ceiling=ceiling)
    return Section(
        "false-alerts",
        "False alerts",
        f"{several(false, 'alert was', 'alerts were')} false: "
        f"{several(total.rejected, 'was', 'were')} rejected by an operator before anybody acted, "
        f"{several(total.confirmed_false, 'was', 'were')} found false after officers "
        "had spoken to the person.",
        (*_figures(total), sequence.figure),
        (
            _by_threshold(facts),
            *standardised_grids(facts),
            _by_reason(facts),
            _one_by_one(facts),
        ),
        (
            RateSeries(
                "false-alerts.by-month",
                "False alerts per million faces seen, by month",
                _told(months),
                "month",
                "per million faces seen",
                PER_MILLION,
                tuple(point(m, t.false_alerts, t.seen) for m, t in months.items()),
                ceiling=ceiling,
            ),
            _by_site(facts),
            *sequence.curves,
        ),
        (*_statements(total, ceiling), *sequence.statements),
    )


def _figures(total: Tally) -> tuple[Figure, ...]:
    false = total.false_alerts
    return (
        count("false-alerts.all", "false alerts", false, of="false alerts"),
        share("false-alerts.per-face", "per face seen", false, total.seen, of="faces seen"),
        share(
            "false-alerts.per-alert",
            "per alert",
            false,
            total.alerts,
            of="alerts",
            note="Of all alerts, those not adjudicated too.",
        ),
        share(
            "false-alerts.per-engagement",
            "per engagement",
            total.confirmed_false,
            total.engaged,
            of="engagements",
            note="People whom officers spoke to because of a false alert.",
        ),
        share(
            "false-alerts.stopped",
            "of the false alerts, led to an engagement",
            total.confirmed_false,
            false,
            of="false alerts",
        ),
    )


def _by_threshold(facts: Facts) -> Grid:
    rows = {name: _counts(stratum) for name, stratum in tallies(facts, by=By.THRESHOLD).items()}
    return grid(
        "false-alerts.by-threshold",
        "By threshold",
        ("threshold", "faces seen", "alerts", "false alerts", "per face seen", "per alert"),
        rows,
    )


def _counts(stratum: Tally) -> list[tuple[str, Value]]:
    return [
        ("seen", Count(stratum.seen, "faces seen")),
        ("alerts", Count(stratum.alerts, "alerts")),
        ("false", Count(stratum.false_alerts, "false alerts")),
        ("per-face", _capped(stratum.false_alerts, stratum.seen, of="faces seen")),
        ("per-alert", rate(stratum.false_alerts, stratum.alerts, of="alerts")),
    ]


def _capped(events: int, trials: int, *, of: str) -> Value:
    """Give a rate; where there are more events than trials, the counts contradict each other."""
    return rate(min(events, trials), trials, of=of)


def _by_reason(facts: Facts) -> Grid:
    reasons = facts.alerts.filter(IS_FALSE).group_by("reason").agg(pl.len()).collect()
    found = {str(reason): int(number_of) for reason, number_of in reasons.iter_rows()}
    rows: dict[str, list[tuple[str, Value]]] = {
        str(reason): [("false", Count(found.get(str(reason), 0), "false alerts"))]
        for reason in FalseAlertReason
    }
    return grid("false-alerts.by-reason", "Why they were false", ("reason", "false alerts"), rows)


def _one_by_one(facts: Facts) -> Grid:
    names = pl.col("force", "deployment")
    places = facts.deployments.select(names, "place")
    table = (
        facts.alerts.filter(IS_FALSE)
        .join(places, on=["force", "deployment"], how="left")
        .sort("raised", "alert")
        .collect()
    )
    rows: dict[str, list[tuple[str, Value]]] = {}
    for row in table.head(MOST_LISTED).iter_rows(named=True):
        rows[str(row["alert"])] = [
            ("time", Moment(row["raised"].isoformat(timespec="minutes"))),
            ("place", Words(str(row["place"]))),
            ("reason", Words(str(row["reason"] or "not recorded"))),
            ("found", Words("after an engagement" if row["finding"] else "at adjudication")),
            ("similarity", Amount(round(float(row["similarity"]), 3), "")),
            ("threshold", Amount(round(float(row["threshold"]), 3), "")),
        ]
    left = table.height - len(rows)
    return grid(
        "false-alerts.each",
        "Each false alert",
        ("alert", "time", "place", "reason", "found false", "similarity", "threshold"),
        rows,
        note=f"{number(left)} more are in the open data." if left > 0 else "",
    )


def _by_site(facts: Facts) -> Multiples:
    sites = tallies(facts, by=By.SITE)
    most = sorted(sites, key=lambda site: -sites[site].seen)[:MOST_PANELS]
    months = tallies_of_two(facts, by=(By.SITE, By.MONTH))
    panels = tuple(
        (
            site,
            tuple(
                point(month, one.false_alerts, one.seen)
                for (place, month), one in months.items()
                if place == site
            ),
        )
        for site in most
    )
    told = "; ".join(
        f"{site}: {sites[site].false_alerts} in {number(sites[site].seen)}" for site in most
    )
    return Multiples(
        "false-alerts.by-site",
        "False alerts per million faces seen, by place and month",
        f"False alerts in faces seen. {told}.",
        "month",
        "per million faces seen",
        PER_MILLION,
        panels,
    )


def _told(months: Mapping[str, Tally]) -> str:
    told = "; ".join(
        f"{name}: {stratum.false_alerts} in {number(stratum.seen)}"
        for name, stratum in months.items()
    )
    return f"False alerts in faces seen. {told}." if told else "No month has any face seen."


def _statements(total: Tally, ceiling: float) -> tuple[Statement, ...]:
    found: list[Statement] = []
    per_face = rate(min(total.false_alerts, total.seen), total.seen, of="faces seen")
    per_alert = rate(total.false_alerts, total.alerts, of="alerts")
    if isinstance(per_face, Rate) and isinstance(per_alert, Rate):
        found.append(
            Statement(
                "false-alerts.both-rates",
                Sort.SAYS,
                f"Per face seen that is {percent(per_face.value)} ({one_in(per_face.value)}), per "
                f"alert {percent(per_alert.value)}. Both are right; they answer different "
                "questions. The first is the chance of one passer-by to be taken for somebody "
                "else; the second, how often an alert is wrong.",
            )
        )
    if isinstance(per_face, Rate):
        found.append(_against(per_face, ceiling))
    found.append(
        Statement(
            "false-alerts.not-missed",
            Sort.LIMIT,
            "False alerts say nothing of listed people who passed without an alert. Only known "
            "passages of volunteers can tell how many those are.",
        )
    )
    return tuple(found)


def _against(per_face: Rate, ceiling: float) -> Statement:
    if per_face.low > ceiling:
        says = (
            f"is above the ceiling of {one_in(ceiling)}, with {100 * per_face.level:g} % confidence"
        )
    elif per_face.high < ceiling:
        says = (
            f"is below the ceiling of {one_in(ceiling)}, with {100 * per_face.level:g} % confidence"
        )
    else:
        says = f"cannot be told apart from the ceiling of {one_in(ceiling)} with these numbers"
    return Statement(
        "false-alerts.ceiling",
        Sort.VERDICT,
        f"The rate per face seen {says}: {one_in(per_face.low)} to {one_in(per_face.high)}.",
    )
