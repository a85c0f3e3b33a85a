"""Score files of other tools."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from overt.errors import EvaluationError
from overt.evaluation.of_scores import of_scores
from overt.evaluation.score_files import read_scores


@pytest.mark.parametrize(
    "text",
    [
        "0.9 0.1\n0.8 0.2\n 0.3\n",
        "genuine,impostor\n0.9,0.1\n0.8,0.2\n,0.3\n",
        "0.9\t0.1\n0.8\t0.2\n\t0.3\n",
        "score,same\n0.1,0\n0.9,1\n0.2,impostor\n0.3,false\n0.8,genuine\n",
    ],
)
def test_every_layout_says_the_same(text: str, tmp_path: Path) -> None:
    path = tmp_path / "scores"
    path.write_text(text)
    found = read_scores(path, distances=False)
    assert sorted(found.same) == [0.8, 0.9]
    assert sorted(found.different) == [0.1, 0.2, 0.3]
    assert sorted(read_scores(path, distances=True).same) == [-0.9, -0.8]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0.9 0.1 0.2\n", "line 1: got 3 columns"),
        ("0.9 nan\n", "line 1: got 'nan'"),
        ("0.9\n", "1 scores of one person and 0 of two"),
        ("score,same\n0.2,maybe\n", "line 2: got same = 'maybe'"),
    ],
)
def test_what_is_wrong_is_named(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "scores"
    path.write_text(text)
    with pytest.raises(EvaluationError, match=said):
        read_scores(path, distances=False)


def test_a_record_of_scores_counts_them(tmp_path: Path) -> None:
    path = tmp_path / "scores"
    path.write_text("score,same\n" + "".join(f"{i},{int(i >= 50)}\n" for i in range(100)))
    record = of_scores(
        read_scores(path, distances=False),
        rates=(0.1, 1e-3),
        data="made up",
        tool="a test",
        made=datetime(2026, 1, 1, tzinfo=UTC),
        software="a test",
    )
    assert [row.fpir for row in record.rates] == [0.1]
    assert record.rates[0].realised is not None
    assert record.rates[0].realised.events == 5
    assert {line.name: line.x for line in record.lines}["EER"] == (0.0,)
