"""Differences between groups: what the false alerts of each say, under what is assumed of faces.

There is no verdict of no bias: counts can show a difference, bound one, or do neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from overt.facts.facts import Facts
from overt.report.document.charts import Chart
from overt.report.document.figures import Count, Figure, Grid, Sort, Statement, Value, Words
from overt.report.document.report import Options, Section
from overt.report.document.wording import number, percent, several
from overt.report.groups import GROUPS, Dimension
from overt.report.sections.engaged import engaged_grids
from overt.report.sections.group_charts import events_needed_grid, power_curve, sensitivity_curve
from overt.report.sections.group_counts import GroupCounts, count_groups
from overt.report.sections.group_strata import over_strata
from overt.report.sections.group_verdicts import (
    Judged,
    judge_groups,
    require_known_groups,
)
from overt.report.sections.making import count, grid
from overt.report.tally import IS_FALSE
from overt.statistics.exposure import Settled, Spanned
from overt.statistics.intervals import rate

__all__ = ["differences"]

HEADS = (
    "group",
    "false alerts",
    "of those with a recorded group",
    "assumed of the faces seen",
    "significant at a share below",
    "or above",
    "ratio of rates",
    "p-value",
    "verdict",
)


def differences(facts: Facts, options: Options) -> Section:
    """Compare the groups of the false alerts with what is known of the faces seen.

    Raises:
        ReportError: an exposure is of a group that nobody records.
    """
    require_known_groups(options.exposures)
    counts = [count_groups(facts, dimension, which=IS_FALSE) for dimension in Dimension]
    judged = judge_groups(counts, options.exposures, margin=options.margin)
    asked = dict.fromkeys(one.group for one in options.exposures)
    told = [
        one
        for one in judged.values()
        if one.group.name in asked or (one.events and one.group.dimension is not Dimension.AGE)
    ]
    ethnicity = counts[0]
    compared = list(asked) or [
        one.group.name for one in told if one.group.dimension is Dimension.ETHNICITY
    ]
    return Section(
        "differences",
        "Differences between groups",
        f"{several(ethnicity.all, 'alert was', 'alerts were')} false; the ethnicity of the person "
        f"is recorded for "
        f"{number(ethnicity.known)} of them. Ethnicity, gender and age are what people say or "
        "officers note after an engagement: nothing is guessed from a face. So the groups of "
        "people who were not stopped are mostly not known.",
        _figures(counts),
        (
            *(_grid(of, judged) for of in counts),
            *_needed(judged, ethnicity),
            *engaged_grids(facts, suppress_below=options.suppress_below),
        ),
        _charts(told, judged, ethnicity),
        (
            *(Statement(f"differences.{one.group.name}", Sort.VERDICT, one.text) for one in told),
            *over_strata(
                facts,
                compared,
                options.exposures,
                which=IS_FALSE,
                margin=options.margin,
            ),
            *_limits(counts, told),
        ),
    )


def _figures(counts: Sequence[GroupCounts]) -> tuple[Figure, ...]:
    return tuple(
        count(
            f"differences.not-recorded.{of.dimension}",
            f"false alerts without a recorded {of.dimension}",
            of.not_known,
            of="false alerts",
            note="Rejected before anybody was spoken to, not stated, or not recorded.",
        )
        for of in counts
    )


def _grid(of: GroupCounts, judged: Mapping[str, Judged]) -> Grid:
    rows: dict[str, list[tuple[str, Value]]] = {
        name: _row(events, of, judged.get(name)) for name, events in of.of.items()
    }
    shown = {GROUPS[name].value: cells for name, cells in rows.items()}
    return grid(f"differences.{of.dimension}", f"By {of.dimension}", HEADS, shown)


def _row(events: int, of: GroupCounts, judged: Judged | None) -> list[tuple[str, Value]]:
    cells: list[tuple[str, Value]] = [
        ("false", Count(events, "false alerts")),
        ("share", rate(events, of.known, of=f"false alerts with a recorded {of.dimension}")),
    ]
    if judged is None:
        return cells + [(name, Words("none to compare")) for name in CELLS]
    even = judged.assessed.break_even
    values: tuple[Value, ...] = (
        Words(_assumed(judged)),
        Words(percent(even.low) if even.low > 0 else "no share"),
        Words(percent(even.high) if even.high < 1 else "no share"),
        *_tested(judged),
        Words(judged.verdict.title),
    )
    return cells + list(zip(CELLS, values, strict=True))


CELLS = ("assumed", "below", "above", "ratio", "p", "verdict")


def _assumed(judged: Judged) -> str:
    assumed = judged.assumed
    if assumed is None:
        return "not known"
    low, high = percent(assumed.low), percent(assumed.high)
    return low if assumed.is_one_figure else f"{low} to {high}"


def _tested(judged: Judged) -> tuple[Value, Value]:
    match judged.assessed:
        case Settled(ratio=ratio) | Spanned(ratio=ratio) if judged.adjusted is not None:
            return ratio, judged.adjusted
        case _:
            return Words("not known"), Words("depends on the share")


def _needed(judged: Mapping[str, Judged], ethnicity: GroupCounts) -> tuple[Grid, ...]:
    shares = {"50 %": 0.5, "13.5 %": 0.135}
    for one in judged.values():
        if one.assumed is not None:
            for share in (one.assumed.low, one.assumed.high):
                shares.setdefault(percent(share), share)
    return (events_needed_grid(shares),) if ethnicity.all else ()


def _charts(
    told: Sequence[Judged], judged: Mapping[str, Judged], ethnicity: GroupCounts
) -> tuple[Chart, ...]:
    curves: list[Chart] = [
        sensitivity_curve(one)
        for one in told
        if one.assumed is not None or one.group.dimension is Dimension.ETHNICITY
    ]
    assumed = next((one for one in judged.values() if one.assumed is not None), None)
    if assumed is not None and assumed.assumed is not None:
        middle = (assumed.assumed.low + assumed.assumed.high) / 2
        curves.append(power_curve(assumed.known, middle, of=assumed.group.people))
    elif ethnicity.known:
        curves.append(power_curve(ethnicity.known, 0.5, of="an example: no share is known"))
    return tuple(curves)


def _limits(counts: Sequence[GroupCounts], told: Sequence[Judged]) -> tuple[Statement, ...]:
    ethnicity = counts[0]
    found = [
        Statement(
            f"differences.none-recorded.{of.dimension}",
            Sort.LIMIT,
            f"No false alert has a recorded {of.dimension}: of {number(of.all)} false alerts "
            "nothing can be said about differences. It takes a record after every engagement.",
        )
        for of in counts
        if of.all and not of.known
    ]
    if ethnicity.known and ethnicity.not_known:
        found.append(
            Statement(
                "differences.who-was-stopped",
                Sort.LIMIT,
                f"The ethnicity of {number(ethnicity.not_known)} of {number(ethnicity.all)} false "
                "alerts is not recorded. Those that are recorded are mostly of people who were "
                "stopped: if an operator rejects a false alert of one group sooner than of "
                "another, they differ for that reason alone.",
            )
        )
    unknown = [one for one in told if one.assumed is None]
    if unknown:
        found.append(
            Statement(
                "differences.exposure",
                Sort.LIMIT,
                "Nobody counts who passes a camera by group, and nothing is guessed from a face: "
                "the share of the faces seen of "
                f"{', '.join(one.group.people for one in unknown)} is not known. Whoever has an "
                "estimate can state it (`--exposure GROUP=LOW..HIGH:SOURCE`), and the verdict "
                "follows from it.",
            )
        )
    if len(unknown) > 1:
        found.append(
            Statement(
                "differences.several",
                Sort.LIMIT,
                f"{len(unknown)} groups are shown with a break-even share each. Each holds for one "
                "group asked about beforehand; who picks the most striking of them afterwards is "
                "misled more often than once in twenty times.",
            )
        )
    return tuple(found)
