"""Scores of pairs, group by group, each held against a cohort that knows neither of its people.

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

__all__ = ["FOLDS", "GroupScores", "cross_fitted", "fold_of"]

FOLDS: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class GroupScores:
    """One group's comparisons: of different people, and of two photographs of one person."""

    name: str
    people: int
    scores: F64  # (pairs,) of different people, rising
    mated: F64  # (n,) of one person
    mated_of: I64  # (n,) numbers of those people


def cross_fitted(
    templates: Sequence[Template], *, fit: Callable[[Vectors], Comparer] | Comparer
) -> tuple[GroupScores, ...]:
    """Score all pairs within each group: of different people, and of one.

    Args:
        templates: with the group of each.
        fit: makes what compares from other people's templates; or one that compares all.
    """
    vectors = np.stack([each.vector for each in templates])
    folds = np.array([fold_of(each.photo.identity, FOLDS) for each in templates], np.int64)
    names = sorted({each.group for each in templates})
    groups = np.array([names.index(each.group) for each in templates], np.int64)
    identities = sorted({each.photo.identity for each in templates})
    people = np.array([identities.index(each.photo.identity) for each in templates], np.int64)
    found: list[list[F64]] = [[] for _ in names]
    own: list[list[tuple[F64, I64]]] = [[] for _ in names]
    for one, other in itertools.combinations_with_replacement(range(FOLDS), 2):
        apart = (folds != one) & (folds != other)
        comparer = fit if isinstance(fit, Comparer) else fit(vectors[apart])
        for group in range(len(names)):
            here = np.flatnonzero((groups == group) & (folds == one))
            there = np.flatnonzero((groups == group) & (folds == other))
            scored = comparer.compare(comparer.side(vectors[here]), comparer.side(vectors[there]))
            wide = scored.scores.astype(np.float64)
            found[group].append(wide[_pairs(people, here, there)])
            if one == other:  # all photographs of a person are in one fold
                mated = _mated(people, here)
                own[group].append((wide[mated], people[here][np.nonzero(mated)[0]]))
    return tuple(
        GroupScores(
            name,
            len(np.unique(people[groups == group])),
            np.sort(np.concatenate(found[group])),
            np.concatenate([scores for scores, _ in own[group]]),
            np.concatenate([numbers for _, numbers in own[group]]),
        )
        for group, name in enumerate(names)
    )


def fold_of(identity: str, folds: int) -> int:
    """Give the fold of a person, of some number that divides 256."""
    return hashlib.sha256(f"fold:{identity}".encode()).digest()[0] % folds


def _pairs(people: I64, here: I64, there: I64) -> Mask:
    """Mark each pair of different people once."""
    different = people[here][:, None] != people[there][None, :]
    same_fold = len(here) > 0 and np.array_equal(here, there)
    return different & (here[:, None] < there[None, :]) if same_fold else different


def _mated(people: I64, here: I64) -> Mask:
    """Mark each pair of one person once."""
    return np.triu(people[here][:, None] == people[here][None, :], k=1)
