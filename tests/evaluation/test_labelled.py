"""Labelled photographs: whom they show, and which half each person belongs to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from overt.arrays import Rgb
from overt.errors import EvaluationError
from overt.evaluation.labelled import Turned, embed_all
from overt.evaluation.photographs import Half, Photograph, half_of, read_photographs
from overt.inference.opened import OpenedBundle
from overt.select.limits import Limits
from overt.wiring import evaluation_stages

TABLE = """file,who,ethnicity,gender
a.jpg,Ada,X,Female
b.jpg,Ben,Y,Male
c.jpg,Cyd,X,Male
d.jpg,Dan,Y,Male
"""


def write(folder: Path, text: str, name: str = "labels.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_is_read(tmp_path: Path) -> None:
    labels = write(tmp_path, TABLE)
    found = read_photographs(
        labels, tmp_path, identity="who", groups=["ethnicity+gender", "gender"]
    )
    assert found.columns == ("ethnicity+gender", "gender")
    assert found.photographs[:2] == (
        Photograph(tmp_path / "a.jpg", "Ada", ("X, Female", "Female")),
        Photograph(tmp_path / "b.jpg", "Ben", ("Y, Male", "Male")),
    )
    assert len(found.photographs) == 4
    none = read_photographs(labels, tmp_path, identity="who", groups=[])
    assert {photo.groups for photo in none.photographs} == {()}


def test_the_column_identity_is_taken_where_there_is_one(tmp_path: Path) -> None:
    labels = write(tmp_path, TABLE.replace("who", "identity"))
    rows = read_photographs(labels, tmp_path, groups=[]).photographs
    assert [row.identity for row in rows] == ["Ada", "Ben", "Cyd", "Dan"]


def test_without_a_column_of_people_each_file_shows_another(tmp_path: Path) -> None:
    labels = write(tmp_path, TABLE)
    rows = read_photographs(labels, tmp_path, identity=None, groups=["gender"]).photographs
    assert [row.identity for row in rows] == ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]


@pytest.mark.parametrize(
    ("pairs", "people"),
    [
        ("a.jpg,b.jpg\n", 3),
        ("a.jpg,b.jpg\nb.jpg,a.jpg\n", 3),
        ("a.jpg,a.jpg\n", 4),
        ("c.jpg,b.jpg\nb.jpg,a.jpg\n", 2),
        ("a.jpg,b.jpg\nc.jpg,d.jpg\n", 2),
        ("a.jpg,b.jpg\nc.jpg,d.jpg\nd.jpg,b.jpg\n", 1),
        ("a.jpg,z.jpg\nz.jpg,b.jpg\n", 3),  # by a file that is not in the table
        ("y.jpg,z.jpg\n", 4),
    ],
)
@pytest.mark.parametrize("identity", [None, "who"])
def test_files_that_show_one_person_are_joined(
    tmp_path: Path, pairs: str, people: int, identity: str | None
) -> None:
    same = write(tmp_path, "first,second\n" + pairs, "same.csv")
    labels = write(tmp_path, TABLE)
    found = read_photographs(labels, tmp_path, identity=identity, groups=["gender"], same=same)
    rows = found.photographs
    assert len({row.identity for row in rows}) == people
    assert len({row.half for row in rows}) <= people


@pytest.mark.parametrize(
    "name", ["../a.jpg", "x/../../a.jpg", "/etc/passwd", "..", "a.jpg\0", "\0", "../a\0.jpg"]
)
def test_a_file_outside_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    labels = write(tmp_path, f'file,group\nb.jpg,X\n"{name}",X\n')
    (tmp_path / "photos").mkdir()
    message = re.escape(f"labels.csv: got the file {name!r}, want one inside")
    with pytest.raises(EvaluationError, match=message):
        read_photographs(labels, tmp_path / "photos", identity=None, groups=["group"])


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (tmp_path / "secret.jpg").write_bytes(b"")
    (photos / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    labels = write(tmp_path, "file\nlink.jpg\n")
    with pytest.raises(EvaluationError, match=r"got the file 'link.jpg', want one inside"):
        read_photographs(labels, photos, identity=None, groups=[])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "got the columns none, want file, gender, who too"),
        ("file,who,gender\n", "got no row, want one for each photograph"),
        ("name,who,gender\na,b,c\n", "got the columns name, who, gender, want file too"),
        ("file,who\na,b\n", "got the columns file, who, want gender too"),
        ("file,who,gender\na.jpg,b,c\nb.jpg,d\n", "row 2: got too few values, want one a column"),
    ],
)
def test_a_table_that_lacks_something_is_refused(tmp_path: Path, text: str, message: str) -> None:
    labels = write(tmp_path, text)
    with pytest.raises(EvaluationError, match=re.escape(message)) as caught:
        read_photographs(labels, tmp_path, identity="who", groups=["gender"])
    assert str(labels) in str(caught.value)


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"want a table \(CSV\)"):
        read_photographs(tmp_path / "none.csv", tmp_path, identity=None, groups=[])
    (tmp_path / "bytes.csv").write_bytes(b"file\n\xff\xfe\n")
    with pytest.raises(EvaluationError, match=r"want a table \(CSV\)"):
        read_photographs(tmp_path / "bytes.csv", tmp_path, identity=None, groups=[])
    same = write(tmp_path, "one,other\na,b\n", "same.csv")
    with pytest.raises(
        EvaluationError, match=r"same\.csv: got the columns one, other, want first, sec"
    ):
        read_photographs(write(tmp_path, TABLE), tmp_path, identity=None, groups=[], same=same)


def test_the_split_never_moves() -> None:
    """What was chosen on one half stays unseen by the other, in years to come too."""
    halves = [half_of(f"person-{number}") for number in range(8)]
    assert "".join(half[0] for half in halves) == "dtdtdttd"
    many = [half_of(str(number)) for number in range(4000)]
    assert 1900 < many.count(Half.TEST) < 2100


def test_the_largest_face_of_a_photograph_becomes_a_template(
    default_bundle: OpenedBundle, portrait: Rgb, tmp_path: Path
) -> None:
    stages = evaluation_stages(default_bundle)
    Image.fromarray(portrait).save(tmp_path / "face.png")
    Image.new("RGB", (200, 200), (90, 90, 90)).save(tmp_path / "none.png")
    Image.fromarray(portrait).resize((200, 200)).save(tmp_path / "small.png")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    names = ("face.png", "none.png", "small.png", "broken.png")
    photos = [Photograph(tmp_path / name, name, ("X",)) for name in names]
    turned: list[Turned] = []
    found = embed_all(photos, stages=stages, limits=Limits(min_eyes_px=24), told=turned.append)
    assert [template.photo.identity for template in found] == ["face.png"]
    assert found[0].vector.shape == (128,)
    assert [each.photo.identity for each in turned] == ["none.png", "small.png", "broken.png"]
    assert turned[0].reason == "no face"
    assert turned[1].reason == "too small"
    assert "broken.png" in turned[2].reason
    every = embed_all(photos, stages=stages, limits=None)
    assert [template.photo.identity for template in every] == ["face.png", "small.png"]
