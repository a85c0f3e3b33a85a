"""Forces: what each did, and whether their rates differ more than chance makes them differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import polars as pl

from overt.facts.facts import Facts
from overt.report.document.figures import Amount, Count, Figure, Grid, Sort, Statement, Value
from overt.report.document.report import Section
from overt.report.document.wording import number, percent, probability
from overt.report.sections.making import count, grid
from overt.report.tally import IS_FALSE, By, Tally, tallies
from overt.statistics.estimate import NoTrials
from overt.statistics.heterogeneity import Heterogeneity, heterogeneity
from overt.statistics.intervals import rate
from overt.statistics.strata import Standard, Stratum, standardised

__all__ = ["forces", "left_out"]

SEED: Final = 20_260_301  # of the draws: who computes the report again draws the same
SIGNIFICANT: Final = 0.05
SMALL: Final = 0.0001
Cells = Mapping[str, Sequence[Stratum]]  # force: false alerts and faces seen, by threshold


def forces(facts: Facts) -> Section:
    """Compare the forces of a report."""
    by_force = tallies(facts, by=By.FORCE)
    cells = _cells(facts)
    apart = heterogeneity(
        [
            Stratum(name, min(force.false_alerts, force.seen), force.seen)
            for name, force in by_force.items()
        ],
        of="faces seen",
        random=np.random.default_rng(SEED),
    )
    return Section(
        "forces",
        "Forces",
        f"{number(len(by_force))} forces. A force that saw more faces has more false alerts, and "
        "one that operated a lower threshold has a higher rate: the second table holds both alike.",
        (
            count("forces.number", "forces", len(by_force), of="forces"),
            *_apart_figures(apart),
        ),
        (_each(by_force), _standardised(cells)),
        statements=_statements(apart),
    )


def left_out(names: Sequence[str]) -> Section:
    """Say which forces a report lacks, because somebody chose so."""
    return Section(
        "left-out",
        "Forces that were left out",
        "Somebody chose to make this report without them; no figure counts anything of theirs.",
        statements=tuple(
            Statement(
                f"left-out.force-{place}",
                Sort.LIMIT,
                f"{name} was left out: this report does not speak for it.",
            )
            for place, name in enumerate(names, start=1)
        ),
    )


def _each(by_force: Mapping[str, Tally]) -> Grid:
    rows: dict[str, list[tuple[str, Value]]] = {
        name: [
            ("deployments", Count(force.deployments, "deployments")),
            ("hours", Amount(round(force.hours, 1), "h")),
            ("seen", Count(force.seen, "faces seen")),
            ("alerts", Count(force.alerts, "alerts")),
            ("false", Count(force.false_alerts, "false alerts")),
            (
                "per-face",
                rate(min(force.false_alerts, force.seen), force.seen, of="faces seen"),
            ),
            ("per-alert", rate(force.false_alerts, force.alerts, of="alerts")),
        ]
        for name, force in by_force.items()
    }
    heads = ("force", "deployments", "camera-hours", "faces seen", "alerts", "false alerts")
    return grid("forces.each", "Each force", (*heads, "per face seen", "per alert"), rows)


def _standardised(cells: Cells) -> Grid:
    """Give each force's rate per face seen, crude and with the thresholds' mix of all forces."""
    weights: dict[str, float] = {}
    for strata in cells.values():
        for stratum in strata:
            weights[stratum.name] = weights.get(stratum.name, 0) + stratum.trials
    rows: dict[str, list[tuple[str, Value]]] = {}
    if weights:
        standard = Standard("faces seen of all forces, by threshold", weights)
        for name, strata in cells.items():
            events, trials = (
                sum(getattr(s, what) for s in strata) for what in ("events", "trials")
            )
            rows[name] = [
                ("crude", rate(events, trials, of="faces seen")),
                ("standardised", standardised(strata, standard, of="faces seen")),
            ]
    return grid(
        "forces.standardised",
        "False alerts per face seen, as if each force had operated the same thresholds",
        ("force", "crude", "standardised"),
        rows,
        note="A threshold that a force never operated counts nothing for it.",
    )


def _cells(facts: Facts) -> Cells:
    """Add up false alerts and faces seen by force and threshold, where they lie."""
    keys = [pl.col("force").cast(pl.String), pl.col("threshold").round(4).cast(pl.String)]
    seen = facts.minutes.group_by(keys).agg(seen=pl.col("seen").cast(pl.Int64).sum())
    alerts = facts.alerts.filter(IS_FALSE).group_by(keys).agg(false=pl.len().cast(pl.Int64))
    joined = seen.join(alerts, on=["force", "threshold"], how="left").sort("force", "threshold")
    made: dict[str, list[Stratum]] = {}
    for row in joined.collect(engine="streaming").iter_rows(named=True):
        faces = int(row["seen"])
        if faces:
            events = min(int(row["false"] or 0), faces)
            made.setdefault(str(row["force"]), []).append(
                Stratum(str(row["threshold"]), events, faces)
            )
    return made


def _apart_figures(apart: Heterogeneity | NoTrials) -> tuple[Figure, ...]:
    if isinstance(apart, NoTrials):
        return ()
    return (
        Figure(
            "forces.heterogeneity",
            "the false alert rate is the same in every force",
            apart.p,
            note=f"Chi-squared {apart.statistic:.1f} on {apart.degrees} degrees of freedom.",
        ),
        Figure(
            "forces.spread",
            "spread of the forces' true rates",
            Amount(round(100 * apart.spread, 1), "% of their mean"),
            note="Standard deviation between forces, beyond what chance makes.",
        ),
        Figure(
            "forces.excess",
            "of the variation between forces, beyond chance",
            Amount(round(100 * apart.excess, 1), "%"),
        ),
    )


def _statements(apart: Heterogeneity | NoTrials) -> tuple[Statement, ...]:
    if isinstance(apart, NoTrials):
        return (
            Statement(
                "forces.cannot-tell",
                Sort.LIMIT,
                "Whether forces differ cannot be told: no false alert, or fewer than two forces.",
            ),
        )
    if apart.p.value < SIGNIFICANT:
        told = (
            f"The forces' false alert rates differ more than chance makes them "
            f"({_told(apart.p.value)}): their true rates spread by about "
            f"{percent(apart.spread)} of the mean. One rate for the country hides that."
        )
    else:
        told = (
            "It cannot be told that the forces' false alert rates differ "
            f"({_told(apart.p.value)}). That does not show that they are equal: "
            "differences may be too small to be seen in so few false alerts."
        )
    return (
        Statement("forces.differ", Sort.VERDICT, told),
        Statement(
            "forces.not-ranked",
            Sort.LIMIT,
            "Forces differ in places, hours, cameras, lists and in how carefully they record. The "
            "tables hold only the threshold alike; they are no ranking.",
        ),
    )


def _told(p: float) -> str:
    return f"p = {probability(p)}" if p >= SMALL else f"p below {SMALL}"
