"""Measures by group, and how groups differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from overt.arrays import F64, I64, Mask
from overt.evaluation.comparing import Enlist, blocks
from overt.evaluation.differences import (
    About,
    Pairs,
    differences_of_pairs,
    differences_of_probes,
    worst_of,
)
from overt.evaluation.measuring import Measured
from overt.evaluation.prepared import Prepared
from overt.evaluation.shares import Share, pair_share
from overt.values.evaluation import Difference, OfGroup, Worst

__all__ = ["ByGroup", "by_group"]


@dataclass(frozen=True, slots=True)
class ByGroup:
    """What groups gave, and how they differ."""

    groups: tuple[OfGroup, ...]
    differences: tuple[Difference, ...]
    worst: tuple[Worst, ...]


def by_group(
    of: Measured, *, enlist: Enlist | None, thresholds: Sequence[float], margin: float
) -> ByGroup:
    """Measure every group of every column at every threshold, and compare each with the others.

    Without `enlist` people within a group are not compared: of passages no template is kept.
    """
    rows: list[OfGroup] = []
    differences: list[Difference] = []
    worst: list[Worst] = []
    scores = {threshold: of.scale.score(threshold) for threshold in thresholds}
    for place, column in enumerate(of.prepared.columns):
        names = np.array([groups[place] for groups in of.prepared.groups])
        kinds = sorted({str(name) for name in names if name})
        inside = {name: names == name for name in kinds}
        pairs = (
            {name: within(of.prepared, inside[name], enlist, scores.values()) for name in kinds}
            if enlist is not None
            else {}
        )
        for number, threshold in enumerate(thresholds):
            score = scores[threshold]
            at = {name: each[number] for name, each in pairs.items()}
            here = [
                OfGroup(
                    column,
                    name,
                    threshold,
                    of.false_alerts(score, among=inside[name]),
                    of.recognised(score, among=inside[name]),
                    pair_share(at[name].matched, at[name].people, trials=at[name].trials)
                    if name in at
                    else None,
                )
                for name in kinds
            ]
            rows += here
            differences += _probes(of, names, About(column, "FPIR", threshold, margin), score)
            differences += _probes(of, names, About(column, "FNIR", threshold, margin), score)
            about = About(column, "FMR", threshold, margin)
            differences += differences_of_pairs(at, about)
            worst += _worst(here, column, threshold, margin)
    return ByGroup(tuple(rows), tuple(differences), tuple(worst))


def _probes(
    of: Measured, names: np.ndarray[tuple[int], np.dtype[np.str_]], about: About, score: float
) -> tuple[Difference, ...]:
    mated: Mask = of.prepared.is_mated
    rows = mated if about.measure == "FNIR" else ~mated
    if not rows.any():
        return ()
    events = of.found.own[rows] < score if about.measure == "FNIR" else of.best[rows] >= score
    return differences_of_probes(
        events, of.prepared.subjects[rows], [str(name) for name in names[rows]], about
    )


def within(
    prepared: Prepared, inside: Mask, enlist: Enlist, scores: Iterable[float]
) -> list[Pairs]:
    """Compare every two people within a group: for each score, the pairs that reach it.

    One photograph stands for each person, the first: so a pair of people is one trial.
    """
    subjects, firsts = np.unique(prepared.subjects[inside], return_index=True)
    vectors = prepared.vectors[inside][firsts]
    people = len(subjects)
    wanted = list(scores)
    lowest = min(wanted, default=np.inf)
    ones: list[I64] = []
    values: list[F64] = []
    for rows, found in blocks(vectors, enlist(vectors)):
        reached = np.argwhere(found >= lowest)
        reached[:, 0] += rows.start
        upper = reached[:, 1] > reached[:, 0]
        ones.append(reached[upper].astype(np.int64))
        values.append(found[reached[upper, 0] - rows.start, reached[upper, 1]].astype(np.float64))
    matched = np.concatenate([np.empty((0, 2), np.int64), *ones])
    at = np.concatenate([np.empty(0), *values])
    trials = people * (people - 1) // 2
    return [Pairs(people, trials, matched[at >= score]) for score in wanted]


def _worst(rows: Sequence[OfGroup], column: str, threshold: float, margin: float) -> list[Worst]:
    shares = {
        "FPIR": {row.group: row.fpir for row in rows},
        "FNIR": {row.group: _missed(row.tpir) for row in rows},
        "FMR": {row.group: row.fmr for row in rows},
    }
    found: list[Worst] = []
    for measure, of in shares.items():
        rates = {group: share for group, share in of.items() if share is not None}
        named = worst_of(rates, About(column, measure, threshold, margin))
        if named is not None:
            found.append(named)
    return found


def _missed(share: Share | None) -> Share | None:
    if share is None:
        return None
    return Share(
        share.trials - share.events,
        share.trials,
        share.people,
        1 - share.value,
        1 - share.high,
        1 - share.low,
        share.level,
        share.method,
    )
