"""A sketch tells what sorting all scores tells, within the tolerance it states."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from overt.evaluation.comparing import ComparedList, blocks
from overt.evaluation.sketch import Count, ScoreSketch
from overt.match.comparing import Comparer
from overt.values.metric import Metric


def filled(scores: list[np.ndarray], *, keep: int) -> ScoreSketch:
    sketch = ScoreSketch(keep=keep)
    for part in scores:
        sketch.add(part.astype(np.float32))
    return sketch


@given(
    st.lists(st.lists(st.integers(-50, 50), min_size=1, max_size=30), min_size=1, max_size=8),
    st.integers(-60, 60),
)
def test_counts_are_within_their_tolerance(parts: list[list[int]], score: int) -> None:
    sketch = filled([np.array(part) / 10 for part in parts], keep=5)
    whole = np.concatenate(parts)
    true = int((whole.astype(np.float32) / 10 >= np.float32(score / 10)).sum())
    found = sketch.at_or_above(float(np.float32(score / 10)))
    assert found.value - found.tolerance <= true <= found.value
    assert sketch.count == len(whole)


def test_the_highest_scores_are_exact_whatever_the_order() -> None:
    scores = np.random.default_rng(2).normal(size=300_000).astype(np.float32)
    rising = np.sort(scores)
    for order in (scores, rising, rising[::-1]):
        sketch = filled(list(np.array_split(order, 40)), keep=1000)
        for place in (1, 10, 900):
            at = float(rising[-place])
            assert sketch.at_or_above(at) == Count(place, 0)
        assert sketch.at_or_above(sketch.score_at(10 / 300_000)).value == 10


def test_the_score_at_a_share_below_the_kept_ones_keeps_the_share() -> None:
    scores = np.random.default_rng(3).normal(size=200_000).astype(np.float32)
    sketch = filled(list(np.array_split(scores, 20)), keep=500)
    for share in (0.5, 0.1, 0.01):
        reached = float((scores >= sketch.score_at(share)).mean())
        assert share * 0.99 <= reached <= share


def test_memory_is_bounded() -> None:
    sketch = ScoreSketch(keep=1000)
    random = np.random.default_rng(4)
    for _ in range(50):
        sketch.add(random.normal(size=100_000).astype(np.float32))
    assert sketch.held <= 2 * 1000
    assert sketch.count == 5_000_000


def test_a_hundred_million_comparisons_take_seconds_and_little_memory() -> None:
    random = np.random.default_rng(5)
    listed = random.normal(size=(10_000, 16)).astype(np.float32)
    probes = random.normal(size=(10_000, 16)).astype(np.float32)
    sketch = ScoreSketch(keep=10_000)
    for _, found in blocks(probes, ComparedList(listed, comparer=Comparer(Metric.COSINE))):
        sketch.add(found)
    assert sketch.count == 100_000_000
    highest = (probes[:50] @ listed.T).max()
    assert sketch.at_or_above(float(highest)).value >= 1
    found = sketch.at_or_above(sketch.score_at(1e-2))
    assert found.tolerance <= 0.003 * found.value
