"""The false alert rate as faces came, with an interval that may be looked at every day."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import polars as pl

from overt.facts.facts import Facts
from overt.report.document.charts import Curve, Line
from overt.report.document.figures import Figure, Sort, Statement, Value
from overt.report.document.wording import number, one_in
from overt.report.tally import IS_BLUE, IS_FALSE
from overt.statistics.estimate import NoTrials, Rate
from overt.statistics.sequences import ConfidenceSequence, Side, rate_sequence

__all__ = ["OverTime", "over_time"]

MOST_POINTS: Final = 200
MILLION: Final = 1e6


class OverTime(NamedTuple):
    """What the section on false alerts says of the rate over time."""

    figure: Figure
    curves: tuple[Curve, ...]
    statements: tuple[Statement, ...]


def over_time(facts: Facts, *, ceiling: float) -> OverTime:
    """Give the anytime-valid interval at the end, the curve until then, and where it stands."""
    days = _days(facts)
    events, faces, waiting = (
        days[name].cum_sum().to_numpy().astype(np.int64) for name in ("false", "seen", "waiting")
    )
    name, label = "false-alerts.looked-at-daily", "per face seen, looked at every day"
    adds_up = bool(np.all(events + waiting <= faces))
    if not len(days) or not int(faces[-1]) or not adds_up:
        return OverTime(Figure(name, label, NoTrials("faces seen")), (), ())
    sequence = rate_sequence(events, faces, against=ceiling, open_events=waiting)
    value: Value = Rate(
        int(events[-1]),
        int(faces[-1]),
        float(sequence.low[-1]),
        float(sequence.high[-1]),
        sequence.level,
        sequence.method,
    )
    note = (
        "An interval for one look breaks its promise when it is looked at again and again. This "
        "one holds at all looks together, and is a little wider; alerts that nobody judged widen "
        "it upwards."
    )
    return OverTime(
        Figure(name, label, value, note), (_curve(sequence),), (_stands(sequence, days),)
    )


def _days(facts: Facts) -> pl.DataFrame:
    """Count faces, false alerts and alerts not judged by day, a batch of rows at a time."""
    seen = (
        facts.minutes.group_by(pl.col("minute").dt.date().alias("day"))
        .agg(pl.col("seen").cast(pl.Int64).sum())
        .collect(engine="streaming")
    )
    alerts = (
        facts.alerts.filter(~IS_BLUE)
        .group_by(pl.col("raised").dt.date().alias("day"))
        .agg(
            IS_FALSE.fill_null(value=False).sum().cast(pl.Int64).alias("false"),
            pl.col("decision").is_null().sum().cast(pl.Int64).alias("waiting"),
        )
        .collect()
    )
    return seen.join(alerts, on="day", how="full", coalesce=True).fill_null(0).sort("day")


def _curve(sequence: ConfidenceSequence) -> Curve:
    """Draw at most so many looks, evenly over the days, the last one too."""
    looks = np.unique(np.linspace(0, len(sequence) - 1, MOST_POINTS).astype(int))
    looks = looks[sequence.trials[looks] > 0]
    faces = sequence.trials[looks].astype(float)
    lines = [
        Line(name, tuple(faces[shown].tolist()), tuple((MILLION * ends[shown]).tolist()))
        for name, ends in (
            ("estimate", sequence.estimate[looks]),
            ("at most", sequence.high[looks]),
            ("at least", sequence.low[looks]),
        )
        if (shown := ends > 0).any()  # a logarithm has no 0
    ]
    return Curve(
        "false-alerts.over-faces",
        "False alerts per million faces seen, as faces came",
        f"After {number(int(sequence.trials[-1]))} faces {number(int(sequence.events[-1]))} false "
        f"alerts: between {one_in(float(sequence.low[-1]))} and "
        f"{one_in(float(sequence.high[-1]))}, whenever it was looked at.",
        "faces seen",
        "false alerts per million",
        tuple(lines),
        y_log=True,
        level=MILLION * sequence.against,
        level_name="ceiling",
    )


def _stands(sequence: ConfidenceSequence, days: pl.DataFrame) -> Statement:
    against = one_in(sequence.against)
    match sequence.side:
        case Side.ABOVE:
            first = days["day"][sequence.first_above or 0]
            says = f"was above the ceiling of {against} on {first:%-d %B %Y} already"
        case Side.BELOW:
            says = f"is below the ceiling of {against}"
        case Side.CANNOT_TELL:
            says = f"cannot be told apart from the ceiling of {against}"
    return Statement(
        "false-alerts.ceiling-daily",
        Sort.VERDICT,
        f"Looked at at the end of each of {number(len(sequence))} days, the rate {says}, with "
        f"{100 * sequence.level:g} % confidence for all looks together: "
        f"{one_in(float(sequence.low[-1]))} to {one_in(float(sequence.high[-1]))} at the last.",
    )
