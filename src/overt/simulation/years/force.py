"""One force's years: everything drawn from the truth and a seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overt.facts.facts import Facts
from overt.simulation.years.alerts import Hidden, draw_alerts, draw_lists
from overt.simulation.years.deployments import Sites, draw_deployments, draw_sites
from overt.simulation.years.keeping import draw_keeping
from overt.simulation.years.minutes import draw_minutes, draw_passages
from overt.simulation.years.naming import force_name
from overt.simulation.years.people import draw_acts
from overt.simulation.years.tables import Tables
from overt.simulation.years.truth import Truth

__all__ = ["Years", "simulate_force"]


@dataclass(frozen=True, slots=True, eq=False)
class Years:
    """A force's years: what a record would hold, and what none can."""

    force: str
    facts: Facts
    sites: Sites
    hidden: Hidden


def simulate_force(truth: Truth, *, number: int, years: int, seed: int) -> Years:
    """Draw a force's years. The same arguments give the same tables, byte for byte."""
    streams = [np.random.default_rng(s) for s in np.random.SeedSequence([seed, number]).spawn(8)]
    sites = draw_sites(truth, streams[0])
    deployments = draw_deployments(truth, sites, force=number, years=years, rng=streams[1])
    minutes = draw_minutes(truth, sites, deployments, streams[2])
    passages = draw_passages(truth, deployments, minutes, streams[3])
    lists = draw_lists(truth, deployments, streams[4])
    alerts, hidden = draw_alerts(truth, sites, deployments, minutes, passages, lists, streams[5])
    acts = draw_acts(truth, alerts, passages, streams[6])
    keeping = draw_keeping(truth, deployments, alerts, acts, streams[7])
    tables = Tables(number, truth, deployments, streams[7])
    return Years(
        force_name(number),
        Facts(
            deployments=tables.deployments(lists, keeping),
            lists=tables.lists(lists),
            minutes=tables.minutes(minutes, passages, alerts),
            unfit=tables.unfit(minutes, sites),
            alerts=tables.alerts(minutes, lists, alerts, acts, keeping),
            thresholds=tables.thresholds(lists),
            deletions=tables.deletions(alerts, keeping),
            complaints=tables.complaints(alerts, acts),
            passages=tables.passages(minutes, passages),
        ),
        sites,
        hidden,
    )
