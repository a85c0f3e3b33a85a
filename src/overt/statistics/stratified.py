"""Two groups over strata (deployments, sites): each stratum is compared within itself.

A site with many false alerts and many people of one group makes a difference where there is
none, when its counts are thrown together with those of another (Simpson's paradox). These methods
compare within each stratum and then add up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import chdtrc, ndtri

from overt.statistics.conditional import Conditional, convolved, odds_ends
from overt.statistics.estimate import Method, NoTrials, PValue, Ratio
from overt.statistics.intervals import LEVEL
from overt.statistics.two_by_two import Table

__all__ = [
    "Homogeneity",
    "common_odds_ratio",
    "exact_test",
    "homogeneity",
    "mantel_haenszel_odds",
    "mantel_haenszel_risk",
]


@dataclass(frozen=True, slots=True)
class Homogeneity:
    """Whether one odds ratio could fit all strata."""

    p: PValue
    statistic: float  # chi-squared
    strata: int  # that say anything; degrees of freedom are one fewer


def exact_test(strata: Sequence[Table]) -> PValue:
    """Test whether the group's rate is everybody else's in every stratum, exactly.

    The exact Cochran-Mantel-Haenszel test (Mantel and Haenszel, 1959; Gart, 1970; Agresti, 1992,
    section 3.2): given all margins, the group's events over all strata are a sum of independent
    hypergeometric counts. Two-sided by outcomes no more likely, as R's
    `mantelhaen.test(exact = TRUE)`.
    """
    of, events = over_strata(strata, log_odds=0.0)
    value = of.no_more_likely(events)
    return PValue(value, Method.STRATIFIED, "the rates are equal in every stratum")


def common_odds_ratio(strata: Sequence[Table], *, level: float = LEVEL) -> Ratio:
    """Give the Mantel-Haenszel odds ratio with the exact conditional interval (Gart, 1970)."""
    above, below = odds_sums(strata)
    value = above / below if below else (math.inf if above else math.nan)
    near = math.log((above + 0.5) / (below + 0.5)) if above or below else 0.0
    of, events = over_strata(strata, log_odds=near)
    low, high = odds_ends(of, events, level=level)
    return Ratio(value, low, high, level, Method.CONDITIONAL_ODDS)


def mantel_haenszel_odds(strata: Sequence[Table], *, level: float = LEVEL) -> Ratio:
    """Give the Mantel-Haenszel odds ratio with the interval of Robins, Breslow, Greenland (1986).

    Biometrics 42, the variance of the logarithm. It is an approximation and has no ends where a
    sum is 0; `common_odds_ratio` holds there.
    """
    method = Method.ROBINS_BRESLOW_GREENLAND
    r_sum, s_sum = odds_sums(strata)
    if not (r_sum and s_sum):
        value = math.inf if r_sum else (0.0 if s_sum else math.nan)
        return Ratio(value, 0.0, math.inf, level, method)
    first = second = third = 0.0
    for table in strata:
        n = table.all_trials
        a, b, c, d = four(table)
        p, q = (a + d) / n, (b + c) / n
        r, s = a * d / n, b * c / n
        first, second, third = first + p * r, second + p * s + q * r, third + q * s
    variance = first / (2 * r_sum**2) + second / (2 * r_sum * s_sum) + third / (2 * s_sum**2)
    return from_logarithm(r_sum / s_sum, variance, level, method)


def mantel_haenszel_risk(strata: Sequence[Table], *, level: float = LEVEL) -> Ratio:
    """Give the Mantel-Haenszel risk ratio with the interval of Greenland and Robins (1985).

    Biometrics 41, (13). It is an approximation and has no ends where a sum is 0.
    """
    method = Method.GREENLAND_ROBINS
    above = sum(t.events * t.other_trials / t.all_trials for t in strata)
    below = sum(t.other_events * t.trials / t.all_trials for t in strata)
    if not (above and below):
        value = math.inf if above else (0.0 if below else math.nan)
        return Ratio(value, 0.0, math.inf, level, method)
    spread = sum(
        (t.trials * t.other_trials * t.all_events - t.events * t.other_events * t.all_trials)
        / t.all_trials**2
        for t in strata
    )
    return from_logarithm(above / below, spread / (above * below), level, method)


def homogeneity(strata: Sequence[Table]) -> Homogeneity | NoTrials:
    """Test whether the odds ratio is the same in every stratum.

    Breslow and Day (1980), (4.30), with the correction of Tarone (1985). It is an approximation:
    with a few events a stratum it finds little, and a large p-value shows no sameness.
    """
    telling = [table for table in strata if table.informs]
    r_sum, s_sum = odds_sums(telling)
    if len(telling) < 2 or not (r_sum and s_sum):
        return NoTrials("strata with events that one odds ratio could be compared over")
    ratio = r_sum / s_sum
    squares = gap = total = 0.0
    for table in telling:
        fitted = fitted_events(table, ratio)
        cells = (
            fitted,
            table.trials - fitted,
            table.all_events - fitted,
            table.other_trials - table.all_events + fitted,
        )
        variance = 1 / sum(1 / cell for cell in cells)
        squares += (table.events - fitted) ** 2 / variance
        gap += table.events - fitted
        total += variance
    statistic = squares - gap**2 / total
    value = float(chdtrc(len(telling) - 1, max(0.0, statistic)))
    p = PValue(value, Method.BRESLOW_DAY, "the odds ratio is the same in every stratum")
    return Homogeneity(p, statistic, len(telling))


def over_strata(strata: Sequence[Table], *, log_odds: float) -> tuple[Conditional, int]:
    """Give the distribution of the group's events over all strata, and how many there were."""
    if not strata:
        raise ValueError("strata: got none, want 1 or more")
    of = convolved((table.conditional(log_odds=log_odds) for table in strata), log_odds=log_odds)
    return of, sum(table.events for table in strata)


def odds_sums(strata: Sequence[Table]) -> tuple[float, float]:
    """Give the sums of a d / n and b c / n, whose quotient is the Mantel-Haenszel odds ratio."""
    above = below = 0.0
    for table in strata:
        a, b, c, d = four(table)
        above, below = above + a * d / table.all_trials, below + b * c / table.all_trials
    return above, below


def four(table: Table) -> tuple[int, int, int, int]:
    """Give the cells: the group's events and other trials, then everybody else's."""
    return (
        table.events,
        table.trials - table.events,
        table.other_events,
        table.other_trials - table.other_events,
    )


def fitted_events(table: Table, ratio: float) -> float:
    """Give the group's events that would make the table's odds ratio exactly `ratio`.

    The root of a (n0 - m + a) = ratio (n1 - a)(m - a) that the margins allow.
    """
    n1, n0, m = table.trials, table.other_trials, table.all_events
    if math.isclose(ratio, 1, rel_tol=1e-12):
        return n1 * m / (n1 + n0)
    a, b, c = ratio - 1, -(ratio * (n1 + m) + n0 - m), ratio * n1 * m
    # b is below 0: in this form nothing cancels.
    return 2 * c / (-b + math.sqrt(b * b - 4 * a * c))


def from_logarithm(value: float, variance: float, level: float, method: Method) -> Ratio:
    """Give a ratio whose logarithm is about normal."""
    half = float(ndtri(1 - (1 - level) / 2)) * math.sqrt(variance)
    return Ratio(value, value * math.exp(-half), value * math.exp(half), level, method)
