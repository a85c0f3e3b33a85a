"""Measures of tracks, worked by hand and against a slow reference."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_clips import ANN, BOB, NOBODY, box, look, made_truth, standing

from overt.evaluation.clips.following import Followed
from overt.evaluation.clips.tracking import Tracked, breaks, follow, together

NAMES, LISTED = ("Ann", "Bob"), (True, False)


def test_a_clip_worked_by_hand() -> None:
    looks = [
        look(0, {1: ANN, 2: BOB}),
        look(1, {1: ANN, 9: NOBODY}),  # Bob is missed, and something is taken for a face
        look(2, {3: ANN, 1: BOB}),  # both have another track than the last they had
        look(3, {3: ANN, 1: BOB}),
        look(4, {}),
    ]
    found = follow(looks, standing(5, NAMES, LISTED), least_px=40)
    assert found == Tracked(
        looks=5, there=10, boxes=8, misses=3, false_positives=1, switches=2, fragmentations=1,
        identified=4,  # Ann with 3 and Bob with 1, two looks each; with 1 and 2 it were three
        mostly_tracked=1, partly_tracked=1, mostly_lost=0,  # 4 of 5, 3 of 5
    )  # fmt: skip
    assert found.mota == pytest.approx(0.4)  # 1 - (3 + 1 + 2) / 10
    assert found.idf1 == pytest.approx(8 / 18)
    both = together([found, found])
    assert (both.there, both.mota) == (20, pytest.approx(0.4))


def test_small_and_hidden_faces_count_neither_for_nor_against() -> None:
    small, hidden, covered = box(100, size=20), box(300), box(500)
    rows = [(0, 0, small), (0, 1, hidden), (0, 2, covered)]
    names, listed = ("Ann", "Bob", "Cem"), (True, False, False)
    visible = {(0, 1): 0.4, (0, 2): 0.05}
    truth = made_truth(rows, names=names, listed=listed, visible=visible)
    found = follow([look(0, {1: small, 2: hidden, 3: covered})], truth, least_px=40)
    assert (found.there, found.misses, found.boxes) == (0, 0, 1)
    assert found.false_positives == 1  # nobody can find a face of which a twentieth is visible
    assert (found.mota, found.idf1) == (None, 0)


def test_a_pair_of_the_look_before_is_kept_while_it_overlaps() -> None:
    ann, bob = box(100), box(130)
    rows = [(0, 0, ann), (1, 0, ann), (1, 1, bob)]
    truth = made_truth(rows, names=NAMES, listed=LISTED)
    between = box(118)  # nearer to Bob
    looks = [look(0, {1: ann}), look(1, {1: between})]
    assert follow(looks, truth, least_px=40).switches == 0
    assert follow(looks, truth, least_px=40).misses == 1  # Bob
    # Of whom an alert is, the nearer one is told.
    assert Followed.of(looks, truth).person(1, 1) == 1


@pytest.mark.parametrize(
    ("held", "count"),
    [("", 0), ("000", 0), ("0011", 0), ("0110", 0), ("101", 1), ("0101101", 2), ("10001", 1)],
)
def test_a_fragmentation_is_a_passage_held_again(held: str, count: int) -> None:
    assert breaks([each == "1" for each in held]) == count


# Each look: for each of three places that people stand at, the track there, or none.
looks_of = st.lists(
    st.lists(st.sampled_from([None, 1, 2, 3, 4]), min_size=3, max_size=3).filter(
        lambda row: len({each for each in row if each}) == sum(each is not None for each in row)
    ),
    min_size=1,
    max_size=8,
)


@given(looks_of)
def test_counts_are_those_of_a_slow_reference(rows: list[list[int | None]]) -> None:
    names = ("Ann", "Bob", "Cem")
    truth = standing(len(rows), names, (True, False, False))
    looks = [
        look(frame, {track: box(100.0 + 200 * at) for at, track in enumerate(row) if track})
        for frame, row in enumerate(rows)
    ]
    found = follow(looks, truth, least_px=40)
    misses = switches = fragmentations = 0
    for person in range(3):
        last, gap = None, False
        for row in rows:
            track = row[person]
            if track is None:
                misses, gap = misses + 1, last is not None
                continue
            switches += last is not None and last != track
            fragmentations += gap
            last, gap = track, False
    pairs = permutations([1, 2, 3, 4], 3)
    identified = max(
        sum(row[person] == track for row in rows for person, track in enumerate(tracks))
        for tracks in pairs
    )
    assert (found.misses, found.switches) == (misses, switches)
    assert (found.fragmentations, found.identified) == (fragmentations, identified)
    assert (found.there, found.false_positives) == (3 * len(rows), 0)
