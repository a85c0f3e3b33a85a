"""Scores of different people, group by group, each pair held against a cohort that knows neither.

A mixture that was fitted to a face lies nearer to it than to others, and would flatter the score.
So people are dealt into folds, and a pair is scored with a mixture of the other folds' people.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from overt.arrays import F64, I64, Mask, Vectors
from overt.evaluation.labelled import Template
from overt.match.comparing import Comparer

__all__ = ["FOLDS", "GroupScores", "cross_fitted"]

FOLDS: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class GroupScores:
    """One group's comparisons of different people."""

    name: str
    people: int
    scores: F64  # (pairs,), rising


def cross_fitted(
    templates: Sequence[Template], *, fit: Callable[[Vectors], Comparer] | Comparer
) -> tuple[GroupScores, ...]:
    """Score all pairs of different people within each group.

    Args:
        templates: with the group of each; several of one person are no pair.
        fit: makes what compares from other people's templates; or one that compares all.
    """
    vectors = np.stack([each.vector for each in templates])
    folds = np.array([_fold(each.photo.identity) for each in templates], np.int64)
    names = sorted({each.photo.group for each in templates})
    groups = np.array([names.index(each.photo.group) for each in templates], np.int64)
    identities = sorted({each.photo.identity for each in templates})
    people = np.array([identities.index(each.photo.identity) for each in templates], np.int64)
    found: list[list[F64]] = [[] for _ in names]
    for one, other in itertools.combinations_with_replacement(range(FOLDS), 2):
        apart = (folds != one) & (folds != other)
        comparer = fit if isinstance(fit, Comparer) else fit(vectors[apart])
        for group, scores in enumerate(found):
            here = np.flatnonzero((groups == group) & (folds == one))
            there = np.flatnonzero((groups == group) & (folds == other))
            scored = comparer.compare(comparer.side(vectors[here]), comparer.side(vectors[there]))
            scores.append(scored.scores[_pairs(people, here, there)].astype(np.float64))
    return tuple(
        GroupScores(
            name, len(np.unique(people[groups == group])), np.sort(np.concatenate(found[group]))
        )
        for group, name in enumerate(names)
    )


def _fold(identity: str) -> int:
    return hashlib.sha256(f"fold:{identity}".encode()).digest()[0] % FOLDS


def _pairs(people: I64, here: I64, there: I64) -> Mask:
    """Mark each pair of different people once."""
    different = people[here][:, None] != people[there][None, :]
    same_fold = len(here) > 0 and np.array_equal(here, there)
    return different & (here[:, None] < there[None, :]) if same_fold else different
