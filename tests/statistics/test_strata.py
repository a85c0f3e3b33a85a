"""Standardised rates hold to Garwood, to scipy's gamma, and to what they promise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from overt.statistics.estimate import NoTrials, Rate, StandardisedRate
from overt.statistics.intervals import garwood
from overt.statistics.strata import Standard, Stratum, by_stratum, standardised

# Births with Down's syndrome, mothers of five or more by age, and all births as the standard:
# Fay and Feuer (1997), table II.
EVENTS = (0, 8, 63, 112, 262, 295)
BIRTHS = (327, 30666, 123419, 149919, 104088, 34392)
ALL = (319933, 931318, 786511, 488235, 237863, 61313)
AGES = ("-19", "20-24", "25-29", "30-34", "35-39", "40-")


def births() -> tuple[list[Stratum], Standard]:
    strata = [Stratum(a, x, n) for a, x, n in zip(AGES, EVENTS, BIRTHS, strict=True)]
    return strata, Standard("all births", dict(zip(AGES, map(float, ALL), strict=True)))


def test_the_births_of_fay_and_feuer() -> None:
    """The gamma distributions of their equations, by scipy's shape and scale."""
    found = standardised(*births(), of="births")
    assert isinstance(found, StandardisedRate)
    weights = np.array(ALL) / sum(ALL) / np.array(BIRTHS)
    value, variance = weights @ EVENTS, weights**2 @ EVENTS
    assert found.value == pytest.approx(value)
    low = float(stats.gamma.ppf(0.025, value**2 / variance, scale=variance / value))
    value, variance = value + weights.max(), variance + weights.max() ** 2
    high = float(stats.gamma.ppf(0.975, value**2 / variance, scale=variance / value))
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.crude.events == sum(EVENTS)
    # Older mothers have more children and more such births: the crude rate is twice the other.
    assert 1e5 * found.crude.value == pytest.approx(167.1, abs=0.1)
    assert 1e5 * found.value == pytest.approx(75.5, abs=0.1)
    assert (found.covered, found.without) == (1, ())


@given(st.integers(0, 40), st.integers(1, 5), st.floats(0.5, 1e6))
def test_equal_weights_are_garwood(events: int, parts: int, size: float) -> None:
    """With weight in proportion to trials the sum is a Poisson count, and the interval exact."""
    strata = [Stratum(str(n), events if n == 0 else 2, 1000) for n in range(parts)]
    found = standardised(strata, Standard("same", {s.name: size for s in strata}), of="faces")
    assert isinstance(found, StandardisedRate)
    total = sum(stratum.events for stratum in strata)
    want = [end / (1000 * parts) for end in garwood(total)]
    assert [found.low, found.high] == pytest.approx(want, rel=1e-9)
    assert found.value == pytest.approx(found.crude.value)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(9, 999)), min_size=1, max_size=6))
def test_the_size_of_a_standard_does_not_count(counts: list[tuple[int, int]]) -> None:
    strata = [Stratum(str(n), x, of) for n, (x, of) in enumerate(counts)]
    shares = {s.name: 1.0 + n for n, s in enumerate(strata)}
    one = standardised(strata, Standard("s", shares), of="faces")
    other = standardised(strata, Standard("s", {k: 7e5 * v for k, v in shares.items()}), of="faces")
    assert isinstance(one, StandardisedRate)
    assert isinstance(other, StandardisedRate)
    assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))


def test_simpson_is_undone() -> None:
    """Both strata have the same rates in both years; the crude rate halves with the mix."""
    years = (
        [Stratum("day", 10, 1000), Stratum("night", 90, 3000)],
        [Stratum("day", 30, 3000), Stratum("night", 30, 1000)],
    )
    standard = Standard("both years", {"day": 4000, "night": 4000})
    found = [standardised(year, standard, of="faces") for year in years]
    assert [one.value for one in found if isinstance(one, StandardisedRate)] == pytest.approx(
        [0.02, 0.02]
    )
    assert [one.crude.value for one in found if isinstance(one, StandardisedRate)] == [0.025, 0.015]


def test_strata_without_trials_are_told() -> None:
    strata = [Stratum("day", 10, 1000), Stratum("night", 0, 0)]
    standard = Standard("a year", {"day": 3, "night": 1, "dusk": 1})
    found = standardised(strata, standard, of="faces")
    assert isinstance(found, StandardisedRate)
    assert found.without == ("night", "dusk")
    assert found.covered == pytest.approx(0.6)
    assert found.value == pytest.approx(0.01)
    rates = by_stratum(strata, of="faces")
    assert isinstance(rates["day"], Rate)
    assert rates["night"] == NoTrials("faces")
    assert standardised([Stratum("day", 0, 0)], standard, of="faces") == NoTrials("faces")


def test_coverage_for_rare_events() -> None:
    """Expected counts of 1.5, 4 and 0.4: the interval holds at least what it says."""
    random = np.random.default_rng(7)
    trials, rates, weights = (30_000, 20_000, 1_000), (5e-5, 2e-4, 4e-4), (0.3, 0.3, 0.4)
    true = float(np.dot(rates, weights))
    standard = Standard("s", dict(zip("abc", weights, strict=True)))
    held = 0
    draws = random.poisson(np.multiply(trials, rates), size=(2000, 3))
    for row in draws.tolist():
        strata = [Stratum(k, x, n) for k, x, n in zip("abc", row, trials, strict=True)]
        found = standardised(strata, standard, of="faces")
        assert isinstance(found, StandardisedRate)
        held += found.low <= true <= found.high
    assert held / len(draws) >= 0.945


@pytest.mark.parametrize(
    ("strata", "standard"),
    [
        ([Stratum("day", 1, 2)], {"night": 1.0}),
        ([Stratum("day", 1, 2), Stratum("day", 1, 2)], {"day": 1.0}),
    ],
)
def test_a_standard_that_does_not_fit_is_refused(
    strata: list[Stratum], standard: dict[str, float]
) -> None:
    with pytest.raises(ValueError, match="want"):
        standardised(strata, Standard("s", standard), of="faces")


@pytest.mark.parametrize("weights", [{}, {"day": 0.0}, {"day": math.nan}, {"day": math.inf}])
def test_a_standard_without_size_is_refused(weights: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="want all above 0"):
        Standard("s", weights)
