"""Scores held against a cohort, beside the same done by hand one pair at a time."""

from __future__ import annotations

import math
import statistics
import tracemalloc

import numpy as np
import pytest
from builders import NOON, make_calibration, make_point, make_probes, make_vectors, make_watchlist
from hypothesis import given
from hypothesis import strategies as st

from overt.arrays import F32
from overt.errors import ShapeError
from overt.match.comparing import ROWS, Comparer
from overt.match.gallery import Gallery
from overt.match.scale import ReferenceScale
from overt.values.cohort import Cohort
from overt.values.metric import Metric

SCALE = ReferenceScale(make_calibration())
TOP = 10
COHORT = Cohort(make_vectors(40, seed=99), TOP)
metrics = st.sampled_from(Metric)
seeds = st.integers(0, 10**6)


def slow_raw(a: F32, b: F32, metric: Metric) -> float:
    pairs = [(float(x), float(y)) for x, y in zip(a, b, strict=True)]
    if metric is Metric.COSINE:
        return math.fsum(x * y for x, y in pairs)
    return -math.sqrt(math.fsum((x - y) ** 2 for x, y in pairs))


def slow_held(score: float, template: F32, metric: Metric) -> float:
    """Give (s - m) / d with the mean and deviation of the template's best in the cohort."""
    found = sorted(slow_raw(template, nobody, metric) for nobody in COHORT.vectors)[-TOP:]
    return (score - statistics.fmean(found)) / statistics.pstdev(found)


def slow_score(a: F32, b: F32, metric: Metric) -> float:
    """Follow Matejka et al. (2017), equations 4 and 9."""
    score = slow_raw(a, b, metric)
    return (slow_held(score, a, metric) + slow_held(score, b, metric)) / 2


@given(metrics, st.integers(0, 4), st.integers(0, 4), seeds)
def test_each_pair_is_held_against_the_cohort_on_both_sides(
    metric: Metric, n: int, m: int, seed: int
) -> None:
    comparer = Comparer(metric, COHORT)
    probes, listed = make_vectors(n, seed=seed), make_vectors(m, seed=seed + 1)
    got = comparer.compare(comparer.side(probes), comparer.side(listed))
    raw = [[slow_raw(a, b, metric) for b in listed] for a in probes]
    held = [[slow_score(a, b, metric) for b in listed] for a in probes]
    assert got.raw.dtype == got.scores.dtype == np.float32
    np.testing.assert_allclose(got.raw, np.reshape(raw, (n, m)), atol=2e-6)
    np.testing.assert_allclose(got.scores, np.reshape(held, (n, m)), rtol=1e-3, atol=1e-3)


@given(metrics, seeds)
def test_it_does_not_matter_which_of_two_is_listed(metric: Metric, seed: int) -> None:
    comparer = Comparer(metric, COHORT)
    one, other = make_vectors(2, seed=seed)
    assert comparer.score(one, other) == pytest.approx(comparer.score(other, one), abs=1e-4)


@given(metrics, seeds)
def test_how_many_are_compared_at_once_changes_nothing(metric: Metric, seed: int) -> None:
    comparer = Comparer(metric, COHORT)
    side = comparer.side(make_vectors(7, seed=seed))
    listed = comparer.side(make_vectors(5, seed=seed + 1))
    whole = comparer.compare(side, listed).scores
    for row in range(len(side)):
        part = comparer.compare(side[row : row + 1], listed)
        np.testing.assert_allclose(part.scores[0], whole[row], rtol=1e-4, atol=1e-4)


def test_a_long_list_is_held_piece_by_piece() -> None:
    comparer = Comparer(Metric.COSINE, COHORT)
    vectors = make_vectors(2500, seed=5)
    whole = comparer.side(vectors)
    assert len(whole) == 2500
    for row in (0, 1023, 1024, 2047, 2048, 2499):
        alone = comparer.side(vectors[row : row + 1])
        assert whole.means[row] == pytest.approx(alone.means[0], abs=1e-5)
        assert whole.spreads[row] == pytest.approx(alone.spreads[0], abs=1e-5)


def test_a_long_list_takes_no_more_memory_than_a_few_pieces_of_it() -> None:
    comparer = Comparer(Metric.COSINE, Cohort(make_vectors(500, seed=98), TOP))
    listed = make_vectors(20 * ROWS, seed=97)
    piece = ROWS * 500 * 4  # bytes of the scores that are looked at together
    tracemalloc.start()
    try:
        comparer.side(listed)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert piece < most < 5 * piece


