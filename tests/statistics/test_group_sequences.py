"""Sequences of a group's share and of a ratio of rates: by enumeration and slow references."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from overt.statistics.group_sequences import (
    LOG_RATIOS,
    LOG_WEIGHTS,
    ratio_sequence,
    share_sequence,
)
from overt.statistics.intervals import clopper_pearson
from overt.statistics.sequences import Side

counts = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
shares = st.floats(0.01, 0.99)


def share_e(x: int, n: int, share: float) -> float:
    return math.exp(share_sequence([x], [n], against=share).log_e[0])


def ratio_e(steps: list[tuple[int, int]], against: float, faces: tuple[int, int]) -> float:
    """Give the evidence after looks that brought (first, second) events, of so many faces each."""
    x, y = (list(itertools.accumulate(column)) for column in zip(*steps, strict=True))
    a, b = ([faces[k] * (look + 1) for look in range(len(steps))] for k in (0, 1))
    return math.exp(ratio_sequence((x, a), (y, b), against=against).log_e[-1])


@given(counts, shares)
def test_a_share_agrees_with_the_integral(count: tuple[int, int], share: float) -> None:
    """The mean likelihood over Beta(1/2, 1/2): of cos^2 of angles, which 100 give exactly."""
    x, n = count
    angles = math.pi * (np.arange(100) + 0.5) / 100
    mixture = float(np.mean(stats.binom.pmf(x, n, np.cos(angles) ** 2)))
    want = math.log(mixture) - float(stats.binom.logpmf(x, n, share))
    got = share_sequence([x], [n], against=share).log_e[0]
    assert got == pytest.approx(want, abs=1e-9)


@pytest.mark.parametrize("share", [Fraction(27, 200), Fraction(1, 2), Fraction(9, 10)])
def test_a_shares_evidence_is_a_martingale(share: Fraction) -> None:
    """At every node of a tree of 12 events, the mean over the next is what is held now."""
    at = float(share)
    for n in range(12):
        for x in range(n + 1):
            then = at * share_e(x + 1, n + 1, at) + (1 - at) * share_e(x, n + 1, at)
            now = share_e(x, n, at) if n else 1.0
            assert then == pytest.approx(now, rel=1e-9)


@pytest.mark.parametrize("ratio", [1.0, 3.0])
def test_a_ratios_evidence_is_a_martingale(ratio: float) -> None:
    """Over every outcome of a block with three events, of unequal exposure."""
    faces = (300, 700)
    odds = ratio * faces[0] / faces[1]
    share = odds / (1 + odds)
    before = [(1, 0), (0, 2)]
    then = math.fsum(
        float(stats.binom.pmf(k, 3, share)) * ratio_e([*before, (k, 3 - k)], ratio, faces)
        for k in range(4)
    )
    assert then == pytest.approx(ratio_e(before, ratio, faces), rel=1e-9)


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(2, 900), st.integers(2, 900)),
        min_size=1,
        max_size=8,
    )
)
def test_a_ratio_agrees_with_the_slow_reference(looks: list[tuple[int, int, int, int]]) -> None:
    """The definition, a ratio and a block at a time, with Python's numbers."""
    x, y, a, b = (list(itertools.accumulate(column)) for column in zip(*looks, strict=True))
    got = ratio_sequence((x, a), (y, b), against=2.0)

    def log_likelihood(ratio: float) -> float:
        return math.fsum(
            k * math.log(ratio * m / (ratio * m + n)) + j * math.log(n / (ratio * m + n))
            for k, j, m, n in looks
        )

    each = [log_likelihood(math.exp(log)) for log in LOG_RATIOS]
    mixture = math.log(math.fsum(math.exp(e + w) for e, w in zip(each, LOG_WEIGHTS, strict=True)))
    assert got.log_e[-1] == pytest.approx(mixture - log_likelihood(2.0), abs=1e-7)
    kept = [
        math.exp(log) for log, e in zip(LOG_RATIOS, each, strict=True) if mixture - e < math.log(20)
    ]
    assert got.low[-1] <= kept[0] <= kept[-1] <= got.high[-1]
    step = 1.01  # the ends lie out to the next ratio of the grid, no further
    assert got.low[-1] == 0 or got.low[-1] * step > kept[0]
    assert math.isinf(got.high[-1]) or got.high[-1] < kept[-1] * step


