"""All measures of a prepared set of photographs: one search of every probe, and what follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from overt.arrays import F32, F64, I64, Mask
from overt.evaluation.comparing import Enlist, Searched, search
from overt.evaluation.error_rates import Curve, cmc, error_curve, predicted_fpir, thinned
from overt.evaluation.error_rates import threshold_at as score_at
from overt.evaluation.prepared import Prepared
from overt.evaluation.shares import Share, counted, share
from overt.evaluation.sketch import ScoreSketch
from overt.match.scale import ReferenceScale
from overt.values.evaluation import AtRate, AtThreshold, Band, Line, OfSize, Probe

__all__ = ["SIZES", "Measured", "measure_all"]

SIZES: Final = (10, 30, 100, 300, 1000, 3000, 10_000)
RANKS: Final = 20
BANDS: Final = 4  # of quality, as many probes in each
NONMATED: Final = "probes of people who are not listed"
MATED: Final = "probes of listed people"


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A search of all probes, and the scale that its scores are told on."""

    prepared: Prepared
    found: Searched
    different: ScoreSketch  # scores of probes that are not listed with every entry
    scale: ReferenceScale

    @property
    def best(self) -> F64:
        """The highest score of each probe with the entry of anybody else, whole list."""
        return self.found.best[:, -1]

    def false_alerts(
        self, score: float, *, size: int = -1, among: Mask | None = None
    ) -> Share | None:
        """FPIR at a score: of probes that are not listed."""
        rows = ~self.prepared.is_mated if among is None else ~self.prepared.is_mated & among
        events = self.found.best[rows, size] >= score
        return share(events, self.prepared.subjects[rows], of=NONMATED)

    def recognised(self, score: float, *, among: Mask | None = None) -> Share | None:
        """TPIR at a score: of probes of listed people that were compared."""
        rows = self.prepared.is_mated if among is None else self.prepared.is_mated & among
        return share(self.found.own[rows] >= score, self.prepared.subjects[rows], of=MATED)

    def recognised_of_all(self, score: float) -> Share | None:
        """TPIR with failures to enrol and to acquire counted as missed."""
        rows, missed = self.prepared.is_mated, self.prepared.missed
        events = np.concatenate([self.found.own[rows] >= score, np.zeros(len(missed), np.bool_)])
        subjects = np.concatenate([self.prepared.subjects[rows], missed])
        return share(events, subjects, of=MATED)

    def false_matches(self, score: float) -> Share | None:
        """FMR at a score: of comparisons of probes that are not listed with every entry."""
        people = len(set(self.prepared.subjects[~self.prepared.is_mated].tolist()))
        reached = self.different.at_or_above(score).value
        found = counted(reached, self.different.count, of="pairs", people=people)
        return found and replace(found, method=f"{found.method}, pairs taken as independent")


def measure_all(
    prepared: Prepared, *, enlist: Enlist, scale: ReferenceScale, told: Callable[[int], None]
) -> Measured:
    """Search every probe; `told` is told how many were."""
    listed = enlist(prepared.entries)
    sizes = (*(size for size in SIZES if size < len(listed)), len(listed))
    different = ScoreSketch()
    # Who is not listed first: the false match rate is of these comparisons alone.
    order = np.argsort(prepared.is_mated, kind="stable")
    apart = int((~prepared.is_mated).sum())
    parts = [
        search(
            prepared.vectors[rows],
            listed,
            own=prepared.own[rows],
            sizes=sizes,
            told=told_scores,
        )
        for rows, told_scores in (
            (order[:apart], different.add),
            (order[apart:], unheard),
        )
    ]
    told(len(prepared.vectors))
    back = np.argsort(order)
    found = Searched(
        np.concatenate([part.own for part in parts])[back],
        np.concatenate([part.ranks for part in parts])[back],
        np.concatenate([part.best for part in parts])[back],
        sizes,
    )
    return Measured(prepared, found, different, scale)


def unheard(_scores: F32) -> None:
    """Hear nothing: the scores of listed people with others are in no rate of comparisons."""


def at_thresholds(of: Measured, thresholds: Iterable[float]) -> tuple[AtThreshold, ...]:
    """Measure at each similarity."""
    listed = of.found.sizes[-1]
    rows: list[AtThreshold] = []
    for threshold in thresholds:
        point = of.scale.operating_point(threshold, listed=listed)
        rows.append(
            AtThreshold(
                threshold,
                point.score,
                point.extrapolated,
                of.false_alerts(point.score),
                of.recognised(point.score),
                of.recognised_of_all(point.score),
                of.false_matches(point.score),
                point.predicted_rate,
            )
        )
    return tuple(rows)


