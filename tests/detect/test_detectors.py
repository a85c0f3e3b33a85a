"""Real networks on real pictures: a portrait, and clips of people walking."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from overt.arrays import F32, Rgb
from overt.detect.base import Detector
from overt.detect.heads import detector_for
from overt.detect.picture import Scaling
from overt.detect.yunet import YuNet
from overt.geometry import iou
from overt.inference.bundle import Channels, DetectorEntry, Head, Normalisation
from overt.inference.opened import OpenedBundle
from overt.inference.session import Session
from overt.values.frame import Frame

FACE = np.array([[180, 58, 270, 178]], np.float32)  # of the portrait
EYES_NOSE_MOUTH = np.array([[203, 102], [247, 105], [223, 125], [204, 142], [241, 145]])


@pytest.fixture(scope="session")
def centerface(default_bundle: OpenedBundle) -> Callable[[float], Detector]:
    """Give what makes the default detector for a smallest face in the frame."""
    return lambda smallest: detector_for(default_bundle, scaling=Scaling(smallest))


@pytest.fixture(scope="session")
def yunet(yunet_path: Path, default_bundle: OpenedBundle) -> Callable[[float], Detector]:
    file = default_bundle.bundle.detector.file  # not looked at: the path is given below
    plain = Normalisation(Channels.BGR, (0.0, 0.0, 0.0), 1.0)
    entry = DetectorEntry(file, Head.YUNET, plain, 12.0, 0.6, 0.3, 32)
    session = Session(yunet_path, providers=("CPUExecutionProvider",))
    return lambda smallest: YuNet(session, entry=entry, scaling=Scaling(smallest))


def assert_portrait(detector: Detector, frame: Frame) -> None:
    faces = detector.detect(frame)
    assert len(faces) == 1
    assert iou(faces.boxes, FACE)[0, 0] > 0.7
    assert np.abs(faces.landmarks[0] - EYES_NOSE_MOUTH).max() < 8


@pytest.mark.parametrize("smallest", [20.0, 40.0, 60.0])
def test_centerface_finds_the_portrait(
    centerface: Callable[[float], Detector],
    portrait: Rgb,
    as_frame: Callable[[Rgb], Frame],
    smallest: float,
) -> None:
    assert_portrait(centerface(smallest), as_frame(portrait))


@pytest.mark.parametrize("smallest", [12.0, 30.0])
def test_yunet_finds_the_portrait(
    yunet: Callable[[float], Detector],
    portrait: Rgb,
    as_frame: Callable[[Rgb], Frame],
    smallest: float,
) -> None:
    assert_portrait(yunet(smallest), as_frame(portrait))


def test_the_same_frame_gives_the_same_faces(
    centerface: Callable[[float], Detector], portrait: Rgb, as_frame: Callable[[Rgb], Frame]
) -> None:
    detector, frame = centerface(20.0), as_frame(portrait)
    first = detector.detect(frame)
    detector.detect(as_frame(portrait[:300, :333]))  # another size between: nothing is kept
    again = detector.detect(frame)
    np.testing.assert_array_equal(first.boxes, again.boxes)
    np.testing.assert_array_equal(first.landmarks, again.landmarks)


def test_a_frame_without_a_face_has_none(
    centerface: Callable[[float], Detector], as_frame: Callable[[Rgb], Frame]
) -> None:
    for size in ((2, 2), (64, 64), (101, 333)):
        assert len(centerface(20.0).detect(as_frame(np.zeros((*size, 3), np.uint8)))) == 0
    noise = np.random.default_rng(3).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    assert len(centerface(20.0).detect(as_frame(noise))) == 0


def test_faces_move_with_the_picture(
    centerface: Callable[[float], Detector], portrait: Rgb, as_frame: Callable[[Rgb], Frame]
) -> None:
    """Odd sizes and margins: boxes stay in pixels of the frame."""
    shifted = np.zeros((611, 777, 3), np.uint8)
    shifted[77 : 77 + 512, 201 : 201 + 512] = portrait
    faces = centerface(33.0).detect(as_frame(shifted))
    assert len(faces) == 1
    moved = FACE + np.array([201, 77, 201, 77], np.float32)
    assert iou(faces.boxes, moved)[0, 0] > 0.7
    assert np.abs(faces.landmarks[0] - EYES_NOSE_MOUTH - [201, 77]).max() < 8


def clip(path: Path, as_frame: Callable[[Rgb], Frame], *, every: int) -> dict[int, Frame]:
    with av.open(str(path)) as container:
        return {
            index: as_frame(np.asarray(picture.to_ndarray(format="rgb24"), np.uint8))
            for index, picture in enumerate(container.decode(video=0))
            if index % every == 0
        }


def seen_at_least(path: Path, *, height: float, visible: float) -> dict[int, list[list[float]]]:
    """Read the boxes of the truth file by frame: x1 y1 x2 y2."""
    boxes: dict[int, list[list[float]]] = defaultdict(list)
    with path.open(newline="") as stream:
        for row in csv.DictReader(stream):
            x, y, w, h = (float(row[key]) for key in ("x", "y", "w", "h"))
            if h >= height and float(row["visible"]) >= visible:
                boxes[int(row["frame"])].append([x, y, x + w, y + h])
    return boxes


@pytest.mark.parametrize("smallest", [26.0, 40.0])
def test_walking_people_are_found(
    centerface: Callable[[float], Detector],
    shared: Path,
    as_frame: Callable[[Rgb], Frame],
    smallest: float,
) -> None:
    """Find every face of 40 px or more, and nothing else, in every 30th frame."""
    clips = shared / "clips-dev"
    frames = clip(clips / "walk1.mp4", as_frame, every=30)
    large = seen_at_least(clips / "walk1.truth.csv", height=40, visible=0.8)
    everyone = seen_at_least(clips / "walk1.truth.csv", height=0, visible=0)
    detector, wanted, found = centerface(smallest), 0, 0
    for index, frame in frames.items():
        faces = detector.detect(frame)
        truth: F32 = np.array(large[index], np.float32).reshape(-1, 4)
        wanted += len(truth)
        if len(faces):
            found += int((iou(truth, faces.boxes) > 0.3).any(axis=1).sum())
            anyone: F32 = np.array(everyone[index], np.float32).reshape(-1, 4)
            assert (iou(faces.boxes, anyone).max(axis=1) > 0.1).all()
    assert wanted > 15
    assert found == wanted