@given(counts)
def test_a_share_lies_within_and_its_ends_are_where_evidence_is_enough(
    count: tuple[int, int],
) -> None:
    x, n = count
    sequence = share_sequence([x], [n], against=0.3)
    low, high = float(sequence.low[0]), float(sequence.high[0])
    assert 0 <= low <= x / n <= high <= 1
    for end in (low, high):
        if 0 < end < 1:
            assert share_e(x, n, end) == pytest.approx(20, rel=1e-4)
    once = clopper_pearson(x, n, level=0.9)  # for one look only, and with less to promise
    assert low < once[0] or x == 0
    assert once[1] < high or x == n


@given(counts, counts)
def test_a_ratio_turned_round_is_its_inverse(one: tuple[int, int], other: tuple[int, int]) -> None:
    there = ratio_sequence(([one[0]], [one[1]]), ([other[0]], [other[1]]))
    back = ratio_sequence(([other[0]], [other[1]]), ([one[0]], [one[1]]))
    assert there.log_e[0] == pytest.approx(back.log_e[0], abs=1e-9)
    assert there.low[0] == pytest.approx(1 / back.high[0], rel=0.01)


def test_the_reference_case_by_assumed_share() -> None:
    """FACTS: 8 of 10 false alerts; whether that is more than the share of faces seen."""
    sides = {
        share: share_sequence([8], [10], against=share).side for share in (0.135, 0.3, 0.4, 0.5)
    }
    assert sides == {
        0.135: Side.ABOVE,
        0.3: Side.ABOVE,
        0.4: Side.CANNOT_TELL,
        0.5: Side.CANNOT_TELL,
    }


def test_exposure_that_comes_unevenly_does_not_look_like_a_difference() -> None:
    """Simpson: the first group comes when alerts are frequent; by the hour the rates are alike."""
    quiet, busy = (1, 4, 1000, 4000), (40, 10, 4000, 1000)
    x, y, a, b = (list(itertools.accumulate(column)) for column in zip(quiet, busy, strict=True))
    by_hour = ratio_sequence((x, a), (y, b))
    at_once = ratio_sequence((x[-1:], a[-1:]), (y[-1:], b[-1:]))
    assert by_hour.side is Side.CANNOT_TELL
    assert at_once.low[-1] > 1


def test_nothing_tells_nothing() -> None:
    share = share_sequence([0, 0], [0, 0], against=0.3)
    assert (share.low[1], share.high[1], share.log_e[1]) == (0.0, 1.0, 0.0)
    ratio = ratio_sequence(([0], [100]), ([0], [100]))
    assert (ratio.low[0], ratio.high[0]) == (0.0, math.inf)
    assert ratio.log_e[0] == pytest.approx(0.0, abs=1e-9)
    assert np.isnan(ratio.estimate[0])
    assert ratio.side is Side.CANNOT_TELL
    assert len(ratio_sequence(([], []), ([], []))) == 0


def test_a_group_that_was_not_there_tells_nothing_of_the_other() -> None:
    ratio = ratio_sequence(([0, 3], [0, 100]), ([5, 5], [100, 100]))
    assert ratio.log_e[1] == pytest.approx(0.0, abs=1e-9)


def test_all_or_none_of_the_events() -> None:
    every = share_sequence([12], [12], against=0.3)
    assert every.high[0] == 1.0
    assert every.side is Side.ABOVE
    none = share_sequence([0], [30], against=0.3)
    assert none.low[0] == 0.0
    assert none.side is Side.BELOW
    ratio = ratio_sequence(([12], [100]), ([0], [100]))
    assert math.isinf(ratio.estimate[0])
    assert ratio.side is Side.ABOVE


@pytest.mark.parametrize("against", [0.0, 1.0, -1.0])
def test_a_share_that_cannot_be_is_refused(against: float) -> None:
    with pytest.raises(ValueError, match="want one within"):
        share_sequence([0], [1], against=against)


def test_ratios_and_looks_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="want one above 0"):
        ratio_sequence(([0], [1]), ([0], [1]), against=0.0)
    with pytest.raises(ValueError, match="want as many"):
        ratio_sequence(([0], [1]), ([0, 0], [1, 2]))
    with pytest.raises(ValueError, match="before their faces"):
        ratio_sequence(([0, 2], [5, 5]), ([0, 0], [5, 6]))
    with pytest.raises(ValueError, match="level"):
        ratio_sequence(([0], [1]), ([0], [1]), level=1.0)
