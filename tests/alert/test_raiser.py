"""One alert a passage and listed person, once enough shots were compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

import numpy as np
import pytest
from builders import (
    NOON,
    make_crop,
    make_entry,
    make_frame,
    make_point,
    make_quality,
    make_tracks,
    make_vectors,
    make_watchlist,
    noise,
)

from overt.alert.raiser import AlertRaiser
from overt.values.alert import Alert
from overt.values.crop import Crop
from overt.values.match import Match
from overt.values.quality import Quality

FRAME = make_frame(noise(120, 160))
TRACKS = make_tracks((10, 10, 50, 60), (80, 20, 120, 70), ids=[4, 9])


class Counted:
    """Identifiers 1, 2, 3, ..."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, now: datetime) -> str:
        assert now == NOON
        self.made += 1
        return f"alert-{self.made}"


def raiser(*, confirm_shots: int = 2) -> AlertRaiser:
    listed = make_watchlist(
        make_vectors(2), entries=(make_entry("R-1"), make_entry("R-2", warnings=("looks like X",)))
    )
    return AlertRaiser(listed, confirm_shots=confirm_shots, new_id=Counted())


def match(track: int = 4, row: int = 0, *, shots: int = 2, similarity: float = 0.7) -> Match:
    return Match(track, row, 0.8, similarity, make_point(), shots)


def crops_of(track: int, quality: Quality | None = None) -> tuple[Crop, ...]:
    return (replace(make_crop(noise(9, 8), track=track), quality=quality or make_quality()),)


def consider(made: AlertRaiser, *matches: Match, quality: Quality | None = None) -> list[Alert]:
    return list(
        made.consider(
            matches,
            frame=FRAME,
            tracks=TRACKS,
            found=TRACKS.faces.boxes,
            crops_of=partial(crops_of, quality=quality),
        )
    )


def test_one_alert_for_a_passage_and_a_listed_person() -> None:
    made = raiser()
    (alert,) = consider(made, match())
    assert (alert.id, alert.track, alert.entry.reference) == ("alert-1", 4, "R-1")
    assert (alert.camera, alert.time, alert.point) == (FRAME.camera, NOON, make_point())
    assert alert.best.track == 4
    assert consider(made, match(), match(shots=4, similarity=0.9)) == []


def test_a_face_too_weak_for_a_track_is_masked_too() -> None:
    weak = TRACKS.faces.boxes[:1] + np.array(
        [20, 10, 20, 10], np.float32
    )  # over a corner of the one
    found = np.concatenate([weak, TRACKS.faces.boxes])
    scenes = [
        next(
            raiser().consider([match()], frame=FRAME, tracks=TRACKS, found=boxes, crops_of=crops_of)
        ).scene
        for boxes in (found, TRACKS.faces.boxes)
    ]
    masked, clear = scenes
    assert (masked[10:24, 18:24] != clear[10:24, 18:24]).any()


def test_others_are_alerts_of_their_own() -> None:
    made = raiser()
    alerts = consider(made, match(4, 0), match(4, 1), match(9, 0))
    assert [(alert.track, alert.entry.reference) for alert in alerts] == [
        (4, "R-1"),
        (4, "R-2"),
        (9, "R-1"),
    ]
    assert len({alert.id for alert in alerts}) == 3


def test_it_waits_for_enough_shots() -> None:
    made = raiser(confirm_shots=3)
    assert consider(made, match(shots=1)) == []
    assert consider(made, match(shots=2)) == []
    (alert,) = consider(made, match(shots=3))
    assert alert.shots == 3


def test_a_passage_that_is_over_is_forgotten() -> None:
    made = raiser()
    assert len(consider(made, match(4), match(9))) == 2
    made.forget([4])
    assert [alert.track for alert in consider(made, match(4), match(9))] == [4]


FLAGS = {
    "small face": make_quality(eyes_px=23.9),
    "not sharp": make_quality(sharpness=0.34),
    "turned away": make_quality(yaw=-20.1),
    "partly covered": make_quality(covered=0.11),
    "dark": make_quality(brightness=0.24),
    "bright": make_quality(brightness=0.81),
}


@pytest.mark.parametrize("flag", list(FLAGS))
def test_what_makes_it_weaker_is_flagged(flag: str) -> None:
    (alert,) = consider(raiser(), match(), quality=FLAGS[flag])
    assert alert.flags == (flag,)


def test_pitch_counts_as_turned_away() -> None:
    (alert,) = consider(raiser(), match(), quality=make_quality(pitch=25))
    assert alert.flags == ("turned away",)


def test_a_good_shot_has_no_flag() -> None:
    (alert,) = consider(raiser(), match())
    assert alert.flags == ()


def test_near_the_threshold_and_a_look_alike_are_flagged() -> None:
    (alert,) = consider(raiser(), match(row=1, similarity=0.6499))
    assert alert.flags == (
        "similarity close to the threshold",
        "another on this list looks alike: see the entry",
    )


def test_the_scene_shows_the_alerts_own_face() -> None:
    first, second = consider(raiser(), match(4), match(9))
    # Each scene has detail where its own face is, and none where the other's is.
    for alert, own, other in ((first, 15, 50), (second, 50, 15)):
        assert (alert.scene[20, own - 4 : own + 4, 0].astype(int) != alert.scene[20, own, 0]).any()
        assert (alert.scene[20, other - 1 : other + 1] == alert.scene[20, other]).all()
