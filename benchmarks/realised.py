"""Whether false alerts come as often as predicted, on photographs that nothing was chosen on.

    python -m benchmarks.realised DATA [--write]

DATA holds `demographic-dev` with its CSV; its test half is read, one photograph a person. For each
group of ethnicity and gender: how often somebody of it alerts falsely (FPIR) with lists of three
lengths at three similarities, the lists drawn from the other people of the group, and from
everybody else. The rate is that of all lists that could be drawn, so no draw of a list is in it.
Beside it: what the bundle's calibration predicts for its worst group, 1 - (1 - FMR)^N with the
FMR measured here, and what the same group's other half, the development half, forecasts: the same
rate of other people, each pair of them held against a cohort that was fitted to others
(`overt.evaluation.forecasting`), so that forecast and realised rate agree where their difference
may be none. A forecast that is carried up from where the scale is measured to is held against the
same. Intervals are 95 % (`overt.evaluation.listed_rates`).

Are these intervals right? People of both halves are put together, each pair held against a cohort
of others, and dealt anew into two halves of each group, many times: what one half forecasts is then
true of the other, and 95 % of cells have to agree. `--write` keeps all figures in
benchmarks/results.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
from rich.progress import Progress, track
from rich.table import Table

from benchmarks.machine import describe
from benchmarks.normalisation import RESULTS, demographic, held, stderr, unit
from benchmarks.printing import output_console
from overt.arrays import F64, I64, Mask, Vectors
from overt.evaluation.error_rates import predicted_fpir
from overt.evaluation.forecasting import EVERYBODY, FOLDS, OWN, foresee, held_apart, nearest
from overt.evaluation.labelled import Template
from overt.evaluation.listed_rates import RESAMPLED, drawn, listed_rate
from overt.evaluation.mixture import SEED, SIZE, TOP, fit_mixture
from overt.evaluation.photographs import Half
from overt.inference.mixture import cohort_of
from overt.match.comparing import Comparer
from overt.match.scale import ReferenceScale
from overt.settings import read_settings
from overt.values.forecast import Forecast as Held
from overt.values.metric import Metric
from overt.wiring import comparer_of, open_bundle_here

SIMILARITIES: Final = (0.30, 0.32, 0.34)  # where some are seen, and not nearly all
SIZES: Final = {OWN: (8, 16, 32), EVERYBODY: (10, 30, 100)}
DEALT: Final = 20  # times that people are dealt anew


@dataclass(frozen=True, slots=True)
class Cell:
    """False alerts of one group, at one similarity, with lists of one length."""

    lists_of: str
    group: str
    similarity: float
    listed: int
    people: int  # probes
    pairs: int
    reached: int  # of the pairs
    realised: float
    low: float
    high: float
    method: str
    measured: float  # 1 - (1 - FMR)^N, FMR of these pairs
    calibrated: float  # by the bundle's calibration, its worst group

    @property
    def calibrated_is(self) -> str:
        """Where the realised rate is, seen from the calibration's."""
        return placed(self.calibrated, self.low, self.high)

    @property
    def measured_is(self) -> str:
        """Where the realised rate is, seen from that of independent comparisons."""
        return placed(self.measured, self.low, self.high)


@dataclass(frozen=True, slots=True)
class Forecast:
    """A cell beside what the same group's development half forecasts for it."""

    cell: Cell
    forecast: float
    low: float  # of the difference, realised less forecast
    high: float

    @property
    def agrees(self) -> bool:
        """Whether the difference may be none."""
        return self.low <= 0 <= self.high


def forecasts(realised: Sequence[Cell], development: Sequence[Cell]) -> Iterator[Forecast]:
    """Hold each cell against its like of the development half.

    The difference's interval is by MOVER (Zou and Donner, Statistics in Medicine 27, 2008), of two
    independent rates with intervals of their own.
    """
    like = {_named(each): each for each in development}
    for each in realised:
        if (other := like.get(_named(each))) is not None:
            apart = each.realised - other.realised
            down = np.hypot(each.realised - each.low, other.high - other.realised)
            up = np.hypot(each.high - each.realised, other.realised - other.low)
            yield Forecast(each, other.realised, float(apart - down), float(apart + up))


def _named(each: Cell) -> tuple[str, str, float, int]:
    return each.lists_of, each.group, each.similarity, each.listed


