"""The whole evaluation on made-up templates whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made_evaluations import record_of

from overt.errors import EvaluationError
from overt.evaluation.comparison import compare, is_worse
from overt.evaluation.render.page import page
from overt.evaluation.thresholds import recognised
from overt.inference.evaluation_file import read_record, schema, write_record
from overt.values.evaluation import Record


@pytest.fixture(scope="module")
def record() -> Record:
    return record_of(noise=0.3)


def test_rates_are_those_of_the_probes(record: Record) -> None:
    for row in record.thresholds:
        own = [probe.own for probe in record.probes if probe.own is not None]
        best = [probe.others or 0 for probe in record.probes if not probe.listed]
        assert row.tpir is not None
        assert row.fpir is not None
        assert row.tpir.events == sum(score >= row.threshold - 1e-9 for score in own)
        assert row.fpir.events == sum(score >= row.threshold - 1e-9 for score in best)
        assert row.fpir.trials == record.method.nonmated == len(best)
        assert row.tpir.low <= row.tpir.value <= row.tpir.high
    failed = {each.part: each for each in record.acquired}
    assert sum(part.failed.events for part in failed.values() if part.failed) == 1


def test_a_longer_list_alerts_no_less_often(record: Record) -> None:
    for threshold in {row.threshold for row in record.sizes}:
        rates = [row.fpir.value for row in record.sizes if row.threshold == threshold and row.fpir]
        assert rates == sorted(rates)
        assert len(rates) == 3


def test_a_group_that_is_alike_is_named_and_differs() -> None:
    record = record_of(noise=0.3, alike=1.2)
    at = record.thresholds[0].threshold
    worst = {row.measure: row for row in record.worst if row.threshold == at}
    assert worst["FMR"].group == "near"
    found = {(row.measure, row.group): row for row in record.differences if row.threshold == at}
    assert found["FMR", "near"].finding == "differs"
    assert (found["FMR", "near"].ratio or 99) > 2
    level = record_of(noise=0.3)
    assert all(row.finding != "differs" for row in level.differences if row.measure == "FMR")


def test_a_record_is_read_back_and_held_to_its_hash(record: Record, tmp_path: Path) -> None:
    path = tmp_path / "evaluation.json"
    path.write_bytes(write_record(record))
    assert read_record(path) == record
    altered = path.read_bytes().replace(b'"made up"', b'"made out"', 1)
    path.write_bytes(altered)
    with pytest.raises(EvaluationError, match="as it says"):
        read_record(path)
    assert "probes" in schema()["properties"]


def test_a_worse_model_is_found_worse_and_a_better_one_better(record: Record) -> None:
    worse = record_of(noise=1.2)
    changes = compare(record, worse, thresholds=(0.35,), rates=(0.05,))
    assert any(is_worse(change, limit=0.01) for change in changes if change.measure == "FNIR")
    back = compare(worse, record, thresholds=(0.35,), rates=(0.05,))
    assert any(change.high < 0 for change in back if change.measure == "FNIR")
    same = compare(record, record, thresholds=(0.35,), rates=(0.05,))
    assert all(change.p == 1 and not change.difference for change in same)
    assert {change.group for change in same} == {"everybody", "near", "far"}


def test_other_lists_are_not_compared(record: Record) -> None:
    turned = tuple(replace(probe, listed=not probe.listed) for probe in record.probes)
    with pytest.raises(EvaluationError, match="same list"):
        compare(record, replace(record, probes=turned), thresholds=(0.3,), rates=())
    with pytest.raises(EvaluationError, match="no probe that both have"):
        compare(record, replace(record, probes=()), thresholds=(0.3,), rates=())


def test_who_is_recognised_at_a_threshold_is_told_by_group(record: Record) -> None:
    rows = {row.group: row for row in recognised(record, 0.35, listed=40, limit=0.5)}
    everybody = record.thresholds[1].tpir
    assert rows["everybody"].tpir == everybody
    assert everybody is not None
    assert sum(row.tpir.events for n, row in rows.items() if n != "everybody" and row.tpir) == (
        everybody.events
    )
    longer = recognised(record, 0.35, listed=1000, limit=0.5)
    assert all(row.within is None for row in longer)


def test_the_page_says_what_it_cannot_and_escapes(record: Record) -> None:
    sly = replace(record.method, data="<script>alert(1)</script>\u202e")
    written = page(replace(record, method=sly))
    assert "<script" not in written
    assert "\u202e" not in written
    assert "\\xa0" not in written
    assert record.limits[0] in written
    assert record_of(noise=0.3).sha256 in page(record)
