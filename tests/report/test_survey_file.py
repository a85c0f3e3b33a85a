"""A survey's files are complete and consistent, or refused with the line that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from overt.errors import SurveyError
from overt.report.survey_file import Plan, read_plan, read_respondents

PLAN = """
fewest = 2
level = 0.95
[survey]
title = "T"
question = "Do you?"
answers = ["yes", "no"]
population = "adults"
commissioned_by = "a council"
conducted_by = "a company"
mode = "telephone"
begin = 2026-01-01
end = 2026-01-31
[columns]
answer = "answer"
weight = "weight"
stratum = "region"
cluster = "point"
groups = ["age"]
[[measure]]
name = "support"
answers = ["yes"]
[[margin]]
column = "age"
source = "census"
shares = { young = 0.4, old = 0.6 }
[weighting]
most = 5.0
"""
HEAD = "answer,weight,region,point,age,name\n"
ROWS = ("yes,1.5,n,1,young,Ann", "no,1,n,2,old,Bob", ",0.5,s,1,young,Cid", "yes,2,s,2,old,Di")


def written(folder: Path, text: str) -> Path:
    path = folder / "plan.toml"
    path.write_text(text)
    return path


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return read_plan(written(tmp_path, PLAN))


def answers(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / "answers.csv"
    path.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_only_what_is_named_is_read(tmp_path: Path, plan: Plan) -> None:
    found = read_respondents(answers(tmp_path, *ROWS), plan)
    assert found.weights == (1.5, 1, 0.5, 2)
    assert found.cells == {
        "answer": ("yes", "no", "", "yes"),
        "age": ("young", "old", "young", "old"),
        "region": ("n", "n", "s", "s"),
        "point": ("1", "2", "1", "2"),
    }


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("maybe,1,n,1,young,A", r"line 3: got answer 'maybe', want one of yes, no"),
        ("yes,,n,1,young,A", r"line 3: column 'weight': got '', want a weight above 0"),
        ("yes,0,n,1,young,A", "got '0', want a weight"),
        ("yes,-1,n,1,young,A", "got '-1', want a weight"),
        ("yes,nan,n,1,young,A", "got 'nan', want a weight"),
        ("yes,inf,n,1,young,A", "got 'inf', want a weight"),
        ("yes,1,,1,young,A", "column 'region': got nothing"),
        ("yes,1,n,,young,A", "column 'point': got nothing"),
        ("yes,1,n,1,,A", "column 'age': got nothing"),
        ("yes,1,n,1,young", "another number of cells"),
        ("yes,1,n,1,young,A,B", "another number of cells"),
        ("yes,1,n,1,you\x1b[2Jng,A", "all visible"),
        ("yes,1,n,1," + "y" * 121 + ",A", "at most 120 letters"),
        ('yes,1,n,1,"young,A', "want a CSV"),
        ("yes,1,n,1,young," + "A" * 200_000, "want a CSV"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, plan: Plan, row: str, says: str) -> None:
    with pytest.raises(SurveyError, match=says) as caught:
        read_respondents(answers(tmp_path, ROWS[0], row), plan)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("head", "rows", "says"),
    [
        ("answer,weight,region,point\n", ("yes,1,n,1",), "want each once"),
        ("answer,answer,weight,region,point,age\n", (), "want each once"),
        (HEAD, (), "got no respondent"),
        ("", (), "want each once"),
    ],
)
def test_a_wrong_table_is_refused(
    tmp_path: Path, plan: Plan, head: str, rows: tuple[str, ...], says: str
) -> None:
    with pytest.raises(SurveyError, match=says):
        read_respondents(answers(tmp_path, *rows, head=head), plan)


def test_what_is_no_text_is_refused(tmp_path: Path, plan: Plan) -> None:
    path = tmp_path / "answers.csv"
    path.write_bytes(HEAD.encode() + b"yes,1,n,1,\xff,A\n")
    with pytest.raises(SurveyError, match="UTF-8"):
        read_respondents(path, plan)
    with pytest.raises(SurveyError, match="want a CSV file"):
        read_respondents(tmp_path / "nowhere.csv", plan)
    with pytest.raises(SurveyError, match="want the survey's description"):
        read_plan(tmp_path / "nowhere.toml")


def test_a_column_of_free_text_is_refused(tmp_path: Path, plan: Plan) -> None:
    rows = [f"yes,1,n,{n},person {n},A" for n in range(61)]
    with pytest.raises(SurveyError, match="got 61 groups") as caught:
        read_respondents(answers(tmp_path, *rows), plan)
    assert "free text" in caught.value.hint


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ('question = "Do you?"\n', "", "survey.question: got nothing"),
        ('title = "T"', 'title = "T"\ncolour = "red"', "unknown keys survey.colour"),
        ("fewest = 2", "fewest = 1", "fewest: got 1"),
        ("fewest = 2\n", "", "fewest: got nothing"),
        ('["yes", "no"]', '["yes", "yes"]', "each once"),
        ('answers = ["yes"]', 'answers = ["maybe"]', "some of the survey's answers"),
        ('answers = ["yes"]', 'answers = ["yes", "no"]', "not all"),
        ("end = 2026-01-31", "end = 2025-01-31", "a day from 2026-01-01 on"),
        ("begin = 2026-01-01", 'begin = "January"', "a day"),
        ('groups = ["age"]', 'groups = ["age", "age"]', "each once"),
        ('groups = ["age"]', 'groups = ["answer"]', "not the answer"),
        ("{ young = 0.4, old = 0.6 }", "{ old = 1.0 }", "two shares or more"),
        ("young = 0.4", 'young = "most"', "a number from 0 to 1"),
        ("most = 5.0", "most = 0.5", "weighting.most"),
        ("[survey]", "[survey", "want TOML"),
    ],
)
def test_a_wrong_description_is_named(tmp_path: Path, was: str, becomes: str, says: str) -> None:
    assert was in PLAN
    with pytest.raises(SurveyError, match=says):
        read_plan(written(tmp_path, PLAN.replace(was, becomes, 1)))


def test_trimming_needs_a_margin(tmp_path: Path) -> None:
    begin, end = PLAN.index("[[margin]]"), PLAN.index("[weighting]")
    with pytest.raises(SurveyError, match="margin"):
        read_plan(written(tmp_path, PLAN[:begin] + PLAN[end:]))
