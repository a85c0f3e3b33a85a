"""Several groups at once: p-values that allow for it, and measures of how far groups differ.

The measures are those of ISO/IEC 19795-10:2024 and of the papers it draws on. None of them has a
value that is "fair": they are compared with their counts beside them, never alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from overt.statistics.estimate import PValue, Rate
from overt.statistics.intervals import clopper_pearson

__all__ = [
    "Aggregate",
    "Groups",
    "WorstToMean",
    "discrepancy_rate",
    "garbe",
    "holm",
    "worst_to_mean",
]


@dataclass(frozen=True, slots=True)
class Groups:
    """One rate of each group, such as false matches of comparisons."""

    rates: Mapping[str, Rate]

    def __post_init__(self) -> None:
        if len(self.rates) < 2:
            raise ValueError(f"groups: got {len(self.rates)}, want 2 or more")
        object.__setattr__(self, "rates", MappingProxyType(dict(self.rates)))

    @property
    def values(self) -> tuple[float, ...]:
        """The rates, without names."""
        return tuple(rate.value for rate in self.rates.values())

    @property
    def without_events(self) -> tuple[str, ...]:
        """The groups that had no event: their rate is not known to be 0, only to be small."""
        return tuple(name for name, rate in self.rates.items() if not rate.events)


@dataclass(frozen=True, slots=True)
class WorstToMean:
    """The worst group's rate divided by the geometric mean of all."""

    value: float  # 1 or more; infinite where a group had no event, nan where none had
    at_least: float  # the same with the upper limit of each group that had no event
    worst: str  # the group
    groups: Groups

    @property
    def settled(self) -> bool:
        """Whether every group had an event, so that `value` is a figure to compare."""
        return not self.groups.without_events


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One figure of how far false matches and false non-matches differ between groups."""

    value: float
    measure: Literal["FDR", "GARBE"]
    weight: float  # of false matches, 0 to 1
    false_matches: Groups
    false_non_matches: Groups


def holm(p_values: Sequence[PValue]) -> tuple[PValue, ...]:
    """Adjust p-values of several groups so that alpha holds for all of them together (Holm, 1979).

    The smallest is multiplied by how many there are, the next by one fewer, and none becomes
    smaller than one before it.
    """
    order = sorted(range(len(p_values)), key=lambda i: p_values[i].value)
    adjusted, at_least = [0.0] * len(p_values), 0.0
    for rank, i in enumerate(order):
        at_least = max(at_least, min(1.0, (len(p_values) - rank) * p_values[i].value))
        adjusted[i] = at_least
    return tuple(
        PValue(value, f"{p.method}, Holm over {len(p_values)}", p.hypothesis)
        for p, value in zip(p_values, adjusted, strict=True)
    )


def worst_to_mean(groups: Groups) -> WorstToMean:
    """Give the worst group's rate over the geometric mean (ISO/IEC 19795-10; Grother, 2022).

    NIST IR 8429, section 4. A geometric mean with a zero in it is 0, and the ratio without limit:
    so where a group had no event `value` is infinite, and `at_least` puts that group's upper
    Clopper-Pearson limit in its place, the largest rate that its trials admit. Which groups those
    are is `groups.without_events`.
    """
    rates = groups.rates
    worst = max(rates, key=lambda name: rates[name].value)
    top = rates[worst].value
    if not top:
        return WorstToMean(math.nan, 1.0, worst, groups)
    admitted = [
        rate.value or clopper_pearson(0, rate.trials, level=rate.level)[1]
        for rate in rates.values()
    ]
    at_least = max(1.0, top / geometric_mean(admitted))
    value = math.inf if groups.without_events else at_least
    return WorstToMean(value, at_least, worst, groups)


def garbe(*, false_matches: Groups, false_non_matches: Groups, weight: float) -> Aggregate:
    """Give GARBE: weight x Gini(FMR) + (1 - weight) x Gini(FNMR); 0 where all are equal.

    Howard, Laird, Rubin, Sirotin, Tipton and Vemury (2022), "Evaluating proposed fairness models
    for face recognition algorithms"; ISO/IEC 19795-10. The Gini coefficient has their correction
    n / (n - 1) for few groups, so that 1 is reached where one group has all errors. Groups
    without events need no special case, except that the coefficient is 0 where none had any.
    """
    value = mixed(gini(false_matches.values), gini(false_non_matches.values), weight)
    return Aggregate(value, "GARBE", weight, false_matches, false_non_matches)


def discrepancy_rate(
    *, false_matches: Groups, false_non_matches: Groups, weight: float
) -> Aggregate:
    """Give FDR = 1 - (weight max|dFMR| + (1 - weight) max|dFNMR|); 1 where all are equal.

    The fairness discrepancy rate of de Freitas Pereira and Marcel (2022), IEEE T-BIOM 4/1;
    ISO/IEC 19795-10. With false match rates of one in millions it is close to 1 whatever the
    ratio between groups is (Howard et al., 2022): read it beside `worst_to_mean`.
    """
    value = 1 - mixed(widest(false_matches.values), widest(false_non_matches.values), weight)
    return Aggregate(value, "FDR", weight, false_matches, false_non_matches)


def gini(values: Sequence[float]) -> float:
    """Give n / (n - 1) x (sum of |xi - xj| over all pairs) / (2 n^2 mean)."""
    n, total = len(values), math.fsum(values)
    if not total:
        return 0.0
    apart = math.fsum(abs(x - y) for x in values for y in values)
    return n / (n - 1) * apart / (2 * n * total)


def widest(values: Sequence[float]) -> float:
    return max(values) - min(values)


def geometric_mean(values: Sequence[float]) -> float:
    return math.exp(math.fsum(math.log(value) for value in values) / len(values))


def mixed(first: float, second: float, weight: float) -> float:
    if not 0 <= weight <= 1:
        raise ValueError(f"weight: got {weight}, want 0 to 1")
    return weight * first + (1 - weight) * second
