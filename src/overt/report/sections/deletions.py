"""Deletions: what was destroyed when it was due, and what was not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import polars as pl

from overt.facts.facts import Facts
from overt.report.document.figures import Figure, Sort, Statement
from overt.report.document.report import Section
from overt.report.document.wording import several
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
    return Section(
        "deletions",
        "Deletions",
        "Watchlists are destroyed when their deployment ends, pictures of alerts after use: each "
        "within 24 hours, unless pictures are held for a case.",
        (
            *_done("deletions.lists", lists, what="watchlists", destroyed="that are destroyed"),
            *_done(
                "deletions.pictures", pictures, what="alerts", destroyed="whose pictures are gone"
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
        statements=_overdue(lists, pictures),
    )


def _done(name: str, table: pl.DataFrame, *, what: str, destroyed: str) -> tuple[Figure, Figure]:
    done = _count(table, pl.col("due") & pl.col("done"))
    due = _count(table, pl.col("due"))
    late = _count(table, pl.col("late") & pl.col("done"))
    return (
        part(name, f"{what} due {destroyed}", done, due, of=f"{what} due"),
        count(f"{name}-late", "of those, later than they were due", late, of=what),
    )


def _overdue(lists: pl.DataFrame, pictures: pl.DataFrame) -> tuple[Statement, ...]:
    overdue = pl.col("due") & ~pl.col("done")
    of_lists, of_pictures = _count(lists, overdue), _count(pictures, overdue)
    if not of_lists and not of_pictures:
        return ()
    return (
        Statement(
            "deletions.overdue",
            Sort.WRONG,
            f"Overdue: {several(of_lists, 'watchlist', 'watchlists')} and the pictures of "
            f"{several(of_pictures, 'alert', 'alerts')} were due to be destroyed and are not.",
        ),
    )


def _count(table: pl.DataFrame, holds: pl.Expr) -> int:
    return table.filter(holds.fill_null(value=False)).height
