"""A face seen raises as many false alerts as so many times the false match rate."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from overt.evaluation.error_rates import predicted_fpir
from overt.values.per_face import FACTOR, HIGHEST, LOWEST, per_face


def test_the_ends_are_the_widest_that_were_measured() -> None:
    """Of both sets, where the factor was counted highest on the scale."""
    file = Path(__file__).parents[2] / "benchmarks/results/2026-11-27-passages-development.json"
    told = json.loads(file.read_text())
    rows = [each for name in ("clips", "photographs") for each in told[name]]
    high = [each for each in rows if each["similarity"] >= 0.30]
    assert round(min(each["low"] for each in high), 1) == LOWEST
    assert round(max(each["high"] for each in high), 1) == HIGHEST


@pytest.mark.parametrize("fmr", [1e-9, 1e-6, 1e-4])
def test_it_is_the_false_match_rate_that_is_multiplied(fmr: float) -> None:
    found = per_face(predicted_fpir(fmr, 500))
    assert found.value == pytest.approx(predicted_fpir(fmr * FACTOR, 500), rel=1e-3)
    assert found.low == pytest.approx(predicted_fpir(fmr * LOWEST, 500), rel=1e-3)
    assert found.high == pytest.approx(predicted_fpir(fmr * HIGHEST, 500), rel=1e-3)


def test_it_stays_a_share() -> None:
    none, all_of_them = per_face(0.0), per_face(1.0)
    assert (none.low, none.value, none.high) == (0.0, 0.0, 0.0)
    assert 0.99 < all_of_them.low <= all_of_them.value <= all_of_them.high <= 1
    half = per_face(0.5)
    assert 0.5 < half.low < half.value < half.high < 1
