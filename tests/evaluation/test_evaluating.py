"""The whole evaluation on made-up templates whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from overt.errors import EvaluationError
from overt.evaluation.comparing import PlainList
from overt.evaluation.comparison import compare, is_worse
from overt.evaluation.evaluating import About, Asked, evaluate
from overt.evaluation.photographs import Photograph, PhotoSet
from overt.evaluation.prepared import prepare
from overt.evaluation.record import Model, Record, read_record, schema, write_record
from overt.evaluation.render.page import page
from overt.evaluation.templates import Failed, Taken
from overt.evaluation.thresholds import recognised
from overt.match.scale import ReferenceScale
from overt.select.limits import Limits
from overt.values.calibration import Calibration, Tail
from overt.values.metric import Metric
from overt.values.quality import Quality

GOOD = Quality(60, 0.4, 0.5, 0, 0, 0, 1, 0, 0.9)
CALIBRATION = Calibration(
    "a test", ("none",), "all", 1000, (0.0, 0.5, 1.0), (-0.3, -3.0, -8.0), 0.6, Tail(0.4, 0.1, 1, 1)
)


def record_of(*, noise: float, alike: float = 0.0, seed: int = 3) -> Record:
    """Evaluate 120 people, two photographs of each; those of one group are `alike` each other."""
    random = np.random.default_rng(seed)
    common = np.zeros(32)
    common[0] = 1.0
    photographs: list[Photograph] = []
    found: list[Taken | Failed] = []
    for person in range(120):
        group = "near" if person % 3 == 0 else "far"
        middle = random.normal(size=32) / 32**0.5 + (alike * common if group == "near" else 0)
        for number in range(2):
            vector = middle + noise * random.normal(size=32) / 32**0.5
            photograph = Photograph(Path(f"{person}_{number}.jpg"), f"p{person}", (group,))
            sha256 = f"{person:016d}{number:016d}" * 2
            unit = (vector / np.linalg.norm(vector)).astype(np.float32)
            photographs.append(photograph)
            found.append(Taken(photograph, sha256, 1, 100.0, GOOD, unit))
    found[7] = Failed(photographs[7], "", "no face found")
    limits = Limits(min_eyes_px=20)
    prepared = prepare(
        PhotoSet(("group",), tuple(photographs)), found,
        listed=40, seed=0, listing=limits, seen=limits,
    )  # fmt: skip
    return evaluate(
        prepared,
        enlist=lambda vectors: PlainList(vectors, Metric.COSINE),
        scale=ReferenceScale(CALIBRATION),
        about=About(
            datetime(2026, 1, 1, tzinfo=UTC), "a test", Model("made up", "1", "00", "cosine"),
            "made up", "00", "all", 0, 240,
        ),
        asked=Asked((0.30, 0.35), (0.1, 0.05), 1.25),
    )  # fmt: skip


@pytest.fixture(scope="module")
def record() -> Record:
    return record_of(noise=0.3)


def test_rates_are_those_of_the_probes(record: Record) -> None:
    for row in record.thresholds:
        own = [probe.own for probe in record.probes if probe.own is not None]
        best = [probe.others for probe in record.probes if not probe.listed]
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
