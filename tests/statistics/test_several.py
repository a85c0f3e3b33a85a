"""Several groups: Holm's adjustment and the measures of ISO/IEC 19795-10."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overt.statistics.estimate import PValue, Rate
from overt.statistics.intervals import rate
from overt.statistics.several import Groups, discrepancy_rate, garbe, holm, worst_to_mean

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=6)


def groups(**counts: tuple[int, int]) -> Groups:
    found = {name: rate(*count, of="comparisons") for name, count in counts.items()}
    return Groups({name: one for name, one in found.items() if isinstance(one, Rate)})


def by_closed_testing(values: list[float], i: int) -> float:
    """Give the largest Bonferroni p-value of all sets of hypotheses that hold the i-th."""
    sets = (
        chosen
        for size in range(1, len(values) + 1)
        for chosen in combinations(range(len(values)), size)
        if i in chosen
    )
    return max(min(1.0, len(chosen) * min(values[j] for j in chosen)) for chosen in sets)


@given(p_values)
def test_holm_is_closed_testing_with_bonferroni(values: list[float]) -> None:
    """Marcus, Peritz and Gabriel (1976): from this it keeps the level over all groups."""
    found = holm([PValue(value, "a test", "equal rates") for value in values])
    want = [by_closed_testing(values, i) for i in range(len(values))]
    assert [p.value for p in found] == pytest.approx(want)
    assert all("Holm over" in p.method for p in found)


def test_worst_to_mean() -> None:
    found = worst_to_mean(groups(a=(1, 1000), b=(10, 1000), c=(100, 1000)))
    assert found.value == pytest.approx(10)
    assert (found.worst, found.settled, found.at_least) == ("c", True, found.value)


def test_a_group_without_events_makes_the_ratio_a_bound() -> None:
    found = worst_to_mean(groups(a=(0, 1000), b=(10, 1000)))
    assert found.value == math.inf
    assert not found.settled
    assert found.groups.without_events == ("a",)
    upper = found.groups.rates["a"].high
    assert found.at_least == pytest.approx(0.01 / math.sqrt(0.01 * upper))
    none = worst_to_mean(groups(a=(0, 1000), b=(0, 1000)))
    assert math.isnan(none.value)
    assert none.at_least == 1


@given(st.lists(st.integers(0, 50), min_size=2, max_size=6), st.floats(0, 1))
def test_garbe_by_the_lorenz_curve(events: list[int], weight: float) -> None:
    """The Gini coefficient is twice the area between equality and the Lorenz curve."""
    matches = groups(**{f"g{i}": (count, 100) for i, count in enumerate(events)})
    misses = groups(a=(3, 10), b=(3, 10))
    found = garbe(false_matches=matches, false_non_matches=misses, weight=weight)
    n, total, below, area = len(events), sum(events), 0, 0.0
    for count in sorted(events):
        area += (below + count / 2) / (total or 1) / n
        below += count
    gini = n / (n - 1) * (1 - 2 * area) if total else 0.0
    assert found.value == pytest.approx(weight * gini, abs=1e-9)
    assert found.false_matches.rates["g0"].trials == 100


def test_garbe_is_one_where_one_group_has_all_errors() -> None:
    one = groups(a=(5, 10), b=(0, 10), c=(0, 10))
    found = garbe(false_matches=one, false_non_matches=one, weight=0.5)
    assert found.value == pytest.approx(1)


def test_discrepancy_rate() -> None:
    matches, misses = groups(a=(1, 100), b=(5, 100)), groups(a=(10, 100), b=(30, 100))
    found = discrepancy_rate(false_matches=matches, false_non_matches=misses, weight=0.25)
    assert found.value == pytest.approx(1 - (0.25 * 0.04 + 0.75 * 0.2))


def test_the_discrepancy_rate_is_blind_where_errors_are_rare() -> None:
    """A ratio of 51 between groups at one in millions: FDR says 1, the worst to mean says 7."""
    matches = groups(a=(51, 10**8), b=(1, 10**8))
    misses = groups(a=(1, 10), b=(1, 10))
    measured = discrepancy_rate(false_matches=matches, false_non_matches=misses, weight=0.5)
    assert measured.value > 0.999999
    assert worst_to_mean(matches).value == pytest.approx(math.sqrt(51))


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="want 2 or more"):
        groups(a=(1, 2))
    two = groups(a=(1, 2), b=(1, 2))
    with pytest.raises(ValueError, match="weight"):
        garbe(false_matches=two, false_non_matches=two, weight=2)
