"""Who was looked for: watchlists by category, in numbers."""

from __future__ import annotations

import polars as pl

from overt.facts.facts import Facts
from overt.report.document.figures import Count, Sort, Statement, Value, Withheld
from overt.report.document.report import Section
from overt.report.document.wording import number, several
from overt.report.sections.making import amount, count, grid
from overt.values.watchlist import Category

__all__ = ["lists"]


def lists(facts: Facts, *, suppress_below: int = 0) -> Section:
    """Count the entries of watchlists; the blue list is kept apart.

    Numbers of children and vulnerable people below `suppress_below` are withheld.
    """
    sizes = facts.deployments.select("force", "deployment", "listed").collect()
    wide = pl.col("listed", "under_18", "vulnerable").cast(pl.Int64).sum()
    composed = facts.lists.group_by("category").agg(wide).collect()
    by_category = {str(row[0]): row[1:] for row in composed.iter_rows()}
    rows = {
        str(category): _row(by_category.get(str(category), (0, 0, 0)), suppress_below)
        for category in Category
    }
    known = facts.lists.select("force", "deployment").unique().collect().height
    statements = [
        Statement(
            "lists.entries-not-people",
            Sort.LIMIT,
            "Entries are added up over deployments: who was listed at ten deployments counts ten "
            "times. How many different people that were, the record does not know, and must not.",
        )
    ]
    if known < sizes.height:
        statements.append(
            Statement(
                "lists.not-known",
                Sort.LIMIT,
                f"The composition of {number(sizes.height - known)} of "
                f"{several(sizes.height, 'watchlist', 'watchlists')} was not recorded: the table "
                "leaves them out.",
            )
        )
    listed = sizes["listed"]
    median = listed.median()
    return Section(
        "lists",
        "Who was looked for",
        f"{several(sizes.height, 'watchlist', 'watchlists')}, one for each deployment, each "
        "destroyed after it.",
        (
            count("lists.lists", "watchlists", sizes.height, of="watchlists"),
            amount(
                "lists.median",
                "entries on the median list",
                float(median) if isinstance(median, int | float) else 0.0,
                unit="entries",
            ),
            count("lists.largest", "entries on the longest", _most(listed), of="entries"),
        ),
        (
            grid(
                "lists.by-category",
                "Entries by category",
                ("category", "entries", "of those, under 18", "of those, vulnerable"),
                rows,
            ),
        ),
        statements=tuple(statements),
    )


def _row(counts: tuple[int, int, int], fewest: int) -> list[tuple[str, Value]]:
    listed, under_18, vulnerable = counts
    return [
        ("entries", Count(int(listed), "entries")),
        ("under-18", _people(int(under_18), fewest)),
        ("vulnerable", _people(int(vulnerable), fewest)),
    ]


def _people(entries: int, fewest: int) -> Value:
    """Give a number of people, unless it is so small that it points at some; their sum is not told.

    None at all points at nobody.
    """
    return Withheld(fewest, "entries") if 0 < entries < fewest else Count(entries, "entries")


def _most(listed: pl.Series) -> int:
    most = listed.max()
    return most if isinstance(most, int) else 0
