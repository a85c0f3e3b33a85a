"""What the tracker promises, on people who walk through a drawn view."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import TypeAlias

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from walking import START, faces_at, frame_at

from overt.errors import SettingsError
from overt.track.tracker import KalmanTracker
from overt.values.faces import Faces
from overt.values.tracks import EndedTrack

STEP_S = 0.12

Walk: TypeAlias = list[tuple[float, float, float] | None]  # centre x, y and width, or hidden


def follow(walks: list[Walk], *, step_s: float = STEP_S) -> list[list[int]]:
    """Track walks, each a place or nothing a step; give the ids that each walker had, in order."""
    tracker = KalmanTracker()
    ids: list[list[int]] = [[] for _ in walks]
    for step in range(len(walks[0])):
        here = [(i, place) for i, walk in enumerate(walks) if (place := walk[step]) is not None]
        tracks = tracker.update(frame_at(step * step_s), faces_at(place for _, place in here))
        assert len(tracks) == len(here)
        for (walker, _), track in zip(here, tracks.ids, strict=True):
            ids[walker].append(int(track))
    return ids


def straight(
    start: tuple[float, float, float], speed: tuple[float, float, float], steps: int
) -> Walk:
    """Walk straight on; speed in pixels a second."""
    return [
        (
            start[0] + speed[0] * t * STEP_S,
            start[1] + speed[1] * t * STEP_S,
            start[2] + speed[2] * t * STEP_S,
        )
        for t in range(steps)
    ]


def shifted(
    place: tuple[float, float, float] | None, by: NDArray[np.float64]
) -> tuple[float, float, float] | None:
    """Move a place by x y pixels."""
    return place and (place[0] + float(by[0]), place[1] + float(by[1]), place[2])


def test_one_person_is_one_track() -> None:
    assert follow([straight((300, 200, 30), (40, 20, 20), 40)]) == [[1] * 40]


@pytest.mark.parametrize("hidden", [2, 3, 4])
def test_people_who_cross_keep_their_tracks(hidden: int) -> None:
    """They meet at step 20; the one behind is hidden around it."""
    near = straight((400, 300, 50), (60, 0, 0), 40)
    far = straight((688, 305, 42), (-60, 0, 0), 40)
    for step in range(20 - hidden, 20 + hidden):
        far[step] = None
    assert follow([near, far]) == [[1] * 40, [2] * (40 - 2 * hidden)]


def test_people_of_one_size_who_cross_unhidden_keep_their_tracks() -> None:
    """Only motion tells them apart, and boxes of noise do not confuse it."""
    noise = np.random.default_rng(1)
    left = straight((400, 300, 50), (100, 0, 0), 40)
    right = straight((880, 310, 50), (-100, 0, 0), 40)
    walks = [[shifted(place, noise.normal(0, 1.5, 2)) for place in walk] for walk in (left, right)]
    assert follow(walks) == [[1] * 40, [2] * 40]


@pytest.mark.parametrize("gap_s", [0.6, 1.0])
def test_short_occlusion_is_bridged_and_a_long_one_is_not(gap_s: float) -> None:
    walk = straight((300, 200, 40), (50, 5, 8), 60)
    for step in range(20, 20 + round(gap_s / STEP_S)):
        walk[step] = None
    assert set(follow([walk])[0]) == {1}
    for step in range(20, 32):
        walk[step] = None
    assert set(follow([walk])[0]) == {1, 2}


def test_missed_detections_and_noise_do_not_split_a_track() -> None:
    noise = np.random.default_rng(7)
    walks: list[Walk] = []
    for start in ((200, 200, 34), (600, 220, 40), (1000, 210, 30)):
        walk = straight(start, (30, 10, 12), 50)
        walks.append(
            [
                None if noise.random() < 0.3 else shifted(place, noise.normal(0, 1.2, 2))
                for place in walk
            ]
        )
    ids = [set(seen) for seen in follow(walks)]
    assert all(len(seen) == 1 for seen in ids), ids
    assert len({track for seen in ids for track in seen}) == 3, ids


def test_frames_at_odd_times_are_one_track() -> None:
    """A live source drops frames: 0.04 to 0.7 s lie between two."""
    noise, tracker, now = np.random.default_rng(3), KalmanTracker(), 0.0
    seen: set[int] = set()
    for _ in range(40):
        place = (200 + 45 * now, 300 + 5 * now, 40 + 3 * now)
        seen.update(tracker.update(frame_at(now), faces_at([place])).ids.tolist())
        now += float(noise.uniform(0.04, 0.7))
    assert seen == {1}


def test_weak_face_continues_a_track_but_starts_none() -> None:
    tracker, place = KalmanTracker(start_score=0.5, keep_score=0.3), (300.0, 300.0, 40.0)
    assert len(tracker.update(frame_at(0), faces_at([place], [0.4]))) == 0
    assert tracker.update(frame_at(0.1), faces_at([place], [0.5])).ids.tolist() == [1]
    assert tracker.update(frame_at(0.2), faces_at([place], [0.4])).ids.tolist() == [1]
    assert len(tracker.update(frame_at(0.3), faces_at([place], [0.2]))) == 0
    assert [track.detections for track in tracker.finish()] == [2]


def test_confident_face_goes_before_a_weak_one() -> None:
    tracker = KalmanTracker()
    tracker.update(frame_at(0), faces_at([(300, 300, 40)]))
    both = faces_at([(301, 300, 40), (306, 300, 40)], [0.4, 0.9])
    tracks = tracker.update(frame_at(0.1), both)
    assert tracks.ids.tolist() == [1]
    assert tracks.faces.scores.tolist() == [np.float32(0.9)]


def test_track_is_given_up_after_the_time_it_may_be_lost() -> None:
    tracker = KalmanTracker(lost_s=1.0)
    tracker.update(frame_at(0), faces_at([(300, 300, 40)]))
    assert tracker.update(frame_at(1.0), Faces.none()).ended == ()
    (ended,) = tracker.update(frame_at(1.1), Faces.none()).ended
    assert ended == EndedTrack(1, 1, START, START)
    assert tracker.finish() == ()


@pytest.mark.parametrize("jump_s", [30.0, -30.0])
def test_everything_ends_when_time_jumps(jump_s: float) -> None:
    tracker, place = KalmanTracker(), (300.0, 300.0, 40.0)
    tracker.update(frame_at(50), faces_at([place]))
    tracks = tracker.update(frame_at(50 + jump_s), faces_at([place]))
    assert tracks.ids.tolist() == [2]
    assert [track.track for track in tracks.ended] == [1]


def test_time_that_stands_still_or_steps_back_changes_nothing() -> None:
    tracker, place = KalmanTracker(), (300.0, 300.0, 40.0)
    for media_s, time_s in ((5.0, 5.0), (5.0, 5.0), (4.8, 4.8), (4.8, 4.8), (4.9, 4.9)):
        tracks = tracker.update(frame_at(media_s, time_s=time_s), faces_at([place]))
        assert tracks.ids.tolist() == [1]
    (ended,) = tracker.finish()
    assert ended.last - ended.first == timedelta(0), "what was last seen is never earlier"
    assert ended.detections == 5


def test_who_walks_out_of_the_view_is_given_up_at_once() -> None:
    tracker = KalmanTracker()
    for step in range(8):
        tracker.update(frame_at(step * 0.12), faces_at([(1150 + 18 * step, 300, 50)]))
    gone = [tracker.update(frame_at(0.96 + step * 0.12), Faces.none()).ended for step in range(4)]
    assert any(gone)


def test_two_cameras_count_for_themselves() -> None:
    here, there = KalmanTracker(), KalmanTracker(first_id=100)
    face = faces_at([(300, 300, 40)])
    assert here.update(frame_at(0), face).ids.tolist() == [1]
    assert there.update(frame_at(0), face).ids.tolist() == [100]
    assert KalmanTracker().update(frame_at(0), face).ids.tolist() == [1]


def test_settings_are_checked() -> None:
    with pytest.raises(SettingsError, match="got 0"):
        KalmanTracker(lost_s=0)
    with pytest.raises(SettingsError, match=r"keep_score 0\.8"):
        KalmanTracker(start_score=0.5, keep_score=0.8)


seconds = st.one_of(
    st.floats(0.02, 0.3), st.just(0.0), st.floats(-0.5, 0), st.sampled_from([1.0, 5.0, 60.0, -60.0])
)
found = st.lists(
    st.tuples(st.integers(-50, 1330), st.integers(0, 720), st.integers(0, 300), st.floats(0, 1)),
    max_size=6,
)


@given(st.lists(st.tuples(seconds, found), max_size=12))
def test_every_detection_is_in_one_track_and_all_are_counted(
    frames: list[tuple[float, list[tuple[int, int, int, float]]]],
) -> None:
    tracker, now = KalmanTracker(start_score=0.5, keep_score=0.3), 100.0
    counted: Counter[int] = Counter()
    ended: list[EndedTrack] = []
    seen: defaultdict[int, list[int]] = defaultdict(list)
    for step, (passed, rows) in enumerate(frames):
        now += passed
        faces = faces_at([row[:3] for row in rows], [row[3] for row in rows])
        tracks = tracker.update(frame_at(now), faces)
        over = {track.track for track in (*ended, *tracks.ended)}
        ended += tracks.ended
        ids = tracks.ids.tolist()
        assert len(set(ids)) == len(ids), "one face a track and frame"
        assert not over & set(ids), "an ended track's id is never used again"
        kept = set(tracks.faces.scores.tolist())
        assert {s for s in faces.scores.tolist() if s >= 0.5} <= kept <= set(faces.scores.tolist())
        assert all(score >= 0.3 for score in kept)
        counted.update(ids)
        for track in ids:
            seen[track].append(step)
    ended += tracker.finish()
    assert tracker.finish() == ()
    assert len({track.track for track in ended}) == len(ended)
    assert {track.track: track.detections for track in ended} == counted
    assert sorted(counted) == list(range(1, len(counted) + 1))
    assert all(track.first <= track.last for track in ended)


def test_a_face_is_expected_around_where_it_will_be() -> None:
    tracker, speed = KalmanTracker(), 200.0  # pixels a second
    assert len(tracker.expected(0.0)) == 0
    for step in range(8):
        tracker.update(frame_at(step * STEP_S), faces_at([(200 + speed * step * STEP_S, 300, 60)]))
    for later in (1, 2, 4):
        media_s = (7 + later) * STEP_S
        (box,) = tracker.expected(media_s)
        x = 200 + speed * media_s
        assert box[0] <= x - 25
        assert box[2] >= x + 25
        assert box[0] > x - 160  # and not everywhere
        assert box[2] < x + 160
    narrow, wide = (np.diff(tracker.expected(t)[0, [0, 2]])[0] for t in (8 * STEP_S, 12 * STEP_S))
    assert wide > narrow  # the later, the less is known


def test_asking_where_faces_are_expected_changes_nothing() -> None:
    asked, other = KalmanTracker(), KalmanTracker()
    for step in range(6):
        frame, faces = frame_at(step * STEP_S), faces_at([(300 + 9 * step, 200 + 4 * step, 50)])
        asked.expected(frame.media_s)
        one, two = asked.update(frame, faces), other.update(frame, faces)
        assert one.ids.tolist() == two.ids.tolist()
    assert np.array_equal(asked.expected(0.9), other.expected(0.9))


def test_nobody_is_expected_after_a_jump_of_time() -> None:
    tracker = KalmanTracker(lost_s=1.0)
    tracker.update(frame_at(5.0), faces_at([(300, 200, 50)]))
    assert len(tracker.expected(5.9)) == 1
    assert len(tracker.expected(6.1)) == 0
    assert len(tracker.expected(4.9)) == 0
