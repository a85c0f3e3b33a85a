"""From a photograph to an entry, or to a rejection with its reason."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import make_entry
from PIL import Image, ImageFilter

from overt.arrays import Rgb
from overt.governance.applications import Application
from overt.governance.building import Enrolment
from overt.governance.enrol import Enrolled, Rejected, enrol_all
from overt.wiring import Models, make_enrolment


@pytest.fixture(scope="module")
def enrolment(models: Models) -> Enrolment:
    return make_enrolment(models)


def application(path: Path, picture: Image.Image, reference: str | None = None) -> Application:
    picture.save(path)
    return Application(path, make_entry(reference or path.stem))


def reason(enrolment: Enrolment, proposed: Application) -> str:
    result = enrolment.enroller.enrol(proposed)
    assert isinstance(result, Rejected)
    assert result.file == proposed.file
    assert result.reference == proposed.entry.reference
    return result.reason


def test_a_good_photograph_becomes_an_entry(
    enrolment: Enrolment, portrait: Rgb, tmp_path: Path
) -> None:
    proposed = application(tmp_path / "a.png", Image.fromarray(portrait))
    result = enrolment.enroller.enrol(proposed)
    assert isinstance(result, Enrolled)
    assert result.template.shape == (128,)
    assert result.entry.photo_sha256 == hashlib.sha256(proposed.file.read_bytes()).hexdigest()
    assert replace(result.entry, photo_sha256="x") == replace(proposed.entry, photo_sha256="x")
    assert max(result.photo.shape[:2]) <= 320
    assert min(result.photo.shape[:2]) > 100


def test_a_photograph_on_its_side_is_turned_by_its_own_word(
    enrolment: Enrolment, portrait: Rgb, models: Models, tmp_path: Path
) -> None:
    upright = enrolment.enroller.enrol(application(tmp_path / "a.png", Image.fromarray(portrait)))
    turned = Image.fromarray(portrait).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    turned.save(tmp_path / "b.jpg", exif=exif, quality=95)
    told = enrolment.enroller.enrol(Application(tmp_path / "b.jpg", make_entry("b")))
    assert isinstance(upright, Enrolled)
    assert isinstance(told, Enrolled)
    distance = np.linalg.norm(upright.template - told.template)
    assert distance < 0.2
    assert models.comparer.metric


def test_why_a_photograph_is_rejected(enrolment: Enrolment, portrait: Rgb, tmp_path: Path) -> None:
    whole = Image.fromarray(portrait)
    two = Image.new("RGB", (1024, 512))
    two.paste(whole, (0, 0))
    two.paste(whole, (512, 0))
    dark = whole.point([value // 30 for value in range(256)] * 3)
    for name, picture, wanted in (
        ("none", Image.new("RGB", (200, 200), (128, 90, 90)), {"no face found"}),
        ("two", two, {"2 faces, want one"}),
        ("small", whole.resize((100, 100)), {"too small", "no face found"}),
        ("blurred", whole.filter(ImageFilter.GaussianBlur(8)), {"blurred"}),
        ("dark", dark, {"too dark", "blurred", "no face found"}),
    ):
        assert reason(enrolment, application(tmp_path / f"{name}.png", picture)) in wanted, name


def test_a_face_far_behind_does_not_count_as_a_second(
    enrolment: Enrolment, portrait: Rgb, tmp_path: Path
) -> None:
    whole = Image.fromarray(portrait)
    whole.paste(whole.crop((150, 20, 300, 200)).resize((50, 60)), (440, 20))
    result = enrolment.enroller.enrol(application(tmp_path / "a.png", whole))
    assert isinstance(result, Enrolled)


def test_the_same_photograph_and_the_same_reference_count_once(
    enrolment: Enrolment, portrait: Rgb, tmp_path: Path
) -> None:
    whole = Image.fromarray(portrait)
    first = application(tmp_path / "a.png", whole)
    copied = Application(tmp_path / "a.png", make_entry("b"))
    again = application(tmp_path / "c.jpg", whole, "a")
    other = application(tmp_path / "d.jpg", whole.crop((60, 0, 400, 400)), "d")
    results = list(enrol_all(enrolment.enroller, (first, copied, again, other)))
    assert [type(result) for result in results] == [Enrolled, Rejected, Rejected, Enrolled]
    rejected = [result.reason for result in results if isinstance(result, Rejected)]
    assert rejected == ["the same photograph as a", "a reference that is there already"]


def test_what_was_rejected_first_does_not_block_a_better_one(
    enrolment: Enrolment, portrait: Rgb, tmp_path: Path
) -> None:
    empty = application(tmp_path / "a.png", Image.new("RGB", (99, 99)), "R-1")
    good = application(tmp_path / "b.png", Image.fromarray(portrait), "R-1")
    results = list(enrol_all(enrolment.enroller, (empty, good)))
    assert [type(result) for result in results] == [Rejected, Enrolled]
