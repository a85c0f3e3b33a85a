"""Which shots are chosen, and what is told of those who were not compared."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from drawn_faces import ended, face_at, frame_of, texture, together, tracks_of
from hypothesis import given, settings
from hypothesis import strategies as st

from overt.select.limits import Limits
from overt.select.selector import APART_S, Compared, Selector
from overt.values.deployment import Recognition
from overt.values.faces import Faces
from overt.values.quality import Reason, Unfit

LUMA = texture()
RECOGNITION = Recognition(confirm_shots=2)


def selector(zone: tuple[tuple[float, float], ...] = ()) -> Selector:
    return Selector(
        recognition=RECOGNITION,
        limits=Limits(min_eyes_px=16),
        zone=zone,
        min_detections=1,
        min_s=0,
    )


def shots(
    chooser: Selector, sizes: list[float], *, step_s: float = 0.12, track: int = 1
) -> list[int]:
    """Show one track's face at these sizes, one a step; give the steps that were chosen."""
    chosen: list[int] = []
    for step, eyes_px in enumerate(sizes):
        tracks = tracks_of(face_at(300, 200, eyes_px), track)
        if len(chooser.select(frame_of(LUMA, media_s=step * step_s), tracks)):
            chosen.append(step)
    return chosen


def test_first_fit_shots_are_chosen_at_once() -> None:
    chooser = selector()
    assert shots(chooser, [10, 12, 20, 20, 20])[:2] == [2, 3]
    assert chooser.verdict(ended(1)) == Compared(1, 2)


def test_steady_face_is_embedded_no_more_often_than_needed() -> None:
    chosen = shots(selector(), [30.0] * 100)
    assert len(chosen) == RECOGNITION.best_shots, "more would tell nothing new"
    assert chosen[2] - chosen[1] >= 3, "later ones show another moment"


def test_who_comes_nearer_is_chosen_up_to_the_end() -> None:
    sizes = [float(v) for v in np.geomspace(16, 60, 50)]
    chosen = shots(selector(), sizes)
    assert RECOGNITION.best_shots < len(chosen) <= RECOGNITION.max_shots
    assert chosen[-1] >= 30, "the best is yet to come when someone approaches"


def test_no_track_is_embedded_more_than_allowed() -> None:
    sizes = [float(v) for v in np.geomspace(16, 60, 50)]
    few = Recognition(confirm_shots=2, best_shots=3, max_shots=3)
    chooser = Selector(
        recognition=few, limits=Limits(min_eyes_px=16), zone=(), min_detections=1, min_s=0
    )
    assert len(shots(chooser, sizes)) == 3 < len(shots(selector(), sizes))


def test_shots_lie_apart_in_time() -> None:
    chosen = shots(selector(), [30.0] * 40, step_s=0.02)
    assert all(b - a >= APART_S / 0.02 for a, b in pairwise(chosen))


def test_turned_face_adds_a_shot_where_a_steady_one_does_not() -> None:
    chooser = selector()
    for step, yaw in enumerate((0, 0, 0, 20)):
        tracks = tracks_of(face_at(300, 200, 40, yaw=yaw), 1)
        got = len(chooser.select(frame_of(LUMA, media_s=step * 0.12), tracks))
        assert got == (0 if step == 2 else 1)


def test_shot_says_whose_it_is() -> None:
    faces = together(face_at(150, 200, 10), face_at(300, 200, 30), face_at(500, 200, 40))
    chosen = selector().select(frame_of(LUMA), tracks_of(faces, 7, 8, 9))
    assert chosen.tracks.tolist() == [8, 9]
    np.testing.assert_array_equal(chosen.faces.boxes, faces.boxes[1:])
    assert [round(q.eyes_px) for q in chosen.qualities] == [30, 40]


