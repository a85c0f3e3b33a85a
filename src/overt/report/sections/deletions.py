"""Deletions: what was destroyed when it was due, and what was not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import polars as pl

from overt.facts.facts import Facts
from overt.report.document.figures import Sort, Statement
from overt.report.document.report import Section
from overt.report.document.wording import number
from overt.report.sections.making import count, part

__all__ = ["LIST_KEPT", "PICTURES_KEPT", "deletions"]

# The reference policy's `list-destroyed` and `alert-data-kept`.
LIST_KEPT: Final = timedelta(hours=24)
PICTURES_KEPT: Final = timedelta(hours=24)
GRACE: Final = timedelta(minutes=15)  # between two runs of what deletes


def deletions(facts: Facts, *, now: datetime) -> Section:
    """Count deletions against what was due by `now`."""
    ended = pl.coalesce("stopped", "end")
    lists = facts.deployments.select(
        due=(ended + LIST_KEPT) <= now,
        done=pl.col("list_destroyed").is_not_null(),
        late=pl.col("list_destroyed") > ended + LIST_KEPT,
    ).collect()
    last = pl.max_horizontal(pl.col("raised") + PICTURES_KEPT, pl.col("held_until"))
    pictures = facts.alerts.select(
        due=last <= now,
        done=pl.col("evidence_deleted").is_not_null(),
        late=pl.col("evidence_deleted") > last + GRACE,
    ).collect()
    held = facts.alerts.filter(pl.col("held_until") > now).select(pl.len()).collect().item()
    failed = facts.deletions.filter(~pl.col("done")).select(pl.len()).collect().item()
    overdue_lists = _count(lists, pl.col("due") & ~pl.col("done"))
    overdue_pictures = _count(pictures, pl.col("due") & ~pl.col("done"))
    statements: list[Statement] = []
    if overdue_lists or overdue_pictures:
        statements.append(
            Statement(
                "deletions.overdue",
                Sort.WRONG,
                f"Overdue: {number(overdue_lists)} watchlists and the pictures of "
                f"{number(overdue_pictures)} alerts were due to be destroyed and are not.",
            )
        )
    return Section(
        "deletions",
        "Deletions",
        "Watchlists are destroyed when their deployment ends, pictures of alerts after use: each "
        "within 24 hours, unless pictures are held for a case.",
        (
            part(
                "deletions.lists",
                "watchlists due that are destroyed",
                _count(lists, pl.col("due") & pl.col("done")),
                _count(lists, pl.col("due")),
                of="watchlists due",
            ),
            count(
                "deletions.lists-late",
                "of those, later than they were due",
                _count(lists, pl.col("late") & pl.col("done")),
                of="watchlists",
            ),
            part(
                "deletions.pictures",
                "alerts due whose pictures are destroyed",
                _count(pictures, pl.col("due") & pl.col("done")),
                _count(pictures, pl.col("due")),
                of="alerts due",
            ),
            count(
                "deletions.pictures-late",
                "of those, later than they were due",
                _count(pictures, pl.col("late") & pl.col("done")),
                of="alerts",
            ),
            count("deletions.held", "alerts held for a case", int(held), of="alerts"),
            count(
                "deletions.failed",
                "deletions that failed at first",
                int(failed),
                of="attempts",
                note="Each is tried again until it succeeds.",
            ),
        ),
        statements=tuple(statements),
    )


def _count(table: pl.DataFrame, holds: pl.Expr) -> int:
    return table.filter(holds.fill_null(value=False)).height
