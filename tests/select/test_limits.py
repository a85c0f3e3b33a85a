"""Each limit by itself, and which of several is told."""

from __future__ import annotations

import pytest
from drawn_faces import quality_of

from overt.errors import SettingsError
from overt.select.limits import Limits, reason_unfit
from overt.values.quality import Quality, Reason

LIMITS = Limits(min_eyes_px=16)


@pytest.mark.parametrize(
    ("quality", "reason"),
    [
        (quality_of(), None),
        (quality_of(eyes_px=15.9), Reason.TOO_SMALL),
        (quality_of(eyes_px=16), None),
        (quality_of(yaw=-41), Reason.TURNED_AWAY),
        (quality_of(pitch=41), Reason.TURNED_AWAY),
        (quality_of(inside=0.8), Reason.CUT_BY_EDGE),
        (quality_of(covered=0.4), Reason.COVERED),
        (quality_of(brightness=0.04), Reason.TOO_DARK),
        (quality_of(brightness=0.96), Reason.TOO_BRIGHT),
        (quality_of(sharpness=0.11), Reason.BLURRED),
    ],
)
def test_reason(quality: Quality, reason: Reason | None) -> None:
    assert reason_unfit(quality, LIMITS) is reason


def test_turned_face_with_eyes_near_each_other_is_turned_and_not_small() -> None:
    assert reason_unfit(quality_of(eyes_px=12, yaw=60), LIMITS) is Reason.TURNED_AWAY
    assert reason_unfit(quality_of(eyes_px=5, yaw=60), LIMITS) is Reason.TOO_SMALL
    assert reason_unfit(quality_of(eyes_px=14, yaw=35), LIMITS) is Reason.TOO_SMALL


def test_dark_face_is_dark_and_not_blurred() -> None:
    assert reason_unfit(quality_of(brightness=0.01, sharpness=0), LIMITS) is Reason.TOO_DARK


def test_listed_photograph_must_be_better() -> None:
    listing = Limits.for_listing()
    assert reason_unfit(quality_of(eyes_px=20), listing) is Reason.TOO_SMALL
    assert reason_unfit(quality_of(yaw=35), listing) is Reason.TURNED_AWAY
    assert reason_unfit(quality_of(), listing) is None


def test_limits_are_checked() -> None:
    with pytest.raises(SettingsError, match="min_eyes_px"):
        Limits(min_eyes_px=0)
    with pytest.raises(SettingsError, match="brightness"):
        Limits(min_eyes_px=16, min_brightness=0.6, max_brightness=0.5)