@given(metrics, st.integers(1, 4), st.integers(1, 4), seeds)
def test_equal_templates_give_one_score(metric: Metric, n: int, m: int, seed: int) -> None:
    comparer = Comparer(metric, COHORT)
    same = make_vectors(1, seed=seed)
    probes, listed = comparer.side(same.repeat(n, axis=0)), comparer.side(same.repeat(m, axis=0))
    found = comparer.compare(probes, listed).scores
    assert found.shape == (n, m)
    np.testing.assert_allclose(found, comparer.score(same[0], same[0]), rtol=1e-2)
    other = make_vectors(1, seed=seed + 1)[0]
    assert comparer.score(same[0], other) < found.min()


@pytest.mark.parametrize("metric", list(Metric))
def test_a_cohort_of_equal_faces_gives_numbers_all_the_same(metric: Metric) -> None:
    comparer = Comparer(metric, Cohort(make_vectors(1).repeat(20, axis=0), TOP))
    vectors = np.concatenate([make_vectors(1), make_vectors(4, seed=3)])
    side = comparer.side(vectors)
    assert np.isfinite(comparer.compare(side, side).scores).all()


@given(metrics, seeds)
def test_without_a_cohort_the_raw_scores_come_out_untouched(metric: Metric, seed: int) -> None:
    comparer = Comparer(metric)
    probes, listed = make_vectors(3, seed=seed), make_vectors(5, seed=seed + 1)
    found = comparer.compare(comparer.side(probes), comparer.side(listed))
    assert found.scores is found.raw
    assert comparer.score(probes[0], listed[0]) == pytest.approx(
        slow_raw(probes[0], listed[0], metric), abs=2e-6
    )


def test_who_is_like_many_to_the_network_needs_a_higher_score() -> None:
    """At one raw score, two people in a crowded part of the space are less alike than two others.

    Faces lie on a line; 30 of the cohort crowd around 0, the others lie far apart from 50 on.
    """
    places = np.concatenate([np.linspace(-1, 1, 30), np.arange(50, 150, 10)])
    comparer = Comparer(Metric.L2, Cohort(places[:, None].astype(np.float32), TOP))

    def score(one: float, other: float) -> float:
        return comparer.score(np.array([one], np.float32), np.array([other], np.float32))

    assert score(-0.5, 0.5) < score(99.5, 100.5)


def test_templates_of_another_recogniser_are_refused() -> None:
    with pytest.raises(ShapeError, match="got 8 numbers each, want 16 as in the cohort"):
        Comparer(Metric.L2, COHORT).side(make_vectors(2, dimensions=8))


@pytest.mark.parametrize(("count", "top"), [(4, 5), (4, 1), (0, 2)])
def test_a_cohort_is_as_large_as_its_top(count: int, top: int) -> None:
    with pytest.raises(ShapeError, match=rf"cohort: got shape \({count}, 16\) with the top {top}"):
        Cohort(make_vectors(count), top)


@given(metrics, seeds)
def test_a_match_keeps_the_raw_score_and_is_as_similar_as_the_held_one(
    metric: Metric, seed: int
) -> None:
    listed, sought = make_vectors(5, seed=seed), make_vectors(2, seed=seed + 1)
    gallery = Gallery(make_watchlist(listed), scale=SCALE, comparer=Comparer(metric, COHORT))
    held = [[slow_score(a, b, metric) for b in listed] for a in sought]
    least = float(np.median(held))
    found = gallery.search(make_probes(sought), point=make_point(score=least), at=NOON)
    near = 1e-3  # of the threshold: either side
    got = {(match.track - 1, match.row) for match in found}
    assert {(i, j) for i in range(2) for j in range(5) if held[i][j] > least + near} <= got
    assert got <= {(i, j) for i in range(2) for j in range(5) if held[i][j] > least - near}
    for match in found:
        one, other = sought[match.track - 1], listed[match.row]
        assert match.score == pytest.approx(slow_raw(one, other, metric), abs=1e-5)
        want = float(SCALE.similarity(np.array(slow_score(one, other, metric))))
        assert match.similarity == pytest.approx(want, abs=0.02)


@given(metrics, seeds)
def test_a_list_that_is_held_against_the_cohort_already_is_searched_alike(
    metric: Metric, seed: int
) -> None:
    comparer = Comparer(metric, COHORT)
    watchlist, sought = make_watchlist(make_vectors(5, seed=seed)), make_vectors(2, seed=seed + 1)
    held = comparer.side(watchlist.embeddings.vectors)
    point = make_point(score=0.0)
    one = Gallery(watchlist, scale=SCALE, comparer=comparer)
    other = Gallery(watchlist, scale=SCALE, comparer=comparer, listed=held)
    assert one.search(make_probes(sought), point=point, at=NOON) == other.search(
        make_probes(sought), point=point, at=NOON
    )


def test_what_another_list_scored_is_refused() -> None:
    comparer = Comparer(Metric.COSINE, COHORT)
    others = comparer.side(make_vectors(5, seed=2))
    with pytest.raises(ShapeError, match="got other templates, want those of list"):
        Gallery(make_watchlist(make_vectors(5)), scale=SCALE, comparer=comparer, listed=others)
