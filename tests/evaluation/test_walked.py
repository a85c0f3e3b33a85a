"""True recognition rates from known passages, worked by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from overt.errors import EvaluationError
from overt.evaluation.render.page import page
from overt.evaluation.walked import AboutWalked, WalkedPassage, evaluate_walked
from overt.inference.evaluation_file import read_record, write_record
from overt.values.evaluation import Record
from overt.values.walked import Log

ABOUT = AboutWalked(
    datetime(2026, 1, 1, tzinfo=UTC), "a test", "volunteers", (Log("a.example/log", 9, "00"),),
    margin=1.25, suppress_below=0,
)  # fmt: skip


def passages(
    volunteer: str,
    recognised: str,
    *,
    at: float = 0.62,
    camera: str = "gate",
    place: str = "square",
    group: str = "White",
    listed: int = 40,
) -> list[WalkedPassage]:
    """Give a volunteer's passages: 1 recognised, 0 missed."""
    return [
        WalkedPassage(
            f"{place}-1", place, camera, place == "square", listed, "b" * 64, at, volunteer,
            each == "1", (group, "", "25 to 34"),
        )
        for each in recognised
    ]  # fmt: skip


def made(*, suppress_below: int = 0) -> Record:
    walks = [
        *passages("1", "1110"),
        *passages("2", "1111", camera="steps"),
        *passages("3", "0011", group="Other"),
        *passages("1", "10", at=0.64, place="market", listed=9000),
        *passages("4", "11", at=0.64, place="market", listed=9000, group=""),
    ]
    about = AboutWalked(
        ABOUT.made, ABOUT.software, ABOUT.data, ABOUT.logs, 1.25, suppress_below=suppress_below
    )
    return evaluate_walked(walks, about=about)


def test_passages_are_counted_by_threshold_deployment_and_camera() -> None:
    walked = made().walked
    assert walked is not None
    assert (walked.passages, walked.volunteers, walked.deployments) == (16, 4, 2)
    assert walked.in_trials == 12
    told = {
        (row.threshold, row.deployment, row.camera): (row.tpir.events, row.tpir.trials)
        for row in walked.rows
        if row.tpir
    }
    assert told == {
        (0.62, "", ""): (9, 12),
        (0.64, "", ""): (3, 4),
        (0.62, "square-1", ""): (9, 12),
        (0.64, "market-1", ""): (3, 4),
        (0.62, "square-1", "gate"): (5, 8),
        (0.62, "square-1", "steps"): (4, 4),
        (0.64, "market-1", "gate"): (3, 4),
    }
    assert {row.trial for row in walked.rows} == {True, False}
    assert {row.listed for row in walked.rows} == {40, 9000}
    # One person's passages are alike: the interval is that of three people, not of twelve.
    whole = next(row.tpir for row in walked.rows if row.threshold == 0.62)
    assert whole is not None
    assert whole.people == 3
    assert whole.high - whole.low > 0.5


def test_groups_are_compared_at_each_threshold_alone() -> None:
    record = made()
    told = {
        (row.column, row.group, row.threshold): (row.tpir.events, row.tpir.trials)
        for row in record.groups
        if row.tpir
    }
    assert told[("ethnicity", "White", 0.62)] == (7, 8)
    assert told[("ethnicity", "Other", 0.62)] == (2, 4)
    assert ("ethnicity", "", 0.64) not in told
    assert ("gender", "", 0.62) not in told
    (worst,) = (row for row in record.worst if row.column == "ethnicity")
    assert (worst.group, worst.measure) == ("Other", "FNIR")
    assert worst.to_best == pytest.approx(4)  # 2 of 4 missed, against 1 of 8
    assert {row.threshold for row in record.differences} == {0.62}


def test_groups_of_few_volunteers_are_left_out_and_cannot_be_found() -> None:
    record = made(suppress_below=2)
    assert not [row for row in record.groups if row.column == "ethnicity"]  # Other, so White too
    assert record.walked is not None
    assert ("ethnicity", 0.62, 2) in record.walked.withheld
    assert any("fewer than 2 volunteers" in limit for limit in record.limits)


def test_it_is_read_back_and_shown(tmp_path: Path) -> None:
    record = made()
    (tmp_path / "a.json").write_bytes(write_record(record))
    assert read_record(tmp_path / "a.json") == record
    shown = page(record)
    for text in ("9 of 12", "market", "square (trial)", "a.example/log", "4 volunteers"):
        assert text in shown


def test_no_passage_is_no_evaluation() -> None:
    with pytest.raises(EvaluationError, match="got none in these exports") as error:
        evaluate_walked([], about=ABOUT)
    assert "overt passages record" in error.value.hint
