"""Times: how long alerts waited for a person, and how long people were held up."""

from __future__ import annotations

from typing import Final

import polars as pl

from overt.facts.facts import Facts
from overt.report.document.figures import Amount, Count, Figure, Sort, Statement, Value
from overt.report.document.report import Section
from overt.report.document.wording import several
from overt.report.sections.making import grid
from overt.report.tally import IS_BLUE
from overt.statistics.estimate import NoTrials
from overt.statistics.quantiles import quantile
from overt.values.review import Finding

__all__ = ["times"]

SECONDS: Final = "seconds"
SPANS: Final = {  # id: what is timed, what it is of, from, to
    "adjudication": (
        "from the alert until it was judged",
        "alerts judged",
        "raised",
        "adjudicated",
    ),
    "reaching": (
        "from the alert until officers spoke to the person",
        "engagements",
        "raised",
        "engaged",
    ),
    "engagement": ("length of an engagement", "engagements that ended", "engaged", "disengaged"),
}
AT: Final = {"median": 0.5, "nine-in-ten": 0.9, "ninety-nine-in-hundred": 0.99}
HEADS: Final = ("what", "of", "half took at most", "9 of 10 at most", "99 of 100 at most")


def times(facts: Facts) -> Section:
    """Give quantiles with intervals: means would say little, for a few take very long."""
    alerts = facts.alerts.filter(~IS_BLUE)
    rows: dict[str, list[tuple[str, Value]]] = {}
    backwards = 0
    for what, of, start, end in SPANS.values():
        found = _seconds(alerts, start, end)
        backwards += sum(one < 0 for one in found)
        rows[what] = _row([one for one in found if one >= 0], of)
    false = alerts.filter(pl.col("finding") == Finding.FALSE.value)
    stopped = [one for one in _seconds(false, "engaged", "disengaged") if one >= 0]
    rows["length of an engagement after a false alert"] = _row(stopped, "people stopped by mistake")
    return Section(
        "times",
        "Times",
        "How long an alert waited before a person judged it, how long officers took to reach the "
        "person, and how long they spoke. The blue list is left out.",
        (
            Figure(
                "times.longest-by-mistake",
                "longest engagement after a false alert",
                _longest(stopped),
            ),
        ),
        (grid("times.quantiles", "Times, in seconds", HEADS, rows),),
        statements=_statements(backwards),
    )


def _seconds(alerts: pl.LazyFrame, start: str, end: str) -> list[float]:
    """Give the times between two columns, where both are there."""
    span = (pl.col(end) - pl.col(start)).dt.total_microseconds() / 1e6
    column = alerts.select(span.alias("s")).drop_nulls().collect()["s"]
    return [float(one) for one in column]


def _row(seconds: list[float], of: str) -> list[tuple[str, Value]]:
    cells: list[tuple[str, Value]] = [("of", Count(len(seconds), of))]
    cells += [(name, quantile(seconds, at=at, of=of, unit=SECONDS)) for name, at in AT.items()]
    return cells


def _longest(seconds: list[float]) -> Value:

    return Amount(max(seconds), SECONDS) if seconds else NoTrials("people stopped by mistake")


def _statements(backwards: int) -> tuple[Statement, ...]:
    recorded = Statement(
        "times.as-recorded",
        Sort.LIMIT,
        "Times are those at which people recorded what they did; who records later is slower here "
        "than in the street.",
    )
    if not backwards:
        return (recorded,)
    wrong = Statement(
        "times.backwards",
        Sort.WRONG,
        several(
            backwards,
            "step is recorded as before the step that it follows.",
            "steps are recorded as before the step that they follow.",
        ),
    )
    return recorded, wrong
