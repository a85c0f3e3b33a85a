"""The best shots of open passages are fused, and nothing is left of those that are over."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Sequence

import numpy as np
import pytest
from builders import make_frame, make_shots, make_vectors, noise
from hypothesis import given
from hypothesis import strategies as st

from overt.arrays import F32
from overt.embed.cut import Cut, cut_shots
from overt.embed.fuse import Added, Passages
from overt.errors import ShapeError
from overt.match.comparing import Comparer
from overt.values.embeddings import Embeddings, Probes
from overt.values.metric import Metric
from overt.values.shots import Shots

cosine, nearness = Comparer(Metric.COSINE).score, Comparer(Metric.L2).score
FRAME = make_frame(noise(24, 24))


def shots_of(tracks: Sequence[int], scores: Sequence[float]) -> Shots:
    return make_shots(*[(2, 2, 20, 20)] * len(tracks), ids=tracks, scores=scores)


def cuts_of(shots: Shots) -> tuple[Cut, ...]:
    return cut_shots(FRAME, shots, faces=shots.faces.boxes)


def added(passages: Passages, tracks: Sequence[int], scores: Sequence[float], rows: F32) -> Added:
    shots = shots_of(tracks, scores)
    return passages.add(shots, Embeddings(rows), cuts_of(shots))


def add(passages: Passages, tracks: Sequence[int], scores: Sequence[float], rows: F32) -> Probes:
    return added(passages, tracks, scores, rows).probes


@st.composite
def walks(draw: st.DrawFn) -> list[tuple[list[int], list[float], int]]:
    """Draw frames, each with its tracks, the quality of each, and a seed for templates."""
    count = draw(st.integers(1, 8))
    some = st.lists(st.integers(1, 4), unique=True, min_size=0, max_size=4)
    frames: list[tuple[list[int], list[float], int]] = []
    for _ in range(count):
        tracks = draw(some)
        quality = st.floats(0, 1, width=32)
        scores = draw(st.lists(quality, min_size=len(tracks), max_size=len(tracks)))
        frames.append((tracks, scores, draw(st.integers(0, 1000))))
    return frames


@given(walks(), st.integers(1, 4), st.booleans())
def test_each_probe_is_the_weighted_mean_of_the_best(
    walk: list[tuple[list[int], list[float], int]],
    best: int,
    unit_length: bool,  # noqa: FBT001
) -> None:
    passages = Passages(
        best_shots=best,
        unit_length=unit_length,
        score=(cosine if unit_length else nearness),
        least_score=-1e9,
    )
    seen: dict[int, list[tuple[float, F32]]] = {}
    for tracks, scores, seed in walk:
        rows = make_vectors(len(tracks), seed=seed)
        probes = add(passages, tracks, scores, rows)
        assert probes.tracks.tolist() == tracks
        for i, track in enumerate(tracks):
            seen.setdefault(track, []).append((max(scores[i], 1e-3), rows[i]))
            # The first of equals stays: sorting is stable.
            kept = sorted(seen[track], key=lambda shot: -shot[0])[:best]
            total = sum(weight for weight, _ in kept)
            mean = sum(weight / total * row.astype(np.float64) for weight, row in kept)
            if unit_length:
                mean = mean / max(float(np.linalg.norm(mean)), 1e-12)
            np.testing.assert_allclose(probes.embeddings.vectors[i], mean, atol=2e-5)
            assert probes.shots[i] == len(kept)
    assert len(passages) == len(seen)


def test_a_fused_template_has_length_1_where_it_must() -> None:
    passages = Passages(best_shots=3, unit_length=True, score=cosine, least_score=-9)
    for seed in range(5):
        probes = add(passages, [1, 2], [0.5, 0.9], make_vectors(2, seed=seed))
        np.testing.assert_allclose(np.linalg.norm(probes.embeddings.vectors, axis=1), 1, atol=1e-6)


def test_the_best_shots_are_shown_best_first() -> None:
    passages = Passages(best_shots=2, unit_length=True, score=cosine, least_score=-9)
    for number, score in enumerate([0.3, 0.9, 0.1, 0.6]):
        add(passages, [5], [score], make_vectors(1, seed=number))
    assert [cut.quality.score for cut in passages.cuts(5)] == [0.9, 0.6]
    assert passages.cuts(6) == ()


def test_what_is_forgotten_is_gone() -> None:
    passages = Passages(best_shots=4, unit_length=True, score=cosine, least_score=-9)
    rows = make_vectors(2)
    shots = shots_of([1, 2], [0.5, 0.6])
    passages.add(shots, Embeddings(rows), cuts_of(shots))
    planes = [weakref.ref(cut.luma) for track in (1, 2) for cut in passages.cuts(track)]
    whole_batch = weakref.ref(rows)
    del rows, shots
    passages.forget([1])
    gc.collect()
    assert len(passages) == 1
    assert planes[0]() is None
    assert planes[1]() is not None
    # Track 2 is open and must not keep the batch alive: the template of track 1 is in it.
    assert whole_batch() is None
    passages.forget([1, 2, 3])
    gc.collect()
    assert len(passages) == 0
    assert planes[1]() is None
    assert passages.cuts(1) == passages.cuts(2) == ()


def test_a_track_begins_anew_once_forgotten() -> None:
    passages = Passages(best_shots=4, unit_length=True, score=cosine, least_score=-9)
    add(passages, [1], [0.9], make_vectors(1, seed=1))
    passages.forget([1])
    rows = make_vectors(1, seed=2)
    probes = add(passages, [1], [0.1], rows)
    assert probes.shots.tolist() == [1]
    np.testing.assert_allclose(probes.embeddings.vectors, rows, atol=1e-6)


def test_no_shot_no_probe() -> None:
    passages = Passages(best_shots=4, unit_length=True, score=cosine, least_score=-9)
    probes = add(passages, [], [], np.empty((0, 16), np.float32))
    assert len(probes) == 0
    assert len(passages) == 0


def test_a_shot_without_its_template_is_refused() -> None:
    passages = Passages(best_shots=4, unit_length=True, score=cosine, least_score=-9)
    with pytest.raises(ShapeError, match="embeddings: got 1, want 2, one a shot"):
        add(passages, [1, 2], [0.5, 0.5], make_vectors(1))


def test_another_person_begins_the_passage_anew() -> None:
    passages = Passages(best_shots=4, unit_length=True, score=cosine, least_score=0.8)
    first, second = make_vectors(2, seed=3)
    near = first + np.float32(0.05) * second
    near /= np.linalg.norm(near)
    assert float(first @ second) < 0.8 < float(first @ near)
    assert added(passages, [1], [0.9], first[None]).anew == ()
    assert add(passages, [1], [0.5], near[None]).shots.tolist() == [2]
    both = added(passages, [2, 1], [0.1, 0.1], np.stack([second, second]))
    assert both.anew == (1,), "track 2 begins, track 1 begins anew"
    crossed = both.probes
    assert crossed.shots.tolist() == [1, 1], "a poor shot of another is not fused with good ones"
    np.testing.assert_allclose(crossed.embeddings.vectors[1], second, atol=1e-6)
    assert [cut.quality.score for cut in passages.cuts(1)] == [0.1]


def test_distances_tell_another_person_too() -> None:
    passages = Passages(best_shots=4, unit_length=False, score=nearness, least_score=-0.5)
    first = make_vectors(1, seed=3)
    add(passages, [1], [0.9], first)
    assert add(passages, [1], [0.9], first * np.float32(1.2)).shots.tolist() == [2]
    assert add(passages, [1], [0.9], -first).shots.tolist() == [1]
