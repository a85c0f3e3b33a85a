"""Two detectors beside each other: whose faces the other finds, how well, and at which height."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from builders import make_faces, noise
from PIL import Image

from overt.errors import InputError
from overt.evaluation.digits import Seen, Side, look, pictures_in
from overt.evaluation.face import PhotoStages
from overt.values.embeddings import Embeddings
from overt.values.faces import Faces
from overt.values.frame import Frame
from overt.values.metric import Metric
from overt.values.shots import Shots

WIDTH = 240  # of the picture: looked at 240, 120, 60 and 40 px wide


@dataclass(frozen=True)
class Says:
    """Finds what it is told to, in frames of each width."""

    faces: Callable[[int], Faces]

    def detect(self, frame: Frame, /) -> Faces:
        return self.faces(frame.width)


@dataclass(frozen=True)
class Gives:
    """Makes the same template of every face."""

    vector: tuple[float, ...]

    def embed(self, frame: Frame, shots: Shots, /) -> Embeddings:
        assert frame.width == WIDTH
        return Embeddings(np.array([self.vector] * len(shots), np.float32))


def side(faces: Callable[[int], Faces], vector: tuple[float, ...] = (1.0, 0.0)) -> Side:
    detector = Says(faces)
    return Side(detector, PhotoStages(detector, Gives(vector), Metric.COSINE))


def face(width: int, *, right: float = 0.0, score: float = 0.9) -> Faces:
    """Give a face a third of the picture high, moved by so many of its widths."""
    height = width / 3
    left = 2 + right * height
    return make_faces((left, 2, left + height, 2 + height), scores=[score])


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "a.png"
    Image.fromarray(noise(WIDTH // 2, WIDTH)).save(path)
    return path


def looked(picture: Path, after: Side, *, before: Side | None = None, times: int = 5) -> Seen:
    seen = Seen(least_px=20.0)
    for _ in range(times):
        look(picture, seen, before=before or side(face), after=after)
    return seen


def test_the_same_faces_are_all_found_at_each_height(picture: Path) -> None:
    heights = looked(picture, side(face)).heights()
    assert [each.from_px for each in heights] == [0, 20, 30, 50, 100]
    assert [each.below_px for each in heights] == [20, 30, 50, 100, None]
    counts = [(each.found.events, each.found.trials) if each.found else None for each in heights]
    assert counts == [(5, 5), (5, 5), (5, 5), (5, 5), None]  # faces of 13, 20, 40 and 80 px
    for each in heights[:4]:
        assert (each.overlap, each.marks_apart, each.marks_apart_95) == (1.0, 0.0, 0.0)
        assert each.more == 0


def test_a_face_that_is_small_fainter_or_elsewhere_is_not_found(picture: Path) -> None:
    def other(width: int) -> Faces:
        return {
            WIDTH // 6: Faces.none(),
            WIDTH // 4: face(width, score=0.4),  # seen, and not surely
            WIDTH // 2: face(width, right=0.5),  # a third of both boxes is shared
            WIDTH: face(width, right=0.1),
        }[width]

    small, fainter, elsewhere, moved, _ = looked(picture, side(other)).heights()
    assert [each.found and each.found.events for each in (small, fainter, elsewhere)] == [0, 0, 0]
    assert small.overlap is None
    assert fainter.overlap == 1.0
    assert elsewhere.more == 5  # that is no face of the first
    assert moved.found is not None
    assert moved.found.events == 5
    assert moved.overlap == pytest.approx(9 / 11, abs=1e-3)
    eyes = make_faces((0, 0, 1, 1)).landmarks[0, :2]
    apart = 0.1 / float(np.linalg.norm(eyes[0] - eyes[1]))
    assert moved.marks_apart == pytest.approx(apart, abs=1e-3)


def test_templates_are_compared_where_both_find_the_face(picture: Path) -> None:
    alike = looked(picture, side(face, (3.0, 4.0))).templates()
    assert alike is not None
    assert (alike.faces, alike.lowest) == (5, pytest.approx(0.6))
    assert looked(picture, side(lambda _: Faces.none())).templates() is None


def test_too_few_faces_say_nothing(picture: Path) -> None:
    with pytest.raises(InputError, match="got 0 faces that the bundle is sure of"):
        looked(picture, side(face), before=side(lambda width: face(width, score=0.4))).heights()


def test_each_picture_is_in_one_half_and_once(tmp_path: Path) -> None:
    for number in range(80):
        (tmp_path / f"{number}.png").write_bytes(bytes([number]))
    (tmp_path / "copy.png").write_bytes(bytes([7]))
    (tmp_path / "notes.txt").write_bytes(b"none")
    ranges, compared = pictures_in(tmp_path)
    names = [path.read_bytes() for half in (ranges, compared) for path in half.paths]
    assert sorted(names) == [bytes([number]) for number in range(80)]
    assert min(len(ranges.paths), len(compared.paths)) >= 20
    (tmp_path / "0.png").rename(tmp_path / "zero.png")
    again, _ = pictures_in(tmp_path)
    assert again.sha256 == ranges.sha256  # the name of a file is nothing
    assert replace(again, paths=()) == replace(ranges, paths=())
    with pytest.raises(InputError, match="want a folder of pictures"):
        pictures_in(tmp_path / "none")