def main() -> None:
    """Measure, and print."""
    data, options = Path(sys.argv[1]), sys.argv[2:]
    opened = open_bundle_here("default", read_settings())
    if opened.bundle.calibration is None:
        raise SystemExit("calibration: got none, want one in the bundle")
    scale = ReferenceScale(opened.bundle.calibration)
    test, fitted = (demographic(data, opened, half) for half in (Half.TEST, Half.DEVELOPMENT))
    vectors = np.stack([each.vector for each in test])
    unseen = scale.similarity(held(comparer_of(opened.bundle), vectors, vectors))
    groups = [each.group for each in test]
    cells = tuple(measure(unseen, groups, scale=scale))
    known = scale.similarity(apart(fitted))
    development = tuple(measure(known, [each.group for each in fitted], scale=scale))
    beside = tuple(forecasts(cells, development))
    bend = np.array([opened.bundle.calibration.extrapolated_above])
    carried_up = tuple(
        forecasts(cells, [*carried(known, fitted, development, float(scale.similarity(bend)[0]))])
    )
    told(cells)
    told_forecasts(beside, "as counted")
    told_forecasts(carried_up, "as carried up")
    everybody = (*test, *fitted)
    dealt = dealt_anew(scale.similarity(apart(everybody)), everybody, scale=scale)
    told_dealt(dealt)
    if "--write" in options:
        today = datetime.now(UTC).date().isoformat()
        content = {
            "machine": asdict(describe()),
            "bundle": opened.bundle.digest,
            "people": len(test),
            "cells": [
                asdict(cell) | {"calibration": cell.calibrated_is, "independent": cell.measured_is}
                for cell in cells
            ],
            "forecasts": [written(each) for each in beside],
            "forecasts carried up": [written(each) for each in carried_up],
            "cells that agree, dealt anew": dealt,
        }
        path = RESULTS / f"{today}-realised.json"
        path.write_text(json.dumps(content, indent=1) + "\n")


def written(each: Forecast) -> dict[str, object]:
    """Write a forecast beside what came."""
    names = ("lists_of", "group", "similarity", "listed")
    return {
        **dict(zip(names, _named(each.cell), strict=True)),
        "realised": each.cell.realised,
        "forecast": each.forecast,
        "difference": (each.low, each.high),
        "agrees": each.agrees,
    }


