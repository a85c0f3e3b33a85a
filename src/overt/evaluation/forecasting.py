"""Forecasts of false alerts for each group, of people whom nothing knows that holds their scores.

A mixture that was fitted to people draws strangers who are like them, and they are confused less
than others will be. So they are dealt into folds, and each pair is held against a mixture that was
fitted, by the bundle's own recipe, to the people of the other folds. With eight folds that is three
quarters of the people or more, nearly as many as the bundle's own mixture rests on.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from overt.arrays import F64, I64, Mask, Vectors
from overt.errors import InputError
from overt.evaluation.error_rates import predicted_fpir
from overt.evaluation.labelled import Template
from overt.evaluation.listed_rates import FEW, ListedRate, drawn, listed_rate
from overt.evaluation.nonmated import fold_of
from overt.match.comparing import Comparer
from overt.match.scale import DECADE
from overt.values.forecast import Forecast, Near

__all__ = [
    "EVERYBODY",
    "FOLDS",
    "OWN",
    "Foreseen",
    "foresee",
    "held_apart",
    "nearest",
    "one_each",
]

FOLDS: Final = 8
MOST: Final = 20_000  # pairs that a forecast holds: the most alike
DIGITS: Final = 4  # after the point, of a similarity: 0.0001 is half a percent of its rate
OWN: Final = "own group"
EVERYBODY: Final = "everybody"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What is to be expected of one group's probes, with lists of one length."""

    group: str
    lists_of: str  # OWN or EVERYBODY
    threshold: float  # similarity
    listed: int
    rate: ListedRate  # its counts are of pairs that reach `counted_at`
    counted_at: float  # the threshold, or the similarity from which the rate falls as the scale
    # does: so few pairs reach the threshold that they say less

    @property
    def extrapolated(self) -> bool:
        """Whether it was counted below the threshold."""
        return self.counted_at < self.threshold


def one_each(templates: Sequence[Template]) -> list[Template]:
    """Keep the first photograph of each person."""
    first: dict[str, Template] = {}
    for each in templates:
        first.setdefault(each.photo.identity, each)
    return list(first.values())


def held_apart(
    templates: Sequence[Template],
    *,
    fit: Callable[[Vectors], Comparer],
    folds: int = FOLDS,
    told: Callable[[], None] = lambda: None,
) -> F64:
    """Score every two people, each pair with what was fitted to people of other folds: (n, n).

    Args:
        templates: one a person.
        fit: makes what compares from templates.
        folds: into how many people are dealt.
        told: is told of each fit.
    """
    vectors = np.stack([each.vector for each in templates])
    of = np.array([fold_of(each.photo.identity, folds) for each in templates], np.int64)
    found = np.full((len(vectors), len(vectors)), np.nan)
    for one, other in itertools.combinations_with_replacement(range(folds), 2):
        here, there = np.flatnonzero(of == one), np.flatnonzero(of == other)
        if len(here) and len(there):
            comparer = fit(vectors[(of != one) & (of != other)])
            sides = comparer.side(vectors[here]), comparer.side(vectors[there])
            scored = comparer.compare(*sides).scores
            found[np.ix_(here, there)] = scored
            found[np.ix_(there, here)] = scored.T
        told()
    return found


def nearest(similar: F64, *, most: int = MOST) -> tuple[float, tuple[Near, ...]]:
    """Give the most alike pairs, once each, and the similarity that all of them reach."""
    one, other = np.triu_indices(len(similar), 1)
    values = np.round(similar[one, other], DIGITS)
    floor = float(np.sort(values)[-most]) if len(values) > most else float(values.min())
    rows = np.flatnonzero(values >= floor)
    return floor, tuple(
        (int(one[row]), int(other[row]), float(values[row])) for row in rows.tolist()
    )


def foresee(
    forecast: Forecast, *, threshold: float, listed: int, extrapolate: bool = True
) -> Iterator[Foreseen]:
    """Tell what each group is to expect: with lists of its own people, then of everybody.

    Where fewer than ten pairs reach the threshold and it is beyond what the scale was measured to,
    the rate is counted there and falls from there as the scale does: by ten for each 0.05. Lists
    longer than the people who were measured are taken as of independent comparisons.

    Raises:
        InputError: the threshold lies below the forecast's pairs.
    """
    if threshold < forecast.floor:
        raise InputError(
            f"forecast: got threshold {threshold:g}, want {forecast.floor:.2f} or more: it holds "
            "no pairs below"
        )
    people = np.array(forecast.people, np.int64)
    near = np.array(forecast.near, np.float64).reshape(-1, 3)
    weights = drawn(people)
    bend = max(forecast.measured_to, forecast.floor)
    for number, group in enumerate(forecast.groups):
        inside = people == number
        for lists_of in (OWN, EVERYBODY):
            pool = inside if lists_of == OWN else np.ones(len(people), np.bool_)
            count = partial(_counted, near, inside, pool, weights)
            rate, counted_at = count(threshold, listed=1), threshold
            if extrapolate and threshold > bend and rate.reached < FEW:
                rate = _falling(count(bend, listed=1), threshold - bend, listed)
                counted_at = bend
            elif listed < int(pool.sum()):
                rate = count(threshold, listed=listed)
            else:
                rate = _falling(rate, 0.0, listed)
            yield Foreseen(group, lists_of, threshold, listed, rate, counted_at)


def _counted(
    near: F64, inside: Mask, pool: Mask, weights: F64, similarity: float, *, listed: int
) -> ListedRate:
    reached: I64 = near[near[:, 2] >= similarity, :2].astype(np.int64)
    return listed_rate(reached, inside=inside, pool=pool, listed=listed, weights=weights)


def _falling(rate: ListedRate, beyond: float, listed: int) -> ListedRate:
    """Carry a false match rate so much further on the scale, to a list of entries."""
    share = 10 ** (-beyond / DECADE)
    value, low, high = (
        predicted_fpir(each * share, listed) for each in (rate.value, rate.low, rate.high)
    )
    return ListedRate(rate.people, rate.pairs, rate.reached, value, low, high, rate.method)
