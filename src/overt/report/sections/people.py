"""What it did to people afterwards: complaints, force, and what became of arrests."""

from __future__ import annotations

import polars as pl

from overt.facts.facts import Facts
from overt.report.document.figures import Count, Sort, Statement, Value
from overt.report.document.report import Section
from overt.report.document.wording import number, several
from overt.report.sections.making import count, grid, share
from overt.report.tally import Tally
from overt.values.review import FollowUp

__all__ = ["people"]

UNKNOWN = "not recorded"


def people(facts: Facts, total: Tally) -> Section:
    """Count complaints, uses of force, and what followed an arrest."""
    complaints = facts.complaints.select(
        all=pl.len(), about_alerts=pl.col("alert").is_not_null().sum()
    ).collect()
    every, about_alerts = int(complaints["all"][0]), int(complaints["about_alerts"][0])
    followed = (
        facts.alerts.filter(pl.col("arrest").is_not_null())
        .group_by("follow_up")
        .agg(pl.len())
        .collect()
    )
    found = {str(row[0]) if row[0] else UNKNOWN: int(row[1]) for row in followed.iter_rows()}
    rows: dict[str, list[tuple[str, Value]]] = {
        name: [("arrests", Count(found.get(name, 0), "arrests"))]
        for name in (*(str(follow_up) for follow_up in FollowUp), UNKNOWN)
    }
    return Section(
        "people",
        "Complaints, force, and what followed",
        f"{several(every, 'complaint is', 'complaints are')} recorded, {number(about_alerts)} of "
        f"them about an alert.",
        (
            count("people.complaints", "complaints", every, of="complaints"),
            share(
                "people.force",
                "engagements in which force was used",
                min(total.force_used, total.engaged),
                total.engaged,
                of="engagements",
            ),
            share(
                "people.unnecessary",
                "arrests found unnecessary",
                found.get(str(FollowUp.UNNECESSARY), 0),
                total.arrests,
                of="arrests",
                note="Only of arrests whose follow-up was recorded can it be known.",
            ),
        ),
        (grid("people.follow-up", "What became of arrests", ("follow-up", "arrests"), rows),),
        statements=(
            Statement(
                "people.none-is-not-none",
                Sort.LIMIT,
                "No complaint recorded is not nobody harmed: people complain where they know that "
                "and how they can.",
            ),
        ),
    )