def apart(people: Sequence[Template]) -> F64:
    """Score every two people, each pair held against a cohort that was fitted to others."""
    units = [replace(each, vector=unit(each.vector[None])[0]) for each in people]

    def fit(vectors: Vectors) -> Comparer:
        mixture = fit_mixture(vectors)
        cohort = cohort_of(mixture, size=SIZE, seed=SEED, top=TOP, metric=Metric.COSINE)
        return Comparer(Metric.COSINE, cohort)

    with Progress(console=stderr) as progress:
        task = progress.add_task("cohorts of others", total=FOLDS * (FOLDS + 1) // 2)
        return held_apart(units, fit=fit, told=lambda: progress.advance(task))


def carried(
    similar: F64, people: Sequence[Template], cells: Sequence[Cell], bend: float
) -> Iterator[Cell]:
    """Give the same cells as `overt thresholds --forecast` foresees them."""
    names = sorted({each.group for each in people})
    floor, near = nearest(similar)
    numbers = tuple(names.index(each.group) for each in people)
    known = Held("", "", "", "", "", "", FOLDS, tuple(names), numbers, floor, bend, near)
    foreseen = {
        (each.lists_of, each.group, similarity, listed): each.rate
        for similarity in SIMILARITIES
        for listed in {size for sizes in SIZES.values() for size in sizes}
        for each in foresee(known, threshold=similarity, listed=listed)
    }
    for each in cells:
        rate = foreseen[_named(each)]
        yield replace(each, realised=rate.value, low=rate.low, high=rate.high, method=rate.method)


def dealt_anew(
    similar: F64, people: Sequence[Template], *, scale: ReferenceScale
) -> dict[str, list[int]]:
    """Count the cells that agree where each group is dealt anew, by whose the lists are."""
    names = np.array([each.group for each in people])
    found: dict[str, list[int]] = {lists_of: [] for lists_of in SIZES}
    random = np.random.default_rng(2)
    for _ in track(range(DEALT), "dealt anew", console=stderr):
        first = np.zeros(len(names), np.bool_)
        for name in np.unique(names):
            rows = random.permutation(np.flatnonzero(names == name))
            first[rows[: len(rows) // 2]] = True
        one, other = (
            tuple(measure(similar[np.ix_(half, half)], names[half].tolist(), scale=scale))
            for half in (first, ~first)
        )
        beside = tuple(forecasts(one, other))
        for lists_of in SIZES:
            found[lists_of].append(
                sum(each.agrees for each in beside if each.cell.lists_of == lists_of)
            )
    return found


def told_dealt(dealt: dict[str, list[int]]) -> None:
    """Print how many cells agree where they have to."""
    for lists_of, counts in dealt.items():
        low, middle, high = np.quantile(counts, [0.05, 0.5, 0.95])
        output_console().print(
            f"lists of {lists_of}, people dealt anew {len(counts)} times: {np.mean(counts):.1f} "
            f"cells agree on average, {low:.0f} to {high:.0f} in nine of ten, half {middle:.0f} "
            "or more"
        )


def measure(similar: F64, groups: Sequence[str], *, scale: ReferenceScale) -> Iterator[Cell]:
    """Measure each cell.

    Args:
        similar: (n, n) similarity of each two people; with himself it is not read.
        groups: of the people.
        scale: of the bundle.
    """
    names = np.array(groups)
    weights = drawn(names)
    for lists_of in SIZES:
        for similarity in SIMILARITIES:
            reached = np.argwhere(np.triu(similar >= similarity, 1)).astype(np.int64)
            for group in sorted(set(groups)):
                inside = names == group
                pool = inside if lists_of == OWN else np.ones(len(names), np.bool_)
                for listed in SIZES[lists_of]:
                    yield cell(
                        (lists_of, group, similarity, listed),
                        reached=reached,
                        inside=inside,
                        pool=pool,
                        weights=weights,
                        scale=scale,
                    )


def cell(
    named: tuple[str, str, float, int],
    *,
    reached: I64,
    inside: Mask,
    pool: Mask,
    weights: F64,
    scale: ReferenceScale,
) -> Cell:
    """Measure one group, as probes, with lists drawn from a pool that it belongs to."""
    _, _, similarity, listed = named
    found = listed_rate(reached, inside=inside, pool=pool, listed=listed, weights=weights)
    one = listed_rate(reached, inside=inside, pool=pool, listed=1, weights=weights[:1])
    return Cell(
        *named,
        people=found.people,
        pairs=found.pairs,
        reached=found.reached,
        realised=found.value,
        low=found.low,
        high=found.high,
        method=found.method,
        measured=predicted_fpir(one.value, listed),
        calibrated=scale.operating_point(similarity, listed=listed).predicted_rate,
    )


def placed(predicted: float, low: float, high: float) -> str:
    """Say where an interval lies, seen from a prediction."""
    if high < predicted:
        return "below"
    return "above" if low > predicted else "inside"


def told(cells: Sequence[Cell]) -> None:
    """Print every cell, and how many are where."""
    console = output_console()
    for lists_of, sizes in SIZES.items():
        some = [each for each in cells if each.lists_of == lists_of]
        table = Table(title=f"FPIR, %, lists of {lists_of}: < below the prediction, > above it")
        table.add_column("group", no_wrap=True)
        for head in ("pairs", *(f"{size} listed" for size in sizes)):
            table.add_column(head, justify="right", no_wrap=True)
        for similarity in SIMILARITIES:
            for row in _rows([each for each in some if each.similarity == similarity]):
                table.add_row(*row)
            table.add_section()
        console.print(table)
        resampled = [each for each in some if each.method == RESAMPLED]
        console.print(f"lists of {lists_of}, {len(some)} cells")
        console.print("  seen from the calibration:", _counts(each.calibrated_is for each in some))
        console.print("  seen from 1 - (1 - FMR)^N:", _counts(each.measured_is for each in some))
        console.print(
            f"  the same, the {len(resampled)} with ten pairs or more:",
            _counts(each.measured_is for each in resampled),
        )


def told_forecasts(beside: Sequence[Forecast], how: str) -> None:
    """Print how many cells agree with their forecast, and those that do not."""
    console = output_console()
    for lists_of in SIZES:
        some = [each for each in beside if each.cell.lists_of == lists_of]
        agreeing = sum(each.agrees for each in some)
        console.print(f"lists of {lists_of}: {agreeing} of {len(some)} agree, forecast {how}")
        for each in some:
            if not each.agrees:
                _, group, similarity, listed = _named(each.cell)
                console.print(
                    f"  {group}, {listed} listed, {similarity:.2f}: {each.cell.realised:.2%}, "
                    f"forecast {each.forecast:.2%}"
                )


def _rows(cells: Sequence[Cell]) -> Iterator[list[str]]:
    """Give a row for the prediction, and one a group."""
    first = [each for each in cells if each.group == cells[0].group]
    predicted = (f"{100 * each.calibrated:.1f}  " for each in first)
    yield [f"at {first[0].similarity:.2f}: predicted", "", *predicted]
    for group in sorted({each.group for each in cells}):
        own = [each for each in cells if each.group == group]
        yield [
            group,
            f"{own[0].reached} of {own[0].pairs:,}",
            *(_cell(each) for each in own),
        ]


def _cell(each: Cell) -> str:
    sign = {"below": "<", "above": ">", "inside": " "}[each.calibrated_is]
    low, value, high = (f"{100 * rate:.1f}" for rate in (each.low, each.realised, each.high))
    return f"{value} ({low}-{high}) {sign}"


def _counts(places: Iterable[str]) -> str:
    return ", ".join(f"{count} {place}" for place, count in sorted(Counter(places).items()))


if __name__ == "__main__":
    main()
