"""Cohen's kappa against statsmodels, a published table, and a slow telling of what it is."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statistics_peers import peer

from overt.statistics.agreement import Kappa, cohen_kappa
from overt.statistics.estimate import NoTrials
from overt.statistics.intervals import clopper_pearson

tables = st.tuples(*[st.integers(0, 40)] * 4)


def slow(both_yes: int, both_no: int, first_alone: int, second_alone: int) -> Fraction | None:
    """Write every pair down, and pair every answer of one with every answer of the other."""
    pairs = (
        [(True, True)] * both_yes
        + [(False, False)] * both_no
        + [(True, False)] * first_alone
        + [(False, True)] * second_alone
    )
    if not pairs:
        return None
    observed = Fraction(sum(a == b for a, b in pairs), len(pairs))
    mixed = list(itertools.product([a for a, _ in pairs], [b for _, b in pairs]))
    chance = Fraction(sum(a == b for a, b in mixed), len(mixed))
    return None if chance == 1 else (observed - chance) / (1 - chance)


@given(st.tuples(*[st.integers(0, 6)] * 4))
def test_it_is_the_slow_telling(table: tuple[int, int, int, int]) -> None:
    yes, no, first, second = table
    want, got = slow(*table), cohen_kappa(yes, no, first_alone=first, second_alone=second)
    if want is None:
        assert isinstance(got, NoTrials)
        return
    assert isinstance(got, Kappa)
    assert got.value == pytest.approx(float(want), abs=1e-12)


@given(tables)
def test_it_is_that_of_statsmodels(table: tuple[int, int, int, int]) -> None:
    yes, no, first, second = table
    got = cohen_kappa(yes, no, first_alone=first, second_alone=second)
    if isinstance(got, NoTrials):
        return
    square = np.array([[yes, first], [second, no]])
    theirs = peer("statsmodels.stats.inter_rater", "cohens_kappa")(square, return_results=False)
    assert got.value == pytest.approx(theirs)
    assert (got.agreed, got.pairs) == (yes + no, sum(table))
    assert got.low <= got.value <= got.high <= 1 + 1e-9


def test_a_known_table() -> None:
    """20 and 15 of 50 alike, 5 and 10 not: p_o 0.7, p_e 0.5, kappa 0.4."""
    got = cohen_kappa(20, 15, first_alone=5, second_alone=10)
    assert isinstance(got, Kappa)
    assert got.value == pytest.approx(0.4)
    low, high = clopper_pearson(35, 50)
    assert (got.low, got.high) == (pytest.approx(2 * low - 1), pytest.approx(2 * high - 1))


def test_of_few_pairs_that_are_all_alike_it_is_not_sure() -> None:
    got = cohen_kappa(2, 1, first_alone=0, second_alone=0)
    assert isinstance(got, Kappa)
    assert (got.value, got.high) == (1, 1)
    assert got.low < 0


def test_nothing_is_no_figure_and_wrong_counts_are_refused() -> None:
    assert cohen_kappa(0, 0, first_alone=0, second_alone=0) == NoTrials("pairs of judgements")
    assert isinstance(cohen_kappa(9, 0, first_alone=0, second_alone=0), NoTrials)
    with pytest.raises(ValueError, match="0 or more"):
        cohen_kappa(1, -1, first_alone=1, second_alone=1)
    with pytest.raises(ValueError, match="alike"):
        Kappa(1, 2, 1, 0, 1, 0.95, "m")
