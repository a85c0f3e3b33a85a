"""Intervals that allow for people who come more than once."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import numpy as np
import pytest

from overt.evaluation.shares import pair_draws, pair_share, share
from overt.evaluation.templates import TemplateCache


def test_drawn_pairs_are_counted_as_by_hand() -> None:
    pairs = np.array([[0, 1], [1, 3]], np.int64)
    weights = np.array([[1.0, 1, 1, 1], [2, 1, 0, 1], [4, 0, 0, 0]])
    found = pair_draws(pairs, weights)
    for row, value in zip(weights[:2], found[:2], strict=True):
        drawn = [person for person in range(4) for _ in range(int(row[person]))]
        every = [pair for pair in itertools.combinations(drawn, 2) if pair[0] != pair[1]]
        matched = sum(tuple(sorted(pair)) in {(0, 1), (1, 3)} for pair in every)
        assert value == pytest.approx(matched / len(every))
    assert np.isnan(found[2])


def test_probes_of_one_person_say_less_than_those_of_many() -> None:
    events = np.tile([True, False, False, False], 100)
    many = share(events, np.arange(400), of="probes")
    few = share(np.repeat([True, False, False, False], 100), np.repeat(np.arange(20), 20), of="p")
    assert many is not None
    assert few is not None
    assert many.value == few.value == 0.25
    assert few.high - few.low > 2 * (many.high - many.low)


def test_nothing_counted_is_no_share() -> None:
    assert share(np.empty(0, np.bool_), np.empty(0, np.int64), of="probes") is None
    assert pair_share(np.empty((0, 2), np.int64), 1, trials=0) is None


def test_one_alike_person_widens_the_interval_of_pairs() -> None:
    star = np.array([[0, other] for other in range(1, 31)], np.int64)
    apart = np.array([[2 * pair, 2 * pair + 1] for pair in range(30)], np.int64)
    wide, narrow = (pair_share(pairs, 60, trials=1770) for pairs in (star, apart))
    assert wide is not None
    assert narrow is not None
    assert wide.value == narrow.value
    assert wide.high > 1.3 * narrow.high


def test_templates_are_private_and_can_be_forgotten(tmp_path: Path) -> None:
    folder = tmp_path / "evaluation"
    cache = TemplateCache(folder, bundle="ab" * 32)
    cache.put("cd" * 32, np.arange(14.0))
    cache.put("ef" * 32, "no face found")
    assert np.array_equal(np.asarray(cache.get("cd" * 32)), np.arange(14.0))
    assert cache.get("ef" * 32) == "no face found"
    assert cache.get("00" * 32) is None
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {os.stat(path).st_mode & 0o777 for path in files} == {0o600}  # noqa: PTH116
    files[0].with_suffix(".npy").write_bytes(b"cut short")
    assert TemplateCache(folder, bundle="00" * 32).get("cd" * 32) is None
    assert TemplateCache.forget(folder) >= 2
    assert not folder.exists()
