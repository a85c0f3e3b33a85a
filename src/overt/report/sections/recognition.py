"""Recognition: how often volunteers who are listed are recognised, and whether groups differ."""

from __future__ import annotations

import math
from typing import Final

import polars as pl

from overt.facts.facts import Facts
from overt.report.document.figures import Count, Figure, Grid, Sort, Statement, Value
from overt.report.document.report import Options, Section
from overt.report.document.wording import interval_of, number, percent, several, significant
from overt.report.sections.making import amount, count, grid
from overt.report.sections.passages import Walked, by_threshold, walked
from overt.report.sections.recognised_groups import groups_of
from overt.statistics.clustered import clustered_rate
from overt.statistics.estimate import ClusteredRate

__all__ = ["recognition"]

OF: Final = "known passages"
HALF: Final = 0.05  # of the interval that a test should reach
Z: Final = 1.959964  # of 95 %
EACH: Final = 10  # passages of each volunteer, in the example
ALIKE: Final = 0.3  # correlation of passages of one person, in the example


def recognition(facts: Facts, options: Options) -> Section:
    """Give true recognition rates from blue-list passages; those of trials count too."""
    every = walked(facts)
    if not every.passages:
        return _not_measured()
    made = clustered_rate(every.people, of=OF)
    keys = facts.deployments.filter("trial").select("force", "deployment")
    in_trials = facts.passages.join(keys, on=["force", "deployment"], how="semi")
    grids: tuple[Grid, ...] = (_thresholds(facts),)
    statements = (_says(every, made), *_limits(every, made))
    if not (options.deployment and options.suppress_below):
        found = groups_of(facts, options)
        grids, statements = grids + found.grids, statements + found.statements
    return Section(
        "recognition",
        "Recognition of listed people",
        f"{several(len(every.people), 'volunteer', 'volunteers')} of a blue list walked past "
        f"{several(every.passages, 'time', 'times')}; recognised: "
        f"{several(every.recognised, 'time', 'times')}.",
        (
            Figure("recognition.rate", "true recognition rate (TPIR)", made),
            Figure(
                "recognition.missed",
                "not recognised (FNIR), 1 less that",
                clustered_rate([(n - x, n) for x, n in every.people], of=OF),
            ),
            count("recognition.volunteers", "volunteers", len(every.people), of="volunteers"),
            count("recognition.passages", "known passages", every.passages, of=OF),
            count(
                "recognition.in-trials",
                "of those, in trials",
                int(in_trials.select(pl.len()).collect().item()),
                of=OF,
                note="Trials are in no other figure than these.",
            ),
            *_effect(made),
        ),
        grids,
        statements=statements,
    )


def _effect(made: object) -> tuple[Figure, ...]:
    if not isinstance(made, ClusteredRate) or made.design_effect is None:
        return ()
    return (
        amount(
            "recognition.design-effect",
            "design effect",
            made.design_effect,
            unit="",
            note="Passages of one person are alike: so many times the variance of as many "
            "different people.",
        ),
    )


def _thresholds(facts: Facts) -> Grid:
    rows: dict[str, list[tuple[str, Value]]] = {
        threshold: [
            ("volunteers", Count(len(of.people), "volunteers")),
            ("passages", Count(of.passages, OF)),
            ("rate", clustered_rate(of.people, of=OF)),
        ]
        for threshold, of in by_threshold(facts).items()
    }
    return grid(
        "recognition.by-threshold",
        "By threshold",
        ("threshold", "volunteers", "known passages", "recognised"),
        rows,
        note="Other volunteers, places and days may have been at each: the thresholds alone do "
        "not explain a difference.",
    )


def _says(every: Walked, made: object) -> Statement:
    share = every.recognised / every.passages
    interval = f" ({interval_of(made)})" if isinstance(made, ClusteredRate) else ""
    return Statement(
        "recognition.rate-says",
        Sort.SAYS,
        f"Of a hundred passages of a listed person about {number(100 * share)} raise an alert for "
        f"them{interval}; about {number(100 - 100 * share)} are missed: FNIR is 1 less TPIR, "
        f"{percent(1 - share)}.",
    )


def _limits(every: Walked, made: object) -> tuple[Statement, ...]:
    volunteers = Statement(
        "recognition.volunteers-only",
        Sort.LIMIT,
        "Volunteers know where the cameras are, and their listed photographs are mostly new. "
        "People who are sought are recognised less often than this.",
    )
    wide = (
        isinstance(made, ClusteredRate)
        and (made.high - made.low) / 2 > HALF
        and made.design_effect is not None
    )
    if not wide or not isinstance(made, ClusteredRate):
        return (volunteers,)
    share = min(max(made.value, 0.05), 0.95)
    effect = max(made.design_effect or 1.0, 1.0)
    each = every.passages / len(every.people)
    people = math.ceil(_independent(share) * effect / each)
    return (
        volunteers,
        Statement(
            "recognition.wide",
            Sort.LIMIT,
            f"The interval is wider than +-{100 * HALF:g} points. With {significant(each, 2)} "
            f"passages each and as much alikeness as here it takes about {number(people)} "
            "volunteers.",
        ),
    )


def _independent(share: float) -> int:
    """Give how many independent passages it takes for an interval of +-5 points."""
    return math.ceil(Z**2 * share * (1 - share) / HALF**2)


def _not_measured() -> Section:
    alone = _independent(0.5)
    effect = 1 + (EACH - 1) * ALIKE
    people = math.ceil(alone * effect / EACH)
    return Section(
        "recognition",
        "Recognition of listed people",
        "How often listed people are recognised was not measured: no known passage is recorded.",
        statements=(
            Statement(
                "recognition.not-measured",
                Sort.LIMIT,
                "The true recognition rate (TPIR), the share missed (FNIR = 1 - TPIR) and whether "
                "groups differ in them are not known. It takes a blue list: volunteers who are "
                f"listed and walk past. For an interval of +-{100 * HALF:g} points at worst, "
                f"{number(alone)} volunteers with one passage each, or {number(people)} with "
                f"{EACH} each ({number(people * EACH)} passages), if passages of one person are "
                f"alike with a correlation of {ALIKE:g}. As many again for every group that is to "
                "be told apart.",
            ),
        ),
    )
