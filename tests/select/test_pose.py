"""Angles read off a head that is turned in space."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_faces import landmarks_at
from hypothesis import given
from hypothesis import strategies as st

from overt.select.pose import eye_distances, face_scales, poses

angle = st.floats(-45, 45)


@given(angle, st.floats(10, 200))
def test_yaw(yaw: float, eyes_px: float) -> None:
    marks = landmarks_at(300, 200, eyes_px, yaw=yaw)
    assert poses(marks).yaw[0] == pytest.approx(yaw, abs=0.5)
    assert poses(marks).pitch[0] == pytest.approx(0, abs=0.5)
    assert eye_distances(marks)[0] == pytest.approx(eyes_px * np.cos(np.radians(yaw)), rel=1e-3)
    assert face_scales(marks)[0] == pytest.approx(eyes_px, rel=1e-3)


@given(st.floats(-35, 35))
def test_pitch(pitch: float) -> None:
    assert poses(landmarks_at(300, 200, 50, pitch=pitch)).pitch[0] == pytest.approx(pitch, abs=0.5)


@given(angle)
def test_roll(roll: float) -> None:
    got = poses(landmarks_at(300, 200, 50, roll=roll))
    assert got.roll[0] == pytest.approx(roll, abs=0.1)
    assert got.yaw[0] == pytest.approx(0, abs=0.5)


@given(st.floats(-30, 30), st.floats(-20, 20), st.floats(-30, 30))
def test_all_three_at_once_are_rough(yaw: float, pitch: float, roll: float) -> None:
    got = poses(landmarks_at(300, 200, 50, yaw=yaw, pitch=pitch, roll=roll))
    assert got.yaw[0] == pytest.approx(yaw, abs=10)
    assert got.pitch[0] == pytest.approx(pitch, abs=12)


def test_signs_are_those_of_the_picture() -> None:
    marks = landmarks_at(300, 200, 50)
    marks[0, 2] += [8, 0]
    assert poses(marks).yaw[0] > 5, "the nose moves to the picture's right"
    marks[0, 2] += [-8, 8]
    assert poses(marks).pitch[0] > 5, "the nose moves down"
    marks[0, 1] += [0, 10]
    assert poses(marks).roll[0] > 5, "the eye on the right sinks"


def test_points_that_fall_together_are_no_error() -> None:
    got = poses(np.zeros((1, 5, 2), np.float32))
    assert np.isfinite([got.yaw[0], got.pitch[0], got.roll[0]]).all()
