"""The search against comparing one by one."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from builders import (
    NOON,
    make_calibration,
    make_entry,
    make_point,
    make_probes,
    make_vectors,
    make_watchlist,
)
from hypothesis import given
from hypothesis import strategies as st

from overt.arrays import F32
from overt.errors import ShapeError
from overt.match.comparing import Comparer
from overt.match.gallery import Gallery
from overt.match.metric import scores
from overt.match.scale import ReferenceScale
from overt.values.metric import Metric
from overt.values.watchlist import Watchlist

SCALE = ReferenceScale(make_calibration())
metrics = st.sampled_from(Metric)


def slow_score(a: F32, b: F32, metric: Metric) -> float:
    pairs = [(float(x), float(y)) for x, y in zip(a, b, strict=True)]
    if metric is Metric.COSINE:
        return math.fsum(x * y for x, y in pairs)
    return -math.sqrt(math.fsum((x - y) ** 2 for x, y in pairs))


def gallery(watchlist: Watchlist, metric: Metric = Metric.COSINE) -> Gallery:
    return Gallery(watchlist, scale=SCALE, comparer=Comparer(metric))


@given(metrics, st.integers(0, 6), st.integers(1, 9), st.integers(0, 10**6))
def test_scores_are_those_of_each_pair(metric: Metric, n: int, m: int, seed: int) -> None:
    probes, listed = make_vectors(n, seed=seed), make_vectors(m, seed=seed + 1)
    got = scores(probes, listed, metric=metric)
    want = [[slow_score(a, b, metric) for b in listed] for a in probes]
    assert got.shape == (n, m)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, np.reshape(want, (n, m)), atol=2e-6)


def test_the_same_template_is_at_no_distance() -> None:
    listed = make_vectors(3, dimensions=128)
    for length in (0.3, 1.0, 20.0):
        same = scores(listed * np.float32(length), listed * np.float32(length), metric=Metric.L2)
        assert np.abs(np.diag(same)).max() <= 1e-3 * length


@given(metrics, st.integers(0, 5), st.integers(1, 9), st.floats(-1.2, 0.9), st.integers(0, 10**6))
def test_the_search_finds_what_a_double_loop_finds(
    metric: Metric, n: int, m: int, threshold: float, seed: int
) -> None:
    listed, sought = make_vectors(m, seed=seed), make_vectors(n, seed=seed + 1)
    expired = {row for row in range(m) if (seed >> row) % 3 == 0}
    entries = tuple(
        make_entry(f"R-{row}", expires=NOON if row in expired else NOON + timedelta(seconds=1))
        for row in range(m)
    )
    point = make_point(score=threshold)
    found = gallery(make_watchlist(listed, entries=entries), metric).search(
        make_probes(sought), point=point, at=NOON
    )
    pairs = {
        (i + 1, j): slow_score(sought[i], listed[j], metric)
        for i in range(n)
        for j in range(m)
        if j not in expired
    }
    got = {(match.track, match.row): match.score for match in found}
    near = 1e-5  # float32 may fall on either side of the threshold
    assert {pair for pair, score in pairs.items() if score > threshold + near} <= got.keys()
    assert got.keys() <= {pair for pair, score in pairs.items() if score > threshold - near}
    for pair, score in got.items():
        assert score == pytest.approx(pairs[pair], abs=near)
    order = [(match.track, -match.score, match.row) for match in found]
    assert order == sorted(order)


def test_a_match_says_what_it_is() -> None:
    listed = make_vectors(4)
    point = make_point(score=0.99, threshold=0.7)
    (match,) = gallery(make_watchlist(listed)).search(
        make_probes(listed[2:3], shots=5), point=point, at=NOON
    )
    assert (match.track, match.row, match.shots, match.point.threshold) == (1, 2, 5, 0.7)
    assert match.similarity == pytest.approx(float(SCALE.similarity(np.array(match.score))))


def test_the_threshold_itself_is_a_match() -> None:
    listed = np.array([[1, 0], [0, 1]], np.float32)
    searched = gallery(make_watchlist(listed))
    probes = make_probes(np.array([[0.5, 0.25]], np.float32))
    at_threshold = searched.search(probes, point=make_point(score=0.5), at=NOON)
    assert [match.row for match in at_threshold] == [0]
    assert searched.search(probes, point=make_point(score=math.nextafter(0.5, 1)), at=NOON) == ()


@given(st.floats(0.61, 0.9))
def test_no_match_is_below_the_authorised_threshold(threshold: float) -> None:
    point = SCALE.operating_point(threshold, listed=1)
    # The nearest floats that a recogniser can give, on either side of the threshold.
    nearest = np.float32(point.score)
    sides = [np.nextafter(nearest, np.float32(-9)), nearest, np.nextafter(nearest, np.float32(9))]
    listed = gallery(make_watchlist(np.array([[1.0]], np.float32)))
    probes = make_probes(np.array(sides, np.float32)[:, None])
    found = listed.search(probes, point=point, at=NOON)
    want = [i + 1 for i, side in enumerate(sides) if float(side) >= point.score]
    assert [match.track for match in found] == want
    assert all(match.similarity >= threshold - 1e-12 for match in found)


def test_no_probe_finds_nothing() -> None:
    searched = gallery(make_watchlist(make_vectors(3)))
    assert searched.search(make_probes(make_vectors(0)), point=make_point(score=-9), at=NOON) == ()
    # Also one whose length nobody could know, as when a frame had no face to embed.
    empty = make_probes(np.empty((0, 0), np.float32))
    assert searched.search(empty, point=make_point(score=-9), at=NOON) == ()


def test_templates_of_another_recogniser_are_refused() -> None:
    searched = gallery(make_watchlist(make_vectors(3, dimensions=16)))
    with pytest.raises(ShapeError, match="got 8 numbers a template, want 16"):
        searched.search(make_probes(make_vectors(1, dimensions=8)), point=make_point(), at=NOON)


@pytest.mark.parametrize(("left_s", "listed"), [(-1, False), (0, False), (1, True)])
def test_an_expired_entry_is_not_matched(left_s: int, *, listed: bool) -> None:
    vectors = make_vectors(1)
    entry = make_entry(expires=NOON + timedelta(seconds=left_s))
    searched = gallery(make_watchlist(vectors, entries=(entry,)))
    found = searched.search(make_probes(vectors), point=make_point(score=0.9), at=NOON)
    assert bool(found) is listed
    endless = gallery(make_watchlist(vectors, entries=(replace(entry, expires=None),)))
    assert endless.search(make_probes(vectors), point=make_point(score=0.9), at=NOON)


def test_its_length_is_the_lists() -> None:
    assert len(gallery(make_watchlist(make_vectors(5)))) == 5
