"""Groups compared within each place and threshold: thrown together, places can make a difference.

It takes the group's share of the faces seen at each place. Where that is not known, it cannot be
done, and the report says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import polars as pl

from overt.facts.facts import Facts
from overt.report.document.exposed import Exposed
from overt.report.document.figures import Sort, Statement
from overt.report.document.wording import probability, several, significant
from overt.report.groups import GROUPS, Group
from overt.report.sections.group_counts import count_strata
from overt.report.tally import By, tallies_of_two
from overt.statistics.estimate import NoTrials, PValue, Ratio
from overt.statistics.phrases import ruled_out
from overt.statistics.stratified import common_odds_ratio, exact_test, homogeneity
from overt.statistics.two_by_two import Table
from overt.statistics.verdict import Finding, decide

__all__ = ["over_strata"]


def over_strata(
    facts: Facts,
    groups: Sequence[str],
    exposures: Sequence[Exposed],
    *,
    which: pl.Expr,
    margin: float,
) -> tuple[Statement, ...]:
    """Compare each group that an exposure is given for, or else say why it cannot be."""
    if not groups:
        return ()
    strata_of = tallies_of_two(facts, by=(By.SITE, By.THRESHOLD))
    faces = {key: one.seen for key, one in strata_of.items() if one.seen}
    counted = {name: count_strata(facts, GROUPS[name], faces, which=which) for name in groups}
    strata = list(next(iter(counted.values())))
    if len(strata) < 2:
        return ()
    found: list[Statement] = []
    without: list[str] = []
    for name, of in counted.items():
        shares = {one.place: one.low for one in exposures if one.group == name and one.place}
        ranges = [one for one in exposures if one.group == name and not one.is_one_figure]
        missing = {place for place, _ in of} - shares.keys()
        if missing or any(one.place for one in ranges):
            without.append(GROUPS[name].people)
            continue
        tables = [_table(counts, shares[place]) for (place, _), counts in of.items()]
        telling = [table for table in tables if table is not None]
        if telling:
            found.append(_compared(GROUPS[name], telling, len(strata), margin))
    if without:
        places, thresholds = ({key[at] for key in strata} for at in (0, 1))
        found.append(_cannot(without, len(places), len(thresholds)))
    return tuple(found)


def _table(counts: tuple[int, int, int], share: float) -> Table | None:
    events, known, faces = counts
    of_group = max(events, round(share * faces))
    others = max(known - events, faces - of_group)
    return Table(events, of_group, known - events, others) if of_group and others else None


def _compared(group: Group, tables: Sequence[Table], strata: int, margin: float) -> Statement:
    p, ratio = exact_test(tables), common_odds_ratio(tables)
    same = homogeneity(tables)
    says = {
        Finding.DIFFERS: "The rates differ within places and thresholds, too.",
        Finding.NO_LARGER: f"There is no difference larger than {significant(margin, 3)}-fold "
        "within places and thresholds.",
        Finding.CANNOT_TELL: "Within places and thresholds these data cannot tell whether the "
        f"rates differ. {ruled_out(ratio)}",
    }[decide(ratio, p, margin=margin)]
    fits = (
        "Whether one ratio fits all of them cannot be told."
        if isinstance(same, NoTrials)
        else f"That one ratio fits all of them has p = {probability(same.p.value)} "
        f"({same.p.method})."
    )
    return Statement(
        f"differences.within-places.{group.name}",
        Sort.VERDICT,
        f"{_capital(group.people)}, compared within {several(strata, 'pair', 'pairs')} of a place "
        f"and a "
        f"threshold: {_ratio(ratio)}; {_p(p)}. {says} {fits} The share of the faces seen at a "
        "place is taken to be the same at each of its thresholds.",
    )


def _cannot(groups: Sequence[str], places: int, thresholds: int) -> Statement:
    return Statement(
        "differences.within-places",
        Sort.LIMIT,
        f"The figures throw {several(places, 'place', 'places')} and "
        f"{several(thresholds, 'threshold', 'thresholds')} together. "
        "A busy place where one group is common can make a difference where there is none, or "
        f"hide one. To compare within each ({', '.join(groups)}) it takes the group's share of "
        "the faces seen at every place, and nobody gave it: `--exposure GROUP@PLACE=SHARE`.",
    )


def _ratio(ratio: Ratio) -> str:
    if math.isnan(ratio.value):
        return "no ratio can be given"
    value = "without limit" if math.isinf(ratio.value) else f"{significant(ratio.value, 3)} times"
    high = "any" if math.isinf(ratio.high) else significant(ratio.high, 3)
    low = significant(ratio.low, 3)
    return f"{value} everybody else's rate ({100 * ratio.level:g} % interval {low} to {high})"


def _p(p: PValue) -> str:
    return f"p = {probability(p.value)}, {p.method}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