def test_most_frequent_reason_is_told() -> None:
    chooser = selector()
    for step, (eyes_px, yaw) in enumerate([(10, 0), (10, 0), (30, 60), (30, 60), (30, 60)]):
        tracks = tracks_of(face_at(300, 200, eyes_px, yaw=yaw), 3)
        assert not len(chooser.select(frame_of(LUMA, media_s=step * 0.12), tracks))
    assert chooser.verdict(ended(3)) == Unfit(3, Reason.TURNED_AWAY)


def shown(chooser: Selector, sizes: list[float], *, anew: tuple[int, ...]) -> list[int]:
    """As `shots`; at the steps `anew` it turns out that the shot is of another person."""
    chosen: list[int] = []
    for step, eyes_px in enumerate(sizes):
        tracks = tracks_of(face_at(300, 200, eyes_px), 1)
        if len(chooser.select(frame_of(LUMA, media_s=step * 0.12), tracks)):
            chosen.append(step)
            chooser.begin_anew([1] if step in anew else [])
    return chosen


def test_a_shot_each_of_two_people_is_too_few() -> None:
    chooser = selector()
    assert shown(chooser, [30, 30], anew=(1,)) == [0, 1]
    assert chooser.verdict(ended(1)) == Unfit(1, Reason.TOO_FEW_SHOTS)


def test_enough_shots_of_either_person_are_a_comparison() -> None:
    first, second = selector(), selector()
    assert shown(first, [30, 30, 60], anew=(2,)) == [0, 1, 2]
    assert first.verdict(ended(1)) == Compared(1, 3)
    assert shown(second, [30, 30, 30], anew=(1,)) == [0, 1, 2]
    assert second.verdict(ended(1)) == Compared(1, 3)


def test_another_person_is_chosen_at_once_though_the_first_was_nearer() -> None:
    chooser = selector()
    sizes = [60.0, 60.0, 60.0, 60.0, 30.0, 30.0]  # step 4 is chosen for its time
    assert shown(chooser, sizes, anew=()) == [0, 1, 5]
    assert shown(selector(), [30.0, 60.0, 30.0, 30.0], anew=(1,)) == [0, 1, 2]


def test_a_track_that_changes_for_ever_is_left_alone_in_the_end() -> None:
    chooser = selector()
    assert len(shown(chooser, [30.0] * 50, anew=tuple(range(50)))) == RECOGNITION.max_shots
    assert chooser.verdict(ended(1)) == Unfit(1, Reason.TOO_FEW_SHOTS)


@given(st.lists(st.booleans(), max_size=10), st.integers(1, 4))
def test_compared_is_who_had_enough_shots_of_one_person(turns: list[bool], confirm: int) -> None:
    """Held to the plain rule: the longest run of shots without a change between them."""
    chooser = Selector(
        recognition=Recognition(confirm_shots=confirm),
        limits=Limits(min_eyes_px=16),
        zone=(),
        min_detections=1,
        min_s=0,
    )
    # Half a second apart and ever nearer: each is chosen.
    runs = [0]
    for step, turn in enumerate(turns):
        tracks = tracks_of(face_at(300, 200, 16 * 1.15**step), 1)
        if not len(chooser.select(frame_of(LUMA, media_s=step * 0.5), tracks)):
            continue
        another = turn and runs != [0]
        chooser.begin_anew([1] if another else [])
        runs = [*runs, 1] if another else [*runs[:-1], runs[-1] + 1]
    assert isinstance(chooser.verdict(ended(1)), Compared) == (max(runs) >= confirm)


def test_one_good_frame_is_too_few() -> None:
    chooser = selector()
    assert shots(chooser, [30]) == [0]
    assert chooser.verdict(ended(1)) == Unfit(1, Reason.TOO_FEW_SHOTS)


def test_one_good_frame_among_many_small_ones_was_too_small() -> None:
    chooser = selector()
    assert shots(chooser, [10, 10, 10, 20]) == [3]
    assert chooser.verdict(ended(1)) == Unfit(1, Reason.TOO_SMALL)


