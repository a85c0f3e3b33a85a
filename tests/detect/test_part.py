"""Parts of a frame are apart, hold where faces may be, and give the faces of the whole frame."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from builders import make_boxes, make_faces, make_frame, noise
from hypothesis import given
from hypothesis import strategies as st

from overt.arrays import Rgb
from overt.detect.heads import detector_for
from overt.detect.part import detect_in, parts_around
from overt.detect.picture import Scaling
from overt.geometry import iou
from overt.inference.opened import OpenedBundle
from overt.values.faces import Faces
from overt.values.frame import Frame

SIDES = st.integers(2, 2000)
NUMBER = st.floats(-300, 2300)
PLACES = st.lists(st.tuples(NUMBER, NUMBER, st.floats(1, 300), st.floats(1, 300)), max_size=6)


@given(SIDES, SIDES, PLACES)
def test_parts_are_apart_inside_and_hold_every_place(
    width: int, height: int, places: list[tuple[float, float, float, float]]
) -> None:
    boxes = make_boxes(*((x, y, x + w, y + h) for x, y, w, h in places))
    parts = parts_around(boxes, width=width, height=height)
    if parts is None:
        return
    assert len(parts)
    covered = np.zeros((height, width), np.int64)
    for x1, y1, x2, y2 in parts:
        assert 0 <= x1 <= x2 - 2
        assert 0 <= y1 <= y2 - 2
        assert x2 <= width
        assert y2 <= height
        assert x1 % 2 == y1 % 2 == 0  # where chroma can be cut
        covered[y1:y2, x1:x2] += 1
    assert covered.max() == 1
    for x1, y1, x2, y2 in boxes:
        inside = covered[max(int(y1), 0) : max(int(y2), 0), max(int(x1), 0) : max(int(x2), 0)]
        assert inside.all()


def test_most_of_a_frame_is_looked_at_as_a_whole_and_so_is_one_with_nobody() -> None:
    assert parts_around(make_boxes((100, 100, 800, 500)), width=960, height=540) is None
    assert parts_around(make_boxes(), width=960, height=540) is None
    assert parts_around(make_boxes((5000, 0, 5050, 50)), width=960, height=540) is None


class Three:
    """Finds three faces in whatever it is shown, two of them over its edges."""

    def __init__(self) -> None:
        self.sizes: list[tuple[int, int]] = []

    def detect(self, frame: Frame, /) -> Faces:
        self.sizes.append((frame.width, frame.height))
        w, h = frame.width, frame.height
        return make_faces(
            (w / 2 - 10, h / 2 - 10, w / 2 + 10, h / 2 + 10),
            (-5, 10, 15, 30),
            (w - 15, 10, w + 5, 30),
            scores=(0.8, 0.9, 0.7),
        )


def test_a_face_that_the_edge_of_a_part_cuts_is_left_out_unless_it_is_the_frames() -> None:
    frame, detector = make_frame(noise(256, 512)), Three()
    parts = np.array([[0, 64, 128, 192], [256, 0, 384, 128]])
    found, masked = detect_in(detector, frame, parts)
    assert detector.sizes == [(128, 128), (128, 128)]
    assert found.boxes.tolist() == [[-5, 74, 15, 94], [54, 118, 74, 138], [310, 54, 330, 74]]
    assert found.scores.tolist() == pytest.approx([0.9, 0.8, 0.8])  # best first
    assert found.landmarks[1].min() >= 54  # moved with their boxes
    cut = [[113, 74, 133, 94], [251, 10, 271, 30], [369, 10, 389, 30]]
    assert masked[:3].tolist() == found.boxes.tolist()
    assert sorted(masked[3:].tolist()) == cut  # masked all the same


def test_the_default_detector_finds_in_a_part_what_it_finds_in_the_whole(
    default_bundle: OpenedBundle, portrait: Rgb, as_frame: Callable[[Rgb], Frame]
) -> None:
    picture: Rgb = np.full((720, 1280, 3), 90, np.uint8)
    for x, y in ((100, 60), (701, 163)):
        picture[y : y + 512, x : x + 512] = portrait
    frame = as_frame(picture)
    detector = detector_for(default_bundle, scaling=Scaling(40.0))
    whole = detector.detect(frame)
    sure = whole[whole.scores >= 0.5]
    assert len(sure) == 2
    parts = parts_around(sure.boxes, width=1280, height=720)
    assert parts is not None
    found, masked = detect_in(detector, frame, parts)
    assert len(masked) >= len(found)
    found = found[found.scores >= 0.5]
    assert len(found) == 2
    shared = iou(sure.boxes, found.boxes)
    assert shared.max(axis=1).min() > 0.9


@pytest.mark.parametrize("edge", ["right", "left", "bottom", "top"])
@pytest.mark.parametrize("share", [0.1, 0.25, 0.4, 0.5, 0.6])
def test_what_is_seen_of_a_face_that_an_edge_cuts_is_no_face_but_is_masked(
    default_bundle: OpenedBundle,
    portrait: Rgb,
    as_frame: Callable[[Rgb], Frame],
    edge: str,
    share: float,
) -> None:
    frame = as_frame(portrait)
    detector = detector_for(default_bundle, scaling=Scaling(40.0))
    x1, y1, x2, y2 = detector.detect(frame).boxes[0]
    # The part ends where it leaves `1 - share` of the face; even, so that chroma can be cut.
    right, left = int(x2 - share * (x2 - x1)) // 2 * 2, int(x1 + share * (x2 - x1)) // 2 * 2
    bottom, top = int(y2 - share * (y2 - y1)) // 2 * 2, int(y1 + share * (y2 - y1)) // 2 * 2
    part = {
        "right": (0, 0, right, 512),
        "left": (left, 0, 512, 512),
        "bottom": (0, 0, 512, bottom),
        "top": (0, top, 512, 512),
    }[edge]
    found, masked = detect_in(detector, frame, np.array([part]))
    assert not len(found[found.scores >= 0.5])
    if share <= 0.25:
        assert iou(masked, make_boxes((x1, y1, x2, y2))).max() > 0.4
