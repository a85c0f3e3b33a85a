"""The intervals hold to published figures, to statsmodels, and to what they promise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statistics_peers import proportion_interval

from overt.statistics.estimate import Method, NoTrials, Rate
from overt.statistics.intervals import (
    clopper_pearson,
    garwood,
    intensity,
    rate,
    rule_of_three,
    wilson,
)

counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
levels = st.sampled_from([0.8, 0.9, 0.95, 0.99])


def test_reference_case() -> None:
    """FACTS: 10 of 3,147,436 faces; 10 of 2,077 alerts; 8 of 10; 962 of 2,077."""
    per_face = rate(10, 3_147_436, of="faces seen")
    assert isinstance(per_face, Rate)
    assert round(per_face.one_in) == 314_744
    assert round(1 / per_face.low) == 656_346
    assert round(1 / per_face.high) == 171_146
    low, high = clopper_pearson(10, 2077)
    assert (round(100 * low, 3), round(100 * high, 3)) == (0.231, 0.884)
    low, high = clopper_pearson(8, 10)
    assert (round(100 * low, 1), round(100 * high, 1)) == (44.4, 97.5)
    low, high = clopper_pearson(962, 2077)
    assert (round(100 * low, 1), round(100 * high, 1)) == (44.2, 48.5)


@given(counts, levels)
def test_proportions_agree_with_statsmodels(count: tuple[int, int], level: float) -> None:
    for ours, method in ((clopper_pearson, "beta"), (wilson, "wilson")):
        theirs = proportion_interval(*count, level=level, method=method)
        assert ours(*count, level=level) == pytest.approx(theirs, abs=1e-9)


@given(counts, levels)
def test_clopper_pearson_ends_are_where_the_tails_are(count: tuple[int, int], level: float) -> None:
    """The definition, by the binomial distribution: each end leaves half of alpha outside."""
    events, trials = count
    low, high = clopper_pearson(events, trials, level=level)
    tail = (1 - level) / 2
    if events:
        assert stats.binom.sf(events - 1, trials, low) == pytest.approx(tail, rel=1e-6)
    if events < trials:
        assert stats.binom.cdf(events, trials, high) == pytest.approx(tail, rel=1e-6)


@given(st.integers(0, 500), levels)
def test_garwood_ends_are_where_the_tails_are(events: int, level: float) -> None:
    low, high = garwood(events, level=level)
    tail = (1 - level) / 2
    assert stats.poisson.cdf(events, high) == pytest.approx(tail, rel=1e-6)
    if events:
        assert stats.poisson.sf(events - 1, low) == pytest.approx(tail, rel=1e-6)


def test_clopper_pearson_covers_at_least_what_it_says() -> None:
    """Every count of 40 trials enumerated, for many true shares."""
    ends = np.array([clopper_pearson(x, 40) for x in range(41)])
    for share in np.linspace(0.001, 0.999, 97):
        held = (ends[:, 0] <= share) & (share <= ends[:, 1])
        assert stats.binom.pmf(np.arange(41), 40, share)[held].sum() >= 0.95 - 1e-12


@given(st.integers(1, 10**7))
def test_rule_of_three_is_the_one_sided_exact_bound(trials: int) -> None:
    bound = rule_of_three(trials)
    assert (1 - bound) ** trials == pytest.approx(0.05, rel=1e-4)
    assert bound <= -math.log(0.05) / trials


def test_nothing_counted_is_no_figure() -> None:
    assert rate(0, 0, of="faces seen") == NoTrials("faces seen")
    assert intensity(0, 0.0, unit="hours") == NoTrials("hours")


@pytest.mark.parametrize(("events", "trials"), [(-1, 5), (6, 5), (1, 0), (0, -1)])
def test_counts_that_cannot_be_are_refused(events: int, trials: int) -> None:
    with pytest.raises(ValueError, match="want 0 to as many as there are"):
        rate(events, trials, of="alerts")


def test_a_method_for_counts_is_none_for_shares() -> None:
    with pytest.raises(ValueError, match="want Clopper-Pearson or Wilson"):
        rate(1, 2, of="alerts", method=Method.GARWOOD)
