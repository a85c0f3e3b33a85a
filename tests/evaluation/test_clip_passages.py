"""What became of passages, and the alerts that any threshold would have given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_clips import (
    ANN,
    BOB,
    NOBODY,
    Box,
    box,
    brief,
    look,
    made_seen,
    made_truth,
    scored,
    seen,
    standing,
)

from overt.errors import EvaluationError
from overt.evaluation.clips.alerts import false_alerts, lowest_score, raised_at, waits
from overt.evaluation.clips.checks import require_listed, require_of_clip
from overt.evaluation.clips.finding import by_height, found_of_nobody
from overt.evaluation.clips.passages import OTHERS, Judged, clear_sight, judge
from overt.evaluation.clips.seen import Ended, Look, Scored

NAMES, LISTED = ("Ann", "Bob"), (True, False)
ROWS = {"Ann": 0}


def judged_of(looks: list[Look], probes: list[Scored], *ended: Ended, frames: int = 4) -> Judged:
    truth = standing(frames, NAMES, LISTED)
    return judge(made_seen(looks, probes, ended, frames=frames), truth, rows={"Ann": 0, "Cem": 1})


def held(*places: Box) -> list[Look]:
    """Give looks in which track 7 is at one place after the other."""
    return [look(frame, {7: place}) for frame, place in enumerate(places)]


@pytest.mark.parametrize(
    ("frames", "clear"),
    [
        (range(25), True),
        (range(24), False),
        ([*range(20), *range(21, 41)], False),
        ([*range(20), *range(21, 46)], True),
    ],
)
def test_clear_sight_is_a_second_without_a_gap(frames: list[int], clear: bool) -> None:  # noqa: FBT001
    rows = [(frame, 0, ANN) for frame in frames]
    truth = made_truth(rows, names=("Ann",), listed=(True,))
    assert clear_sight(truth, 0) == (0, clear)


def test_a_small_or_covered_face_is_not_in_clear_sight() -> None:
    rows = [(0, 0, box(100, size=39)), (1, 0, ANN), (2, 0, ANN)]
    truth = made_truth(rows, names=("Ann",), listed=(True,), visible={(1, 0): 0.69})
    assert clear_sight(truth, 0)[0] == 2
    assert clear_sight(made_truth(rows[:1], names=("Ann",), listed=(True,)), 0) == (None, False)


def test_a_track_that_changes_over_is_of_both() -> None:
    judged = judged_of(held(ANN, ANN, BOB, BOB), [scored(1, 7, 0.3, 0.1), scored(3, 7, 0.5, 0.2)])
    ann, bob = judged.passages
    assert ann.tracks == bob.tracks == (7,)
    assert judged.followed.swapped([7]) == 1
    assert (ann.own_score, ann.other_score) == pytest.approx((0.3, 0.1))
    assert (bob.own_score, bob.other_score) == (None, 0.5)


def test_each_track_alerts_once_for_an_entry() -> None:
    probes = [
        scored(0, 7, 0.3, 0.1),
        scored(1, 7, 0.4, 0.1),
        scored(2, 7, 0.6, 0.5),
        scored(2, 8, 0.4, 0.0),
    ]
    looks = [look(frame, {7: ANN, 8: NOBODY}) for frame in range(3)]
    judged = judged_of(looks, probes)
    raised = {(r.frame, r.track, r.row): r.is_true for r in raised_at(judged, 0.4)}
    assert raised == {(1, 7, 0): True, (2, 7, 1): False, (2, 8, 0): False}
    assert sum(r.passage is None for r in raised_at(judged, 0.4)) == 1


def test_the_lowest_threshold_lies_above_the_first_false_alert_too_many() -> None:
    probes = [scored(0, 7, 0.9, 0.4), scored(1, 7, 0.9, 0.5), scored(0, 8, 0.25, 0.125)]
    looks = [look(frame, {7: ANN, 8: BOB}) for frame in range(2)]
    clips = [judged_of(looks, probes)]
    none, one, two, three = (lowest_score(clips, allowed=count) or 0 for count in range(4))
    assert none == pytest.approx(0.5)
    assert none > 0.5
    assert 0.25 < one < 0.25 + 1e-9
    assert 0.125 < two < 0.125 + 1e-9
    assert three == 0.125
    counts = [false_alerts(clips, at) for at in (none, one, two, three)]
    assert counts == [0, 1, 2, 3]
    assert [false_alerts(clips, at) for at in (0.5, 0.25, 0.125)] == [1, 2, 3]
    assert lowest_score([judged_of(looks, [])], allowed=0) is None


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from([7, 8]), st.floats(0, 1), st.floats(0, 1)),
        min_size=1,
        max_size=12,
    ),
    st.lists(st.sampled_from([ANN, BOB, NOBODY]), min_size=12, max_size=12),
    st.integers(0, 3),
)
def test_never_more_false_alerts_than_allowed(
    probes: list[tuple[int, int, float, float]], places: list[Box], allowed: int
) -> None:
    looks = [
        look(frame, {7: places[frame], 8: box(900)} if places[frame] else {}) for frame in range(6)
    ]
    rows = [scored(*probe) for probe in sorted(probes)]
    clips = [judged_of(looks, rows, frames=6)]
    at = lowest_score(clips, allowed=allowed)
    assert at is not None
    assert false_alerts(clips, at) <= allowed


def test_an_alert_waits_from_first_clear_sight() -> None:
    rows = [(frame, 0, box(100, size=50 if frame >= 4 else 30)) for frame in range(20)]
    truth = made_truth(rows, names=("Ann",), listed=(True,))
    looks = [look(frame, {7: rows[frame][2]}) for frame in range(0, 20, 3)]
    for frame, wait in ((9, 5), (3, -1)):
        judged = judge(made_seen(looks, [scored(frame, 7, 0.5)], frames=20), truth, rows=ROWS)
        (found,) = waits(judged, 0.5)
        assert (found.frames, found.seconds) == (wait, pytest.approx(wait / 25))
        assert waits(judged, 0.6) == ()


@pytest.mark.parametrize(
    ("looks", "ended", "reason"),
    [
        ([look(f, {}, found=[]) for f in range(4)], (), "no face found"),
        ([look(f, {}, found=[ANN]) for f in range(4)], (), "not tracked"),
        (held(ANN, NOBODY, NOBODY), (seen(7),), "not tracked"),  # one look is none
        (held(ANN, ANN), (brief(7),), "tracked too briefly"),
        (held(ANN, ANN), (seen(7, unfit="blurred"),), "blurred"),
        (held(ANN, ANN, BOB, BOB), (seen(7),), OTHERS),
    ],
)
def test_why_a_passage_was_not_compared(
    looks: list[Look], ended: tuple[Ended, ...], reason: str
) -> None:
    ann, _ = judged_of(looks, [], *ended).passages
    assert ann.failed == reason
    assert ann.scores is None


def test_faces_are_found_by_their_height() -> None:
    small = box(300, size=25)
    rows = [(frame, who, face) for frame in range(4) for who, face in ((0, ANN), (1, small))]
    truth = made_truth(rows, names=NAMES, listed=LISTED, visible={(3, 0): 0.6})
    looks = [look(f, {}, found=[ANN, NOBODY] if f else [small]) for f in range(4)]
    clip = judge(made_seen(looks), truth, rows=ROWS)
    bands = {(band.low_px, band.high_px): band.found for band in by_height([clip])}
    assert {ends: (f.events, f.trials) for ends, f in bands.items() if f} == {
        (20, 30): (1, 4),
        (40, 60): (2, 3),  # in the fourth look too little of her is visible
    }
    assert found_of_nobody([clip]) == 3


def test_the_truth_of_another_clip_is_refused() -> None:
    def refused(judged: Judged, got: str) -> None:
        with pytest.raises(EvaluationError, match=got) as error:
            require_of_clip(judged, clip="a clip")
        assert error.value.hint

    looks = held(ANN, ANN, ANN)
    truth = standing(4, NAMES, LISTED)
    require_of_clip(judge(made_seen(looks, frames=4), truth, rows=ROWS), clip="a clip")
    refused(judge(made_seen(looks, frames=3), truth, rows=ROWS), "up to frame 3, want one of 3")
    away = made_truth([(0, 0, box(1400))], names=("Ann",), listed=(True,))
    refused(judge(made_seen(looks), away, rows=ROWS), "got a face at 1400, 100 in frame 0")
    late = [
        Look(each.frame, each.frame / 12, each.found, each.tracks, each.boxes) for each in looks
    ]
    refused(judge(made_seen(late, frames=4), truth, rows=ROWS), "got frame 2 at 0.080 s")
    strange = [look(frame, {7: NOBODY, 8: ANN, 9: box(900)}) for frame in range(3)]
    ended = [seen(track) for track in (7, 8, 9)]
    refused(judge(made_seen(strange, ended=ended, frames=4), truth, rows=ROWS), "for 1 of 3 faces")


def test_list_and_truth_speak_of_the_same_people() -> None:
    truth = standing(1, NAMES, LISTED)
    require_listed([truth, truth], ["Ann", "Zoe"])
    with pytest.raises(EvaluationError, match="no photograph of 1 people who are listed"):
        require_listed([truth], ["Zoe"])
    with pytest.raises(EvaluationError, match="1 people who are not listed by the truth"):
        require_listed([truth], ["Ann", "Bob"])
    with pytest.raises(EvaluationError, match="'Bob' as listed in one passage and not in another"):
        require_listed([truth, standing(1, NAMES, (True, True))], ["Ann"])
