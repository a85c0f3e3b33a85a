"""The page on monitoring says what was measured, and a small simulation shows the same."""

from __future__ import annotations

import json
import re
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import coverage
from benchmarks.coverage_page import tables, with_tables
from benchmarks.coverage_widths import widths_of
from overt.governance.rules_later import is_credibly_above
from overt.governance.rules_subject import Observed
from overt.statistics.intervals import clopper_pearson

PAGE = "docs/concepts/monitoring.md"


@pytest.fixture(scope="module")
def measured(root: Path) -> dict[str, Any]:
    newest = max((root / "benchmarks/results").glob("*-coverage.json"))
    return json.loads(newest.read_text(encoding="utf-8"))


def test_the_pages_figures_are_those_that_were_measured(
    root: Path, measured: dict[str, Any]
) -> None:
    page = (root / PAGE).read_text(encoding="utf-8")
    assert with_tables(page, measured) == page
    assert measured["command"] in page
    assert len(re.findall(r"<!-- measured: ", page)) == len(tables(measured))
    other = {**measured, "once": [{**each, "least": 0.5} for each in measured["once"]]}
    assert with_tables(page, other) != page


def test_a_page_without_a_place_is_told(measured: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="got no place"):
        with_tables("# Monitoring", measured)


def test_what_stops_a_deployment_is_what_the_page_says(root: Path) -> None:
    page = (root / PAGE).read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([\d,]+) \| (\d+) \|$", page, flags=re.MULTILINE)
    assert len(rows) >= 8
    for said, stops in rows:
        faces = int(said.replace(",", ""))
        least = next(x for x in count() if is_credibly_above(Observed(x, faces), 1e-3))
        assert least == int(stops)


def test_the_measured_sequences_kept_their_promise(measured: dict[str, Any]) -> None:
    """Within the simulation's own error, three of its standard deviations."""

    def most(promise: float, runs: int) -> float:
        return promise + 3 * float(np.sqrt(promise * (1 - promise) / runs))

    runs = measured["runs"]
    for row in (*measured["rates"], *measured["low_rates"], measured["varying"]):
        for name, error in row.items():
            if name.startswith("sequence"):
                assert error <= most(0.025, runs // 4), (row, name)
    for row in (*measured["intervals"], *measured["shares"]):
        assert next(v for k, v in row.items() if k.startswith("seq")) <= most(0.05, runs // 4)
    for row in measured["ratios"]:
        assert row["sequence_every_look"] <= most(0.05, row["runs"])
    assert all(row["fixed_every_alert"] > 0.1 for row in measured["rates"][::2])


@pytest.mark.parametrize("faces", [15_000, 100_000])
def test_a_small_simulation_shows_the_same(faces: int) -> None:
    found = coverage.rate_errors(np.random.default_rng(3), runs=1000, share=1.0, faces=faces)
    assert found["fixed_once"] < 0.04
    assert found["fixed_every_alert"] > 0.1
    assert found["fixed_every_minute"] > 0.08
    assert found["sequence_every_alert"] <= 0.025
    assert found["sequence_every_minute"] <= found["sequence_every_alert"]
    assert found["sequence_before_its_minute"] >= found["sequence_every_alert"]


def test_a_small_simulation_of_groups_and_of_both_ends() -> None:
    rng = np.random.default_rng(4)
    both = coverage.interval_errors(rng, runs=1000, rate=1e-3)
    assert both["fixed_every_face"] > 0.3
    assert both["sequence_every_face"] <= 0.05
    share = coverage.share_errors(rng, runs=500, share=0.135)
    assert share["fixed_every_alert"] > 0.15
    assert share["sequence_every_alert"] <= 0.08  # 500 runs: three standard deviations
    ratio = coverage.ratio_errors(rng, runs=40, share=0.5)
    assert ratio["sequence_every_look"] <= 0.125


def test_the_exact_interval_fires_until() -> None:
    """Against the low end itself, a number of faces at a time."""
    until = coverage.fires_until(np.array([1, 2, 3]), ceiling=0.01)
    for x, most in zip((1, 2, 3), until, strict=True):
        fires = [n for n in range(x, 400) if clopper_pearson(x, n)[0] > 0.01]
        assert max(fires) == most


def test_places_are_as_frequent_as_they_should_be() -> None:
    places = coverage.alert_places(np.random.default_rng(5), runs=400, rate=1e-2, faces=5000)
    within = np.sum(places <= 5000, axis=1)
    assert np.mean(within) == pytest.approx(50, rel=0.05)
    assert np.var(within) == pytest.approx(50, rel=0.3)
    assert np.all(places[:, -1] == 5001)  # enough were drawn


def test_widths_hold_what_they_are_about() -> None:
    row = widths_of(10, 10_000)
    narrow = row["ends"]["one look (Clopper-Pearson)"]
    for name, (low, high) in row["ends"].items():
        assert low <= 10 <= high, name
        assert low <= narrow[0], name
        assert high >= narrow[1], name
