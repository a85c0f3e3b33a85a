"""The tracker on drawn crowds, against the truth of who is where."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from walking import START, frame_at

from overt.detect.base import Detector
from overt.detect.heads import detector_for
from overt.detect.picture import Scaling
from overt.inference.opened import OpenedBundle
from overt.sources.video import VideoFile
from overt.track.passage import MIN_DETECTIONS, MIN_S, is_face_seen
from overt.track.tracker import KalmanTracker
from overt.values.deployment import Recognition
from overt.values.faces import Faces
from overt.values.frame import Frame
from overt.values.tracks import EndedTrack

EVERY = 3  # frames of 0.04 s
TALL_PX, SHOWN, SHOWN_FRAMES = 40, 0.7, 25  # large enough, not covered, for a second


@dataclass(frozen=True, slots=True)
class Person:
    """Where one person's face is in one frame."""

    id: int
    box: tuple[float, float, float, float]  # x1 y1 x2 y2
    visible: float


Truth = dict[int, list[Person]]


@pytest.fixture(params=["walk1", "walk2"])
def clip(request: pytest.FixtureRequest, shared: Path) -> Path:
    return shared / "clips-dev" / f"{request.param}.mp4"


def truth_of(clip: Path) -> Truth:
    truth: Truth = defaultdict(list)
    with clip.with_suffix(".truth.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            x, y, w, h = (float(row[name]) for name in "xywh")
            person = Person(int(row["track"]), (x, y, x + w, y + h), float(row["visible"]))
            truth[int(row["frame"])].append(person)
    return truth


def due(truth: Truth) -> set[int]:
    """Give who is tall enough and shown for a second or more in all."""
    shown = Counter(
        person.id
        for people in truth.values()
        for person in people
        if person.box[3] - person.box[1] >= TALL_PX and person.visible >= SHOWN
    )
    return {person for person, frames in shown.items() if frames >= SHOWN_FRAMES}


def noisy(truth: Truth, *, offset: int) -> Iterator[tuple[int, Frame, Faces]]:
    """Give what a middling detector would see: misses one shown face in ten, hidden ones mostly."""
    noise = np.random.default_rng(offset)
    for index in range(offset, 300, EVERY):
        rows = []
        for person in truth.get(index, []):
            if noise.random() < (0.9 if person.visible >= 0.4 else 0.1):
                box = np.array(person.box)
                rows.append(box + noise.normal(0, 0.03, 4) * np.tile(box[2:] - box[:2], 2))
        boxes = np.array(rows, np.float32).reshape(-1, 4)
        marks = np.zeros((len(boxes), 5, 2), np.float32)
        yield index, frame_at(index / 25), Faces(boxes, marks, np.full(len(boxes), 0.9, np.float32))


def found(clip: Path, detector: Detector, *, offset: int) -> Iterator[tuple[int, Frame, Faces]]:
    """Give what a detector sees."""
    for index, frame in enumerate(VideoFile(clip, camera="c", started=START).frames()):
        if index % EVERY == offset:
            yield index, frame, detector.detect(frame)


def owner(box: np.ndarray, people: list[Person]) -> int | None:
    """Tell whose face a box is: the nearest middle, within a third of the face."""
    best: tuple[float, int] | None = None
    for person in people:
        x1, y1, x2, y2 = person.box
        off = np.abs((box[:2] + box[2:] - [x1 + x2, y1 + y2]) / 2) / [x2 - x1, y2 - y1]
        if off.max() < 0.35 and person.visible > 0.2:
            cost = float(off.sum()) - 0.5 * person.visible
            best = min(best, (cost, person.id)) if best else (cost, person.id)
    return best[1] if best else None


@dataclass(frozen=True, slots=True)
class Score:
    """What tracking came to."""

    seen: int
    due: int  # faces seen that there are by the rule: who is hidden for too long is two
    mostly: set[int]  # who makes up most of some face seen
    strange: float  # share of detections in a track that is mostly of another person
    longest: dict[int, int]  # detections of each person in one track, at most


def score(looks: Iterator[tuple[int, Frame, Faces]], truth: Truth) -> Score:
    tracker = KalmanTracker()
    ended: list[EndedTrack] = []
    owners: defaultdict[int, Counter[int]] = defaultdict(Counter)
    times: defaultdict[int, list[float]] = defaultdict(list)
    for index, frame, faces in looks:
        people = {owner(box, truth.get(index, [])) for box in faces[faces.scores >= 0.4].boxes}
        for person in people - {None}:
            times[person or 0].append(frame.media_s)
        tracks = tracker.update(frame, faces)
        ended += tracks.ended
        for track, box in zip(tracks.ids.tolist(), tracks.faces.boxes, strict=True):
            person = owner(box, truth.get(index, []))
            if person is not None:
                owners[track][person] += 1
    ended += tracker.finish()
    seen = [t for t in ended if is_face_seen(t, min_detections=MIN_DETECTIONS, min_s=MIN_S)]
    first = [owners[t.track].most_common(1)[0] for t in seen if owners[t.track]]
    total = sum(sum(owners[t.track].values()) for t in seen)
    longest: dict[int, int] = {}
    for person, count in first:
        longest[person] = max(longest.get(person, 0), count)
    strange = 1 - sum(count for _, count in first) / total
    due = sum(stretches(of, lost_s=1.2) for of in times.values())
    return Score(len(seen), due, {person for person, _ in first}, strange, longest)


def stretches(times: list[float], *, lost_s: float) -> int:
    """Count how often one person is a face seen, found at `times`, if followed without a fault."""
    parts = np.split(np.array(times), np.flatnonzero(np.diff(times) > lost_s + 0.06) + 1)
    return sum(len(part) >= MIN_DETECTIONS and part[-1] - part[0] >= MIN_S for part in parts)


@pytest.mark.parametrize("offset", [0, 1, 2])
def test_noisy_truth_is_tracked(clip: Path, offset: int) -> None:
    truth = truth_of(clip)
    got = score(noisy(truth, offset=offset), truth)
    assert got.seen == pytest.approx(got.due, rel=0.25)
    assert len(due(truth) & got.mostly) >= 0.8 * len(due(truth))
    assert got.strange < 0.15


@pytest.mark.slow
def test_default_detector_and_tracker_count_faces_seen(
    clip: Path, default_bundle: OpenedBundle
) -> None:
    truth = truth_of(clip)
    smallest = Recognition(confirm_shots=1).min_face_px
    detector = detector_for(default_bundle, scaling=Scaling(smallest))
    got = score(found(clip, detector, offset=0), truth)
    assert got.seen == pytest.approx(got.due, rel=0.15)
    assert due(truth) <= got.mostly
    assert got.strange < 0.15
    assert all(got.longest[person] >= 4 for person in due(truth))
