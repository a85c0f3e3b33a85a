"""When a track is a face seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from walking import START

from overt.track.passage import is_face_seen
from overt.values.tracks import EndedTrack


@pytest.mark.parametrize(
    ("detections", "lasted_s", "seen"),
    [(3, 0.3, True), (2, 0.3, False), (3, 0.29, False), (1, 0.0, False), (40, 12.0, True)],
)
def test_long_enough_and_often_enough(detections: int, lasted_s: float, *, seen: bool) -> None:
    ended = EndedTrack(1, detections, START, START + timedelta(seconds=lasted_s))
    assert is_face_seen(ended, min_detections=3, min_s=0.3) is seen


@given(st.integers(1, 9), st.floats(0, 9), st.integers(1, 9), st.floats(0, 9))
def test_asking_for_more_never_counts_more(
    detections: int, lasted_s: float, least: int, least_s: float
) -> None:
    ended = EndedTrack(1, detections, START, START + timedelta(seconds=lasted_s))
    if is_face_seen(ended, min_detections=least + 1, min_s=least_s + 0.5):
        assert is_face_seen(ended, min_detections=least, min_s=least_s)
