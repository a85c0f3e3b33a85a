"""Whether false alerts come as often as predicted, on photographs that nothing was chosen on.

    python -m benchmarks.realised DATA [--write]

DATA holds `demographic-dev` with its CSV; its test half is read, one photograph a person. For each
group of ethnicity and gender: how often somebody of it alerts falsely (FPIR) with lists of three
lengths at three similarities, the lists drawn from the other people of the group, and from
everybody else. The rate is that of all lists that could be drawn, so no draw of a list is in it.
Beside it: what the bundle's calibration predicts for its worst group, 1 - (1 - FMR)^N with the
FMR measured here, and what the same group's other half, the development half, forecasts: the same
rate of other people, so that forecast and realised rate agree where their difference may be none.
Intervals are 95 % by bootstrap of people, as probes and on the list at once;
with fewer than ten pairs that reach the similarity, the exact one of the pairs. `--write` keeps the
figures in benchmarks/results.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rich.table import Table
from scipy.special import gammaln

from benchmarks.machine import describe
from benchmarks.normalisation import RESULTS, demographic, held
from benchmarks.printing import output_console
from overt.arrays import F64, Mask
from overt.evaluation.error_rates import predicted_fpir
from overt.evaluation.photographs import Half
from overt.inference.opened import OpenedBundle
from overt.match.scale import ReferenceScale
from overt.settings import read_settings
from overt.statistics.intervals import clopper_pearson
from overt.wiring import comparer_of, open_bundle_here

OWN, EVERYBODY = "own group", "everybody"
SIMILARITIES: Final = (0.30, 0.32, 0.34)  # where some are seen, and not nearly all
SIZES: Final = {OWN: (8, 16, 32), EVERYBODY: (10, 30, 100)}
TIMES: Final = 1000  # draws of the bootstrap
FEW: Final = 10  # pairs: fewer, and drawn people would seldom hold one
LEVEL: Final = 0.95
RESAMPLED: Final = "bootstrap of people, both sides, percentile"


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
    cells, people = measured_on(Half.TEST, data, opened, scale)
    development, _ = measured_on(Half.DEVELOPMENT, data, opened, scale)
    beside = tuple(forecasts(cells, development))
    told(cells)
    told_forecasts(beside)
    if "--write" in options:
        today = datetime.now(UTC).date().isoformat()
        content = {
            "machine": asdict(describe()),
            "bundle": opened.bundle.digest,
            "people": people,
            "cells": [
                asdict(cell) | {"calibration": cell.calibrated_is, "independent": cell.measured_is}
                for cell in cells
            ],
            "forecasts": [
                {
                    **dict(
                        zip(
                            ("lists_of", "group", "similarity", "listed"),
                            _named(each.cell),
                            strict=True,
                        )
                    ),
                    "realised": each.cell.realised,
                    "forecast": each.forecast,
                    "difference": (each.low, each.high),
                    "agrees": each.agrees,
                }
                for each in beside
            ],
        }
        path = RESULTS / f"{today}-realised.json"
        path.write_text(json.dumps(content, indent=1) + "\n")


def measured_on(
    half: str, data: Path, opened: OpenedBundle, scale: ReferenceScale
) -> tuple[tuple[Cell, ...], int]:
    """Measure the cells of one half of the people, and tell how many these are."""
    people = demographic(data, opened, half)
    vectors = np.stack([each.vector for each in people])
    similar = scale.similarity(held(comparer_of(opened.bundle), vectors, vectors))
    return tuple(measure(similar, [each.group for each in people], scale=scale)), len(people)


def measure(similar: F64, groups: Sequence[str], *, scale: ReferenceScale) -> Iterator[Cell]:
    """Measure each cell.

    Args:
        similar: (n, n) similarity of each two people; with himself it is not read.
        groups: of the people.
        scale: of the bundle.
    """
    names = np.array(groups)
    weights = drawn(names)
    apart = ~np.eye(len(names), dtype=np.bool_)
    for lists_of in SIZES:
        for similarity in SIMILARITIES:
            reached = (similar >= similarity) & apart
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
    reached: Mask,
    inside: Mask,
    pool: Mask,
    weights: F64,
    scale: ReferenceScale,
) -> Cell:
    """Measure one group, as probes, with lists drawn from a pool that it belongs to."""
    _, _, similarity, listed = named
    count = int(inside.sum())
    within = int(reached[np.ix_(inside, inside)].sum()) // 2
    hits = int(reached[np.ix_(inside, pool)].sum()) - within
    pairs = count * (int(pool.sum()) - 1) - count * (count - 1) // 2
    everyone = np.ones((1, len(inside)))
    value = float(realised(reached, inside, pool, everyone, listed)[0])
    if hits < FEW:
        ends = clopper_pearson(hits, pairs, level=LEVEL)
        low, high = (predicted_fpir(end, listed) for end in ends)
        method = "exact, pairs taken as independent"
    else:
        found = realised(reached, inside, pool, weights, listed)
        low, high = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        method = RESAMPLED
    fmr = float(reached[np.ix_(inside, pool)].sum()) / (count * (int(pool.sum()) - 1))
    return Cell(
        *named,
        people=count,
        pairs=pairs,
        reached=hits,
        realised=value,
        low=min(float(low), value),
        high=max(float(high), value),
        method=method,
        measured=predicted_fpir(fmr, listed),
        calibrated=scale.operating_point(similarity, listed=listed).predicted_rate,
    )


def realised(reached: Mask, inside: Mask, pool: Mask, weights: F64, listed: int) -> F64:
    """Give the FPIR over every list that could be drawn, for each draw of people: (t,).

    Of the m others, k reach a probe: a list of N of them holds none of these k in
    C(m - k, N) of C(m, N) cases. Whoever was drawn several times is not compared with himself.

    Args:
        reached: (n, n) whether two people reach the similarity; nobody with himself.
        inside: (n,) the probes.
        pool: (n,) of whom lists are drawn; all probes are among them.
        weights: (t, n) how often each person was drawn.
        listed: N.
    """
    here = weights[:, inside]
    others = weights[:, pool].sum(axis=1, keepdims=True) - here
    hits = weights[:, pool] @ reached[np.ix_(pool, inside)].astype(np.float64)
    rest = others - hits
    share = _log_choose(np.maximum(rest, listed), listed) - _log_choose(others, listed)
    missed = np.where(rest >= listed, np.exp(share), 0)
    return ((1 - missed) * here).sum(axis=1) / here.sum(axis=1)


def drawn(names: NDArray[np.str_]) -> F64:
    """Draw people with replacement, as many of each group as it has: (t, n) how often each."""
    random = np.random.default_rng(1)
    weights = np.zeros((TIMES, len(names)))
    for name in np.unique(names):
        rows = np.flatnonzero(names == name)
        weights[:, rows] = random.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), TIMES)
    return weights


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


def told_forecasts(beside: Sequence[Forecast]) -> None:
    """Print how many cells agree with their forecast, and those that do not."""
    console = output_console()
    for lists_of in SIZES:
        some = [each for each in beside if each.cell.lists_of == lists_of]
        agreeing = sum(each.agrees for each in some)
        console.print(f"lists of {lists_of}: {agreeing} of {len(some)} agree with their forecast")
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


def _log_choose(of: F64, taken: int) -> F64:
    return gammaln(of + 1) - gammaln(taken + 1) - gammaln(of - taken + 1)


if __name__ == "__main__":
    main()
