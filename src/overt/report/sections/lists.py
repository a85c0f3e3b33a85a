"""Who was looked for: watchlists by category, in numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import polars as pl

from overt.facts.facts import Facts
from overt.report.document.figures import Count, Sort, Statement, Value, Withheld
from overt.report.document.report import Section
from overt.report.document.wording import number, several
from overt.report.nested import MONTH, Path, nested_number, with_month
from overt.report.sections.making import amount, count, grid
from overt.values.watchlist import Category

__all__ = ["lists"]

PEOPLE: Final = ("under_18", "vulnerable")


def lists(facts: Facts, *, suppress_below: int = 0) -> Section:
    """Count the entries of watchlists; the blue list is kept apart.

    Numbers of children and vulnerable people below `suppress_below` are withheld, and sums of them
    by which a deployment's or a month's could be worked out.
    """
    sizes = facts.deployments.select("force", "deployment", "listed").collect()
    rows = _rows(facts, suppress_below)
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
                note=_note(rows, suppress_below),
            ),
        ),
        statements=tuple(statements),
    )


def _rows(facts: Facts, fewest: int) -> dict[str, list[tuple[str, Value]]]:
    wide = pl.col("listed", *PEOPLE).cast(pl.Int64).sum()
    composed = facts.lists.group_by("category").agg(wide).collect()
    by_category = {str(row[0]): row[1:] for row in composed.iter_rows()}
    small = _small(facts, fewest) if fewest else frozenset[tuple[str, str]]()
    return {
        str(category): _row(str(category), by_category.get(str(category), (0, 0, 0)), fewest, small)
        for category in Category
    }


def _row(
    category: str,
    counts: tuple[int, int, int],
    fewest: int,
    small: Collection[tuple[str, str]],
) -> list[tuple[str, Value]]:
    listed, *of_people = (int(number) for number in counts)
    return [
        ("entries", Count(listed, "entries")),
        *(
            (column.replace("_", "-"), _people(number, fewest, told=(category, column) in small))
            for column, number in zip(PEOPLE, of_people, strict=True)
        ),
    ]


def _people(entries: int, fewest: int, *, told: bool) -> Value:
    """Give a number of people, unless it is so small that it points at some; their sum is not told.

    None at all points at nobody.

    Args:
        entries: how many.
        fewest: a smaller number is withheld.
        told: whether it would tell a smaller one of a part of the period.
    """
    if told or 0 < entries < fewest:
        return Withheld(fewest if entries < fewest else 0, "entries")
    return Count(entries, "entries")


def _note(rows: Mapping[str, Sequence[tuple[str, Value]]], fewest: int) -> str:
    """Say why numbers are withheld; "" where none is."""
    values = [value for cells in rows.values() for _, value in cells]
    notes: list[str] = []
    if any(isinstance(value, Withheld) and value.fewer_than for value in values):
        notes.append(f"Numbers of people from 1 to {fewest - 1} are withheld.")
    if any(isinstance(value, Withheld) and not value.fewer_than for value in values):
        notes.append(
            "A number is withheld so that a smaller number in a part of the period cannot be "
            "worked out."
        )
    return " ".join(notes)


def _small(facts: Facts, fewest: int) -> frozenset[tuple[str, str]]:
    """Give the categories and columns whose sum tells a small number of a month or deployment."""
    rows = with_month(facts, facts.lists).select(*MONTH, "deployment", "category", *PEOPLE)
    found: dict[tuple[str, str], dict[Path, int]] = {}
    for force, year, month, deployment, category, *numbers in rows.collect().iter_rows():
        path = (force, year, month, deployment)
        for column, people in zip(PEOPLE, numbers, strict=True):
            of = found.setdefault((str(category), column), {})
            of[path] = of.get(path, 0) + int(people)
    return frozenset(at for at, parts in found.items() if nested_number(parts, fewest=fewest))


def _most(listed: pl.Series) -> int:
    most = listed.max()
    return most if isinstance(most, int) else 0