def test_nothing_outside_the_zone_is_chosen() -> None:
    right = ((0.6, 0.0), (1.0, 0.0), (1.0, 1.0), (0.6, 1.0))
    chooser = selector(zone=right)
    faces = together(face_at(200, 200, 30), face_at(500, 200, 30))
    for step in range(3):
        frame = frame_of(LUMA, media_s=step * 0.12)
        assert 1 not in chooser.select(frame, tracks_of(faces, 1, 2)).tracks
    assert chooser.verdict(ended(1)) == Unfit(1, Reason.OUTSIDE_ZONE)
    assert chooser.verdict(ended(2)) == Compared(2, 2)


def test_blurred_face_is_told_blurred() -> None:
    ramp = np.tile(np.linspace(0, 255, 640), (480, 1)).astype(np.uint8)
    chooser = selector()
    assert not len(chooser.select(frame_of(ramp), tracks_of(face_at(300, 200, 40), 1)))
    assert chooser.verdict(ended(1)) == Unfit(1, Reason.BLURRED)


def test_ended_track_is_forgotten() -> None:
    chooser = selector()
    shots(chooser, [30, 30], track=1)
    shots(chooser, [30, 30], track=2)
    assert len(chooser) == 2
    chooser.verdict(ended(1))
    assert len(chooser) == 1
    assert chooser.verdict(ended(1)) == Unfit(1, Reason.TOO_FEW_SHOTS), "nothing is known of it"


def test_empty_frame_gives_no_shots() -> None:
    chosen = selector().select(frame_of(LUMA), tracks_of(Faces.none()))
    assert len(chosen) == 0
    assert chosen.qualities == ()


@settings(max_examples=40)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(1, 4), st.floats(5, 60), st.floats(-60, 60)), max_size=4),
        max_size=15,
    ),
    st.integers(1, 4),
)
def test_compared_is_who_had_enough_shots(
    frames: list[list[tuple[int, float, float]]], confirm: int
) -> None:
    chooser = Selector(
        recognition=Recognition(confirm_shots=confirm),
        limits=Limits(min_eyes_px=16),
        zone=(),
        min_detections=1,
        min_s=0,
    )
    counted: dict[int, int] = {}
    for step, rows in enumerate(frames):
        here = {track: face_at(100 + 120 * track, 200, size, yaw=yaw) for track, size, yaw in rows}
        if not here:
            continue
        tracks = tracks_of(together(*here.values()), *here)
        chosen = chooser.select(frame_of(LUMA, media_s=step * 0.12), tracks)
        for track in here:
            counted[track] = counted.get(track, 0) + (track in chosen.tracks)
        assert all(quality.eyes_px >= 16 for quality in chosen.qualities)
    for track, count in counted.items():
        verdict = chooser.verdict(ended(track))
        assert isinstance(verdict, Compared) == (count >= confirm)
        assert count <= RECOGNITION.max_shots
        if isinstance(verdict, Compared):
            assert verdict.shots == count
    assert len(chooser) == 0


@pytest.mark.parametrize("confirm", [1, 4])
def test_as_many_shots_as_policy_asks_come_at_once(confirm: int) -> None:
    chooser = Selector(
        recognition=Recognition(confirm_shots=confirm),
        limits=Limits(min_eyes_px=16),
        zone=(),
        min_detections=1,
        min_s=0,
    )
    assert shots(chooser, [30.0] * confirm) == list(range(confirm))


def test_nothing_is_chosen_of_a_track_that_is_no_face_seen_yet() -> None:
    def chosen(min_detections: int, min_s: float) -> int:
        chooser = Selector(
            recognition=RECOGNITION,
            limits=Limits(min_eyes_px=16),
            zone=(),
            min_detections=min_detections,
            min_s=min_s,
        )
        return shots(chooser, [30.0] * 8)[0]

    assert chosen(1, 0) == 0
    assert chosen(4, 0) == 3
    assert chosen(1, 0.4) == 4  # 0.48 s after the first, at steps of 0.12 s
    assert chosen(4, 0.4) == 4