def at_rates(of: Measured, rates: Iterable[float]) -> tuple[AtRate, ...]:
    """Measure recognition where at most each share of probes that are not listed would alert.

    A rate that so few probes cannot show, below one of them, is left out.
    """
    best = of.best[~of.prepared.is_mated]
    rows: list[AtRate] = []
    for rate in rates:
        if not len(best) or rate * len(best) < 1:
            continue
        score = score_at(best, rate)
        rows.append(
            AtRate(rate, similar(of, score), score, of.false_alerts(score), of.recognised(score))
        )
    return tuple(rows)


def by_size(of: Measured, thresholds: Iterable[float]) -> tuple[OfSize, ...]:
    """Measure false alerts with lists of growing size, beside what the match rate predicts."""
    rows: list[OfSize] = []
    for threshold in thresholds:
        score = of.scale.score(threshold)
        matches = of.false_matches(score)
        for place, size in enumerate(of.found.sizes):
            rows.append(
                OfSize(
                    size,
                    threshold,
                    of.false_alerts(score, size=place),
                    predicted_fpir(matches.value if matches else 0.0, size),
                    of.scale.operating_point(threshold, listed=size).predicted_rate,
                )
            )
    return tuple(rows)


def by_quality(of: Measured, thresholds: Iterable[float]) -> tuple[Band, ...]:
    """Measure probes of like quality: bands that hold as many probes each."""
    edges = np.quantile(of.prepared.quality, np.linspace(0, 1, BANDS + 1))
    places = np.clip(np.searchsorted(edges, of.prepared.quality, "right") - 1, 0, BANDS - 1)
    return tuple(
        Band(
            float(edges[band]),
            float(edges[band + 1]),
            threshold,
            of.false_alerts(of.scale.score(threshold), among=places == band),
            of.recognised(of.scale.score(threshold), among=places == band),
        )
        for threshold in thresholds
        for band in range(BANDS)
    )


def lines(of: Measured) -> tuple[Line, ...]:
    """Give the DET, the IET and the CMC."""
    mated = of.prepared.is_mated
    own, best = of.found.own[mated], of.best[~mated]
    drawn: list[Line] = []
    if len(own) and of.different.count:
        wanted: F64 = 10.0 ** -np.linspace(0, float(np.log10(of.different.count)), 100)
        scores = np.unique([of.different.score_at(float(each)) for each in wanted.tolist()])
        falses = np.array([of.different.at_or_above(float(score)).value for score in scores])
        below = np.searchsorted(np.sort(own), scores, "left") / len(own)
        curve = Curve(scores, falses / of.different.count, below)
        drawn.append(_line("DET", thinned(curve), of))
    if len(own) and len(best):
        drawn.append(_line("IET", thinned(error_curve(best, own)), of))
    if len(own):
        shares = cmc(of.found.ranks[mated], most=RANKS)
        drawn.append(Line("CMC", tuple(range(1, RANKS + 1)), _floats(shares), ()))
    return tuple(drawn)


def probes(of: Measured) -> tuple[Probe, ...]:
    """Give every probe's result, for tests on pairs."""
    similar_own = of.scale.similarity(of.found.own)
    similar_best = of.scale.similarity(of.best)
    everybody: I64 = of.prepared.subjects
    return tuple(
        Probe(
            name,
            int(everybody[row]),
            bool(of.prepared.own[row] >= 0),
            round(float(similar_own[row]), 6) if of.prepared.own[row] >= 0 else None,
            round(float(similar_best[row]), 6) if np.isfinite(of.best[row]) else None,
            of.prepared.groups[row],
        )
        for row, name in enumerate(of.prepared.names)
    )


def similar(of: Measured, score: float) -> float:
    return float(of.scale.similarity(np.array([score]))[0])


def _line(name: str, curve: Curve, of: Measured) -> Line:
    return Line(
        name,
        _floats(curve.false_positives),
        _floats(curve.false_negatives),
        tuple(round(float(each), 4) for each in of.scale.similarity(curve.thresholds)),
    )


def _floats(values: F64) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
