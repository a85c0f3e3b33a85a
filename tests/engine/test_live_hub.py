"""What a running deployment shows of itself: nobody's face, and nothing that is kept."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import numpy as np
import pytest
from builders import NOON, make_boxes, make_frame, noise
from PIL import Image
from street import Street

from overt.arrays import F64, Boxes
from overt.clock import SystemClock
from overt.detect.heads import detector_for
from overt.detect.picture import Scaling
from overt.engine.live import CameraView
from overt.sources.video import VideoFile
from overt.values.counts import FaceCounts
from overt.values.deployment import Camera
from overt.values.frame import Frame
from overt.wiring import Models


class Seconds:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class At:
    """A clock that stands."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def view_of(seconds: Seconds) -> CameraView:
    clock = At(NOON + timedelta(milliseconds=250))
    return CameraView(Camera("gate", "rtsp://camera"), clock=clock, monotonic=seconds)


def frame() -> Frame:
    return make_frame(noise(180, 320))


NOBODY: Boxes = make_boxes()


def test_nothing_is_encoded_unless_somebody_watches(seconds: Seconds) -> None:
    view = view_of(seconds)
    view.looked(frame(), NOBODY, None)
    assert view.picture() is None  # asked for: from now on they are made
    view.looked(frame(), NOBODY, None)
    first = view.picture()
    assert first is not None
    assert (first.number, first.time) == (1, NOON)
    seconds.now += 3.1  # nobody asks
    view.looked(frame(), NOBODY, None)
    assert vars(view)["_picture"] is None


def test_five_views_a_second_at_most_and_one_is_kept(seconds: Seconds) -> None:
    view = view_of(seconds)
    numbers: list[int] = []
    for _ in range(100):  # two seconds of a camera with 50 frames a second
        picture = view.picture()
        numbers += [] if picture is None else [picture.number]
        view.looked(frame(), NOBODY, None)
        seconds.now += 0.02
    assert 8 <= max(numbers) <= 10


def test_a_view_of_before_is_not_shown_as_of_now(seconds: Seconds) -> None:
    view = view_of(seconds)
    view.picture()
    view.looked(frame(), NOBODY, None)
    seconds.now += 6
    assert view.picture() is None
    view.looked(frame(), NOBODY, None)
    assert view.picture() is not None
    view.paused(None)
    assert view.picture() is None


def test_health_is_of_the_last_seconds(seconds: Seconds) -> None:
    view = view_of(seconds)
    assert view.health().silent_s is None
    for _ in range(50):
        view.came(frame())
        seconds.now += 0.1
    counts = FaceCounts("gate", NOON, frames=9, dropped=4)
    view.looked(frame(), NOBODY, counts)
    health = view.health()
    assert health.fps == pytest.approx(10, abs=0.3)
    assert health.latency_s == pytest.approx(0.25)
    assert health.silent_s == pytest.approx(0.1)
    assert (health.dropped, health.counts, health.aspect) == (4, counts, 320 / 180)
    assert health.focus is not None
    seconds.now += 10
    gone = view.health()
    assert (gone.fps, gone.latency_s) == (0, None)


def test_no_face_of_the_clip_is_in_a_view(street: Street, models: Models, seconds: Seconds) -> None:
    """Every face, found or not: where the truth says one is, no detail of it is left."""
    detector = detector_for(models.opened, scaling=Scaling(40))
    view = CameraView(Camera("a", str(street.clip)), clock=SystemClock(), monotonic=seconds)
    source = VideoFile(street.clip, camera="a", started=NOON)
    compared = 0
    view.picture()
    for each in source.frames():
        if each.index % 15:
            continue
        seconds.now += 0.5
        view.looked(each, detector.detect(each).boxes, None)
        picture = view.picture()
        assert picture is not None
        shown = np.asarray(Image.open(io.BytesIO(picture.content)).convert("L"), np.float64)
        scale = shown.shape[1] / each.width
        plain = np.asarray(
            Image.fromarray(each.luma).resize(shown.shape[::-1], Image.Resampling.BOX), np.float64
        )
        for row in np.flatnonzero(street.truth.frames == each.index):
            x, y, width, height = street.truth.boxes[row] * scale
            # The middle of the face, where eyes, nose and mouth are.
            part = np.s_[
                int(y + height * 0.2) : int(y + height * 0.9),
                int(x + width * 0.15) : int(x + width * 0.85),
            ]
            before, after = plain[part], shown[part]
            likeness = np.corrcoef(
                (before - blurred(before)).ravel(), (after - blurred(after)).ravel()
            )[0, 1]
            assert abs(likeness) < 0.5, (each.index, row)
            assert different_columns(after) <= 8 < different_columns(before), (each.index, row)
            compared += 1
    assert compared >= 15


def blurred(face: F64) -> F64:
    """Give a face's means over a third of it."""
    image = Image.fromarray(face.astype(np.uint8))
    return np.asarray(image.resize((3, 3), Image.Resampling.BOX).resize(image.size), np.float64)


def different_columns(face: F64) -> int:
    """Count the steps between neighbouring columns of a face: in blocks there are few."""
    steps = np.abs(np.diff(face, axis=1)).mean(axis=0)
    return int((steps > 4).sum())
