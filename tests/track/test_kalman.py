"""The vectorised filter against matrices, written out."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from overt.track.kalman import MEASURED, OUTLIER, SURPRISE, Motion, correct, join, predict, start

places = st.lists(
    st.tuples(*[st.floats(0, 1000), st.floats(0, 700), st.floats(10, 200), st.floats(10, 200)]),
    min_size=1,
    max_size=4,
)


def boxes_of(rows: list[tuple[float, float, float, float]]) -> np.ndarray:
    found = np.array(rows, dtype=np.float64)
    half = found[:, 2:] / 2
    return np.concatenate([found[:, :2] - half, found[:, :2] + half], axis=1).astype(np.float32)


def matrices(motion: Motion, row: int, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Give the state and covariance of one coordinate of one face."""
    p, c, v = (
        a[row, axis] for a in (motion.place_variance, motion.covariance, motion.speed_variance)
    )
    state = np.array([motion.place[row, axis], motion.speed[row, axis]])
    return state, np.array([[p, c], [c, v]])


@given(places, st.floats(0.001, 2), st.integers(0, 2**32 - 1))
def test_filter_is_the_matrix_filter(
    rows: list[tuple[float, float, float, float]], elapsed_s: float, seed: int
) -> None:
    noise = np.random.default_rng(seed)
    motion = start(boxes_of(rows))
    for _ in range(3):
        ahead = predict(motion, elapsed_s)
        found = np.maximum(ahead.place + noise.normal(0, 4, ahead.place.shape), 4)
        after = correct(ahead, boxes_of([tuple(r) for r in found]))
        for row in range(len(motion)):
            for axis in range(4):
                state, covariance = matrices(motion, row, axis)
                move = np.array([[1, elapsed_s], [0, 1]])
                q = (SURPRISE[axis] * motion.size[row]) ** 2
                surprise = np.array([[elapsed_s**3 / 3, elapsed_s**2 / 2], [0, elapsed_s]])
                surprise[1, 0] = surprise[0, 1]
                state, covariance = move @ state, move @ covariance @ move.T + q * surprise
                state[0] = max(state[0], 2.0) if axis > 1 else state[0]
                got_state, got_covariance = matrices(ahead, row, axis)
                np.testing.assert_allclose(got_state, state, rtol=1e-9, atol=1e-9)
                np.testing.assert_allclose(got_covariance, covariance, rtol=1e-9, atol=1e-9)
                deviation = MEASURED[axis] * ahead.size[row]
                off = found[row, axis] - state[0]
                usual = np.sqrt(covariance[0, 0] + deviation**2)
                deviation *= max(abs(off) / (OUTLIER * usual), 1)
                gain = covariance[:, 0] / (covariance[0, 0] + deviation**2)
                corrected = state + gain * off
                got_state, got_covariance = matrices(after, row, axis)
                if axis < 2 or corrected[0] > 2:
                    np.testing.assert_allclose(got_state, corrected, rtol=1e-4, atol=1e-2)
                want = covariance - np.outer(gain, covariance[0])
                np.testing.assert_allclose(got_covariance, want, rtol=2e-3, atol=1e-3)
        motion = after


def test_speed_is_learnt() -> None:
    motion = start(boxes_of([(100, 100, 40, 40)]))
    for step in range(1, 21):
        motion = predict(motion, 0.12)
        motion = correct(motion, boxes_of([(100 + 12 * step, 100, 40, 40)]))
    assert abs(motion.speed[0, 0] - 100) < 3
    assert abs(predict(motion, 0.5).place[0, 0] - 390) < 4


def test_faces_keep_their_place_when_joined() -> None:
    one, two = start(boxes_of([(10, 10, 20, 20)])), start(boxes_of([(50, 60, 30, 20)]))
    joined = join(one, two)
    np.testing.assert_array_equal(joined[np.array([1])].place, two.place)
    np.testing.assert_allclose(joined.boxes[0], [0, 0, 20, 20])
