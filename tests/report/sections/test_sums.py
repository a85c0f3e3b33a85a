"""What contradicts itself is found, each with its number; and whole reports verify."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from builders import NOON
from hypothesis import given
from hypothesis import strategies as st
from report_events import Life, known, passage
from report_facts import authorised_at, raised_at

from overt.records.store import open_store
from overt.report.computing import compute
from overt.report.document.charts import Curve
from overt.report.document.exposed import read_exposed
from overt.report.document.figures import Count
from overt.report.document.report import Options, Report, Source
from overt.report.document.written import read_report, write_report
from overt.report.sections.over_time import over_time
from overt.report.sections.standardising import standardised_grids
from overt.report.sections.sums import SAID, sums
from overt.report.sections.thresholds import MOST_LISTED, thresholds
from overt.report.verifying import compare
from overt.report.withholding import withheld_rows
from overt.review.audit import audit_lines
from overt.statistics.estimate import Quantile, Rate, StandardisedRate
from overt.statistics.sequences import rate_sequence
from overt.values import alert_events as acts
from overt.values.counts import FaceCounts
from overt.values.demographics import Ethnicity
from overt.values.duty_events import ThresholdChanged
from overt.values.events import DeploymentStarted, FacesCounted
from overt.values.review import Decision, Disposal, Factors, Finding

LATER = datetime(2026, 4, 1, tzinfo=UTC)


def sound() -> Life:
    """A record without contradiction."""
    life = Life()
    life.deployment("d1", seen=1000, alerts=2)
    life.alert("a1", "d1", finding=Finding.TRUE, disposal=Disposal.ARREST)
    life.alert("a2", "d1", decision=Decision.REJECT)
    return life


def found(life: Life) -> dict[str, int]:
    section = sums(life.facts(), now=LATER)
    return {
        one.id.removeprefix("sums."): int(one.text.rpartition(" ")[2].rstrip("."))
        for one in section.statements
    }


def spoiled(what: str) -> Life:
    """The same record with one thing wrong."""
    life = sound()
    late = NOON + timedelta(hours=5)
    match what:
        case "alerts-outside-window":
            life.add("d1", 1, raised_at("a3", late))
        case "minutes-outside-window":
            life.add("d1", 1, FacesCounted(FaceCounts("gate", late, frames=1)))
        case "cameras-not-authorised":
            for camera in ("square", "third"):
                life.add("d1", 1, FacesCounted(FaceCounts(camera, NOON, frames=1)))
        case "alerts-of-silent-cameras":
            life.add("d1", 1, raised_at("a3", NOON, camera="square"))
        case "engaged-without-decision":
            life.alert("a3", "d1", decision=None)
            life.add("d1", 4, acts.EngagementStarted("a3", "E"))
        case "outcomes-without-engagement":
            life.alert("a3", "d1")
            life.add(
                "d1",
                5,
                acts.OutcomeRecorded(
                    "a3", "E", Disposal.NO_ACTION, None, violence_against_women_and_girls=False
                ),
            )
        case "more-alerts-than-faces":
            life.deployment("d2", seen=0)
            life.add("d2", 1, raised_at("a3", NOON))
        case "never-stopped":
            life.add("d2", -60, authorised_at("Square", NOON))
            life.add("d2", 0, DeploymentStarted("0.1.0", 1e-7, extrapolated=False))
        case _:
            life.add("d2", -60, authorised_at("Square", NOON))
            life.add("d2", 1, FacesCounted(FaceCounts("gate", NOON, frames=1)))
    return life


def test_a_sound_record_adds_up() -> None:
    assert found(sound()) == {}


@pytest.mark.parametrize("what", [name for name in SAID if name != "arrests-without-category"])
def test_each_contradiction_is_found_and_counted(what: str) -> None:
    assert found(spoiled(what)) == {what: 1}


def test_an_arrest_without_a_category_is_found() -> None:
    """The record refuses one, so it takes tables that came from elsewhere."""
    facts = sound().facts()
    alerts = facts.alerts.with_columns(arrest=None).cast({"arrest": str})
    section = sums(replace(facts, alerts=alerts), now=LATER)
    assert [one.id for one in section.statements] == ["sums.arrests-without-category"]


def whole(life: Life, *exposures: str, **more: object) -> Report:
    read = tuple(read_exposed(text) for text in exposures)
    options = Options(LATER.isoformat(), exposures=read, **more)  # pyright: ignore[reportArgumentType]
    source = Source("police.example/lfr", len(life.events), "r", "k")
    return compute(life.facts(), options=options, sources=[source], made=LATER, software="test")


def long_life() -> Life:
    life = Life()
    for n in range(6):
        place, threshold = ("North", "South")[n % 2], (0.6, 0.64)[n % 3 == 0]
        life.deployment(f"d{n}", seen=20_000, alerts=5, place=place, threshold=threshold)
        for m in range(5):
            finding = (Finding.FALSE, Finding.TRUE)[m % 2]
            code = (Ethnicity.B1, Ethnicity.W1, Ethnicity.A1)[m % 3]
            life.alert(f"a{n}-{m}", f"d{n}", finding=finding, who=known(code), threshold=threshold)
        life.add(f"d{n}", 9, passage("1", "v1", alert="x"), passage("2", f"w{n}"))
    return life


@pytest.mark.parametrize(
    ("exposures", "more"),
    [
        ((), {}),
        (("black=0.1..0.2:census", "asian@North=0.3"), {"margin": 2.0}),
        (("black=0.2",), {"suppress_below": 10}),
        ((), {"deployment": "d1", "suppress_below": 5}),
    ],
)
def test_a_report_comes_back_equal_and_is_computed_again_alike(
    exposures: tuple[str, ...], more: dict[str, object]
) -> None:
    life = long_life()
    made = whole(life, *exposures, **more)
    back = read_report(write_report(made))
    assert back == made
    assert compare(back, whole(life, *exposures, **more)) == ()
    life.alert("one-more", "d1", decision=Decision.REJECT)
    assert compare(back, whole(life, *exposures, **more))


def test_one_deployment_with_small_numbers_shows_no_groups() -> None:
    made = whole(long_life(), deployment="d1", suppress_below=5)
    assert "differences" not in {one.id for one in made.sections}
    assert not [name for name in made.figures() if "by-ethnicity" in name]
    assert "limits.no-demographics" in {one.id for one in made.statements()}


def test_limits_name_what_is_missing() -> None:
    life = sound()
    life.alert("a9", "d1", decision=None)
    texts = {one.id: one.text for one in whole(life).statements()}
    assert texts["limits.unadjudicated"].startswith("Whether 1 of 3 alerts")
    assert "No passage of a volunteer" in texts["limits.recognition"]
    assert "faces are passages" in texts["limits.faces-not-people"]


def test_judgements_without_a_look_are_told_and_agree_with_the_audit(tmp_path: Path) -> None:
    life = sound()
    assert "limits.judged-unseen" not in {one.id for one in whole(life).statements()}
    life.looked = False
    for alert in ("a3", "a4"):
        life.alert(alert, "d1")
    second = acts.AlertAdjudicated("a1", "Op 2", Decision.ENGAGE, Factors(), None, "", second=True)
    life.add("d1", 9, second)
    made = whole(life)
    texts = {one.id: one.text for one in made.statements()}
    assert "Before 3 judgements" in texts["limits.judged-unseen"]
    with closing(open_store(tmp_path / "events.sqlite")) as store:
        store.append(life.events)
        viewed = [line.viewed for line in audit_lines(store, kind=acts.AlertAdjudicated.kind)]
    assert viewed.count(False) == 3
    assert viewed.count(True) == 2


def test_a_page_lists_so_many_changes_of_a_threshold_and_says_that_there_are_more() -> None:
    def told(changes: int) -> tuple[int, str, int]:
        life = sound()
        for minute in range(changes):
            change = ThresholdChanged("A", "none", "why", 0.64, 0.66, 2e-7, 1e-7)
            life.add("d1", 10 + minute / 10, change)
        made = thresholds(life.facts())
        grid = next(one for one in made.grids if one.id == "thresholds.each-change")
        counted = next(one.value for one in made.figures if one.id == "thresholds.changes")
        assert isinstance(counted, Count)
        return len(grid.rows), grid.note, counted.number

    assert told(MOST_LISTED) == (MOST_LISTED, "", MOST_LISTED)
    rows, note, counted = told(MOST_LISTED + 3)
    assert (rows, counted) == (MOST_LISTED, MOST_LISTED + 3)
    assert "3 more are in the table `thresholds` of the open data" in note


def test_times_are_those_of_the_record() -> None:
    figures = whole(long_life()).figures()
    waited = figures["times.quantiles.from-the-alert-until-it-was-judged.median"].value
    assert isinstance(waited, Quantile)
    assert (waited.value, waited.count, waited.unit) == (60.0, 30, "seconds")


def test_the_rate_over_days_is_the_sequence_of_the_counts() -> None:
    life = Life()
    life.deployment("d0", seen=0)
    false = [0, 1, 0, 2, 0, 0, 1]
    number = 0
    for day, count in enumerate(false):
        at = 24 * 60 * day
        minute = NOON + timedelta(minutes=at)
        life.add("d0", at, FacesCounted(FaceCounts("gate", minute, seen=500, compared=500)))
        for _ in range(count):
            number += 1
            life.alert(f"a{number}", "d0", at=at, decision=Decision.REJECT)
    made = over_time(life.facts(), ceiling=1e-3)
    want = rate_sequence(np.cumsum(false), 500 * np.arange(1, 8), against=1e-3)
    value = made.figure.value
    assert isinstance(value, Rate)
    assert (value.events, value.trials) == (4, 3500)
    assert (value.low, value.high) == pytest.approx((want.low[-1], want.high[-1]))
    (curve,) = made.curves
    assert isinstance(curve, Curve)
    assert {len(line.x) for line in curve.lines} <= set(range(1, 8))
    assert all(a < b for line in curve.lines for a, b in pairwise(line.x))
    assert "cannot be told apart" in made.statements[0].text


def test_standardising_gives_both_thresholds_the_same_places() -> None:
    """At each place both thresholds have the same rate: standardised they are the same."""
    life = Life()
    for n, (place, threshold, seen, false) in enumerate(
        [("N", 0.6, 9000, 9), ("S", 0.6, 1000, 5), ("N", 0.64, 1000, 1), ("S", 0.64, 9000, 45)]
    ):
        life.deployment(f"d{n}", seen=seen, place=place, threshold=threshold)
        for m in range(false):
            life.alert(f"a{n}-{m}", f"d{n}", decision=Decision.REJECT, threshold=threshold)
    by_threshold, _ = standardised_grids(life.facts())
    rates = {row: cells[2].value for row, cells in by_threshold.rows}
    one, other = rates["0.6"], rates["0.64"]
    assert isinstance(one, StandardisedRate)
    assert isinstance(other, StandardisedRate)
    assert one.value == pytest.approx(other.value)
    assert one.crude.value < other.crude.value / 3


columns = st.integers(2, 6).flatmap(
    lambda rows: st.lists(
        st.lists(st.integers(0, 30), min_size=rows, max_size=rows), min_size=1, max_size=3
    )
)


@given(columns, st.integers(1, 12))
def test_no_withheld_row_is_found_by_subtraction(drawn: list[list[int]], fewest: int) -> None:
    tables = [{f"r{n}": people for n, people in enumerate(column)} for column in drawn]
    hidden = withheld_rows(tables, fewest=fewest)
    for column in tables:
        assert all(people >= fewest for row, people in column.items() if row not in hidden)
        if hidden and len(hidden) < len(column):
            assert len(hidden) > 1
            assert sum(column[row] for row in hidden) >= fewest
    small = any(people < fewest for column in tables for people in column.values())
    assert bool(hidden) == small
    assert withheld_rows(tables, fewest=0) == frozenset()
