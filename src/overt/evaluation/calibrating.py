"""What a score means: how often two different people of the worst group score at least so much.

Pairs are compared within a group, as people of one group are confused most often, and at every
score the group with the highest false match rate counts. Up to the score that one in a hundred of
all pairs reaches, a group's rate is counted. Beyond, it falls from there by one generalised Pareto
tail for all groups (Pickands, 1975): a hundred photographs of a group say too little of its own.
A shape under 0 would give scores an end beyond which no two people ever come. So few people cannot
show that, so an exponential tail is taken instead: it falls more slowly, and errs to the safe side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import stats

from overt.arrays import F64, I64
from overt.errors import InputError
from overt.evaluation.nonmated import GroupScores
from overt.values.calibration import Calibration, Tail

__all__ = ["Calibrated", "calibrate"]

TAIL_SHARE: Final = 0.01  # of all pairs are taken for the tail
FEWEST_PAIRS: Final = 1000  # of a group: its rate where the tail begins rests on some ten of them
LOWEST_LOG10: Final = -10.0  # how far down the table goes
POINTS: Final = 48
SCORE_DIGITS: Final = 5  # after the point, of a score in the table
RATE_DIGITS: Final = 4  # of log10 of a rate
GRID: Final = 20_000
BOOTSTRAPS: Final = 200
LEVEL: Final = 0.95


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A calibration, and how sure the tail of it is."""

    calibration: Calibration
    shape: float  # as fitted, which may be below 0
    shape_low: float  # 95 % by bootstrap over groups
    shape_high: float
    shown: tuple[tuple[str, int, F64], ...]  # group, pairs, log10 FMR at 1e-1 ... 1e-5 of the worst


def calibrate(
    groups: Sequence[GroupScores], *, script: str, datasets: tuple[str, ...]
) -> Calibrated:
    """Make the calibration of a bundle of the scores of different people.

    Raises:
        InputError: there is no group, or one has too few pairs.
    """
    if not groups:
        raise InputError("calibration: got no group, want one or more")
    for group in groups:
        if len(group.scores) < FEWEST_PAIRS:
            raise InputError(
                f"group {group.name!r}: got {len(group.scores)} pairs of different people, want "
                f"{FEWEST_PAIRS:,} or more (46 people)",
                hint="more photographs of that group, or coarser groups",
            )
    tail, fitted = _tail(groups)
    low, high = _interval(groups)
    reach = tail.threshold + stats.genpareto.isf(
        10.0 ** (LOWEST_LOG10 - 1), tail.shape, scale=tail.scale
    )
    grid = np.linspace(min(float(group.scores[0]) for group in groups), float(reach), GRID)
    curves = np.stack([_log10_fmr(group, grid, tail) for group in groups])
    worst = curves.max(axis=0)
    at_bend = int(np.searchsorted(grid, tail.threshold))
    group = groups[int(curves[:, at_bend].argmax())]
    places = _places(grid, worst)
    shown = grid[np.searchsorted(-worst, np.arange(1.0, 6.0)).clip(max=GRID - 1)]
    return Calibrated(
        Calibration(
            script=script,
            datasets=datasets,
            group=group.name,
            pairs=len(group.scores),
            scores=tuple(round(float(each), SCORE_DIGITS) for each in grid[places]),
            log10_fmr=tuple(round(float(each), RATE_DIGITS) for each in worst[places]),
            extrapolated_above=round(tail.threshold, SCORE_DIGITS),
            tail=Tail(tail.threshold, tail.shape, tail.scale, 10 ** float(worst[at_bend])),
        ),
        fitted,
        low,
        high,
        tuple(
            (each.name, len(each.scores), curve[np.searchsorted(grid, shown)])
            for each, curve in zip(groups, curves, strict=True)
        ),
    )


def _places(grid: F64, worst: F64) -> I64:
    """Choose what the table holds, evenly in log10 FMR: scores rise and rates fall as written."""
    places = np.unique(np.searchsorted(-worst, -np.linspace(-0.3, LOWEST_LOG10, POINTS)))
    places = places[places < GRID]
    rises = np.diff(np.round(grid[places], SCORE_DIGITS), prepend=-np.inf) > 0
    falls = np.diff(np.round(worst[places], RATE_DIGITS), prepend=np.inf) < 0
    return np.asarray(places[rises & falls], np.int64)


def _tail(groups: Sequence[GroupScores]) -> tuple[Tail, float]:
    """Fit the tail of all pairs together; give it, and the shape as it was fitted."""
    pooled = np.concatenate([group.scores for group in groups])
    bend = float(np.quantile(pooled, 1 - TAIL_SHARE))
    excesses = pooled[pooled > bend] - bend
    found: tuple[float, float, float] = stats.genpareto.fit(excesses, floc=0)  # pyright: ignore[reportUnknownVariableType]: has no types
    shape, scale = float(found[0]), float(found[2])
    if shape < 0:
        return Tail(bend, 0.0, float(excesses.mean()), TAIL_SHARE), shape
    return Tail(bend, shape, scale, TAIL_SHARE), shape


def _interval(groups: Sequence[GroupScores]) -> tuple[float, float]:
    """Give the interval of the tail's shape, groups drawn anew."""
    random = np.random.default_rng(1)
    draws = np.sort(random.integers(0, len(groups), (BOOTSTRAPS, len(groups))), axis=1)
    different, counts = np.unique(draws, axis=0, return_counts=True)  # few, where groups are few
    shapes = [_tail([groups[int(row)] for row in drawn])[1] for drawn in different]
    low, high = np.quantile(np.repeat(shapes, counts), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _log10_fmr(group: GroupScores, at: F64, tail: Tail) -> F64:
    """Give log10 of a group's false match rate at scores `at`: counted, then by the tail."""
    count = len(group.scores)
    counted = count - np.searchsorted(group.scores, np.minimum(at, tail.threshold), side="left")
    beyond = stats.genpareto.sf(np.maximum(at - tail.threshold, 0), tail.shape, scale=tail.scale)
    rate = np.maximum(counted, 1) / count * beyond
    return np.asarray(np.log10(np.maximum(rate, 1e-300)), np.float64)
