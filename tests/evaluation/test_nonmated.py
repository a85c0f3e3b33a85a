"""Scores of different people: every pair once, none of one person, none by what knows them."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from builders import make_vectors

from overt.arrays import F64, Vectors
from overt.evaluation.labelled import Template
from overt.evaluation.making import worst_to_best
from overt.evaluation.nonmated import GroupScores, cross_fitted
from overt.evaluation.photographs import Photograph
from overt.match.comparing import Compared, Comparer, Side
from overt.values.metric import Metric


def make_templates(people: int = 30, *, photos: int = 2, groups: int = 3) -> list[Template]:
    """Make templates of people, each with as many photographs."""
    vectors = make_vectors(people * photos, seed=8)
    return [
        Template(
            Photograph(
                Path(f"{row}.jpg"), f"person-{row % people}", (f"group-{row % people % groups}",)
            ),
            vector,
        )
        for row, vector in enumerate(vectors)
    ]


def group_scores(name: str, people: int, scores: F64) -> GroupScores:
    """Make a group of whom nobody has two photographs."""
    return GroupScores(name, people, scores, np.empty(0), np.empty(0, np.int64))


def slow_scores(templates: list[Template], group: str) -> list[float]:
    inside = [each for each in templates if each.group == group]
    return sorted(
        float(one.vector.astype(np.float64) @ other.vector.astype(np.float64))
        for one, other in itertools.combinations(inside, 2)
        if one.photo.identity != other.photo.identity
    )


@pytest.mark.parametrize("photos", [1, 2])
def test_every_pair_of_different_people_of_a_group_is_scored_once(photos: int) -> None:
    templates = make_templates(photos=photos)
    found = cross_fitted(templates, fit=Comparer(Metric.COSINE))
    assert [group.name for group in found] == ["group-0", "group-1", "group-2"]
    for group in found:
        assert group.people == 10
        np.testing.assert_allclose(group.scores, slow_scores(templates, group.name), atol=1e-6)


def test_every_pair_of_one_person_is_scored_once_and_apart() -> None:
    templates = make_templates(photos=3)
    for group in cross_fitted(templates, fit=Comparer(Metric.COSINE)):
        inside = [each for each in templates if each.group == group.name]
        slow = sorted(
            float(one.vector.astype(np.float64) @ other.vector.astype(np.float64))
            for one, other in itertools.combinations(inside, 2)
            if one.photo.identity == other.photo.identity
        )
        assert len(slow) == 3 * 10
        np.testing.assert_allclose(np.sort(group.mated), slow, atol=1e-6)
        _, counts = np.unique(group.mated_of, return_counts=True)
        assert counts.tolist() == [3] * 10


def test_one_person_is_no_pair() -> None:
    templates = make_templates(1, photos=5, groups=1)
    (group,) = cross_fitted(templates, fit=Comparer(Metric.COSINE))
    assert (group.people, len(group.scores), len(group.mated)) == (1, 0, 10)


class Noting(Comparer):
    """Compares as any, and notes whom it was made from and whom it was asked about."""

    def __init__(self, fitted: set[str], names: dict[bytes, str], met: Counter[str]) -> None:
        super().__init__(Metric.COSINE)
        self._fitted, self._names, self._met = fitted, names, met

    def compare(self, probes: Side, listed: Side) -> Compared:
        asked = {self._names[row.tobytes()] for row in (*probes.vectors, *listed.vectors)}
        assert not asked & self._fitted
        if len(probes) and len(listed):
            self._met.update(asked)
        return super().compare(probes, listed)


def test_a_pair_is_scored_by_what_knows_neither() -> None:
    templates = make_templates(40)
    names = {each.vector.tobytes(): each.photo.identity for each in templates}
    met: Counter[str] = Counter()
    sizes: list[int] = []

    def fit(vectors: Vectors) -> Comparer:
        sizes.append(len(vectors))
        return Noting({names[row.tobytes()] for row in vectors}, names, met)

    found = cross_fitted(templates, fit=fit)
    assert set(met) == set(names.values())
    assert len(sizes) == 10  # 4 folds: each with itself and with each other
    assert min(sizes) >= len(templates) / 5
    for group in found:
        np.testing.assert_allclose(group.scores, slow_scores(templates, group.name), atol=1e-6)


def test_the_worst_group_is_told_beside_the_best() -> None:
    """1,000 pairs in all: one in a hundred are the 10 highest, at 0.9 or more."""
    low = np.zeros(400)
    groups = [
        group_scores("best", 29, low),
        group_scores("middle", 25, np.sort(np.concatenate([low[:298], [0.9, 0.95]]))),
        group_scores("worst", 25, np.sort(np.concatenate([low[:292], np.linspace(0.9, 1, 8)]))),
    ]
    assert worst_to_best(groups) == pytest.approx((8.5 / 301) / (0.5 / 401))
    assert worst_to_best(groups[2:]) == 1.0
    twice = [group_scores("a", 9, np.arange(100.0)), group_scores("b", 9, np.arange(100.0))]
    assert worst_to_best(twice, overall=0.1) == 1.0
