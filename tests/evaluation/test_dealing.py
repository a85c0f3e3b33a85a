"""Who is listed is drawn by person, and stays who it was when others come to the set."""

from __future__ import annotations

from pathlib import Path

import pytest

from overt.errors import EvaluationError
from overt.evaluation.dealing import deal
from overt.evaluation.photographs import Photograph, PhotoSet, half_of, read_photographs


def people(*counts: int) -> tuple[Photograph, ...]:
    return tuple(
        Photograph(Path(f"{person}_{number}.jpg"), f"person {person}", ())
        for person, count in enumerate(counts)
        for number in range(count)
    )


def test_nobody_is_both_listed_and_not() -> None:
    photographs = people(3, 2, 1, 1, 2, 1)
    dealt = deal(photographs, listed=2, seed=0)
    listed = {photographs[row].identity for row in dealt.listed}
    assert {photographs[row].identity for row in dealt.mated} <= listed
    assert not {photographs[row].identity for row in dealt.nonmated} & listed
    rows = (*dealt.listed, *dealt.mated, *dealt.nonmated)
    assert sorted(rows) == list(range(len(photographs)))


def test_people_with_two_photographs_are_listed_first() -> None:
    photographs = people(1, 1, 2, 1, 2, 1)
    dealt = deal(photographs, listed=2, seed=5)
    assert {photographs[row].identity for row in dealt.listed} == {"person 2", "person 4"}


def test_another_seed_lists_others() -> None:
    photographs = people(*[2] * 40)
    drawn = {deal(photographs, listed=10, seed=seed).listed for seed in range(3)}
    assert len(drawn) == 3
    assert deal(photographs, listed=10, seed=0) == deal(photographs, listed=10, seed=0)


@pytest.mark.parametrize("listed", [0, 4])
def test_somebody_must_be_left(listed: int) -> None:
    with pytest.raises(EvaluationError, match="want 1 to 3"):
        deal(people(1, 1, 1, 1), listed=listed, seed=0)


def test_halves_share_nobody_and_make_the_whole() -> None:
    photographs = PhotoSet((), people(*[2] * 50))
    halves = [photographs.half(name).photographs for name in ("development", "test")]
    assert len(halves[0]) + len(halves[1]) == 100
    assert not {p.identity for p in halves[0]} & {p.identity for p in halves[1]}
    assert all(half_of(photo.identity) == "test" for photo in halves[1])


def test_a_file_outside_the_folder_is_refused(tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("file,identity\n../elsewhere.jpg,a\n")
    with pytest.raises(EvaluationError, match="inside the folder"):
        read_photographs(labels, tmp_path / "photographs", groups=())


def test_groups_can_be_joined(tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("file,ethnicity,gender\na.jpg,White,Male\nb.jpg,,Female\n")
    found = read_photographs(labels, tmp_path, groups=("ethnicity", "ethnicity+gender"))
    assert [photo.groups for photo in found.photographs] == [("White", "White, Male"), ("", "")]
    with pytest.raises(EvaluationError, match="want age too"):
        read_photographs(labels, tmp_path, groups=("age",))
