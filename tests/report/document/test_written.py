"""A report survives JSON, and what is no report is refused by name."""

from __future__ import annotations

import json
import math
from typing import get_args

import pytest

from overt.errors import ReportError
from overt.report.document.charts import Curve, Funnel, Line, Point, RateSeries, Stage
from overt.report.document.exposed import Exposed
from overt.report.document.figures import (
    Amount,
    Count,
    Figure,
    Grid,
    Moment,
    Part,
    Sort,
    Statement,
    Value,
    Withheld,
    Words,
)
from overt.report.document.report import Options, Report, Scope, Section, Source
from overt.report.document.wording import evidence_of, headline, interval_of
from overt.report.document.written import read_report, write_report
from overt.statistics.clustered import clustered_rate
from overt.statistics.estimate import Difference, NoTrials, PValue, Ratio, WeightedShare
from overt.statistics.intervals import intensity, rate
from overt.statistics.quantiles import quantile
from overt.statistics.strata import Standard, Stratum, standardised

VALUES: list[Value] = [
    Count(10, "false alerts"),
    Amount(0.64, "similarity"),
    Moment("2025-09-01T00:00:00+00:00"),
    Moment(""),
    Words("Infinity Road"),
    Part(3, 7, "alerts"),
    Withheld(5, "people"),
    rate(10, 2077, of="alerts"),
    rate(0, 0, of="alerts"),
    intensity(962, 1218.0, unit="hours"),
    Ratio(math.inf, 1.2, math.inf, 0.95, "exact conditional"),
    PValue(0.0016, "exact binomial", "30 % of the faces seen"),
    NoTrials("faces seen"),
    quantile([3.0, 4.0, 9.0], at=0.5, of="alerts", unit="seconds"),
    standardised(
        [Stratum("day", 1, 2000), Stratum("night", 0, 0)],
        Standard("a year", {"day": 2.0, "night": 1.0}),
        of="faces seen",
    ),
    clustered_rate([(8, 9), (9, 9), (3, 7)], of="passages"),
    clustered_rate([(9, 9), (9, 9)], of="passages"),
    clustered_rate([(8, 9)], of="passages"),
    WeightedShare(0.85, 900, 612.5, 1.47, None, 40, 0.82, 0.88, 0.95, "logit"),
    Difference(-0.12, -0.2, -0.04, 0.95, PValue(0.004, "t", "no difference"), "linearised"),
]


def test_every_value_has_its_words() -> None:
    """Each has a number; what has an interval has the words for it and for what it stands on."""
    assert {type(value) for value in VALUES} == set(get_args(Value))
    for value in VALUES:
        assert headline(value) or value == Moment("")
        if hasattr(value, "low"):
            assert " interval " in interval_of(value)
            assert evidence_of(value) or isinstance(value, Ratio)


def test_what_few_values_say_is_told() -> None:
    few = quantile([3.0, 4.0, 9.0], at=0.5, of="alerts", unit="seconds")
    assert headline(few) == "4.00 seconds"
    assert interval_of(few) == "95 % interval any to any"
    assert evidence_of(few) == "50 % quantile of 3"
    one = clustered_rate([(8, 9)], of="passages")
    assert evidence_of(one) == "8 of 9, no interval: all trials are of one cluster"
    day = standardised(
        [Stratum("day", 1, 200), Stratum("night", 0, 0)],
        Standard("a year", {"day": 3.0, "night": 1.0}),
        of="faces seen",
    )
    assert evidence_of(day).endswith("no trials in night: 75.0 % of the standard is known")


def report(*values: Value) -> Report:
    figures = tuple(Figure(f"a.f-{n}", "f", value) for n, value in enumerate(values))
    cells = tuple(Figure(f"b.c-{n}", "c", values[0]) for n in range(2))
    charts = (
        Funnel("funnel", "F", "alt", (Stage("faces seen", 3), Stage("alerts", 1))),
        RateSeries(
            "months", "M", "alt", "month", "m", 1e6, (Point("2025-01", None, None, None, 0, 0),)
        ),
        Curve("curve", "C", "alt", "x", "y", (Line("p", (0.1, 0.2), (1e-6, 1.0)),), mark=0.444),
    )
    section = Section(
        "a",
        "A",
        "lead",
        figures=figures,
        grids=(Grid("b", "B", ("", "one", "two"), (("row", cells),)),),
        charts=charts,
        statements=(Statement("a.s", Sort.LIMIT, "It cannot be said."),),
    )
    source = Source("police.example/lfr", 66_000, "00" * 32, "key")
    return Report(
        "T",
        Scope.PERIOD,
        Options("2026-03-01T12:00:00+00:00", exposures=(Exposed("black", 0.1, 0.2, "census"),)),
        (source,),
        "now",
        "0.1",
        (section,),
    )


def test_what_is_written_is_read() -> None:
    made = report(*VALUES)
    data = write_report(made)
    assert read_report(data) == made
    assert write_report(read_report(data)) == data


def test_a_text_that_looks_like_a_number_stays_a_text() -> None:
    made = report(Words("Infinity"), Words("1"))
    assert read_report(write_report(made)) == made


def test_every_value_says_its_kind() -> None:
    tree = json.loads(write_report(report(*VALUES)))
    kinds = [figure["value"]["kind"] for figure in tree["sections"][0]["figures"]]
    assert kinds[:4] == ["count", "amount", "moment", "moment"]
    assert "no-trials" in kinds


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        (b"overt-report-1", b"overt-report-9", "overt-report-1"),
        (b'"sections": [', b'"sections": 3, "s": [', "sections"),
        (b'"title": "T",', b"", "title"),
        (b'"scope": "period"', b'"scope": "century"', "scope"),
        (b"{", b"[", "no JSON"),
    ],
    ids=["version", "sections", "title", "scope", "cut"],
)
def test_what_is_no_report_is_refused(was: bytes, becomes: bytes, says: str) -> None:
    data = write_report(report(*VALUES))
    assert was in data
    with pytest.raises(ReportError, match=says):
        read_report(data.replace(was, becomes, 1))


def test_json_that_is_no_object_is_refused() -> None:
    with pytest.raises(ReportError, match="format None"):
        read_report(b"[]")


def test_a_rate_that_cannot_be_is_refused() -> None:
    data = write_report(report(rate(10, 2077, of="alerts")))
    with pytest.raises(ReportError, match="got 3000 of 2077"):
        read_report(data.replace(b'"events": 10,', b'"events": 3000,'))


def test_an_unknown_kind_is_refused() -> None:
    data = write_report(report(Count(1, "x"))).replace(b'"kind": "count"', b'"kind": "guess"')
    with pytest.raises(ReportError, match="guess"):
        read_report(data)


@pytest.mark.parametrize("name", ["", "A", "a b", "a..b", "a/b", "-a", "a."])
def test_ids_can_stand_in_links(name: str) -> None:
    with pytest.raises(ReportError, match="want small letters"):
        Figure(name, "x", Count(1, "x"))


def test_an_id_names_one_thing() -> None:
    figure = Figure("a.b", "x", Count(1, "x"))
    sections = (Section("a", "A", "", figures=(figure, figure)),)
    with pytest.raises(ReportError, match=r"a\.b.* more than once"):
        Report("T", Scope.PERIOD, Options(""), (), "", "", sections)
