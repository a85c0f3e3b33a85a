"""Pairs that are alike, against comparing every two."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from builders import make_calibration, make_entry, make_vectors, unit
from hypothesis import given
from hypothesis import strategies as st

from overt.governance import lookalikes
from overt.governance.lookalikes import Alike, alike_from, find_alike, with_warnings
from overt.match.comparing import Comparer
from overt.match.scale import ReferenceScale
from overt.values.metric import Metric

SCALE = ReferenceScale(make_calibration())


@pytest.mark.parametrize("rows", [1, 3, 1024])
def test_every_pair_is_compared_once(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    monkeypatch.setattr(lookalikes, "ROWS", rows)
    drawn = make_vectors(4, seed=3)
    near = unit((drawn + make_vectors(4, seed=4) * np.float32(0.1)).astype(np.float32))
    vectors = np.concatenate([drawn, near, drawn[:1]])
    entries = tuple(make_entry(f"R-{i}") for i in range(len(vectors)))
    got = list(find_alike(entries, vectors, scale=SCALE, comparer=Comparer(Metric.L2)))
    least = alike_from(len(entries), scale=SCALE)
    want: list[tuple[str, str]] = []
    for i, j in itertools.combinations(range(len(vectors)), 2):
        distance = float(np.linalg.norm(vectors[i].astype(np.float64) - vectors[j]))
        if float(SCALE.similarity(np.array(-distance))) >= least:
            want.append((f"R-{i}", f"R-{j}"))
    assert len(want) >= 5
    assert [(pair.first, pair.second) for pair in got] == want
    assert next(pair for pair in got if pair.second == "R-8").same


@given(st.integers(2, 100_000))
def test_one_pair_of_a_list_is_alike_by_chance_at_most(listed: int) -> None:
    rate = SCALE.false_match_rate(alike_from(listed, scale=SCALE))
    assert rate * listed * (listed - 1) / 2 <= 1 + 1e-9
    assert rate <= 1e-3 * (1 + 1e-9)
    looser = SCALE.false_match_rate(alike_from(listed, scale=SCALE) - 0.011)
    assert looser > min(1e-3, 2 / (listed * (listed - 1))), "no stricter than it must be"


def test_both_of_a_pair_are_warned() -> None:
    entries = (make_entry("A", warnings=("old",)), make_entry("B"), make_entry("C"))
    a, b, c = with_warnings(
        entries, [Alike("A", "B", 0.6, same=False), Alike("A", "C", 0.7, same=False)]
    )
    assert a.warnings == ("old", "looks like B on this list", "looks like C on this list")
    assert b.warnings == ("looks like A on this list",)
    assert c.warnings == ("looks like A on this list",)


def test_nobody_alike_changes_nothing() -> None:
    entries = (make_entry("A"), make_entry("B"))
    assert with_warnings(entries, []) == entries
