"""Where somebody went in a camera's view, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import make_crop, noise

from overt.report.evidence import heading
from overt.values.crop import Crop


def shot(second: int, *, width: int, x: int) -> Crop:
    crop = make_crop(noise(width, width), origin=(x, 0))
    return replace(crop, time=crop.time + timedelta(seconds=second))


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ((100, 100), (100, 100), ""),
        ((100, 100), (100, 140), ""),  # less than half a shot's width
        ((100, 100), (100, 160), "to the right of the picture"),
        ((100, 160), (100, 100), "to the left of the picture"),
        ((100, 100), (120, 90), "towards the camera"),  # the middle has not moved
        ((120, 90), (100, 100), "away from the camera"),
        ((100, 100), (120, 300), "towards the camera, to the right of the picture"),
    ],
)
def test_from_the_first_to_the_last(
    first: tuple[int, int], last: tuple[int, int], says: str
) -> None:
    shots = tuple(shot(second, width=width, x=x) for second, (width, x) in ((0, first), (2, last)))
    between = shot(1, width=300, x=500)
    for order in (shots, shots[::-1], (between, *shots)):  # the best comes first, not the oldest
        assert heading(order) == says


def test_one_moment_tells_nothing() -> None:
    assert heading((shot(0, width=100, x=0),)) == ""
    assert heading((shot(0, width=100, x=0), shot(0, width=200, x=500))) == ""
